//! How it all ends: by itself, when it is told, and when something is killed.

use crate::client::{Client, Held, Version, fetch};
use crate::place::{Place, address, process};
use crate::server::{PATIENCE, until};
use std::path::Path;
use std::time::Duration;

#[test]
fn what_has_an_end_comes_to_it_with_its_files() {
    let manifest = r#"
        [component.job]
        source = "plugin-rust.wasm"
        run = "process"
        args = ["-"]
        stdin = "lines.txt"
        stdout = "results.txt"

        [component.tool]
        source = "command.wasm"
        run = "run"
    "#;
    let place = Place::new(manifest);
    place.file("lines.txt", "hello\n21\n");
    let ended = place.ends(&[]);
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    assert_eq!(place.text("results.txt"), "HELLO\n42\n");
    assert!(
        ended.stderr().contains("job  | [log] processing: 21"),
        "{}",
        ended.stderr()
    );
    assert!(
        ended.stdout().contains("tool | hello from a command"),
        "{}",
        ended.stdout()
    );
    // What it says is added.
    place.ends(&["--only", "job"]);
    assert_eq!(place.text("results.txt"), "HELLO\n42\nHELLO\n42\n");
}

#[test]
fn the_code_of_what_went_wrong_is_the_code_of_all() {
    let place = Place::new(
        "[component.job]\nsource = \"plugin-rust.wasm\"\nrun = \"process\"\nargs = [\"21\"]\n\
         [component.tool]\nsource = \"command.wasm\"\nrun = \"run\"\nargs = [\"one\", \"--two\"]\n",
    );
    let ended = place.ends(&[]);
    assert_eq!(ended.code(), 1, "{}", ended.stdout());
    let said = "tool | unknown: one --two";
    assert!(ended.stderr().contains(said), "{}", ended.stderr());
    let said = "tool: ended with 1, and is not started again";
    assert!(ended.stdout().contains(said), "{}", ended.stdout());
    assert!(ended.stdout().contains("job  | 42"), "{}", ended.stdout());
}

const SHOP: &str =
    "[component.shop]\nsource = \"web.wasm\"\nrun = \"serve\"\naddr = \"127.0.0.1:0\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_answered_at_the_end() {
    let place = Place::new(SHOP);
    let mut up = place.up(&["--log-format=json", "--access-log"]);
    let address = address(&up, "shop");
    up.logged("shop: ready");
    let held = Held::begin(address, Version::Http1);
    let mut client = Client::to(address, Version::Http1).await;
    client.get("/hello").await;
    up.logged("/hello");
    up.signal("TERM");
    up.logged("stopping");
    held.answer().await;
    assert_eq!(up.ended().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_in_time_is_told_and_once_more_ends_all() {
    let place = Place::new(&format!("{SHOP}shutdown-timeout = \"200ms\"\n"));
    for again in [false, true] {
        if again {
            place.write(SHOP);
        }
        let mut up = place.up(&["--access-log"]);
        let address = address(&up, "shop");
        let pid = process(&up.logged("shop: ready"));
        let stuck = tokio::spawn(async move {
            let mut client = Client::to(address, Version::Http1).await;
            let body = crate::client::Pieces::of(["x"]).stuck();
            client
                .whole(crate::client::request("POST", "/echo", body))
                .await
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        up.signal("INT");
        up.logged("shop | ");
        up.logged("stopping: 1 requests");
        if again {
            up.signal("INT");
        }
        assert_eq!(up.ended().code(), Some(124), "{}", up.log());
        until(|| !Path::new(&format!("/proc/{pid}")).exists());
        stuck.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_is_started_again_and_its_callers_wait() {
    let place = Place::new(SHOP);
    let up = place.up(&[]);
    let address = address(&up, "shop");
    let first = process(&up.logged("shop: ready"));
    assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    kill(first);
    up.logged("shop: ended with 137; it is started again in 1s");
    // The socket is open meanwhile.
    let reply = tokio::time::timeout(PATIENCE, fetch(address, "/hello"))
        .await
        .unwrap();
    assert_eq!(reply.text(), "hello\n");
    let log = up.log();
    let pids: Vec<u32> = log
        .lines()
        .filter(|line| line.contains("shop: ready"))
        .map(process)
        .collect();
    assert!(pids.len() <= 2 && pids[0] == first, "{log}");
}

#[test]
fn none_is_left_when_it_is_killed_itself() {
    let place = Place::new(SHOP);
    let mut up = place.up(&[]);
    let pid = process(&up.logged("shop: ready"));
    assert!(Path::new(&format!("/proc/{pid}")).exists());
    kill(up.pid());
    up.ended();
    until(|| {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        state.map_or(true, |state| state.contains(") Z "))
    });
}

#[test]
fn one_that_cannot_be_run_is_not_started_again() {
    // It is listened at already, by another.
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap();
    let place = Place::new(&SHOP.replace("127.0.0.1:0", &taken.to_string()));
    let ended = place.ends(&[]);
    assert_eq!(ended.code(), 125, "{}", ended.stderr());
    assert!(
        ended
            .stderr()
            .contains(&format!("cannot listen at {taken}")),
        "{}",
        ended.stderr()
    );
}

fn kill(pid: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(killed.unwrap().success());
}
