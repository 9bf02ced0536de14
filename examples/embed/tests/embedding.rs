//! What `docs/embedding.md` shows, run. Each of its blocks of Rust stands in one of the
//! files of `SHOWN`.

#[path = "../src/main.rs"]
#[allow(dead_code, reason = "it has a main of its own")]
mod embed;

use embed::bindings::Clerk;
use embed::bindings::example::inventory::stock::Item;
use embed::{Shop, imports};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use wasmtime::component::ResourceTableError;
use worldhost::{
    Access, Cache, Capture, Component, Config, Error, Input, Instances, Limits, Output, Pool,
    Runtime, Sandbox, Source,
};

type Clerks = Instances<Clerk, Shop>;
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn root() -> &'static Path {
    Path::new(ROOT)
}

fn inventory() -> PathBuf {
    root().join("tests/guests/inventory.wasm")
}

fn apples(quantity: u32) -> Item {
    Item {
        name: "apple".into(),
        quantity,
    }
}

/// A directory of this test's own, as an application has one for its cache.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

async fn clerks() -> worldhost::Result<Clerks> {
    let (path, cache_dir) = (inventory(), scratch("embedding-cache"));

    let mut config = Config::default();
    config.pool = Some(Pool::new(200));
    config.cache = Some(Cache::open(cache_dir)?);
    let runtime = Runtime::with_config(&config, imports)?;

    let mut limits = Limits::default();
    limits.memory = 64 << 20;
    limits.timeout = Some(Duration::from_secs(5));
    let sandbox = Sandbox::new().env("LANG", "C");
    let clerks = Instances::<Clerk, Shop>::load(&runtime, path, sandbox, limits).await?;

    Ok(clerks)
}

async fn serve(clerks: &Clerks) -> worldhost::Result<u32> {
    let (delivery, order) = ([apples(5)], apples(2));
    let left = clerks
        .call("serve", async |clerk, store| {
            clerk.call_serve(store, &delivery, &order).await
        })
        .await?;
    Ok(left.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_one_by_one_and_at_once() -> Result {
    let clerks = clerks().await?;
    assert_eq!(serve(&clerks).await?, 3);

    let mut calls = Vec::new();
    for _ in 0..1000 {
        let clerks = clerks.clone();
        calls.push(tokio::spawn(async move { serve(&clerks).await }));
    }
    for call in calls {
        assert_eq!(call.await??, 3);
    }

    let counts = clerks.counts();
    println!(
        "{} calls, {} failed, {:?} of work, {} bytes at most",
        counts.succeeded, counts.failed, counts.busy, counts.memory
    );
    assert_eq!((counts.succeeded, counts.failed), (1001, 0));
    assert!(counts.memory >= 1 << 16);
    Ok(())
}

#[tokio::test]
async fn one_instance_for_several_calls() -> Result {
    let clerks = clerks().await?;
    let mut clerk = clerks.live().await?;
    for quantity in [1, 2] {
        let (delivery, order) = ([apples(5)], apples(quantity));
        clerk
            .call("serve", async |clerk, store| {
                clerk.call_serve(store, &delivery, &order).await
            })
            .await?
            .unwrap();
    }
    let Shop(notes) = clerk.into_data();
    assert_eq!(notes.len(), 4);
    Ok(())
}

#[tokio::test]
async fn who_is_in_a_hurry() -> Result {
    let clerks = clerks().await?;
    let hurried = clerks
        .within(Duration::from_millis(100))
        .waiting_at_most(Duration::from_secs(1));
    assert_eq!(serve(&hurried).await?, 3);
    Ok(())
}

fn said(error: &Error) -> String {
    match error {
        Error::PoolFull { .. } => "busy, come again".into(),
        Error::Draining { .. } => "this version is leaving; ask the new one".into(),
        Error::Timeout { export, limit } => format!("{export} took more than {limit:?}"),
        Error::Trap(trap) => match trap.downcast_ref::<ResourceTableError>() {
            Some(own) => format!("a host function stopped it: {own}"),
            None => format!("{}, with these last words: {}", trap.message, trap.stderr),
        },
        other => worldhost::printable(&other.to_string()).into_owned(),
    }
}

#[tokio::test]
async fn errors_are_told_by_type() -> Result {
    let runtime = Runtime::new(imports)?;
    let component = runtime.load_fresh(&Source::open(inventory())?).await?;
    let limited = |limits| Clerks::new(&component, Sandbox::new(), limits, Shop::default);
    let mut limits = Limits::default();
    limits.resources = 0;
    let error = serve(&limited(limits)?).await.unwrap_err();
    assert!(
        said(&error).starts_with("a host function stopped it: "),
        "{error}"
    );

    let mut limits = Limits::default();
    limits.memory = 1 << 16;
    let error = serve(&limited(limits)?).await.unwrap_err();
    assert!(said(&error).contains("with these last words"), "{error}");

    let clerks = limited(Limits::default())?;
    clerks.drain().await;
    let error = serve(&clerks).await.unwrap_err();
    assert_eq!(said(&error), "this version is leaving; ask the new one");
    Ok(())
}

/// The clerks of today.
struct Office {
    current: RwLock<Arc<Clerks>>,
}

impl Office {
    fn clerks(&self) -> Arc<Clerks> {
        self.current.read().unwrap().clone()
    }

    /// Calls that have begun end with the old version; those that were too late for it are
    /// told by [`Error::Draining`], and ask again.
    async fn replace(&self, new: Clerks) {
        let old = std::mem::replace(&mut *self.current.write().unwrap(), Arc::new(new));
        old.drain().await;
    }
}

#[tokio::test]
async fn a_version_takes_over() -> Result {
    let office = Office {
        current: RwLock::new(Arc::new(clerks().await?)),
    };
    let before = office.clerks();
    assert_eq!(serve(&before).await?, 3);
    office.replace(clerks().await?).await;
    assert!(matches!(serve(&before).await, Err(Error::Draining { .. })));
    assert_eq!(serve(&office.clerks()).await?, 3);
    Ok(())
}

#[tokio::test]
async fn what_it_may_touch() -> Result {
    let templates = scratch("templates");
    std::fs::create_dir_all(&templates)?;
    let printed = Capture::new(64 << 10);
    let sandbox = Sandbox::new()
        .env("LANG", "C")
        .dir(templates, "/templates", Access::ReadOnly)?
        .allow_net("api.example.com:443".parse()?)
        .stdin(Input::reader(tokio::io::empty))
        .stdout(Output::Captured(printed.clone()))
        .wasi(|wasi| {
            wasi.allow_blocking_current_thread(false);
        });

    let runtime = Runtime::new(imports)?;
    let clerks = Clerks::load(&runtime, inventory(), sandbox, Limits::default()).await?;
    serve(&clerks).await?;
    assert_eq!(printed.contents(), b"2 x apple\n");
    Ok(())
}

#[tokio::test]
async fn a_command_runs() -> Result {
    let tool = root().join("tests/guests/command.wasm");
    let runtime = Runtime::<()>::new(|_| Ok(()))?;
    let component: Component<()> = runtime.load(tool).await?;
    let sandbox = Sandbox::new().args(["tool", "args", "a b"]).inherit_stdio();
    let code = component.run(&sandbox, &Limits::default(), ()).await?;
    assert_eq!(code, 0);
    Ok(())
}

const PAGE: &str = "docs/embedding.md";

const SHOWN: [&str; 4] = [
    "examples/embed/src/main.rs",
    "examples/async/src/relay.rs",
    "examples/embed/tests/embedding.rs",
    "crates/worldhost/tests/app/main.rs",
];

#[test]
fn the_page_shows_what_is_compiled() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let bare = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_string());
        lines.collect()
    };
    let shown: Vec<_> = SHOWN.iter().map(|name| bare(&read(name))).collect();
    let page = read(PAGE);
    let blocks: Vec<_> = page.split("```rust\n").skip(1).collect();
    assert!(blocks.len() > 8, "{}", blocks.len());
    for block in blocks {
        let (block, _) = block.split_once("```").unwrap();
        let wanted = bare(block);
        let stands = |file: &Vec<String>| file.windows(wanted.len()).any(|part| part == wanted);
        assert!(shown.iter().any(stands), "in none of {SHOWN:?}:\n{block}");
    }
    let manifest = page.split("```toml\n").nth(1).unwrap();
    let (manifest, _) = manifest.split_once("```").unwrap();
    let example = read("examples/embed/Cargo.toml");
    for line in manifest.lines().filter(|line| !line.contains("path = ")) {
        assert!(
            example.contains(line),
            "not in the example's Cargo.toml: {line}"
        );
    }
}

/// Short enough to be read in one go.
#[test]
fn the_examples_are_short() {
    for name in [SHOWN[0], SHOWN[1], "examples/async/src/main.rs"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        assert!(text.lines().count() < 100, "{name}");
    }
}
