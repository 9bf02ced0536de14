//! A directory with plugins and a manifest, and what is asked of them.

use crate::filters::bindings::Filter;
use crate::filters::{Caller, Filters, setup};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use worldhost_plugins::{Event, Events, Manifest, Plugin, Setup};

pub type One = Plugin<Filter, Caller>;

pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Place(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, which is there whole or not at all.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path("new"), content).unwrap();
        std::fs::rename(self.path("new"), self.path(name)).unwrap();
    }

    pub fn manifest(&self, text: &str) -> worldhost_plugins::Result<Manifest> {
        self.file("plugins.toml", text);
        Manifest::read(self.path("plugins.toml"))
    }

    /// Plugins of these names, each of the file that is called like it.
    pub async fn load(&self, setup: Setup<Caller>, names: &[&str]) -> Filters {
        let manifest = self.manifest(&tables(names)).unwrap();
        Filters::load(setup, &manifest).await.unwrap()
    }

    /// One plugin that says this.
    pub async fn one(&self, word: &str) -> (Filters, One) {
        self.file("a.wasm", says(word));
        let plugins = self.load(setup(), &["a"]).await;
        let plugin = plugins.get("a").unwrap();
        (plugins, plugin)
    }
}

pub fn tables(names: &[&str]) -> String {
    let table = |name: &&str| format!("[plugin.{name}]\ncomponent = \"{name}.wasm\"\n");
    names.iter().map(table).collect()
}

/// A filter that makes this word of each line, after `body`.
pub fn filter(word: &str, body: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
          (import "example:filters/host@1.0.0" (instance $host
            (export "note" (func (param "text" string)))))
          (core module $Memory
            (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
          (core module $Filter
            (import "memory" "memory" (memory 1))
            (import "host" "note" (func $note (param i32 i32)))
            (data (i32.const 16) "{word}")
            (func (export "filter") (param i32 i32) (result i32)
              {body}
              (i32.store8 (i32.const 0) (i32.const 1))
              (i32.store (i32.const 4) (i32.const 16))
              (i32.store (i32.const 8) (i32.const {length}))
              (i32.const 0)))
          (core instance $memory (instantiate $Memory))
          (core func $note (canon lower (func $host "note") (memory $memory "memory")))
          (core instance $filter (instantiate $Filter
            (with "memory" (instance $memory))
            (with "host" (instance (export "note" (func $note))))))
          (func (export "filter") (param "line" string) (result (option string))
            (canon lift (core func $filter "filter")
              (memory $memory "memory") (realloc (func $memory "realloc")))))"#,
        length = word.len()
    );
    wat::parse_str(text).unwrap()
}

pub fn says(word: &str) -> Vec<u8> {
    filter(word, "")
}

/// One that asks the host before.
pub fn notes(word: &str) -> Vec<u8> {
    filter(word, "(call $note (i32.const 16) (i32.const 1))")
}

pub const SPINS: &str = "(loop $on (br $on))";

/// It traps where it cannot have 6.25 MiB more.
pub const EATS: &str =
    "(if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then (unreachable)))";

/// What a plugin makes of a line.
pub async fn said(plugin: &One) -> worldhost::Result<String> {
    let said = plugin.call("filter", async |filter, store| {
        filter.call_filter(store, "a line").await
    });
    Ok(said.await?.unwrap_or_default())
}

/// The next event that is one of these.
pub async fn next(events: &mut Events, is_it: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = events.next().await.expect("plugins are there");
            if is_it(&event) {
                return event;
            }
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), found).await;
    found.expect("it happens soon")
}
