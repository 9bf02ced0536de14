//! What the command is told of the project that it serves.

use std::future::Future;
use wasmtime::component::{Accessor, Linker};
use worldhost::{Calling, Guest, State};

/// Calls an export that is `async` in the WIT, beside other calls of the instance.
pub type Overlapping<P> = for<'a> fn(
    &'a <P as Project>::Guest,
    &'a Accessor<State<<P as Project>::Data>>,
    String,
) -> Calling<'a, String>;

/// A project: one world, what the host offers to it, and the one export that
/// `process` calls.
///
/// All of it is passed on to what `bindgen!` generated for the world. `run` and
/// `call` serve components of other worlds too, with the same imports.
pub trait Project: Sized + 'static {
    /// What the host functions work on. Every instance has its own.
    type Data: Default + Send + 'static;

    /// The generated type with the world's exports: one instance. `worldhost::guest!`
    /// makes it a [`Guest`].
    type Guest: Guest<Self::Data> + Sync;

    /// The world's name, as `bindgen!` has it.
    const WORLD: &'static str;

    /// The files of `wit/`, from the project's root, each with its text.
    const WIT: &'static [(&'static str, &'static str)];

    /// The export that `process` calls.
    const EXPORT: &'static str;

    /// How [`Project::EXPORT`] is called if it is `async` in the WIT, for instance
    /// `Some(|world, store, input| Box::pin(world.call_process(store, input)))`. What the
    /// guest left to be done then goes on while inputs are read, and with `--jobs` one
    /// instance has several of them at a time.
    const OVERLAPPING: Option<Overlapping<Self>> = None;

    /// Adds the project's own interfaces. WASI is in the linker already.
    ///
    /// # Errors
    ///
    /// When an interface of the same name is in the linker already.
    fn add_to_linker(linker: &mut Linker<State<Self::Data>>) -> wasmtime::Result<()>;

    /// Calls [`Project::EXPORT`] with one input, and gives the line that is its result.
    ///
    /// # Errors
    ///
    /// When the guest traps.
    fn call(
        guest: &Self::Guest,
        store: &mut wasmtime::Store<State<Self::Data>>,
        input: &str,
    ) -> impl Future<Output = wasmtime::Result<String>> + Send;
}

/// The names of a project, as advice has them.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    /// The world.
    pub world: &'static str,
    /// The export that `process` calls.
    pub export: &'static str,
}

impl Names {
    /// For errors whose advice names none of a project's own.
    pub(crate) const UNNAMED: Names = Names {
        world: "",
        export: "",
    };

    pub(crate) fn of<P: Project>() -> Names {
        Names {
            world: P::WORLD,
            export: P::EXPORT,
        }
    }
}
