//! Which engine a component gets: one with the component model's concurrency only if
//! it is needed, since every call costs more with it.

use crate::support::need::on_demand;
use crate::support::{Scratch, guest};
use std::path::Path;
use worldhost::{Cache, Component, Config, Limits, Runtime, Sandbox};
use worldhost_fixture::imports::{self, Imports};

async fn is_concurrent(runtime: &Runtime<Imports>, path: &Path) -> bool {
    has_concurrency(&runtime.load(path).await.unwrap())
}

fn has_concurrency(component: &Component<Imports>) -> bool {
    let engine = component.instance_pre().engine();
    engine.get_concurrency_support()
}

#[tokio::test]
async fn a_component_has_concurrency_if_it_needs_it() {
    let runtime = worldhost_fixture::runtime(&Config::default()).unwrap();
    for (name, needed) in [
        ("command", false),
        ("plugin-rust", false),
        ("command-p3", true),
    ] {
        let found = is_concurrent(&runtime, &guest(name)).await;
        assert_eq!(found, needed, "{name}");
    }
    for (text, needed) in [
        ("(component)", false),
        ("(component (type (future)))", true),
        ("(component (component (type (func async))))", true),
    ] {
        let component = runtime.load_bytes(wat::parse_str(text).unwrap()).await;
        assert_eq!(has_concurrency(&component.unwrap()), needed, "{text}");
    }
}

mod needs_python {
    use super::*;

    #[tokio::test]
    #[ignore = "needs command-python-p3: run scripts/build-guests.sh python"]
    async fn python_with_wasi_0_3_needs_concurrency() {
        let runtime = worldhost_fixture::runtime(&Config::default()).unwrap();
        let python = on_demand("command-python-p3");
        assert!(is_concurrent(&runtime, &python).await);
    }
}

#[tokio::test]
async fn the_embedder_can_ask_for_it() {
    let mut config = Config::default();
    config.concurrent = true;
    let runtime = worldhost_fixture::runtime(&config).unwrap();
    assert!(is_concurrent(&runtime, &guest("plugin-rust")).await);
}

#[tokio::test]
async fn interfaces_with_async_functions_bring_it() {
    let runtime = Runtime::new(|linker| {
        imports::add_to_linker(linker)?;
        let mut mine = linker.instance("my:own/interface")?;
        mine.func_wrap_concurrent("f", |_, ()| Box::pin(async { Ok(()) }))
    });
    let runtime = runtime.unwrap();
    assert!(is_concurrent(&runtime, &guest("plugin-rust")).await);
}

#[tokio::test]
async fn the_cache_knows_it_without_reading_the_component() {
    let scratch = Scratch::new();
    for name in ["command", "command-p3"] {
        let mut config = Config::default();
        config.cache = Some(Cache::open(scratch.path().join("cache")).unwrap());
        let mut engines = Vec::new();
        for _ in 0..2 {
            let runtime = worldhost_fixture::runtime(&config).unwrap();
            engines.push(is_concurrent(&runtime, &guest(name)).await);
            let component = runtime.load(guest(name)).await.unwrap();
            let sandbox = Sandbox::new().args([name, "args"]);
            let imports = Imports::default();
            let code = component.run(&sandbox, &Limits::default(), imports).await;
            assert_eq!(code.unwrap(), 0, "{name}");
        }
        assert_eq!(engines, [name == "command-p3"; 2], "{name}");
    }
    let artifacts = std::fs::read_dir(scratch.path().join("cache/code")).unwrap();
    assert_eq!(artifacts.count(), 2, "something was compiled twice");
}
