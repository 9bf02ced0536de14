//! What a component is called, and which bytes it is of.

use crate::cache::digest::Digest;

pub(crate) struct Identity {
    /// The path it was loaded from, or `<bytes>`.
    pub(crate) name: String,
    /// None where nobody asked for it, and of code that was compiled before.
    pub(crate) digest: Option<Digest>,
}
