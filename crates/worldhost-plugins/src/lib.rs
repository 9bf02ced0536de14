//! Plugins of an application: components that a manifest names, each with grants and limits of
//! its own, which are checked before they are taken and exchanged while they are in use.
//!
//! An application brings its world, by `bindgen!`, and its own functions, as for
//! [`worldhost::Runtime`]. [`Plugins`] has what is written by hand around that otherwise:
//!
//! - [`Manifest`]: which plugins there are, by the keys that the command's policies have;
//! - [`Plugins::check`], [`apply`](Plugins::apply), [`replace`](Plugins::replace),
//!   [`roll_back`](Plugins::roll_back) and [`remove`](Plugins::remove): all is loaded, linked
//!   and found to export the world before anything is changed, and what does not fit changes
//!   nothing;
//! - [`Plugin::call`]: a call ends with the version that it began with, and none is lost when
//!   another comes;
//! - [`Plugins::watch`]: what is saved takes over, if it fits;
//! - [`Plugins::events`] and [`Plugins::metrics_text`]: what happened, and how often.
//!
//! # Example
//!
//! In the repository, `examples/filters` is a whole program of it.
//!
//! ```no_run
//! use worldhost::Output;
//! use worldhost_plugins::{Manifest, Plugins, Setup};
//!
//! mod bindings {
//!     wasmtime::component::bindgen!({
//!         inline: "
//!             package example:filters;
//!             world filter { export filter: func(line: string) -> option<string>; }
//!         ",
//!         imports: { default: async | trappable },
//!         exports: { default: async },
//!     });
//! }
//! use bindings::{Filter, FilterPre};
//!
//! worldhost::guest!(Filter, FilterPre);
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let setup = Setup::new(|_linker| Ok(()), |_name| ())
//!         .sandbox(|_name, sandbox| sandbox.stderr(Output::StderrByLine));
//!     let manifest = Manifest::read("filters.toml")?;
//!     let plugins = Plugins::<Filter, ()>::load(setup, &manifest).await?;
//!     let _watching = plugins.watch();
//!
//!     let shout = plugins.get("shout").ok_or("no such plugin")?;
//!     let line = shout
//!         .call("filter", async |filter, store| filter.call_filter(store, "hello").await)
//!         .await?;
//!     println!("{line:?}");
//!     Ok(())
//! }
//! ```

#![deny(missing_docs)]

mod error;
mod event;
mod manifest;
mod metrics;
mod plugin;
mod plugins;
mod runtimes;
mod setup;
mod version;
mod watching;

pub use error::{Error, Misfit, Result};
pub use event::{Event, Events};
pub use manifest::Manifest;
pub use metrics::Metrics;
pub use plugin::Plugin;
pub use plugins::Plugins;
pub use setup::Setup;
pub use watching::Watching;

/// What a manifest's grants and limits are: their names, values and places.
pub use worldhost_policy as policy;
