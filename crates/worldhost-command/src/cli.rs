//! The command line: the subcommands that there are, and what is run for each.

#[cfg(unix)]
use crate::commands::up;
use crate::commands::{
    cache, call, check, compile, completions, componentize, inspect, new, policy, process, pull,
    push, run, serve, wit, work,
};
use crate::executor::{all_cores, one_thread};
use crate::options::background;
use crate::options::deferred::Deferred;
use crate::project::{Names, Project};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
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
    /// Serve HTTP requests by a component: one of wasi:http, of WASI 0.2 or 0.3.
    ///
    /// Each request has a fresh instance. The log is on stdout, and what the component
    /// prints on stderr. SIGTERM and SIGINT answer what has come and end it; SIGHUP loads
    /// the component anew, without a failed request. TLS is the affair of a proxy.
    Serve(Box<Deferred<serve::Serve>>),
    /// Work on the messages of a NATS JetStream stream: each is one call of a component.
    ///
    /// Each message has a fresh instance. One that fails rests and is tried again, here or
    /// by another worker; one that fails each time is set aside with the reason. The log is
    /// on stdout, and what the component prints on stderr. SIGTERM and SIGINT do what has
    /// begun and end it; SIGHUP loads the component anew.
    Work(Box<Deferred<work::Work>>),
    /// Run all that a manifest names, each in a process of its own, with one view of it.
    ///
    /// All of it is loaded once before anything starts. What ends is started again; SIGHUP
    /// takes the manifest anew, and what it changes is exchanged without a lost request; SIGTERM
    /// and SIGINT have all come to their end. Lines have the name of the component that
    /// printed them.
    #[cfg(unix)]
    Up(Box<Deferred<up::Up>>),
    // What it calls is the project's: see `command`.
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
    /// Take components from registries into the store, and say what they are.
    ///
    /// A source is oci://HOST/REPOSITORY:TAG, or NAMESPACE:NAME@VERSION, of which wkg's
    /// configuration says where it is. Wherever COMPONENT is asked for, a source does; what was
    /// pulled once is run from the store, until `--update` takes what it is now.
    Pull(Deferred<pull::Pull>),
    /// Put a component into a registry.
    Push(Deferred<push::Push>),
    /// Make a host project of a world, or of a component that somebody handed you.
    ///
    /// What the host is to do is in `src/imports`, each method a `todo!()`. It builds, has a
    /// test with a component, and `worldhost wit apply` follows later changes of its WIT.
    New(Deferred<new::New>),
    /// Say what a wit/ directory gives, what changed in it, and whether it is whole.
    ///
    /// No Rust is compiled and nothing is fetched.
    Wit(Deferred<wit::WitCommand>),
    /// Compile a component ahead of time, to a .cwasm file.
    ///
    /// It starts in milliseconds, on a machine like this one and with this version of
    /// worldhost. Everything that runs it has to trust it, for compiled code is not
    /// checked. Other runs keep their code in a cache by themselves and need no such
    /// file: see `worldhost cache`.
    Compile(Deferred<compile::Compile>),
    /// Make a component of a core module: of WASI preview 1, or with a component type.
    ///
    /// `run`, `call`, `process`, `check`, `inspect` and `compile` take such modules too, and
    /// do it in memory.
    Componentize(Deferred<componentize::Componentize>),
    /// Show, check or empty the cache of compiled code.
    ///
    /// It is in the platform's directory for caches, or where WORLDHOST_CACHE_DIR says,
    /// and holds 1 GiB, or WORLDHOST_CACHE_SIZE; what was not used for longest is removed
    /// first. It is this user's alone: code from a directory or file that others can
    /// write is not run.
    Cache(Deferred<cache::Cache>),
    /// Say what can be in a policy, the file that --policy takes.
    Policy(Deferred<policy::Policy>),
    /// Print a completion script for a shell.
    Completions(Deferred<completions::Completions>),
    /// Compile with Cranelift into the cache, in the background.
    #[command(hide = true)]
    Optimize(Deferred<background::Optimize>),
}

/// The whole command line, of this project.
fn command<P: Project>() -> clap::Command {
    let about = format!(
        "Call `{}`, the export of this host's own world, for each input",
        P::EXPORT
    );
    let more = "Each result is printed on a line. The inputs are the arguments, or with none, \
                or `-`, the lines of stdin as they come. The component's own stdout goes to \
                stderr, so that the results stay clean.";
    let in_full = format!("{about}.\n\n{more}");
    Cli::command().mut_subcommand("process", |process| {
        process.about(about).long_about(in_full)
    })
}

impl Cli {
    /// Reads the arguments of this process.
    pub fn read<P: Project>() -> Result<Self, clap::Error> {
        let mut command = command::<P>();
        let matches = command.try_get_matches_from_mut(std::env::args_os())?;
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }

    /// Does what was asked and returns the exit code.
    pub fn run<P: Project>(self) -> anyhow::Result<i32> {
        match self.command {
            Command::Run(Deferred(run)) => one_thread(run.execute::<P>(self.verbose)),
            Command::Serve(serve) => all_cores(serve.0.execute::<P>(self.verbose)),
            Command::Work(work) => all_cores(work.0.execute::<P>(self.verbose)),
            // Children end with the thread that started them.
            #[cfg(unix)]
            Command::Up(up) => one_thread(up.0.execute::<P>(self.verbose)),
            Command::Process(Deferred(process)) => one_thread(process.execute::<P>(self.verbose)),
            Command::Call(Deferred(call)) => one_thread(call.execute::<P>(self.verbose)),
            Command::Check(Deferred(check)) => check.execute::<P>(self.verbose),
            Command::Inspect(Deferred(inspect)) => inspect.execute(),
            Command::Pull(Deferred(pull)) => pull.execute(),
            Command::Push(Deferred(push)) => push.execute(),
            Command::New(Deferred(new)) => new.execute(),
            Command::Wit(Deferred(wit)) => wit.execute(Names::of::<P>()),
            Command::Compile(Deferred(compile)) => one_thread(compile.execute()),
            Command::Componentize(Deferred(componentize)) => componentize.execute(),
            Command::Cache(Deferred(cache)) => cache.execute(),
            Command::Policy(Deferred(policy)) => policy.execute(),
            Command::Optimize(Deferred(optimize)) => optimize.execute(),
            Command::Completions(Deferred(completions)) => completions.execute(command::<P>()),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::parser::ValueSource;
    use clap::{Arg, ArgMatches, Command, CommandFactory};
    use std::ffi::OsStr;

    /// The subcommands that take a component and words for it.
    fn subcommands() -> Vec<Command> {
        let mut cli = Cli::command();
        cli.build();
        let guest = |command: &&Command| command.get_arguments().any(|arg| arg.get_id() == "words");
        cli.get_subcommands().filter(guest).cloned().collect()
    }

    /// An option in all its spellings, with a value that it would take.
    fn spellings(option: &Arg) -> Vec<Vec<String>> {
        let long = option.get_long().map(|long| format!("--{long}"));
        let short = option.get_short().map(|short| format!("-{short}"));
        let names = long.into_iter().chain(short);
        match option.get_action().takes_values() {
            false => names.map(|name| vec![name]).collect(),
            true => names
                .flat_map(|name| [vec![format!("{name}=1")], vec![name, "1".to_string()]])
                .collect(),
        }
    }

    fn parse(subcommand: &Command, words: &[String]) -> ArgMatches {
        let before = ["worldhost", subcommand.get_name()].map(String::from);
        let matches = Cli::command().try_get_matches_from(before.iter().chain(words));
        let matches = matches.unwrap_or_else(|error| panic!("{words:?}: {error}"));
        matches
            .subcommand_matches(subcommand.get_name())
            .unwrap()
            .clone()
    }

    /// The arguments that the command line gave.
    fn given<'a>(subcommand: &'a Command, matches: &ArgMatches) -> Vec<&'a str> {
        let arguments = subcommand.get_arguments().map(|arg| arg.get_id().as_str());
        arguments
            .filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine))
            .collect()
    }

    fn check_all_words(subcommand: &Command, before: &[&str], after: &[String]) {
        let before = before.iter().map(|word| word.to_string());
        let words: Vec<String> = before.chain(after.to_vec()).collect();
        let matches = parse(subcommand, &words);
        assert_eq!(given(subcommand, &matches), ["words"], "{words:?}");
        let found: Vec<_> = matches.get_raw("words").unwrap().skip(1).collect();
        let expected: Vec<_> = after.iter().map(OsStr::new).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn no_option_after_the_component_is_ours() {
        let subcommands = subcommands();
        let names: Vec<&str> = subcommands.iter().map(Command::get_name).collect();
        assert_eq!(names, ["run", "process", "call"]);
        for subcommand in &subcommands {
            let options = subcommand
                .get_arguments()
                .filter(|arg| !arg.is_positional());
            let mut tried: Vec<Vec<String>> = options.flat_map(spellings).collect();
            assert!(tried.len() > 20, "{tried:?}");
            tried.extend(["--", "--unknown"].map(|word| vec![word.to_string()]));
            for after in &tried {
                check_all_words(subcommand, &["a.wasm"], after);
                check_all_words(subcommand, &["--", "a.wasm"], after);
            }
        }
    }
}
