//! What things cost inside one process: a fresh instance, a call, a host call.
//!
//!     cargo bench --workspace --bench calls
//!
//! Whole processes, and the Wasmtime CLI beside them, are `scripts/bench.sh`'s.

#[path = "../tests/support/mod.rs"]
mod support;
mod textbook;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::need::built;
use support::{component, guest, plugin_with};
use tokio::runtime::Runtime as Executor;
use wasmtime::component::{Component as Compiled, Val};
use worldhost::{Cache, Component, Config, Limits, Pool, Runtime, Sandbox, State, Store};
use worldhost_fixture::bindings::{Plugin, PluginPre};
use worldhost_fixture::imports::{self, Imports, log::Log};

/// A component that is ready, and what its instances get.
struct Ready {
    component: Component<Imports>,
    pre: PluginPre<State<Imports>>,
    sandbox: Sandbox,
    limits: Limits,
}

impl Ready {
    fn new(executor: &Executor, config: &Config, bytes: Vec<u8>) -> Self {
        let runtime = Runtime::with_config(config, imports::add_to_linker).unwrap();
        let component = executor.block_on(runtime.load_bytes(bytes)).unwrap();
        Ready {
            pre: component.typed(PluginPre::new).unwrap(),
            component,
            sandbox: Sandbox::new(),
            limits: Limits::default(),
        }
    }

    fn store(&self) -> Store<Imports> {
        let imports = Imports { log: Log::Null };
        let store = self.component.store(&self.sandbox, &self.limits, imports);
        store.unwrap()
    }

    async fn instance(&self) -> (Store<Imports>, Plugin) {
        let mut store = self.store();
        let plugin = store
            .call("instantiation", async |s| {
                self.pre.instantiate_async(s).await
            })
            .await
            .unwrap();
        (store, plugin)
    }
}

async fn process((store, plugin): &mut (Store<Imports>, Plugin), input: &str) -> String {
    store
        .call("process", async |s| plugin.call_process(s, input).await)
        .await
        .unwrap()
}

fn executor() -> Executor {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// Runs the future so often and returns how long it took.
fn timed(executor: &Executor, times: u64, mut once: impl AsyncFnMut()) -> Duration {
    executor.block_on(async {
        let start = Instant::now();
        for _ in 0..times {
            once().await;
        }
        start.elapsed()
    })
}

fn rust_plugin() -> Vec<u8> {
    std::fs::read(guest("plugin-rust")).unwrap()
}

fn pooled() -> Config {
    let mut config = Config::default();
    config.pool = Some(Pool::default());
    config
}

/// A store, an instance, one call and the end of all three. The textbook's linker has
/// all of WASI; ours did its work when the component was loaded.
fn fresh(c: &mut Criterion) {
    let executor = executor();
    let mut group = c.benchmark_group("fresh instance");
    let book = textbook::Book::new(&rust_plugin());
    group.bench_function("textbook", |b| {
        b.iter_custom(|times| {
            timed(&executor, times, async || {
                black_box(book.process("hello").await);
            })
        })
    });
    for (name, config) in [("no pool", Config::default()), ("pool", pooled())] {
        let ready = Ready::new(&executor, &config, rust_plugin());
        group.bench_function(name, |b| {
            b.iter_custom(|times| {
                timed(&executor, times, async || {
                    black_box(process(&mut ready.instance().await, "hello").await);
                })
            })
        });
    }
    group.finish();
}

/// The parts of a fresh instance.
fn parts(c: &mut Criterion) {
    let executor = executor();
    let ready = Ready::new(&executor, &pooled(), rust_plugin());
    let mut group = c.benchmark_group("parts");
    group.bench_function("store", |b| b.iter(|| ready.store()));
    group.bench_function("store and instance", |b| {
        b.iter_custom(|times| {
            timed(&executor, times, async || {
                black_box(ready.instance().await);
            })
        })
    });
    group.finish();
}

/// Calls of an instance that lives: through generated bindings, and by values whose
/// types are found out at run time.
fn hot(c: &mut Criterion) {
    let executor = executor();
    let ready = Ready::new(&executor, &Config::default(), echo());
    let mut group = c.benchmark_group("hot call");
    let mut live = executor.block_on(ready.instance());
    group.bench_function("typed", |b| {
        b.iter_custom(|times| {
            timed(&executor, times, async || {
                black_box(process(&mut live, "hello").await);
            })
        })
    });

    let pre = ready.component.instance_pre();
    let export = pre.component().get_export_index(None, "process").unwrap();
    let mut store = ready.store();
    let func = executor.block_on(store.call("process", async |s| {
        let instance = pre.instantiate_async(&mut *s).await?;
        Ok(instance.get_func(s, export).expect("process is a function"))
    }));
    let func = func.unwrap();
    group.bench_function("dynamic", |b| {
        b.iter_custom(|times| {
            timed(&executor, times, async || {
                let mut results = [Val::Bool(false)];
                let call = store.call("process", async |s| {
                    let input = [Val::String("hello".into())];
                    func.call_async(s, &input, &mut results).await
                });
                call.await.unwrap();
                black_box(&results);
            })
        })
    });
    group.finish();
}

/// One call of `host.compute` by the guest.
fn host_call(c: &mut Criterion) {
    const CALLS: u64 = 1000;
    let executor = executor();
    let import = r#"(import "worldhost:plugin/host@0.1.0" "compute"
        (func $compute (param i32 i32)))"#;
    let body = format!(
        "(local $n i32) (local.set $n (i32.const {CALLS}))
         (loop $again
             (call $compute (i32.const 21) (i32.const 16))
             (local.set $n (i32.sub (local.get $n) (i32.const 1)))
             (br_if $again (local.get $n)))
         (i32.const 64)"
    );
    let ready = Ready::new(&executor, &Config::default(), plugin_with(import, &body));
    let mut group = c.benchmark_group("host call");
    group.throughput(Throughput::Elements(CALLS));
    group.bench_function("compute", |b| {
        b.iter_custom(|times| {
            timed(&executor, times, async || {
                // Each call of the plugin takes some of its memory for its input.
                let mut live = ready.instance().await;
                black_box(process(&mut live, "").await);
            })
        })
    });
    group.finish();
}

/// Answers with its input. Memory is used anew for each call.
fn echo() -> Vec<u8> {
    component(
        "package test:echo; world echo { include wasi:cli/imports@0.2.12;
            export process: func(input: string) -> string; }",
        "echo",
        r#"(module
            (memory (export "memory") 40)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "process") (param $ptr i32) (param $len i32) (result i32)
                (i32.store (i32.const 8) (local.get $ptr))
                (i32.store (i32.const 12) (local.get $len))
                (i32.const 8)))"#,
    )
}

/// A string there and back.
fn strings(c: &mut Criterion) {
    let executor = executor();
    let ready = Ready::new(&executor, &Config::default(), echo());
    let mut live = executor.block_on(ready.instance());
    let mut group = c.benchmark_group("string");
    for size in [1, 1 << 10, 1 << 15, 1 << 20] {
        let text = "x".repeat(size);
        group.throughput(Throughput::Bytes(2 * size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter_custom(|times| {
                timed(&executor, times, async || {
                    black_box(process(&mut live, &text).await);
                })
            })
        });
    }
    group.finish();
}

/// What a warm start does before the guest's first instruction.
fn start(c: &mut Criterion) {
    let executor = executor();
    let mut group = c.benchmark_group("start");
    let links = textbook::Links::new();
    group.bench_function("link WASI 0.2", |b| b.iter(|| links.p2()));
    group.bench_function("link WASI 0.3 and HTTP", |b| b.iter(|| links.rest()));

    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.cache = Some(Cache::open(dir.path()).unwrap());
    let runtime = Runtime::with_config(&config, imports::add_to_linker).unwrap();
    let mut load = |name: &str, path: PathBuf| {
        let component = executor.block_on(runtime.load(&path)).unwrap();
        group.bench_function(format!("load from the cache, {name}"), |b| {
            b.iter(|| executor.block_on(runtime.load(&path)).unwrap())
        });
        // What of that nobody but Wasmtime could make faster.
        let compiled = component.instance_pre().component();
        let image = dir.path().join("image");
        std::fs::write(&image, compiled.serialize().unwrap()).unwrap();
        group.bench_function(format!("deserialize, {name}"), |b| {
            // SAFETY: the engine made the image.
            b.iter(|| unsafe { Compiled::deserialize_file(compiled.engine(), &image) }.unwrap())
        });
    };
    load("Rust", guest("command"));
    let python = built("command-python");
    match python.exists() {
        true => load("Python", python),
        false => eprintln!("without command-python: run scripts/build-guests.sh command-python"),
    }
    group.finish();
}

criterion_group!(benches, fresh, parts, hot, host_call, strings, start);
criterion_main!(benches);
