//! Versions that come and go while calls are made.

use crate::filters::{Caller, Filters, setup};
use crate::place::{One, Place, next, notes, said, says};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use worldhost::{Config, Error, Pool, Source};
use worldhost_plugins::{Error as Failed, Event, Setup};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_when_a_version_takes_over() {
    let place = Place::new();
    place.file("a.wasm", says("one"));
    // Fewer places than callers, so that calls wait for a version that is gone by then.
    let mut config = Config::default();
    config.pool = Some(Pool::new(3));
    let plugins = place.load(setup().config(config), &["a"]).await;
    let plugin = plugins.get("a").unwrap();
    let mut events = plugins.events();
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<JoinHandle<u64>> = (0..8)
        .map(|_| {
            let (plugin, stop) = (plugin.clone(), stop.clone());
            tokio::spawn(async move {
                let mut calls = 0;
                while !stop.load(SeqCst) {
                    let word = said(&plugin).await.unwrap();
                    assert!(["one", "two"].contains(&&*word), "{word}");
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    for turn in 0..20 {
        let word = ["two", "one"][turn % 2];
        place.file("a.wasm", says(word));
        plugins.reload("a").await.unwrap();
        assert_eq!(said(&plugin).await.unwrap(), word);
    }
    stop.store(true, SeqCst);
    let mut calls = 20;
    for caller in callers {
        calls += caller.await.unwrap();
    }
    for _ in 0..20 {
        next(&mut events, |event| matches!(event, Event::Drained { .. })).await;
    }
    // Each is counted once, whichever version it was of.
    let counts = plugin.counts();
    assert_eq!((counts.succeeded, counts.failed), (calls, 0));
    let text = plugins.metrics_text();
    for line in [
        format!("worldhost_plugin_calls_total{{plugin=\"a\",result=\"succeeded\"}} {calls}\n"),
        "worldhost_plugin_versions_total{plugin=\"a\",result=\"taken\"} 21\n".into(),
        format!(
            "worldhost_plugin_version_info{{plugin=\"a\",digest=\"{}\"}} 1\n",
            plugin.digest().unwrap()
        ),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}

/// A plugin whose call waits in the host.
struct Waiting {
    plugins: Filters,
    plugin: One,
    inside: Arc<Semaphore>,
    go_on: Arc<Semaphore>,
    _place: Place,
}

impl Waiting {
    async fn new(patience: Duration) -> Self {
        let place = Place::new();
        place.file("a.wasm", notes("one"));
        let (inside, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let gates = (inside.clone(), go_on.clone());
        let setup = Setup::new(
            move |linker| {
                let gates = gates.clone();
                let mut host = linker.instance("example:filters/host@1.0.0")?;
                host.func_wrap_async("note", move |_, (_,): (String,)| {
                    let (inside, go_on) = gates.clone();
                    Box::new(async move {
                        inside.add_permits(1);
                        go_on.acquire().await?.forget();
                        Ok(())
                    })
                })
            },
            |name| Caller(name.to_string()),
        );
        let plugins = place.load(setup.drain_within(patience), &["a"]).await;
        Waiting {
            plugin: plugins.get("a").unwrap(),
            plugins,
            inside,
            go_on,
            _place: place,
        }
    }

    /// A call that is under way.
    async fn call(&self) -> JoinHandle<worldhost::Result<String>> {
        let plugin = self.plugin.clone();
        let call = tokio::spawn(async move { said(&plugin).await });
        self.inside.acquire().await.unwrap().forget();
        call
    }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_call_ends_with_the_version_that_it_began_with() {
    let waiting = Waiting::new(LONG).await;
    let call = waiting.call().await;
    let mut events = waiting.plugins.events();
    let two = Source::from_bytes("two", says("two"));
    waiting.plugins.replace("a", two).await.unwrap();
    assert_eq!(said(&waiting.plugin).await.unwrap(), "two");
    assert!(!call.is_finished());
    waiting.go_on.add_permits(1);
    assert_eq!(call.await.unwrap().unwrap(), "one");
    let is_over = |event: &Event| matches!(event, Event::Drained { .. } | Event::CutOff { .. });
    let over = next(&mut events, is_over).await;
    assert!(matches!(over, Event::Drained { .. }), "{over}");
}

#[tokio::test]
async fn a_version_that_was_left_has_its_time() {
    let patience = Duration::from_millis(50);
    let waiting = Waiting::new(patience).await;
    let call = waiting.call().await;
    let mut events = waiting.plugins.events();
    let two = Source::from_bytes("two", says("two"));
    waiting.plugins.replace("a", two).await.unwrap();
    next(&mut events, |event| matches!(event, Event::CutOff { .. })).await;
    match call.await.unwrap().unwrap_err() {
        Error::Timeout { export, limit } => {
            assert_eq!((export.as_str(), limit), ("filter", patience));
        }
        error => panic!("{error}"),
    }
    next(&mut events, |event| matches!(event, Event::Drained { .. })).await;
    assert_eq!(said(&waiting.plugin).await.unwrap(), "two");
}

#[tokio::test]
async fn an_instance_that_is_kept_is_of_the_old_version() {
    let place = Place::new();
    let (plugins, plugin) = place.one("one").await;
    let mut live = plugin.live().await.unwrap();
    let two = Source::from_bytes("two", says("two"));
    plugins.replace("a", two).await.unwrap();
    let line = live.call("filter", async |filter, store| {
        filter.call_filter(store, "a line").await
    });
    assert_eq!(line.await.unwrap().as_deref(), Some("one"));
    let mut events = plugins.events();
    drop(live);
    next(&mut events, |event| matches!(event, Event::Drained { .. })).await;
    assert_eq!(plugin.counts().succeeded, 1);
}

#[tokio::test]
async fn what_was_before_comes_back() {
    let place = Place::new();
    let (plugins, plugin) = place.one("one").await;
    let none = plugins.roll_back("a").await.unwrap_err();
    assert!(matches!(none, Failed::NoneBefore(_)), "{none}");
    let mut events = plugins.events();
    let first = plugin.digest();
    let two = Source::from_bytes("two", says("two"));
    plugins.replace("a", two).await.unwrap();
    for word in ["one", "two", "one"] {
        plugins.roll_back("a").await.unwrap();
        assert_eq!(said(&plugin).await.unwrap(), word);
    }
    assert_eq!(plugin.digest(), first);
    let back = next(&mut events, |event| {
        matches!(event, Event::RolledBack { .. })
    })
    .await;
    assert!(
        back.to_string().contains("a: rolled back to sha256:"),
        "{back}"
    );
    assert_eq!(plugin.counts().succeeded, 3);
    let unknown = plugins.roll_back("b").await.unwrap_err();
    assert!(unknown.to_string().contains("no plugin b"), "{unknown}");
}
