//! Limits of one plugin, which others do not have.

use crate::filters::{Filters, setup};
use crate::place::{EATS, Place, SPINS, filter, notes, said, says};
use std::time::Duration;
use worldhost::{Config, Error, Limit, Limits, Pool};

const MANIFEST: &str = r#"
[plugin.calm]
component = "calm.wasm"

[plugin.slow]
component = "spins.wasm"
timeout = "50ms"

[plugin.burns]
component = "spins.wasm"
fuel = 100000

[plugin.narrow]
component = "eats.wasm"
max-memory = "1MiB"

[plugin.wide]
component = "eats.wasm"

[plugin.loud]
component = "notes.wasm"
max-output = 0
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_plugin_has_its_own() {
    let place = Place::new();
    place.file("calm.wasm", says("calm"));
    place.file("spins.wasm", filter("spins", SPINS));
    place.file("eats.wasm", filter("eats", EATS));
    place.file("notes.wasm", notes("notes"));
    let mut limits = Limits::default();
    limits.timeout = Some(Duration::from_secs(20));
    let manifest = place.manifest(MANIFEST).unwrap();
    let plugins = Filters::load(setup().limits(limits), &manifest)
        .await
        .unwrap();
    let get = |name: &str| plugins.get(name).unwrap();

    // It has its answers while others use up what they have.
    let calm = get("calm");
    let calm = tokio::spawn(async move {
        for _ in 0..200 {
            assert_eq!(said(&calm).await.unwrap(), "calm");
        }
    });
    assert_eq!(said(&get("wide")).await.unwrap(), "eats");
    for (name, limit) in [
        ("burns", Limit::Fuel),
        ("narrow", Limit::Memory),
        ("loud", Limit::Output),
    ] {
        match said(&get(name)).await.unwrap_err() {
            Error::Trap(trap) => assert_eq!(trap.limit.unwrap().limit, limit, "{name}"),
            error => panic!("{name}: {error}"),
        }
    }
    match said(&get("slow")).await.unwrap_err() {
        Error::Timeout { limit, .. } => assert_eq!(limit, Duration::from_millis(50)),
        error => panic!("{error}"),
    }
    calm.await.unwrap();

    let text = plugins.metrics_text();
    for (plugin, result, count) in [
        ("calm", "succeeded", 200),
        ("calm", "trapped", 0),
        ("slow", "timed_out", 1),
        ("burns", "trapped", 1),
        ("narrow", "trapped", 1),
        ("wide", "succeeded", 1),
    ] {
        let line = format!(
            "worldhost_plugin_calls_total{{plugin=\"{plugin}\",result=\"{result}\"}} {count}\n"
        );
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    let hit = "worldhost_plugin_limit_hits_total{plugin=\"narrow\"} 1\n";
    assert!(text.contains(hit), "{text}");
    assert!(
        text.contains("worldhost_plugin_memory_bytes{plugin=\"wide\"} 6619136\n"),
        "{text}"
    );
    assert!(
        text.contains("worldhost_plugin_call_time_seconds_total{plugin=\"slow\"} 0.0"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_hangs_leaves_places_for_others() {
    let place = Place::new();
    place.file("calm.wasm", says("calm"));
    place.file("hangs.wasm", filter("hangs", SPINS));
    let mut config = Config::default();
    config.pool = Some(Pool::new(3));
    let setup = setup().config(config).calls_at_once(2);
    let plugins = place.load(setup, &["calm", "hangs"]).await;
    let hangs = plugins.get("hangs").unwrap();
    let callers: Vec<_> = (0..5)
        .map(|_| {
            let hangs = hangs.clone();
            tokio::spawn(async move { said(&hangs).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let calm = plugins.get("calm").unwrap();
    for _ in 0..10 {
        let answer = tokio::time::timeout(Duration::from_secs(20), said(&calm));
        assert_eq!(answer.await.expect("it has a place").unwrap(), "calm");
    }
    callers.iter().for_each(tokio::task::JoinHandle::abort);
}
