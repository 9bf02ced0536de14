//! The command line: one file for each subcommand, thin over the library.

mod cache;
mod call;
mod check;
mod code;
mod compile;
mod completions;
pub mod failure;
mod grants;
mod inspect;
mod optimize;
mod process;
mod progress;
mod run;
mod style;
mod wit;

use clap::{Parser, Subcommand};
use std::future::Future;
use std::io::Write;
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
    Call(call::Call),
    Check(check::Check),
    Inspect(inspect::Inspect),
    Wit(wit::WitCommand),
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
            Command::Call(call) => block_on(call.execute(self.verbose)),
            Command::Check(check) => check.execute(self.verbose),
            Command::Inspect(inspect) => inspect.execute(),
            Command::Wit(wit) => wit.execute(),
            Command::Compile(compile) => block_on(compile.execute()),
            Command::Cache(cache) => cache.execute(),
            Command::Optimize(optimize) => optimize.execute(),
            Command::Completions(completions) => completions.execute(),
        }
    }
}

/// Writes to stdout, with colour where that is wanted; that the reader has gone is
/// no failure: `... | head`.
fn print_styled(text: &str) -> anyhow::Result<()> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
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
