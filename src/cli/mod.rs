//! The command line: one file for each subcommand, thin over the library.

mod cache;
mod code;
mod compile;
mod completions;
pub mod failure;
mod grants;
mod optimize;
mod process;
mod progress;
mod run;

use clap::{Parser, Subcommand};
use std::future::Future;
use worldhost::version;

/// Run WebAssembly components that declare a full WASI world plus imports and
/// exports of their own.
#[derive(Parser)]
#[command(
    name = "worldhost",
    version = version_line(),
    after_help = "Exit codes: the guest's own; 2 usage; 124 timeout; 125 the host failed; \
                  126 not a component this host can run; 127 not found; 134 trap."
)]
pub struct Cli {
    /// Show more on failure: the guest's frames, and the errors behind an error.
    #[arg(short, long, global = true)]
    pub verbose: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Process(process::Process),
    Compile(compile::Compile),
    Cache(cache::Cache),
    Completions(completions::Completions),
    #[command(hide = true)]
    Optimize(optimize::Optimize),
}

impl Cli {
    /// Does what was asked and returns the exit code.
    pub fn run(self) -> anyhow::Result<i32> {
        match self.command {
            Command::Run(run) => block_on(run.execute(self.verbose)),
            Command::Process(process) => block_on(process.execute(self.verbose)),
            Command::Compile(compile) => block_on(compile.execute()),
            Command::Cache(cache) => cache.execute(),
            Command::Optimize(optimize) => optimize.execute(),
            Command::Completions(completions) => completions.execute(),
        }
    }
}

/// One thread is enough: a command has one instance.
fn block_on<R>(future: impl Future<Output = anyhow::Result<R>>) -> anyhow::Result<R> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(future);
    runtime.shutdown_background();
    result
}

fn version_line() -> String {
    format!(
        "{} (wasmtime {}, WASI {} and {})",
        env!("CARGO_PKG_VERSION"),
        version::WASMTIME,
        version::WASI_P2,
        version::WASI_P3
    )
}
