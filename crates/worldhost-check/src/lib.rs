//! Tells whether a component fits a host, and everything that is in the way if not.
//!
//! What links is asked of the linker itself, one item at a time, so the verdict is its
//! own; WIT is read for the words. No code is compiled.
//!
//! ```no_run
//! use worldhost::Runtime;
//! use worldhost_check::Host;
//! use worldhost_wit::Offer;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // With your own interfaces, as in your program.
//! let runtime: Runtime<()> = Runtime::new(|_| Ok(()))?;
//! // Your `wit/` directory; WASI's text is in the library.
//! let world = "package example:greeter;
//!     world greeter { export greet: func(name: string) -> string; }";
//! let offer = Offer::new(&[("wit/world.wit", world)])?;
//! let host = Host::new(&runtime, &offer, "greeter");
//!
//! let component = std::fs::read("greeter.wasm")?;
//! let report = host.check("greeter.wasm", &component, None)?;
//! for misfit in &report.misfits {
//!     println!("{misfit}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Host`]: what components are held against, with its linker; a [`Component`] is held
//!   against the text of worlds alone;
//! - [`Report`]: whether it fits; each [`Misfit`] with its [`Side`], [`Problem`] and
//!   [`Remedy`]; the proposals that it [lacks](Lack); what WIT [cannot show](Unseen), which
//!   version is [meant](Meant), and each [`Need`] with its [`Capability`];
//! - [`Prover`]: whether components of one world are served by a host of another;
//! - [`inspect()`]: what is in a component, an [`Inspection`];
//! - [`Error`]: it is no component, or there is no such world.

#![deny(missing_docs)]

mod alone;
mod beyond;
mod decode;
mod error;
mod hidden;
mod host;
mod imports;
mod inspect;
mod item;
mod narrowed;
mod needs;
mod offered;
mod probe;
mod proof;
mod report;
mod worlds;

pub use alone::Component;
pub use error::{Error, Result};
pub use host::Host;
pub use inspect::{Function, Inspection, Producer, inspect};
pub use proof::Prover;
pub use report::{Capability, Lack, Meant, Misfit, Need, Problem, Remedy, Report, Unseen};
pub use worldhost_wit::Side;
