//! Bodies on their way through: of requests, which are bounded, and of responses, which drive
//! the guest that gives them.

mod request;
mod response;
mod timer;

pub(crate) use request::{Bounds, RequestBody, Told, Trouble};
pub use response::ResponseBody;
pub(crate) use response::{Run, Sending};
pub(crate) use timer::Timer;
