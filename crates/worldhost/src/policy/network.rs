//! Which addresses a guest may reach: one list of grants rules the socket check and the
//! name lookup of `wasi:sockets` and the request hook of `wasi:http`.

#[cfg(feature = "http")]
use super::addresses::is_public;
use super::grant::NetGrant;
use super::names::is_address;
#[cfg(feature = "http")]
use super::names::is_local;
use super::resolver::Resolver;
#[cfg(feature = "http")]
use std::net::IpAddr;
use std::net::SocketAddr;
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
#[cfg(feature = "http")]
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
    pub(crate) fn apply(self: &Arc<Self>, wasi: &mut WasiCtxBuilder, resolver: &Resolver) {
        wasi.allow_tcp(true).allow_udp(true);
        // Which names, is asked before.
        wasi.allow_ip_name_lookup(true);
        let (network, resolver) = (self.clone(), resolver.clone());
        wasi.socket_addr_check(move |addr, usage| {
            let (network, resolver) = (network.clone(), resolver.clone());
            Box::pin(async move { network.permits_socket(addr, usage, &resolver).await })
        });
    }

    async fn permits_socket(
        &self,
        addr: SocketAddr,
        usage: SocketAddrUse,
        resolver: &Resolver,
    ) -> bool {
        if self.all {
            return true;
        }
        match usage {
            SocketAddrUse::TcpConnect | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => {
                for grant in &self.grants {
                    if grant.permits_addr(addr, self.private, resolver).await {
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

    #[cfg(feature = "http")]
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
#[cfg(feature = "http")]
pub(crate) fn public_address(found: Vec<IpAddr>) -> Option<IpAddr> {
    found.into_iter().find(|found| is_public(*found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::names::is_host_name;
    use std::net::IpAddr;

    fn grant(text: &str) -> NetGrant {
        text.parse().unwrap()
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

    #[cfg(feature = "http")]
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
    #[cfg(feature = "http")]
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
            let addr = SocketAddr::new(ip, 80);
            network.permits_socket(addr, usage, &Resolver::new()).await
        };
        assert!(!permits(&network).await, "{name} {ip}");
        let found = Resolver::new().addresses(name.clone()).await.unwrap();
        assert_eq!(public_address(found), None);
        network.allow_private();
        assert!(permits(&network).await, "{name} {ip}");
    }

    #[tokio::test]
    async fn sockets_are_denied_unless_granted() {
        let (mut network, resolver) = (Network::default(), Resolver::new());
        let addr: SocketAddr = "127.0.0.1:80".parse().unwrap();
        let any: SocketAddr = "0.0.0.0:0".parse().unwrap();
        assert!(
            !network
                .permits_socket(addr, SocketAddrUse::TcpConnect, &resolver)
                .await
        );
        assert!(
            !network
                .permits_socket(any, SocketAddrUse::TcpBind, &resolver)
                .await
        );
        network.allow(grant("127.0.0.1:80"));
        assert!(
            network
                .permits_socket(addr, SocketAddrUse::TcpConnect, &resolver)
                .await
        );
        assert!(
            network
                .permits_socket(any, SocketAddrUse::TcpBind, &resolver)
                .await
        );
        assert!(
            !network
                .permits_socket(addr, SocketAddrUse::TcpBind, &resolver)
                .await
        );
        assert!(
            !network
                .permits_socket(addr, SocketAddrUse::TcpListen, &resolver)
                .await
        );
        assert!(
            !network
                .permits_socket(any, SocketAddrUse::TcpListen, &resolver)
                .await
        );
    }
}
