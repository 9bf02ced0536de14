//! Bodies on their way through: of requests, which are bounded, and of responses, which drive
//! the guest that gives them.

mod request;
mod response;
mod run;
mod timer;

pub(crate) use request::{Bounds, RequestBody, Told, Trouble};
pub use response::ResponseBody;
pub(crate) use response::Sending;
pub(crate) use run::Run;
pub(crate) use timer::Timer;
