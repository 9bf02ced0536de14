//! Calls any export of a component by text or JSON, without generated bindings.
//!
//! ```no_run
//! use worldhost::{Limits, Runtime, Sandbox, Source};
//! use worldhost_call::{Session, Syntax, callables, parse_calls};
//!
//! # #[tokio::main]
//! # async fn main() -> worldhost_call::Result<()> {
//! let runtime = Runtime::new(|_| Ok(()))?;
//! let source = Source::open("counter.wasm")?;
//!
//! // What is wrong with a call is known before anything is compiled.
//! let texts = ["counter.new(20)", "$1.add(1)"];
//! let calls = parse_calls(&callables(&runtime, &source)?, &texts, Syntax::Wave)?;
//!
//! let component = runtime.load_source(&source).await?;
//! let (sandbox, limits) = (Sandbox::new(), Limits::default());
//! let mut session = Session::start(&component, &sandbox, &limits, ()).await?;
//! for call in &calls {
//!     println!("{}", session.call(call).await?.to_json());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`callables`] and [`callables_of`]: the functions that there are, each a
//!   [`Callable`];
//! - [`parse_calls`]: texts in a [`Syntax`], held against them and made [`Call`]s;
//! - [`Session`]: one instance, which gives an [`Answer`] to each, and the [`Part`]s
//!   that come by streams and futures in it;
//! - [`Error`]: where in a text it goes wrong, or what went wrong in the host.

#![deny(missing_docs)]

mod answer;
mod callables;
mod error;
mod export;
mod find;
mod flow;
mod handle;
mod json;
mod outline;
mod parse;
mod quote;
mod session;
mod shell;
mod template;
mod types;
mod values;
mod wave;

pub use answer::{Answer, Part};
pub use callables::callables;
pub use error::{Error, Result};
pub use export::{Callable, callables_of};
pub use parse::{Call, Syntax, parse_calls};
pub use session::Session;
