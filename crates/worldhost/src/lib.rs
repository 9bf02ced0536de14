//! A host for WebAssembly components that declare a full WASI world plus imports
//! and exports of their own.
//!
//! A [`Runtime`] is an engine and a linker that has all of WASI and your own
//! interfaces. It loads [`Component`]s; each gives a fresh [`Store`] for every
//! instance, which may touch what a [`Sandbox`] grants and use what [`Limits`]
//! allow. The world is yours: `bindgen!` generates it in your crate, and its `Host`
//! traits are implemented on [`State<T>`](State), where `T` is your own data.
//!
//! # Example
//!
//! A world with one interface of its own. The WIT is inline here to be in one
//! place; in a project it is in files, as in the repository's `examples/embed`.
//!
//! ```no_run
//! use wasmtime::component::HasSelf;
//! use worldhost::{Access, Limits, Runtime, Sandbox, State};
//!
//! mod bindings {
//!     wasmtime::component::bindgen!({
//!         inline: "
//!             package example:greeter;
//!             interface names { name: func() -> string; }
//!             world greeter {
//!                 include wasi:cli/imports@0.2.12;
//!                 import names;
//!                 export greet: func(greeting: string) -> string;
//!             }
//!         ",
//!         // Where the WIT of WASI is; in a project, its own `wit`.
//!         path: "../../examples/embed/wit",
//!         imports: { default: async | trappable },
//!         exports: { default: async },
//!         // All of WASI is implemented; only your own interfaces are left.
//!         with: { "wasi": wasmtime_wasi::p2::bindings },
//!     });
//! }
//! use bindings::example::greeter::names;
//!
//! /// Your own data, one in each store.
//! struct Caller(String);
//!
//! impl names::Host for State<Caller> {
//!     // An `Err` here ends the guest, as a trap.
//!     async fn name(&mut self) -> wasmtime::Result<String> {
//!         Ok(self.data().0.clone())
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> worldhost::Result<()> {
//!     // Once: the engine, the linker, the compiled component.
//!     let runtime = Runtime::new(|linker| {
//!         names::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
//!     })?;
//!     let component = runtime.load("greeter.wasm").await?;
//!     let pre = component.typed(bindings::GreeterPre::new)?;
//!
//!     // For each use: a store, an instance, calls.
//!     let sandbox = Sandbox::new().dir("templates", "/templates", Access::ReadOnly)?;
//!     let mut store = component.store(&sandbox, &Limits::default(), Caller("Ada".into()))?;
//!     let greeter = store.call("greeter", async |s| pre.instantiate_async(s).await).await?;
//!     let text = store.call("greet", async |s| greeter.call_greet(s, "Hello").await).await?;
//!     println!("{text}");
//!     Ok(())
//! }
//! ```

#![deny(missing_docs)]

mod cache;
mod engine;
mod error;
mod load;
mod outlet;
mod policy;
mod printable;
mod run;
mod runtime;
mod span;
mod state;
mod trap;
pub mod version;
pub mod wording;

pub use cache::note::CacheNote;
pub use cache::{Cache, CacheInfo, private_dir};
pub use engine::apart::Apart;
pub use engine::compiler::Compiler;
pub use engine::config::{Bounds, Config, Unstable};
pub use engine::pool::Pool;
pub use engine::proposals::{Proposal, Proposals, Standing, UnknownProposal};
pub use error::{Error, Result};
pub use load::adapter::{Adapt, Adapter};
pub use load::component::Component;
pub use load::expect::expect_component;
pub use load::measure::measure;
pub use load::pin::Pin;
pub use load::refusal::validate;
pub use load::regular::open_regular;
pub use load::source::Source;
pub use load::watch::Watch;
pub use outlet::Outlet;
pub use policy::dirs::Access;
pub use policy::grant::NetGrant;
pub use policy::limit::{Unfit, Unit};
pub use policy::limits::{Limit, LimitHit, Limits};
pub use policy::load_limits::{LoadLimit, LoadLimitHit, LoadLimits};
pub use policy::network::Network;
pub use policy::sandbox::Sandbox;
pub use policy::stdio::{Capture, Input, Output};
pub use printable::{printable, printable_lines};
pub use run::counters::Counts;
pub use run::guest::Guest;
pub use run::instances::Instances;
pub use run::live::Live;
#[cfg(feature = "p3")]
pub use run::shared::{Calling, Shared};
pub use run::store::Store;
pub use runtime::Runtime;
pub use state::data::State;
pub use trap::Trap;

/// Streams of a guest as channels of Tokio.
#[cfg(feature = "p3")]
pub mod stream {
    pub use crate::run::stream::{Closed, from_channel, into_channel};
}

/// Compiling ahead of time: for the cache, and for a file of one's own.
pub mod compile {
    pub use crate::cache::nameless::write_whole;
    pub use crate::load::apart::bounds::bound_this_process;
    pub use crate::load::apart::worker::serve;
    pub use crate::load::compile::{ahead_of_time, cached, optimize};
}

/// The Wasmtime that this is built on: the types of both must be of one version.
pub use wasmtime;
/// Wasmtime's WASI, for `with` of `bindgen!`.
pub use wasmtime_wasi;
