//! The executors that subcommands run on.

use anyhow::Context;
use std::future::Future;
use tokio::runtime::Builder;

/// One thread is enough: a command has one instance.
pub fn one_thread<R>(future: impl Future<Output = anyhow::Result<R>>) -> anyhow::Result<R> {
    block_on(Builder::new_current_thread(), future)
}

/// A thread for each core.
pub fn all_cores<R>(future: impl Future<Output = anyhow::Result<R>>) -> anyhow::Result<R> {
    block_on(Builder::new_multi_thread(), future)
}

fn block_on<R>(
    mut builder: Builder,
    future: impl Future<Output = anyhow::Result<R>>,
) -> anyhow::Result<R> {
    let runtime = builder.enable_all().build();
    let runtime = runtime.context("cannot start an executor")?;
    let result = runtime.block_on(async {
        outlive_large_files();
        future.await
    });
    // The process ends now, and with it what is left in the runtime: a thread that
    // still waits for stdin, for one.
    std::mem::forget(runtime);
    result
}

/// A file that may grow no further is an error to who writes it, and no end of the process.
#[cfg(unix)]
fn outlive_large_files() {
    use tokio::signal::unix::{SignalKind, signal};
    // That it is caught is enough.
    let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
}

#[cfg(not(unix))]
fn outlive_large_files() {}
