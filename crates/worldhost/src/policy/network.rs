//! Which addresses a guest may reach: one list of grants rules the socket check and the
//! name lookup of `wasi:sockets` and the request hook of `wasi:http`.

use super::addresses::is_public;
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
    private: bool,
}

/// What is known of a request before its host is looked up.
pub(crate) enum Verdict {
    Denied,
    Permitted,
    /// When the host's name leads to a public address.
    PermittedIfPublic,
}

impl Network {
    /// Every address, in both directions, and name lookup.
    pub fn all() -> Self {
        Network {
            all: true,
            ..Network::default()
        }
    }

    /// Lets granted names lead to any address. Without this they lead to public ones
    /// alone, and `localhost` to this machine: whoever owns a name could else send a guest
    /// to a private network, or to the metadata service of a cloud.
    pub fn allow_private(&mut self) {
        self.private = true;
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
                    if grant.permits_addr(addr, self.private).await {
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

    pub(crate) fn permits_request(&self, host: &str, port: u16) -> Verdict {
        let mut grants = self.grants.iter();
        let granted = self.all || grants.any(|grant| grant.permits_authority(host, port));
        match granted {
            false => Verdict::Denied,
            true if self.all || self.private || is_local(host) => Verdict::Permitted,
            // An address that was granted was meant.
            true if is_address(host) => Verdict::Permitted,
            true => Verdict::PermittedIfPublic,
        }
    }
}

/// The public address among those of a host, to be connected to; none if all are private.
pub(crate) async fn public_address(host: &str, port: u16) -> std::io::Result<Option<SocketAddr>> {
    let mut found = tokio::net::lookup_host((host, port)).await?;
    Ok(found.find(|found| is_public(found.ip())))
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
    async fn permits_addr(&self, addr: SocketAddr, private: bool) -> bool {
        if !self.permits_port(addr.port()) {
            return false;
        }
        match &self.host {
            Host::Addr(ip) => *ip == addr.ip().to_canonical(),
            Host::Name(name) if !private && !is_local(name) && !is_public(addr.ip()) => false,
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

fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.chars().all(|c| c.is_ascii_hexdigit()),
        None => !last.is_empty() && last.chars().all(|c| c.is_ascii_digit()),
    }
}

/// The names of this machine, which nobody else can own.
fn is_local(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
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

    #[test]
    fn names_lead_to_public_addresses_alone_unless_more_is_allowed() {
        let verdict = |network: &Network, host| match network.permits_request(host, 80) {
            Verdict::Denied => "denied",
            Verdict::Permitted => "permitted",
            Verdict::PermittedIfPublic => "if public",
        };
        let mut network = Network::default();
        for granted in [
            "example.com:80",
            "10.0.0.1:80",
            "[fd00::1]:80",
            "localhost:80",
        ] {
            network.allow(grant(granted));
        }
        assert_eq!(verdict(&network, "example.org"), "denied");
        assert_eq!(verdict(&network, "example.com"), "if public");
        for host in ["10.0.0.1", "[fd00::1]", "localhost", "LOCALHOST."] {
            assert_eq!(verdict(&network, host), "permitted", "{host}");
        }
        network.allow_private();
        assert_eq!(verdict(&network, "example.com"), "permitted");
        assert_eq!(verdict(&network, "example.org"), "denied");
    }

    /// A name of `/etc/hosts`, which leads to this machine and is not `localhost`.
    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_not_followed() {
        let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
        let mut lines = hosts.lines().map(str::split_whitespace);
        let found = lines.find_map(|mut words| {
            let ip: IpAddr = words.next()?.parse().ok()?;
            let name = words.find(|name| !is_local(name) && is_host_name(name))?;
            (!is_public(ip)).then(|| (ip, name.to_string()))
        });
        let Some((ip, name)) = found else {
            panic!("/etc/hosts has no name but localhost for an address that is not public");
        };
        let mut network = Network::default();
        network.allow(grant(&format!("{name}:80")));
        let permits = async |network: &Network| {
            let usage = SocketAddrUse::TcpConnect;
            network.permits_socket(SocketAddr::new(ip, 80), usage).await
        };
        assert!(!permits(&network).await, "{name} {ip}");
        assert_eq!(public_address(&name, 80).await.unwrap(), None);
        network.allow_private();
        assert!(permits(&network).await, "{name} {ip}");
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
