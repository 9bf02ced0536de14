//! The library inside a program that has an executor of its own: many instances,
//! captured output, and what is left after a failure.

use crate::support::{Scratch, guest, plugin};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use worldhost::{
    Access, Capture, Component, Config, Error, Input, Limit, LimitHit, Limits, Output, Runtime,
    Sandbox,
};
use worldhost_fixture::bindings::PluginPre;
use worldhost_fixture::imports::{Imports, log::Log};

fn runtime() -> Runtime<Imports> {
    worldhost_fixture::runtime(&Config::default()).unwrap()
}

async fn process(
    component: &Component<Imports>,
    sandbox: &Sandbox,
    limits: &Limits,
    log: Log,
    input: &str,
) -> worldhost::Result<String> {
    let pre = component.typed(PluginPre::new)?;
    let mut store = component.store(sandbox, limits, Imports { log })?;
    let plugin = store
        .call("plugin", async |s| pre.instantiate_async(s).await)
        .await?;
    store
        .call("process", async |s| plugin.call_process(s, input).await)
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_instances_run_at_once_and_share_nothing() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let log = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let (component, log) = (component.clone(), Log::Captured(log.clone()));
            tokio::spawn(async move {
                let sandbox = Sandbox::new().env("N", n.to_string());
                process(&component, &sandbox, &Limits::default(), log, "env:N").await
            })
        })
        .collect();
    for (n, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap().unwrap(), n.to_string());
    }
    assert_eq!(*log.lock().unwrap(), vec!["processing: env:N"; 50]);
}

#[tokio::test]
async fn a_guest_that_computes_leaves_room_for_other_tasks() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let mut limits = Limits::default();
    limits.timeout = Some(Duration::from_millis(200));
    // One thread: this only ends if the guest gives way to it.
    let ticks = tokio::spawn(async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let sandbox = Sandbox::new();
    let spin = process(&component, &sandbox, &limits, Log::Null, "spin");
    let (outcome, ticked) = tokio::join!(spin, ticks);
    assert!(matches!(outcome, Err(Error::Timeout { .. })), "{outcome:?}");
    ticked.unwrap();
}

#[tokio::test]
async fn a_directory_is_the_one_that_was_granted() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let scratch = Scratch::new();
    let (here, away) = (scratch.path().join("here"), scratch.path().join("away"));
    std::fs::create_dir(&here).unwrap();
    std::fs::write(here.join("who"), "the first").unwrap();
    let sandbox = Sandbox::new().dir(&here, "/d", Access::ReadOnly).unwrap();
    let (limits, log) = (Limits::default(), || Log::Null);
    // Another takes its name, for the stores that are made from now on.
    std::fs::rename(&here, away).unwrap();
    std::fs::create_dir(&here).unwrap();
    std::fs::write(here.join("who"), "another").unwrap();
    for _ in 0..2 {
        let read = process(&component, &sandbox, &limits, log(), "file:/d/who").await;
        assert_eq!(read.unwrap(), "the first");
    }
}

#[tokio::test]
async fn stdio_is_captured_and_given() {
    let component = runtime().load(guest("command")).await.unwrap();
    let (out, err) = (Capture::default(), Capture::new(4));
    let sandbox = |args: &[&str]| {
        Sandbox::new()
            .args(["command"])
            .args(args.iter().copied())
            .stdin(Input::Bytes("given\n".into()))
            .stdout(Output::Captured(out.clone()))
            .stderr(Output::Captured(err.clone()))
    };
    let limits = Limits::default();
    // The bytes are there anew for each store.
    for times in 1..=2 {
        let code = component
            .run(&sandbox(&["stdin"]), &limits, Imports::default())
            .await;
        assert_eq!(code.unwrap(), 0);
        assert_eq!(out.contents(), b"GIVEN\n".repeat(times));
    }
    let loud = sandbox(&["stderr", "longer than four"]);
    let code = component.run(&loud, &limits, Imports::default()).await;
    assert_eq!(code.unwrap(), 0);
    assert_eq!(err.contents(), b"long");
    assert!(err.truncated());
}

#[tokio::test]
async fn a_trap_tells_the_export_the_limit_and_the_guests_last_words() {
    let component = runtime().load(guest("command")).await.unwrap();
    let run = async |args: &[&str], limits: &Limits| {
        let sandbox = Sandbox::new().args(["command"]).args(args.iter().copied());
        component
            .run(&sandbox, limits, Imports::default())
            .await
            .unwrap_err()
    };
    let Error::Trap(trap) = run(&["panic"], &Limits::default()).await else {
        panic!()
    };
    assert_eq!(trap.export, "wasi:cli/run@0.2.12");
    assert!(trap.message.contains("`unreachable`"), "{}", trap.message);
    assert!(trap.stderr.contains("asked to panic"), "{}", trap.stderr);
    assert!(trap.frames.len() > 1, "{:?}", trap.frames);
    assert_eq!(trap.limit, None);

    let mut limits = Limits::default();
    limits.memory = 10 << 20;
    let Error::Trap(trap) = run(&["alloc", "100"], &limits).await else {
        panic!()
    };
    assert_eq!(trap.limit, Some(LimitHit::new(Limit::Memory, 10 << 20)));
}

#[tokio::test]
async fn an_instance_is_never_used_again_after_a_trap() {
    let component = runtime().load_bytes(plugin("unreachable")).await.unwrap();
    assert_eq!(component.name(), "<bytes>");
    let pre = component.typed(PluginPre::new).unwrap();
    let mut store = component
        .store(&Sandbox::new(), &Limits::default(), Imports::default())
        .unwrap();
    let plugin = store
        .call("plugin", async |s| pre.instantiate_async(s).await)
        .await
        .unwrap();
    let first = store
        .call("process", async |s| plugin.call_process(s, "x").await)
        .await;
    assert!(matches!(first, Err(Error::Trap(_))), "{first:?}");
    let again = store
        .call("other", async |s| plugin.call_process(s, "x").await)
        .await;
    let Err(Error::Dead { export }) = again else {
        panic!("{again:?}")
    };
    assert_eq!(export, "process");
}

#[tokio::test]
async fn a_call_that_was_dropped_half_way_ends_the_instance() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let pre = component.typed(PluginPre::new).unwrap();
    let data = Imports { log: Log::Null };
    let mut store = component
        .store(&Sandbox::new(), &Limits::default(), data)
        .unwrap();
    let plugin = store
        .call("plugin", async |s| pre.instantiate_async(s).await)
        .await
        .unwrap();
    let spin = store.call("process", async |s| plugin.call_process(s, "spin").await);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), spin)
            .await
            .is_err()
    );
    let again = store
        .call("process", async |s| plugin.call_process(s, "x").await)
        .await;
    assert!(matches!(again, Err(Error::Dead { .. })), "{again:?}");
}

#[tokio::test]
async fn fuel_bounds_the_instructions_of_a_store() {
    let mut config = Config::default();
    config.fuel = true;
    let runtime = worldhost_fixture::runtime(&config).unwrap();
    let component = runtime.load(guest("plugin-rust")).await.unwrap();
    let run = async |fuel, input: &str| {
        let mut limits = Limits::default();
        limits.fuel = Some(fuel);
        process(&component, &Sandbox::new(), &limits, Log::Null, input).await
    };
    assert_eq!(run(10_000_000, "x").await.unwrap(), "X");
    let Err(Error::Trap(trap)) = run(10_000_000, "spin").await else {
        panic!()
    };
    assert_eq!(trap.limit, Some(LimitHit::new(Limit::Fuel, 10_000_000)));
}

#[tokio::test]
async fn fuel_without_a_runtime_that_counts_it_is_refused() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let mut limits = Limits::default();
    limits.fuel = Some(1);
    let refused = component.store(&Sandbox::new(), &limits, Imports::default());
    assert!(matches!(refused, Err(Error::Host(_))));
}

#[tokio::test]
async fn a_timeout_for_guests_that_cannot_be_interrupted_is_refused() {
    let mut config = Config::default();
    config.interruptible = false;
    let runtime = worldhost_fixture::runtime(&config).unwrap();
    let component = runtime.load(guest("plugin-rust")).await.unwrap();
    let with = |timeout| {
        let mut limits = Limits::default();
        limits.timeout = timeout;
        component.store(&Sandbox::new(), &limits, Imports::default())
    };
    assert!(with(None).is_ok());
    let refused = with(Some(Duration::from_secs(1)));
    assert!(matches!(refused, Err(Error::Host(_))));
}

#[tokio::test]
async fn another_stack_than_the_runtimes_is_refused() {
    let component = runtime().load(guest("plugin-rust")).await.unwrap();
    let mut limits = Limits::default();
    limits.stack = 1 << 20;
    let refused = component.store(&Sandbox::new(), &limits, Imports::default());
    let Err(Error::Host(message)) = refused else {
        panic!()
    };
    assert!(
        message.contains("1048576") && message.contains("Config::stack"),
        "{message}"
    );

    // What the limits need, a configuration can be told.
    let mut config = Config::default();
    limits.fuel = Some(1 << 30);
    limits.timeout = Some(Duration::from_secs(60));
    config.interruptible = false;
    config.set_for(&limits);
    let runtime = worldhost_fixture::runtime(&config).unwrap();
    let component = runtime.load(guest("plugin-rust")).await.unwrap();
    let answer = process(&component, &Sandbox::new(), &limits, Log::Null, "x").await;
    assert_eq!(answer.unwrap(), "X");
}

#[tokio::test]
async fn what_goes_to_a_writer_is_bounded_to_the_byte() {
    let component = runtime().load(guest("command")).await.unwrap();
    let run = async |limit| {
        let (near, far) = tokio::io::duplex(1 << 20);
        let near = Mutex::new(Some(near));
        let sandbox = Sandbox::new()
            .args(["command", "stdin"])
            .stdin(Input::Bytes(vec![b'x'; 99_999].into()))
            .stdout(Output::writer(move || near.lock().unwrap().take().unwrap()));
        let mut limits = Limits::default();
        limits.output_bytes = Some(limit);
        let code = component.run(&sandbox, &limits, Imports::default()).await;
        drop(sandbox);
        let mut got = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut { far }, &mut got)
            .await
            .unwrap();
        (code, got.len() as u64)
    };
    let (code, got) = run(100_000).await;
    assert_eq!((code.unwrap(), got), (0, 100_000));
    for limit in [99_999, 50_000, 1] {
        let (code, got) = run(limit).await;
        let Err(Error::Trap(trap)) = code else {
            panic!("{code:?}")
        };
        assert_eq!(trap.limit, Some(LimitHit::new(Limit::Output, limit)));
        assert_eq!(got, limit);
    }
}
