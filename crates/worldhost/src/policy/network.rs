//! Which addresses a guest may reach: one list of grants rules the socket check and the
//! name lookup of `wasi:sockets` and the request hook of `wasi:http`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

/// What of the network a guest may use. Nothing, by default.
#[derive(Clone, Debug, Default)]
pub struct Network {
    all: bool,
    grants: Vec<NetGrant>,
}

impl Network {
    /// Every address, in both directions, and name lookup.
    pub fn all() -> Self {
        Network {
            all: true,
            grants: Vec::new(),
        }
    }

    /// Outgoing connections to what the grant names, and the lookup of the name when
    /// it names a host. Listening stays denied, and so does the lookup of any other
    /// name: the query alone would carry what a guest wants to tell to whoever answers.
    ///
    /// What is an address already, as `127.0.0.1`, needs no query: with any grant its
    /// lookup gives that address. Whether it can be connected to is another matter.
    pub fn allow(&mut self, grant: NetGrant) {
        self.grants.push(grant);
    }

    pub(crate) fn is_denied(&self) -> bool {
        !self.all && self.grants.is_empty()
    }

    /// Puts the grants into the context of `wasi:sockets`, which denies all
    /// without this.
    pub(crate) fn apply(self: &Arc<Self>, wasi: &mut WasiCtxBuilder) {
        wasi.allow_tcp(true).allow_udp(true);
        // Which names, is asked before.
        wasi.allow_ip_name_lookup(true);
        let network = self.clone();
        wasi.socket_addr_check(move |addr, usage| {
            let network = network.clone();
            Box::pin(async move { network.permits_socket(addr, usage).await })
        });
    }

    async fn permits_socket(&self, addr: SocketAddr, usage: SocketAddrUse) -> bool {
        if self.all {
            return true;
        }
        match usage {
            SocketAddrUse::TcpConnect | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => {
                for grant in &self.grants {
                    if grant.permits_addr(addr).await {
                        return true;
                    }
                }
                false
            }
            // Every outgoing socket is bound to some free port on the way.
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => {
                addr.ip().is_unspecified() && addr.port() == 0 && !self.grants.is_empty()
            }
            _ => false,
        }
    }

    pub(crate) fn permits_lookup(&self, name: &str) -> bool {
        self.all
            || self.grants.iter().any(|grant| grant.names(name))
            || (is_address(name) && !self.is_denied())
    }

    pub(crate) fn permits_authority(&self, host: &str, port: u16) -> bool {
        self.all || self.grants.iter().any(|g| g.permits_authority(host, port))
    }
}

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

    fn names(&self, name: &str) -> bool {
        matches!(&self.host, Host::Name(granted) if is_same_name(granted, name))
    }

    /// A name is looked up each time, since its addresses may change.
    async fn permits_addr(&self, addr: SocketAddr) -> bool {
        if !self.permits_port(addr.port()) {
            return false;
        }
        match &self.host {
            Host::Addr(ip) => *ip == addr.ip().to_canonical(),
            Host::Name(name) => match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(mut found) => found.any(|found| found.ip() == addr.ip().to_canonical()),
                Err(_) => false,
            },
        }
    }

    fn permits_authority(&self, host: &str, port: u16) -> bool {
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
                    .map_err(|_| format!("`{port}` is no port: 0 to 65535, or *"))?,
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
            Err(_) if is_host_name(host) => Host::Name(host.to_string()),
            Err(_) => return Err(format!("`{host}` is no host name or address")),
        };
        Ok(NetGrant { host, port })
    }
}

fn is_host_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// Neither the case of letters nor the dot of the root makes it another name.
fn is_same_name(one: &str, other: &str) -> bool {
    let bare = |name| str::strip_suffix(name, ".").unwrap_or(name);
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// Whether a lookup takes it for an address, and asks nobody.
fn is_address(name: &str) -> bool {
    let bracketed = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => name.parse::<IpAddr>().is_ok(),
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
    }

    #[test]
    fn http_authorities_match_by_name_or_address() {
        assert!(grant("example.com:443").permits_authority("Example.COM", 443));
        assert!(!grant("example.com:443").permits_authority("example.com", 80));
        assert!(!grant("example.com:443").permits_authority("evil.example.com", 443));
        assert!(grant("example.com:443").permits_authority("example.com.", 443));
        assert!(grant("[::1]:*").permits_authority("[::1]", 8080));
        assert!(!grant("127.0.0.1:80").permits_authority("localhost", 80));
    }

    #[test]
    fn only_granted_names_are_looked_up() {
        let mut network = Network::default();
        for name in ["example.com", "127.0.0.1", "::1", ""] {
            assert!(!network.permits_lookup(name), "{name}");
        }
        network.allow(grant("192.0.2.1:80"));
        assert!(!network.permits_lookup("example.com"));
        network.allow(grant("Example.com:443"));
        for name in ["example.com", "EXAMPLE.COM", "example.com."] {
            assert!(network.permits_lookup(name), "{name}");
        }
        for name in [
            "",
            ".",
            "com",
            "example.com..",
            "secret.example.com",
            "example.com.evil.org",
            "example%2ecom",
            "example.com:443",
            " example.com",
            "example.com\0",
        ] {
            assert!(!network.permits_lookup(name), "{name:?}");
        }
        // Addresses, and what is none to everyone.
        for name in ["127.0.0.1", "::1", "[::1]"] {
            assert!(network.permits_lookup(name), "{name}");
        }
        for name in ["127.1", "0x7f000001", "[127.0.0.1]", "[::1", "fe80::1%eth0"] {
            assert!(!network.permits_lookup(name), "{name}");
        }
        assert!(Network::all().permits_lookup("example.com"));
    }

    #[tokio::test]
    async fn sockets_are_denied_unless_granted() {
        let mut network = Network::default();
        let addr: SocketAddr = "127.0.0.1:80".parse().unwrap();
        let any: SocketAddr = "0.0.0.0:0".parse().unwrap();
        assert!(
            !network
                .permits_socket(addr, SocketAddrUse::TcpConnect)
                .await
        );
        assert!(!network.permits_socket(any, SocketAddrUse::TcpBind).await);
        network.allow(grant("127.0.0.1:80"));
        assert!(
            network
                .permits_socket(addr, SocketAddrUse::TcpConnect)
                .await
        );
        assert!(network.permits_socket(any, SocketAddrUse::TcpBind).await);
        assert!(!network.permits_socket(addr, SocketAddrUse::TcpBind).await);
        assert!(!network.permits_socket(addr, SocketAddrUse::TcpListen).await);
        assert!(!network.permits_socket(any, SocketAddrUse::TcpListen).await);
    }
}
