//! To which server, and as whom.

use crate::error::{Error, Result};
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use std::path::PathBuf;
use std::time::Duration;

/// To which server, and as whom. TLS is used where the address or the server asks for it.
#[derive(Clone, Default)]
pub struct Connection {
    urls: Vec<String>,
    credentials: Option<Credentials>,
    authority: Option<PathBuf>,
    certificate: Option<(PathBuf, PathBuf)>,
}

/// What a client proves itself by.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// A file of NATS' tools, with a JWT and a seed.
    File(PathBuf),
    /// A file with the seed of an NKey.
    Nkey(PathBuf),
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token.
    Token(String),
}

impl Connection {
    /// To one server, or to one of several: addresses with commas between.
    pub fn new(urls: &str) -> Self {
        Connection {
            urls: urls.split(',').map(|url| url.trim().to_string()).collect(),
            ..Connection::default()
        }
    }

    /// As whom.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// A file of certificates in PEM, which the server's is to go back to; the system's are
    /// good as well.
    #[must_use]
    pub fn authority(mut self, file: PathBuf) -> Self {
        self.authority = Some(file);
        self
    }

    /// Files with the client's own certificate and its key, in PEM.
    #[must_use]
    pub fn certificate(mut self, certificate: PathBuf, key: PathBuf) -> Self {
        self.certificate = Some((certificate, key));
        self
    }

    /// Connects. When the connection is lost later, it is made anew as often as it takes.
    ///
    /// # Errors
    ///
    /// [`Error::Address`], [`Error::Credentials`] and [`Error::Connect`].
    pub async fn open(self) -> Result<Client> {
        let servers = self.urls.iter().map(|url| server(url));
        let servers: Vec<ServerAddr> = servers.collect::<Result<_>>()?;
        let shown: Vec<String> = self.urls.iter().map(|url| without_secrets(url)).collect();
        let options = self.options().await?;
        let connected = options.connect(servers).await;
        connected.map_err(|source| Error::Connect {
            url: shown.join(", "),
            source: Box::new(source),
        })
    }

    async fn options(self) -> Result<ConnectOptions> {
        let mut options = ConnectOptions::new()
            .name("worldhost")
            .connection_timeout(Duration::from_secs(5))
            .event_callback(|event| async move { tell(&event) });
        options = match self.credentials {
            None => options,
            Some(Credentials::File(file)) => {
                let text = read(file)?;
                let with = options.credentials(&text.1);
                with.map_err(|source| Error::Credentials {
                    file: text.0,
                    source,
                })?
            }
            Some(Credentials::Nkey(file)) => options.nkey(read(file)?.1.trim().to_string()),
            Some(Credentials::Password { user, password }) => {
                options.user_and_password(user, password)
            }
            Some(Credentials::Token(token)) => options.token(token),
        };
        if let Some(file) = self.authority {
            options = options.add_root_certificates(read(file)?.0);
        }
        if let Some((certificate, key)) = self.certificate {
            options = options.add_client_certificate(read(certificate)?.0, read(key)?.0);
        }
        Ok(options)
    }
}

/// The file with its text: one that is not there is told before anybody is connected to.
fn read(file: PathBuf) -> Result<(PathBuf, String)> {
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok((file, text)),
        Err(source) => Err(Error::Credentials { file, source }),
    }
}

fn server(url: &str) -> Result<ServerAddr> {
    url.parse().map_err(|error: std::io::Error| Error::Address {
        url: without_secrets(url),
        message: error.to_string(),
    })
}

/// An address as it may be shown: name and password are left out.
fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

fn tell(event: &Event) {
    match event {
        Event::Disconnected => tracing::warn!("the connection to NATS is lost; trying again"),
        Event::Connected => tracing::debug!("connected to NATS"),
        Event::LameDuckMode => tracing::info!("the NATS server is about to end"),
        other => tracing::debug!("NATS: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("nats://me:secret@host:4222", "nats://host:4222"),
            ("tls://token@host", "tls://host"),
            ("host:1", "nats://host:1"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_before_anybody_is_connected_to() {
        let none = PathBuf::from("/nowhere/x.creds");
        let asked = Connection::new("nats://127.0.0.1:1").credentials(Credentials::File(none));
        let error = asked.open().await.unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nowhere/x.creds");
        let error = Connection::new("http://me:secret@[")
            .open()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Address { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
