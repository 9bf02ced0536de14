//! The options that say which server, and as whom. They and their variables are named as
//! those of the `nats` command.

use crate::terminal::Usage;
use clap::Args;
use std::path::PathBuf;
use worldhost_queue::{Connection, Credentials};

#[derive(Args)]
pub struct Connecting {
    /// The server: nats://HOST:PORT, or tls://HOST:PORT. Several of one cluster have commas
    /// between them.
    #[arg(
        long,
        value_name = "URL",
        env = "NATS_URL",
        hide_env_values = true,
        default_value = "nats://127.0.0.1:4222",
        help_heading = "Server"
    )]
    nats: String,

    /// A file with the credentials of a user, as `nsc` makes it. A name and a password, or a
    /// token, are taken from NATS_USER and NATS_PASSWORD, or NATS_TOKEN.
    #[arg(
        long,
        value_name = "FILE",
        env = "NATS_CREDS",
        hide_env_values = true,
        help_heading = "Server"
    )]
    creds: Option<PathBuf>,

    /// A file with the seed of an NKey.
    #[arg(
        long,
        value_name = "FILE",
        env = "NATS_NKEY",
        hide_env_values = true,
        help_heading = "Server"
    )]
    nkey: Option<PathBuf>,

    /// Certificates in PEM: the server's is to go back to one of them, or to the system's.
    #[arg(
        long,
        value_name = "FILE",
        env = "NATS_CA",
        hide_env_values = true,
        help_heading = "Server"
    )]
    tlsca: Option<PathBuf>,

    /// This client's own certificate, in PEM.
    #[arg(
        long,
        value_name = "FILE",
        env = "NATS_CERT",
        hide_env_values = true,
        requires = "tlskey",
        help_heading = "Server"
    )]
    tlscert: Option<PathBuf>,

    /// The key of that certificate, in PEM.
    #[arg(
        long,
        value_name = "FILE",
        env = "NATS_KEY",
        hide_env_values = true,
        requires = "tlscert",
        help_heading = "Server"
    )]
    tlskey: Option<PathBuf>,
}

impl Connecting {
    pub fn connection(&self) -> Result<Connection, Usage> {
        let mut connection = Connection::new(&self.nats);
        if let Some(credentials) = self.credentials()? {
            connection = connection.credentials(credentials);
        }
        if let Some(file) = &self.tlsca {
            connection = connection.authority(file.clone());
        }
        if let (Some(certificate), Some(key)) = (&self.tlscert, &self.tlskey) {
            connection = connection.certificate(certificate.clone(), key.clone());
        }
        Ok(connection)
    }

    fn credentials(&self) -> Result<Option<Credentials>, Usage> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let password = match (variable("NATS_USER"), variable("NATS_PASSWORD")) {
            (Some(user), Some(password)) => Some(Credentials::Password { user, password }),
            (None, None) => None,
            _ => {
                return Err(Usage(
                    "NATS_USER and NATS_PASSWORD belong together; one of them is not set".into(),
                ));
            }
        };
        let all = [
            self.creds.clone().map(Credentials::File),
            self.nkey.clone().map(Credentials::Nkey),
            password,
            variable("NATS_TOKEN").map(Credentials::Token),
        ];
        let mut given = all.into_iter().flatten();
        let (first, second) = (given.next(), given.next());
        match second {
            None => Ok(first),
            Some(_) => Err(Usage(
                "several credentials are given; leave one of --creds (NATS_CREDS), --nkey \
                 (NATS_NKEY), NATS_USER with NATS_PASSWORD, and NATS_TOKEN"
                    .into(),
            )),
        }
    }
}
