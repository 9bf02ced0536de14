//! Where to listen.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

/// An address to listen at: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or
/// `unix:PATH`. Port 0 is any that is free.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// TCP.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("has no path; write unix:PATH".into()),
                path if cfg!(unix) => Ok(Address::Unix(path.into())),
                _ => Err("names a Unix socket, which this system has not".into()),
            };
        }
        if let Ok(address) = text.parse() {
            return Ok(Address::Tcp(address));
        }
        if !text.contains(':') {
            return Err("has no port; write HOST:PORT".into());
        }
        let mut found = text.to_socket_addrs().map_err(|error| error.to_string())?;
        let address = found.next().ok_or("leads to no address")?;
        Ok(Address::Tcp(address))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => address.fmt(f),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_read() {
        for text in ["127.0.0.1:8080", "[::1]:0", "unix:/run/app.sock"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert!(matches!("localhost:80".parse(), Ok(Address::Tcp(_))));
        for (text, words) in [
            ("8080", "has no port"),
            ("unix:", "has no path"),
            ("127.0.0.1:http", "invalid port"),
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
