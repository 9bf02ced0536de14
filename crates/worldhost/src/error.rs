//! What can go wrong between a file on disk and a result, one variant for each
//! thing that a caller would handle differently.

use crate::engine::proposals::Proposal;
use crate::load::pin::Pin;
use crate::policy::load_limits::LoadLimitHit;
use crate::trap::Trap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this library reports.
///
/// The text says what went wrong and where, on one line. It names no flag: what
/// to do about it depends on the program around the library. What it quotes of a
/// component is as the component has it: [`printable`](crate::printable()) makes it fit
/// for a terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file at the path.
    #[error("no such file: {}", path.display())]
    NotFound {
        /// As it was given.
        path: PathBuf,
    },

    /// The path could not be read, or is a directory.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// As it was given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The bytes are others than were [pinned](crate::Source::expect).
    #[error("{name} is {found}, and is pinned to {pin}")]
    Pinned {
        /// The component's name.
        name: String,
        /// What it has to be.
        pin: Pin,
        /// What it is.
        found: Pin,
    },

    /// The bytes are no WebAssembly at all.
    #[error("{name} is not WebAssembly: {found}")]
    NotWasm {
        /// The component's name: its path, or `<bytes>`.
        name: String,
        /// What the bytes look like instead.
        found: String,
    },

    /// The bytes are a core module, which has no typed imports and exports.
    #[error("{name} is a core WebAssembly module, not a component")]
    CoreModule {
        /// The component's name.
        name: String,
        /// Whether it imports `wasi_snapshot_preview1`, and so needs an adapter.
        preview1: bool,
    },

    /// An [`Adapter`](crate::Adapter) can make no component of the file.
    #[error("{name} cannot be made a component: {message}")]
    Adapt {
        /// The file's name.
        name: String,
        /// What is in the way.
        message: String,
    },

    /// The bytes begin like a component and are not a valid one.
    #[error("{name} is not a valid component: {message}")]
    Invalid {
        /// The component's name.
        name: String,
        /// What the parser or validator said.
        message: String,
    },

    /// The component is valid, and made with proposals that are off here.
    #[error("{name} uses {}, {} here", in_words(proposals), off(proposals))]
    Lacks {
        /// The component's name.
        name: String,
        /// All that it uses and that are off.
        proposals: Vec<Proposal>,
    },

    /// The component is valid, and Wasmtime does not run all that is valid.
    #[error("{name} is valid, but Wasmtime cannot run it: {message}")]
    Refused {
        /// The component's name.
        name: String,
        /// What Wasmtime said.
        message: String,
    },

    /// The component is more than [`Config::load`](crate::Config::load) lets be read or
    /// compiled.
    #[error("{name} {limit}")]
    Exceeds {
        /// The component's name.
        name: String,
        /// The limit that it is beyond.
        limit: LoadLimitHit,
    },

    /// The bytes are a WIT package in its binary form: types of components, and no
    /// component to run.
    #[error("{name} is a WIT package in binary form, with no code to run")]
    WitPackage {
        /// The file's name.
        name: String,
    },

    /// No engine can have these [`Config::proposals`](crate::Config::proposals).
    #[error("the proposals cannot be set like this: {message}")]
    Proposals {
        /// Which cannot be set, or do not go together.
        message: String,
    },

    /// The file is compiled code, which is run only for those who made it:
    /// [`Runtime::load_compiled`](crate::Runtime::load_compiled).
    #[error("{name} is compiled code, which runs without being checked")]
    Compiled {
        /// The file's path.
        name: String,
    },

    /// The compiled code is of another version or configuration, or damaged.
    #[error("{name} is not compiled for this host: {message}")]
    Stale {
        /// The file's path.
        name: String,
        /// How it differs.
        message: String,
    },

    /// Code cannot be compiled for this target.
    #[error("cannot compile for {target}: {message}")]
    Target {
        /// The triple that was asked for.
        target: String,
        /// What the compiler said.
        message: String,
    },

    /// The compile cache cannot be used.
    #[error("cannot use the cache {}: {message}", path.display())]
    Cache {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },

    /// The compile cache is not used, for what is loaded from there is run: others
    /// than this process's user could have written it.
    #[error("the cache is not used: {} {message}", path.display())]
    Distrusted {
        /// The directory.
        path: PathBuf,
        /// Whose it is, or who can write to it.
        message: String,
    },

    /// The sandbox grants a directory for writing by which a guest could change compiled
    /// code. Code is run as it is, with all the rights of this process.
    #[error(
        "a guest that writes to {} could change compiled code in {}, which runs outside of any sandbox",
        dir.display(), code.display()
    )]
    Exposed {
        /// The granted directory, as it was given.
        dir: PathBuf,
        /// The cache, or the file with the code.
        code: PathBuf,
    },

    /// The component imports something that the linker does not have, or has
    /// with another type.
    #[error("{name} cannot be linked: {message}")]
    Link {
        /// The component's name.
        name: String,
        /// Every import that nothing provides, in the component's order.
        missing: Vec<String>,
        /// The missing imports in words, or how a type differs.
        message: String,
    },

    /// The component does not export what was asked of it.
    #[error("{name} does not export {wanted}; it exports {}", list(exports))]
    NoExport {
        /// The component's name.
        name: String,
        /// The export that was looked for.
        wanted: String,
        /// What the component exports.
        exports: Vec<String>,
    },

    /// The component exports it, with another type than the world's.
    #[error("{name} does not fit the world: {message}")]
    World {
        /// The component's name.
        name: String,
        /// Which export, and how it differs.
        message: String,
    },

    /// A directory to preopen is not there, or is not a directory.
    #[error("cannot open directory {}: {source}", path.display())]
    Preopen {
        /// The directory on the host.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The guest, or a host function that it called, trapped. The instance is
    /// gone; a fresh one can be made.
    #[error(transparent)]
    Trap(Box<Trap>),

    /// The guest ended itself with `wasi:cli/exit`, and gave no result. Whether that
    /// is a failure also with code 0 is for the caller to say.
    #[error("the component exited with code {0} before it gave a result")]
    Exit(i32),

    /// A call took longer than [`Limits::timeout`](crate::Limits::timeout).
    #[error("{export} did not finish within {limit:?}")]
    Timeout {
        /// The export that was called.
        export: String,
        /// The time it had.
        limit: Duration,
    },

    /// All slots of the pool are taken: see [`Pool`](crate::Pool). An
    /// [`Instances`](crate::Instances) waits instead.
    #[error("{name} has no place in the pool: {message}")]
    PoolFull {
        /// The component's name.
        name: String,
        /// Which of the pool's numbers is reached.
        message: String,
    },

    /// [`Instances::drain`](crate::Instances::drain) was called: there are no more calls.
    #[error("{name} takes no more calls")]
    Draining {
        /// The component's name.
        name: String,
    },

    /// The bindings were made of a component of another runtime, or of another kind of
    /// engine, than the store is of.
    #[error("the bindings are not of {name}: make them of the component that made the store")]
    OtherRuntime {
        /// The component's name.
        name: String,
    },

    /// As many calls are in flight as a [`Shared`](crate::Shared) takes, and none of them
    /// came to its end in time. Nothing was begun.
    #[error("{name} has {calls} calls in flight, and none ended within {waited:?}")]
    Busy {
        /// The component's name.
        name: String,
        /// How many there may be.
        calls: usize,
        /// How long the caller waited.
        waited: Duration,
    },

    /// The instance of a [`Shared`](crate::Shared) was ended while this call was in flight,
    /// for other calls stood in its way and were out of time.
    #[error(
        "{export} was ended with its instance, where calls that are out of time left no way for others"
    )]
    Stalled {
        /// The export that was called.
        export: String,
    },

    /// The store was used again after a trap, an exit or a timeout.
    #[error("the instance ended in {export} and cannot be called again")]
    Dead {
        /// The export whose call ended it; or those that were in flight, with `or` between
        /// them.
        export: String,
    },

    /// The host itself could not do its part: the engine, the linker or a store
    /// could not be set up.
    #[error("{0}")]
    Host(String),
}

impl Error {
    /// What ended the guest, if it is of this type: the error that one of the embedder's
    /// own host functions returned, for one.
    ///
    /// ```
    /// # #[derive(Debug)] struct NoCredit;
    /// # impl std::fmt::Display for NoCredit {
    /// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("no credit") }
    /// # }
    /// # impl std::error::Error for NoCredit {}
    /// fn is_for_want_of_credit(error: &worldhost::Error) -> bool {
    ///     error.trap_cause::<NoCredit>().is_some()
    /// }
    /// ```
    pub fn trap_cause<E: fmt::Display + fmt::Debug + Send + Sync + 'static>(&self) -> Option<&E> {
        match self {
            Error::Trap(trap) => trap.downcast_ref(),
            _ => None,
        }
    }

    /// A failure of the host's own set-up.
    pub(crate) fn host(error: wasmtime::Error) -> Self {
        match error.downcast() {
            Ok(error) => error,
            Err(error) => Error::Host(format!("{error:#}")),
        }
    }
}

fn in_words(proposals: &[Proposal]) -> String {
    let words = proposals
        .iter()
        .map(|proposal| format!("{} ({proposal})", proposal.words()));
    words.collect::<Vec<_>>().join(", and ")
}

fn off(proposals: &[Proposal]) -> &'static str {
    match proposals {
        [_] => "which is off",
        _ => "which are off",
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "nothing".to_string(),
        names => names.join(", "),
    }
}
