//! Which bytes are meant, whatever a file holds.

use crate::cache::digest::Digest;
use std::fmt;
use std::str::FromStr;

/// The SHA-256 of a file's bytes, written as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin(Digest);

impl Pin {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Pin(Digest::of(bytes))
    }
}

impl From<Digest> for Pin {
    fn from(digest: Digest) -> Self {
        Pin(digest)
    }
}

impl FromStr for Pin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digest = text.strip_prefix("sha256:").and_then(Digest::parse);
        digest
            .map(Pin)
            .ok_or("is no digest; write sha256: and 64 hexadecimal digits, as sha256sum has them")
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_as_it_is_written() {
        let pin = Pin::of(b"abc");
        assert_eq!(pin.to_string().parse(), Ok(pin));
        let upper = pin.to_string().to_uppercase().replace("SHA256", "sha256");
        assert_eq!(upper.parse(), Ok(pin));
        let bare = pin.to_string().replace("sha256:", "");
        for bad in ["", "sha256:", "md5:00", &bare, &format!("{pin}0")] {
            assert!(bad.parse::<Pin>().is_err(), "{bad}");
        }
    }
}
