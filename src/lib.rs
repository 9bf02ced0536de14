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
//! place; in a project it is in files, as in `examples/embed`.
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
//!         path: "wit",
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

#[allow(
    missing_docs,
    reason = "generated from wit/, where the documentation is"
)]
pub mod bindings;
mod cache;
#[cfg(feature = "call")]
pub mod call;
#[cfg(feature = "wit")]
pub mod check;
mod command;
mod compile;
mod compiler;
mod component;
mod config;
mod engine;
mod error;
pub mod imports;
#[cfg(feature = "wit")]
pub mod inspect;
mod limits;
mod link;
#[cfg(any(feature = "call", feature = "wit"))]
mod nearest;
mod network;
mod pool;
mod printable;
mod reach;
mod runtime;
mod sandbox;
mod source;
mod state;
mod stdio;
mod store;
pub mod version;
#[cfg(feature = "wit")]
pub mod wit;
#[cfg(feature = "wit")]
mod world;

pub use cache::{Cache, CacheInfo, CacheNote};
pub use compiler::Compiler;
pub use component::{Component, read};
pub use config::Config;
pub use error::{Error, Result, Trap};
pub use limits::{LimitHit, Limits};
pub use network::{NetGrant, Network};
pub use pool::Pool;
pub use printable::{printable, printable_lines};
pub use runtime::Runtime;
pub use sandbox::{Access, Sandbox};
pub use state::State;
pub use stdio::{Capture, Input, Output};
pub use store::Store;
#[cfg(feature = "wit")]
pub use world::World;
