//! Fresh instances from several tasks at once: a store, an instance, one call and the end
//! of all three, by this crate and by Wasmtime alone.
//!
//!     cargo bench --workspace --bench threads

mod plain;

use criterion::{Criterion, criterion_group, criterion_main};
use plain::Plain;
use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime as Executor;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;
use worldhost::{Instances, Limits, Runtime, Sandbox, Source};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bench:fresh; world guest { export work: func(n: u32) -> u32; }",
        exports: { default: async },
    });
}
use bindings::{Guest, GuestPre};

worldhost::guest!(Guest, GuestPre);

/// A guest by what its one function does.
fn guest(fields: &str, body: &str) -> Vec<u8> {
    let wit = "package bench:fresh; world guest { export work: func(n: u32) -> u32; }";
    let mut resolve = Resolve::default();
    let package = resolve.push_source("guest.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let text = format!(
        r#"(module {fields}
            (func (export "work") (param $n i32) (result i32) (local $x i32) {body}))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.validate(true).encode().unwrap()
}

/// The guests, each with its name.
fn guests() -> [(&'static str, Vec<u8>); 3] {
    let memory = r#"(memory 1) (data (i32.const 16) "some data of its own")"#;
    let grow = "(drop (memory.grow (i32.const 4)))
        (i32.store (i32.const 65540) (local.get $n))
        (i32.load (i32.const 65540))";
    // About 100 µs of arithmetic.
    let work = "(local.set $n (i32.const 60000))
        (loop $again
            (local.set $x (i32.rem_u (i32.add (i32.mul (local.get $x) (i32.const 31)) (local.get $n)) (i32.const 65521)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $again (local.get $n)))
        (local.get $x)";
    [
        ("small", guest(memory, "(i32.load (i32.const 16))")),
        ("growing", guest(memory, grow)),
        ("working", guest(memory, work)),
    ]
}

/// Something that makes an instance for a call.
trait Calls: Clone + Send + 'static {
    fn call(&self) -> impl Future<Output = u32> + Send;
}

/// Runs `times` calls from so many tasks and returns how long it took.
fn timed(executor: &Executor, tasks: u64, times: u64, calls: &impl Calls) -> Duration {
    executor.block_on(async {
        let start = Instant::now();
        let running: Vec<_> = (0..tasks)
            .map(|task| {
                let calls = calls.clone();
                let count = times / tasks + u64::from(task < times % tasks);
                tokio::spawn(async move {
                    for _ in 0..count {
                        black_box(calls.call().await);
                    }
                })
            })
            .collect();
        for task in running {
            task.await.unwrap();
        }
        start.elapsed()
    })
}

impl Calls for Instances<Guest, ()> {
    async fn call(&self) -> u32 {
        let called = Instances::call(self, "work", async |guest, store| {
            guest.call_work(store, 7).await
        });
        called.await.unwrap()
    }
}

fn ours(executor: &Executor, component: Vec<u8>) -> Instances<Guest, ()> {
    let runtime = Runtime::new(|_| Ok(())).unwrap();
    let source = Source::from_bytes("guest", component);
    let component = executor.block_on(runtime.load_fresh(&source)).unwrap();
    let (sandbox, limits) = (Sandbox::new(), Limits::default());
    Instances::new(&component, sandbox, limits, || ()).unwrap()
}

fn fresh(c: &mut Criterion) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let executor = builder.enable_all().build().unwrap();
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    for (name, component) in guests() {
        let mut group = c.benchmark_group(format!("tasks, {name} guest"));
        let ours = ours(&executor, component.clone());
        let textbook = Plain::textbook(&component);
        let tuned = Plain::tuned(&component);
        for tasks in [1, cores] {
            group.bench_function(format!("textbook, {tasks}"), |b| {
                b.iter_custom(|times| timed(&executor, tasks, times, &textbook))
            });
            group.bench_function(format!("tuned, {tasks}"), |b| {
                b.iter_custom(|times| timed(&executor, tasks, times, &tuned))
            });
            group.bench_function(format!("worldhost, {tasks}"), |b| {
                b.iter_custom(|times| timed(&executor, tasks, times, &ours))
            });
        }
        group.finish();
    }
}

criterion_group!(benches, fresh);
criterion_main!(benches);
