//! One view of all.

use crate::client::fetch;
use crate::place::{Place, address, pages};
use crate::server::until;
use http::StatusCode;
use serde_json::Value;

const TWO: &str = r#"
[component.a]
source = "web.wasm"
run = "serve"
addr = "127.0.0.1:0"

[component.b]
source = "web-p3.wasm"
run = "serve"
addr = "127.0.0.1:0"
"#;

const ADMIN: [&str; 2] = ["--admin-addr", "127.0.0.1:0"];

#[tokio::test(flavor = "multi_thread")]
async fn what_all_count_is_on_one_page_under_their_names() {
    let place = Place::new(TWO);
    let up = place.up(&ADMIN);
    let (a, b, pages) = (address(&up, "a"), address(&up, "b"), pages(&up));
    for at in [a, a, b] {
        fetch(at, "/hello").await;
    }
    fetch(b, "/teapot").await;
    for name in ["a", "b"] {
        up.logged(&format!("{name}: ready"));
    }
    assert_eq!(fetch(pages, "/readyz").await.text(), "ready\n");
    let page = fetch(pages, "/metrics").await;
    for line in [
        "worldhost_component_ready{component=\"a\"} 1",
        "worldhost_component_restarts_total{component=\"b\"} 0",
        "worldhost_requests_total{component=\"a\",status=\"200\"} 2",
        "worldhost_requests_total{component=\"b\",status=\"200\"} 1",
        "worldhost_requests_total{component=\"b\",status=\"418\"} 1",
        "worldhost_request_duration_seconds_bucket{component=\"a\",le=\"+Inf\"} 2",
        "worldhost_instances_total{component=\"b\"} 2",
    ] {
        assert!(
            page.text().contains(&format!("{line}\n")),
            "{line}: {}",
            page.text()
        );
    }
    // As Prometheus has it: a family is told of once, and its samples stand together.
    let mut families: Vec<&str> = Vec::new();
    for line in page.text().lines() {
        match line.strip_prefix("# TYPE ") {
            Some(about) => {
                let name = about.split(' ').next().unwrap();
                assert!(!families.contains(&name), "{name} twice");
                families.push(name);
            }
            None if line.starts_with('#') => {}
            None => assert!(
                line.starts_with(families.last().unwrap()),
                "{line} after {families:?}"
            ),
        }
    }
    let state: Value = serde_json::from_str(fetch(pages, "/state").await.text()).unwrap();
    assert_eq!(state[0]["name"], "a");
    assert_eq!(
        (&state[1]["phase"], &state[1]["restarts"]),
        (&"ready".into(), &0.into())
    );
    let pid = state[1]["pid"].as_u64().unwrap();
    assert!(std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_again_and_again_is_not_ready_and_the_page_says_which() {
    // A component that a request of its own kind ends is no reason; one that ends is.
    let job = "[component.job]\nsource = \"command.wasm\"\nrun = \"run\"\nrestart = \"always\"\n";
    let place = Place::new(&format!("{TWO}{job}"));
    let up = place.up(&ADMIN);
    let pages = pages(&up);
    up.logged("job: ended with 0; it is started again in 2s");
    let page = fetch(pages, "/readyz").await;
    assert_eq!(
        (page.status, page.text()),
        (StatusCode::SERVICE_UNAVAILABLE, "job is resting\n")
    );
    let page = fetch(pages, "/metrics").await;
    assert!(
        page.text()
            .contains("worldhost_component_ready{component=\"job\"} 0\n"),
        "{}",
        page.text()
    );
    assert!(
        !page
            .text()
            .contains("worldhost_component_restarts_total{component=\"job\"} 0\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_json_where_that_is_asked_for() {
    let job =
        "[component.job]\nsource = \"plugin-rust.wasm\"\nrun = \"process\"\nargs = [\"21\"]\n";
    let place = Place::new(&format!("{TWO}{job}"));
    let up = place.up(&["--log-format", "json", "--access-log"]);
    let a = address(&up, "a");
    fetch(a, "/hello").await;
    up.logged("/hello");
    until(|| up.log().contains("job: has come to its end"));
    let log = up.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let access = lines.iter().find(|line| line["path"] == "/hello").unwrap();
    assert_eq!(
        (&access["component"], &access["status"]),
        (&"a".into(), &200.into())
    );
    assert!(
        lines
            .iter()
            .any(|line| line["component"] == "job" && line["stdout"] == "42"),
        "{log}"
    );
    let place = Place::new(&TWO.replace("web.wasm", "none.wasm"));
    let ended = place.ends(&["--log-format", "json"]);
    let said: Value = serde_json::from_str(ended.stderr().trim_end()).unwrap();
    assert!(
        said["message"].as_str().unwrap().contains("none.wasm"),
        "{said}"
    );
    let said: Value = serde_json::from_str(&up.said("processing")).unwrap();
    assert_eq!(
        (&said["component"], &said["stderr"]),
        (&"job".into(), &"[log] processing: 21".into())
    );
}
