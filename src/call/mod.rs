//! Calling any export by its text, without generated bindings.
//!
//! ```no_run
//! # async fn run() -> worldhost::Result<()> {
//! use worldhost::call::{Syntax, parse_calls};
//! use worldhost::{Limits, Runtime, Sandbox};
//!
//! let runtime = Runtime::new(worldhost::imports::add_to_linker)?;
//! let component = runtime.load("plugin.wasm").await?;
//! let calls = parse_calls(&component.callables(), &[r#"process("hello")"#], Syntax::Wave)?;
//! let (sandbox, limits) = (Sandbox::new(), Limits::default());
//! let mut session = component.session(&sandbox, &limits, Default::default()).await?;
//! for call in &calls {
//!     let answer = session.call(call).await?;
//!     println!("{}", answer.to_json());
//! }
//! # Ok(())
//! # }
//! ```

mod export;
mod find;
mod handle;
mod json;
mod parse;
mod session;
#[cfg(feature = "wit")]
mod shell;
mod template;
mod types;
mod wave;

pub use export::Callable;
pub use parse::{Call, Syntax};
pub use session::{Answer, Session};

use crate::{Component, Result};

impl<T: Send + 'static> Component<T> {
    /// Every function that the component exports, at its root or in an interface.
    pub fn callables(&self) -> Vec<Callable> {
        export::callables(self.instance_pre().component())
    }
}

/// Reads the calls of one session: `EXPORT(ARGS)` each. Names and values are
/// checked against the functions that there are, before anything runs.
///
/// `EXPORT` is a function's name, with `INTERFACE#` before it where several
/// interfaces have one of that name; a resource's functions are
/// `counter.new(ARGS)`, `counter.sum(ARGS)`, and `counter.add(HANDLE, ARGS)` or
/// `HANDLE.add(ARGS)`. `ARGS` are in the [`Syntax`]. `$1` is the result of the
/// first call, as a value of its type or as the handle in it, and `$1.2` the
/// second handle in it.
///
/// # Errors
///
/// [`Error::Call`](crate::Error::Call), which says where in the text.
pub fn parse_calls(
    callables: &[Callable],
    calls: &[impl AsRef<str>],
    syntax: Syntax,
) -> Result<Vec<Call>> {
    parse::calls(callables, calls, syntax)
}
