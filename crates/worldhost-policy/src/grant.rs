//! What a component can be granted: the table of options and of a policy's keys, and their
//! values.

use crate::error::{Error, Result};
use crate::origin::Origin;
use crate::unstable::Item;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use worldhost::{Access, NetGrant, Sandbox};

/// One kind of grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Directories.
    Dir,
    /// Directories, to read only.
    DirRo,
    /// Environment variables.
    Env,
    /// The whole environment.
    InheritEnv,
    /// Places on the network.
    AllowNet,
    /// Addresses that are not public, of granted names.
    AllowPrivate,
    /// The whole network.
    InheritNetwork,
    /// Unstable items of WASI.
    Wasi,
}

/// What is to be known of a grant.
struct About {
    name: &'static str,
    /// How a value is written; none where it is granted or not.
    value: Option<&'static str>,
    help: &'static str,
}

impl Grant {
    /// All there are.
    pub const ALL: [Grant; 8] = [
        Grant::Dir,
        Grant::DirRo,
        Grant::Env,
        Grant::InheritEnv,
        Grant::AllowNet,
        Grant::AllowPrivate,
        Grant::InheritNetwork,
        Grant::Wasi,
    ];

    fn about(self) -> About {
        let about = |name, value, help| About { name, value, help };
        match self {
            Grant::Dir => about(
                "dir",
                Some("HOST[::GUEST]"),
                "Preopen a directory for reading and writing, under the same name or as GUEST; \
                 not one that leads to compiled code: the cache, or a .cwasm file that is run",
            ),
            Grant::DirRo => about(
                "dir-ro",
                Some("HOST[::GUEST]"),
                "Preopen a directory for reading only",
            ),
            Grant::Env => about(
                "env",
                Some("K[=V]"),
                "Set an environment variable, or pass on its value here",
            ),
            Grant::InheritEnv => about("inherit-env", None, "Pass on the whole environment"),
            Grant::AllowNet => about(
                "allow-net",
                Some("HOST:PORT"),
                "Allow connections and HTTP requests to one place, and the lookup of its name \
                 and no other; PORT may be `*`",
            ),
            Grant::AllowPrivate => about(
                "allow-private",
                None,
                "Let the names of --allow-net lead to any address: without this they lead to \
                 public ones alone, and localhost to this machine",
            ),
            Grant::InheritNetwork => about(
                "inherit-network",
                None,
                "Allow the whole network, listening included",
            ),
            Grant::Wasi => about(
                "wasi",
                Some("NAME[=y|n]"),
                "Offer items that WASI marks as unstable: `network-error-code`",
            ),
        }
    }

    /// The option, and the key in a file.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// How a value is written; none where it is granted or not.
    pub fn value_name(self) -> Option<&'static str> {
        self.about().value
    }

    /// What it grants.
    pub fn help(self) -> &'static str {
        self.about().help
    }
}

/// One thing that is granted.
#[derive(Clone, Debug)]
pub struct Granted {
    /// Of which kind.
    pub grant: Grant,
    /// As it was written; nothing for one that has no value.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Dir(Dir),
    Env(Env),
    Net(NetGrant),
    Wasi(Item),
    Switch,
}

impl Granted {
    /// What is written for it; directories are relative to `base`.
    ///
    /// # Errors
    ///
    /// Why it cannot be a value of this grant.
    pub fn read(
        grant: Grant,
        text: &str,
        base: Option<&Path>,
        origin: Origin,
    ) -> Result<Self, String> {
        let value = match grant {
            Grant::Dir | Grant::DirRo => Value::Dir(Dir::read(text, base)?),
            Grant::Env => Value::Env(text.parse()?),
            Grant::AllowNet => Value::Net(text.parse()?),
            Grant::Wasi => Value::Wasi(text.parse()?),
            Grant::InheritEnv | Grant::AllowPrivate | Grant::InheritNetwork => Value::Switch,
        };
        Ok(Granted {
            grant,
            text: text.to_string(),
            origin,
            value,
        })
    }

    /// The sandbox with this in it.
    pub(crate) fn put(&self, sandbox: Sandbox) -> Result<Sandbox> {
        Ok(match (&self.value, self.grant) {
            (Value::Dir(dir), grant) => {
                let access = match grant {
                    Grant::DirRo => Access::ReadOnly,
                    _ => Access::ReadWrite,
                };
                let granted = sandbox.dir(&dir.host, &dir.guest, access);
                granted.map_err(|error| Error::Host {
                    place: self.origin.clone(),
                    source: Box::new(error),
                })?
            }
            (Value::Env(env), _) => sandbox.env(&env.name, env.value(&self.origin)?),
            (Value::Net(place), _) => sandbox.allow_net(place.clone()),
            (Value::Switch, Grant::InheritEnv) => with_environment(sandbox),
            (Value::Switch, Grant::AllowPrivate) => sandbox.allow_private_addresses(),
            (Value::Switch, Grant::InheritNetwork) => sandbox.inherit_network(),
            _ => sandbox,
        })
    }

    /// Whether the same is granted, wherever that is said.
    pub fn is_same(&self, other: &Granted) -> bool {
        let directory = |granted: &Granted| match &granted.value {
            Value::Dir(dir) => Some(dir.host.clone()),
            _ => None,
        };
        (self.grant, &self.text, directory(self)) == (other.grant, &other.text, directory(other))
    }

    /// Whether it is what `revoked` names: all of it as it is written, or its first part.
    pub(crate) fn is_called(&self, revoked: &str) -> bool {
        let first = match &self.value {
            Value::Env(env) => Some(env.name.as_str()),
            Value::Dir(_) => self.text.split("::").next(),
            _ => None,
        };
        self.text == revoked || first == Some(revoked)
    }
}

fn with_environment(mut sandbox: Sandbox) -> Sandbox {
    // Names and values that are no Unicode cannot be given to a component.
    for (name, value) in std::env::vars_os() {
        if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
            sandbox = sandbox.env(name, value);
        }
    }
    sandbox
}

/// `K=V`, or `K` for the value that it has here.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    pub(crate) name: String,
    value: Option<String>,
}

impl FromStr for Env {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("has no name; write NAME=VALUE, or NAME to pass its value on");
        }
        Ok(Env {
            name: name.to_string(),
            value,
        })
    }
}

impl Env {
    fn value(&self, origin: &Origin) -> Result<String> {
        if let Some(value) = &self.value {
            return Ok(value.clone());
        }
        let name = &self.name;
        let (place, way) = match origin {
            Origin::File { .. } => (format!("{}: env {name}", origin.exactly()), "env = "),
            _ => (format!("--env {name}"), "--env "),
        };
        let wrong = |what: &str, another: &str| {
            Error::Wrong(format!(
                "{place}: {what}; give {another}: {way}{name}=VALUE"
            ))
        };
        let value =
            std::env::var_os(name).ok_or_else(|| wrong("it is not set here", "it a value"))?;
        value
            .into_string()
            .map_err(|_| wrong("its value here is no Unicode", "another"))
    }
}

/// `HOST`, or `HOST::GUEST`.
#[derive(Clone, Debug)]
pub(crate) struct Dir {
    host: PathBuf,
    guest: String,
}

impl Dir {
    fn read(text: &str, base: Option<&Path>) -> Result<Self, &'static str> {
        let (host, guest) = text.split_once("::").unwrap_or((text, text));
        if host.is_empty() || guest.is_empty() {
            return Err("has an empty side; write HOST or HOST::GUEST");
        }
        Ok(Dir {
            host: base.map_or_else(|| host.into(), |base| base.join(host)),
            guest: guest.to_string(),
        })
    }

    /// The name by which a guest opens what is in it.
    pub(crate) fn guest(&self) -> &str {
        let guest = self.guest.strip_prefix("./").unwrap_or(&self.guest);
        match guest.trim_end_matches('/') {
            "" => guest,
            name => name,
        }
    }
}
