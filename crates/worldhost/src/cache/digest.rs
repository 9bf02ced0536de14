//! Digests, by which files are found and told whole.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256: of a component's bytes, or of all that its code depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl Digest {
    /// Of bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// As it was printed by `Display`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in digest.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Digest(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_was_printed() {
        let digest = Digest::of(b"abc");
        let text = digest.to_string();
        assert!(text.starts_with("ba7816bf"), "{text}");
        assert!(Digest::parse(&text) == Some(digest));
        for bad in ["", "ba78", &text.replace('b', "x"), &"é".repeat(32)] {
            assert!(Digest::parse(bad).is_none(), "{bad}");
        }
    }
}
