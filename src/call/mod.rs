//! Calling any export by its text, without generated bindings.
//!
//! ```no_run
//! # async fn run() -> worldhost::Result<()> {
//! use worldhost::{Limits, Runtime, Sandbox, call::Syntax};
//!
//! let runtime = Runtime::new(worldhost::imports::add_to_linker)?;
//! let component = runtime.load("plugin.wasm").await?;
//! let calls = component.parse_calls(&[r#"process("hello")"#], Syntax::Wave)?;
//! let mut session = component.session(&Sandbox::new(), &Limits::default(), Default::default()).await?;
//! for call in &calls {
//!     let result = session.call(call).await?;
//!     println!("{result:?}");
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

    /// Reads the calls of one session: `EXPORT(ARGS)` each. Names and values are
    /// checked against the component before anything runs.
    ///
    /// `EXPORT` is a function's name, with `INTERFACE#` before it where several
    /// interfaces have one of that name; a resource's functions are
    /// `counter.new(…)`, `counter.sum(…)`, and `counter.add(HANDLE, …)` or
    /// `HANDLE.add(…)`. `ARGS` are in the [`Syntax`]. `$1` is the result of the
    /// first call, as a value of its type or as the handle in it, and `$1.2` the
    /// second handle in it.
    ///
    /// # Errors
    ///
    /// [`Error::Call`](crate::Error::Call), which says where in the text.
    pub fn parse_calls(&self, calls: &[impl AsRef<str>], syntax: Syntax) -> Result<Vec<Call>> {
        parse::calls(&self.callables(), calls, syntax)
    }
}
