//! Why a request got no response of the guest's, and what the client is told.

use crate::body::Trouble;
use http::StatusCode;
use std::time::Duration;
use worldhost::Error;

/// Why there is no response of the guest's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The guest trapped, exited or took too long, or there was no room for it.
    #[error(transparent)]
    Guest(#[from] Error),
    /// The guest gave an error code of `wasi:http` in the place of a response.
    #[error("the guest answered with the error {0}")]
    Refused(String),
    /// The guest came to its end and gave nothing.
    #[error("the guest ended without a response")]
    NoResponse,
    /// [`Settings::response_time`](crate::Settings::response_time) is over.
    #[error("the guest gave no response within {0:?}")]
    Late(Duration),
    /// The body of the request was longer than it may be.
    #[error("the request's body is longer than {0} bytes")]
    TooLarge(u64),
    /// The client sent nothing more of the body that it began.
    #[error("nothing came of the request's body for {0:?}")]
    Stalled(Duration),
    /// Too many requests are waiting, or this one waited too long.
    #[error("too many requests at a time")]
    Busy,
    /// The request names no host.
    #[error("the request names no host")]
    NoHost,
}

impl Failure {
    /// What the client is told.
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Guest(
                Error::PoolFull { .. } | Error::Draining { .. } | Error::Busy { .. },
            )
            | Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Guest(Error::Timeout { .. } | Error::Stalled { .. }) | Failure::Late(_) => {
                StatusCode::GATEWAY_TIMEOUT
            }
            Failure::Guest(_) | Failure::Refused(_) | Failure::NoResponse => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Failure::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Stalled(_) => StatusCode::REQUEST_TIMEOUT,
            Failure::NoHost => StatusCode::BAD_REQUEST,
        }
    }

    /// Whether it is the client's doing, or that of too many of them.
    pub fn is_of_clients(&self) -> bool {
        self.status().is_client_error() || matches!(self, Failure::Busy)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::TooLarge(bytes) => Failure::TooLarge(bytes),
            Trouble::Stalled(time) => Failure::Stalled(time),
        }
    }
}
