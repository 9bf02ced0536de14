//! The command line: one file for each subcommand, thin over the library.

mod cache;
mod call;
mod check;
mod code;
mod compile;
mod completions;
mod deferred;
pub mod failure;
mod grants;
pub mod guest;
mod inspect;
mod json;
mod optimize;
mod process;
mod progress;
mod run;
mod style;
mod wit;

use clap::{Parser, Subcommand};
use deferred::Deferred;
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
                  126 not a component this host can run; 127 not found; 134 trap, or an \
                  exit with 0 where a result was due."
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
    /// Run a command component: one that exports wasi:cli/run, of WASI 0.2 or 0.3.
    Run(Deferred<run::Run>),
    /// Call `process`, the export of this host's own world, for each input.
    ///
    /// Each result is printed on a line. The inputs are the arguments, or with none,
    /// or `-`, the lines of stdin as they come. The component's own stdout goes to
    /// stderr, so that the results stay clean.
    Process(Deferred<process::Process>),
    /// Call exports of a component, by text.
    ///
    /// The calls run in order on one instance, and each result is printed on a line.
    /// The component's own stdout goes to stderr, so that the results stay clean.
    Call(Deferred<call::Call>),
    /// Tell whether components fit this host, and everything that is in the way.
    ///
    /// Every import must be provided here, and every export of the world must be
    /// there with the same type. Nothing is compiled or run.
    Check(Deferred<check::Check>),
    /// Show what is in a component: its world, size, toolchain and functions.
    Inspect(Deferred<inspect::Inspect>),
    /// Say what a wit/ directory gives, what changed in it, and whether it is whole.
    ///
    /// Nothing is compiled and nothing is fetched.
    Wit(Deferred<wit::WitCommand>),
    /// Compile a component ahead of time, to a .cwasm file.
    ///
    /// It starts in milliseconds, on a machine like this one and with this version of
    /// worldhost. Everything that runs it has to trust it, for compiled code is not
    /// checked. Other runs keep their code in a cache by themselves and need no such
    /// file: see `worldhost cache`.
    Compile(Deferred<compile::Compile>),
    /// Show, check or empty the cache of compiled code.
    ///
    /// It is in the platform's directory for caches, or where WORLDHOST_CACHE_DIR says,
    /// and holds 1 GiB, or WORLDHOST_CACHE_SIZE; what was not used for longest is removed
    /// first. It is this user's alone: code from a directory or file that others can
    /// write is not run.
    Cache(Deferred<cache::Cache>),
    /// Print a completion script for a shell.
    Completions(Deferred<completions::Completions>),
    /// Compile with Cranelift into the cache, in the background.
    #[command(hide = true)]
    Optimize(Deferred<optimize::Optimize>),
}

impl Cli {
    /// Does what was asked and returns the exit code.
    pub fn run(self) -> anyhow::Result<i32> {
        match self.command {
            Command::Run(Deferred(run)) => block_on(run.execute(self.verbose)),
            Command::Process(Deferred(process)) => block_on(process.execute(self.verbose)),
            Command::Call(Deferred(call)) => block_on(call.execute(self.verbose)),
            Command::Check(Deferred(check)) => check.execute(self.verbose),
            Command::Inspect(Deferred(inspect)) => inspect.execute(),
            Command::Wit(Deferred(wit)) => wit.execute(),
            Command::Compile(Deferred(compile)) => block_on(compile.execute()),
            Command::Cache(Deferred(cache)) => cache.execute(),
            Command::Optimize(Deferred(optimize)) => optimize.execute(),
            Command::Completions(Deferred(completions)) => completions.execute(),
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
    // The process ends now, and with it what is left in the runtime: a thread that
    // still waits for stdin, for one.
    std::mem::forget(runtime);
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
