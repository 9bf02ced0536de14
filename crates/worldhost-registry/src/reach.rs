//! How a registry is reached, as wkg's configuration has it, and by whose login.

use crate::error::{Error, Result, in_words};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::secrets::RegistryAuth;
use serde::Deserialize;
use std::net::IpAddr;
use std::time::Duration;

/// How long a server may take until it takes a connection, and then until it sends something.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);

/// The table `oci` of a registry there, as `wkg` reads it.
#[derive(Default, Deserialize)]
pub(crate) struct Reach {
    auth: Option<Auth>,
    protocol: Option<String>,
    #[serde(default)]
    accept_invalid_certificates: bool,
    #[serde(default)]
    extra_root_certificates: Vec<Root>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Auth {
    Base64(String),
    Login { username: String, password: String },
}

#[derive(Deserialize)]
struct Root {
    encoding: Encoding,
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    Der,
    Pem,
}

impl Reach {
    /// What a client of the registry at `host` is made with.
    pub(crate) fn config(&self, host: &str) -> ClientConfig {
        let protocol = match self.protocol.as_deref() {
            Some("http") => ClientProtocol::Http,
            Some("https") => ClientProtocol::Https,
            _ if is_loopback(host) => ClientProtocol::Http,
            _ => ClientProtocol::Https,
        };
        let roots = self.extra_root_certificates.iter().map(|root| Certificate {
            encoding: match root.encoding {
                Encoding::Der => CertificateEncoding::Der,
                Encoding::Pem => CertificateEncoding::Pem,
            },
            data: root.data.clone().into_bytes(),
        });
        ClientConfig {
            protocol,
            accept_invalid_certificates: self.accept_invalid_certificates,
            extra_root_certificates: roots.collect(),
            // Else the client takes part of an index for a component.
            platform_resolver: None,
            connect_timeout: Some(CONNECT),
            read_timeout: Some(SILENCE),
            ..ClientConfig::default()
        }
    }

    /// Who is asking there: by a token in the environment, by this table, or by Docker's login.
    pub(crate) fn login(&self, host: &str, address: &str) -> Result<RegistryAuth> {
        match std::env::var(token_variable(host)) {
            Ok(token) if !token.is_empty() => return Ok(RegistryAuth::Bearer(token)),
            _ => {}
        }
        match &self.auth {
            Some(auth) => auth.login(),
            None => docker(host, address),
        }
    }
}

impl Auth {
    fn login(&self) -> Result<RegistryAuth> {
        let text = match self {
            Auth::Login { username, password } => {
                return Ok(RegistryAuth::Basic(username.clone(), password.clone()));
            }
            Auth::Base64(text) => BASE64_STANDARD.decode(text).ok(),
        };
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = text.as_deref().and_then(|text| text.split_once(':'));
        let (user, password) = pair.ok_or_else(|| Error::Config {
            why: "`auth` is no USER:PASSWORD in base64".into(),
        })?;
        Ok(RegistryAuth::Basic(user.into(), password.into()))
    }
}

/// Where `wkg` looks for the token of a registry.
fn token_variable(host: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    };
    let name: String = host.chars().map(plain).collect();
    format!("WKG_REGISTRY_{name}_AUTH_BEARER")
}

/// What Docker's configuration says of this registry.
fn docker(host: &str, address: &str) -> Result<RegistryAuth> {
    let denied = |why: String| Error::Denied {
        address: address.into(),
        why,
    };
    let keys = match host {
        "index.docker.io" => vec!["https://index.docker.io/v1/".to_string()],
        _ => vec![host.to_string(), format!("https://{host}")],
    };
    for key in keys {
        use CredentialRetrievalError as E;
        match docker_credential::get_credential(&key) {
            Ok(DockerCredential::UsernamePassword(user, password)) => {
                return Ok(RegistryAuth::Basic(user, password));
            }
            Ok(DockerCredential::IdentityToken(_)) => {
                return Err(denied(
                    "Docker's login is a token, which is not supported".into(),
                ));
            }
            // Where there is no file, it cannot be read.
            Err(
                E::ConfigNotFound
                | E::ConfigReadError
                | E::NoCredentialConfigured
                | E::HelperFailure { .. },
            ) => {}
            Err(error) => return Err(denied(format!("Docker's logins: {}", in_words(&error)))),
        }
    }
    Ok(RegistryAuth::Anonymous)
}

/// Whether it is this machine, where nobody listens between us.
pub(crate) fn is_loopback(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => registry,
    };
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told() {
        for own in [
            "localhost",
            "localhost:5000",
            "127.0.0.1",
            "127.0.0.9:80",
            "[::1]:80",
        ] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "registry.example.com",
            "localhost.org:80",
            "128.0.0.1:5000",
            "127.0.0.1.nip.io",
            "",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn a_token_is_looked_for_where_wkg_does() {
        assert_eq!(
            token_variable("localhost:1234"),
            "WKG_REGISTRY_LOCALHOST_1234_AUTH_BEARER"
        );
        assert_eq!(
            token_variable("ghcr.io"),
            "WKG_REGISTRY_GHCR_IO_AUTH_BEARER"
        );
    }
}
