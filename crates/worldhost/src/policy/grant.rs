//! One place on the network.

use super::addresses::is_public;
use super::names::{ends_in_number, is_host_name, is_local, is_same_name};
use super::resolver::Resolver;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// One place on the network that a guest may connect to, written `HOST:PORT`:
/// a name, an IPv4 address or an IPv6 address in brackets, and a port or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetGrant {
    host: Host,
    /// `None` is any port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    Addr(IpAddr),
}

impl NetGrant {
    fn permits_port(&self, port: u16) -> bool {
        self.port.is_none_or(|granted| granted == port)
    }

    pub(super) fn names(&self, name: &str) -> bool {
        matches!(&self.host, Host::Name(granted) if is_same_name(granted, name))
    }

    /// A name is looked up each time, since its addresses may change.
    pub(super) async fn permits_addr(
        &self,
        addr: SocketAddr,
        private: bool,
        resolver: &Resolver,
    ) -> bool {
        if !self.permits_port(addr.port()) {
            return false;
        }
        match &self.host {
            Host::Addr(ip) => *ip == addr.ip().to_canonical(),
            Host::Name(name) if !private && !is_local(name) && !is_public(addr.ip()) => false,
            Host::Name(name) => match resolver.addresses(name.clone()).await {
                Ok(found) => found.contains(&addr.ip().to_canonical()),
                Err(_) => false,
            },
        }
    }

    /// Whether a request to an authority may be made.
    #[cfg(feature = "http")]
    pub(super) fn permits_authority(&self, host: &str, port: u16) -> bool {
        let same = match &self.host {
            Host::Name(name) => is_same_name(name, host),
            Host::Addr(ip) => host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|host| host.to_canonical() == *ip),
        };
        same && self.permits_port(port)
    }
}

impl FromStr for NetGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text
            .rsplit_once(':')
            .ok_or("has no port; write HOST:PORT, or HOST:* for any port")?;
        let port = match port {
            "*" => None,
            port => Some(
                port.parse::<u16>()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(|| format!("`{port}` is no port: 1 to 65535, or *"))?,
            ),
        };
        let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let host = match bracketed.unwrap_or(host).parse::<IpAddr>() {
            Ok(IpAddr::V6(_)) if bracketed.is_none() => {
                return Err("has an IPv6 address; write it as [ADDRESS]:PORT".to_string());
            }
            Ok(ip) => Host::Addr(ip.to_canonical()),
            Err(_) if bracketed.is_some() => {
                return Err("has no IPv6 address within the brackets".to_string());
            }
            // What a resolver may take for an address, as `0x7f.1`, is none here.
            Err(_) if ends_in_number(host) => {
                return Err(format!(
                    "`{host}` is no address; write four numbers, or a name"
                ));
            }
            Err(_) if is_host_name(host) => Host::Name(host.to_string()),
            Err(_) => return Err(format!("`{host}` is no host name or address")),
        };
        Ok(NetGrant { host, port })
    }
}

impl fmt::Display for NetGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}")?,
            Host::Addr(IpAddr::V4(ip)) => write!(f, "{ip}")?,
            Host::Addr(IpAddr::V6(ip)) => write!(f, "[{ip}]")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => write!(f, ":*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(text: &str) -> NetGrant {
        text.parse().unwrap()
    }

    #[test]
    fn grants_are_written_as_they_are_read() {
        for text in ["example.com:443", "127.0.0.1:*", "[::1]:80"] {
            assert_eq!(grant(text).to_string(), text);
        }
    }

    #[test]
    fn malformed_grants_say_what_is_missing() {
        let message = |text: &str| text.parse::<NetGrant>().unwrap_err();
        assert!(message("localhost").contains("has no port"));
        assert!(message("localhost:http").contains("is no port"));
        assert!(message("::1:80").contains("[ADDRESS]:PORT"));
        assert!(message("[localhost]:80").contains("no IPv6 address"));
        assert!(message("a b:80").contains("no host name"));
        assert!(message(":80").contains("no host name"));
        for port in ["0", "65536", "-1"] {
            assert!(
                message(&format!("a:{port}")).contains("1 to 65535"),
                "{port}"
            );
        }
        for host in [
            "127.1",
            "0x7f.1",
            "1.2.3.4.5",
            "2130706433",
            "0x7f000001",
            "1.2.3.4.",
        ] {
            let message = message(&format!("{host}:80"));
            assert!(message.contains("is no address"), "{host}: {message}");
        }
    }

    #[cfg(feature = "http")]
    #[test]
    fn http_authorities_match_by_name_or_address() {
        assert!(grant("example.com:443").permits_authority("Example.COM", 443));
        assert!(!grant("example.com:443").permits_authority("example.com", 80));
        assert!(!grant("example.com:443").permits_authority("evil.example.com", 443));
        assert!(grant("example.com:443").permits_authority("example.com.", 443));
        assert!(grant("[::1]:*").permits_authority("[::1]", 8080));
        assert!(!grant("127.0.0.1:80").permits_authority("localhost", 80));
    }
}
