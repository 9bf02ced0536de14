//! What a guest is made of.

use worldhost_wit::{Wit, WorldId};

/// What a guest is of.
pub(in crate::start) struct Of<'a> {
    pub(in crate::start) wit: &'a Wit,
    pub(in crate::start) world: WorldId,
    /// As tools take it: `acme:shop/shop@1.0.0`.
    pub(in crate::start) name: String,
    /// Whether the host has `wasi:http`.
    pub(in crate::start) has_http: bool,
}
