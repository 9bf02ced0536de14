//! What is in force: of the defaults, a policy and the command line, each by its place.

use crate::error::{Error, Result};
use crate::grant::{Grant, Granted, Value};
use crate::origin::Origin;
use crate::policy::Policy;
use crate::tables::{AllLimits, AnyLimit};
use std::time::Duration;
use worldhost::{Config, Limits, LoadLimits, Sandbox, Unstable};

/// Grants and limits, and where each comes from.
pub struct InForce {
    grants: Vec<Granted>,
    limits: AllLimits,
    /// Those of the limits that are not the default.
    set: Vec<(AnyLimit, Origin)>,
}

/// A word of `--revoke`: a kind of grant, or one of them.
#[derive(Clone)]
pub struct Revoked {
    grant: Grant,
    which: Option<String>,
}

impl std::str::FromStr for Revoked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, which) = match text.split_once('=') {
            Some((name, which)) => (name, Some(which.to_string())),
            None => (text, None),
        };
        let grant = Grant::ALL.into_iter().find(|grant| grant.name() == name);
        let grant = grant.ok_or_else(|| {
            let names: Vec<_> = Grant::ALL.iter().map(|grant| grant.name()).collect();
            format!("`{name}` is no grant; there are {}", names.join(", "))
        })?;
        Ok(Revoked { grant, which })
    }
}

impl InForce {
    /// The defaults, with `timeout` where nobody names one.
    pub fn by_default(timeout: Option<Duration>) -> Self {
        let mut limits = AllLimits::default();
        limits.run.timeout = timeout;
        Self::over(limits)
    }

    /// With these limits where nobody names others.
    pub fn over(limits: AllLimits) -> Self {
        InForce {
            grants: Vec::new(),
            limits,
            set: Vec::new(),
        }
    }

    /// With what a policy says.
    pub fn with(mut self, policy: Policy) -> Self {
        self.grants.extend(policy.grants);
        policy
            .limits
            .into_iter()
            .fold(self, |all, (limit, value, origin)| {
                all.with_limit(limit, value, origin)
            })
    }

    /// Without what the policy grants and the command line does not.
    ///
    /// # Errors
    ///
    /// When the policy does not grant it.
    pub fn without(mut self, revoked: &[Revoked]) -> Result<Self> {
        for Revoked { grant, which } in revoked {
            let before = self.grants.len();
            self.grants.retain(|granted| {
                let is_it = which.as_ref().is_none_or(|which| granted.is_called(which));
                granted.grant != *grant || !is_it
            });
            if self.grants.len() == before {
                let which = which.as_ref().map(|which| format!("={which}"));
                return Err(Error::Wrong(format!(
                    "--revoke {}{}: the policy has no such grant; --show-grants shows those \
                     that it has",
                    grant.name(),
                    which.unwrap_or_default()
                )));
            }
        }
        Ok(self)
    }

    /// With one limit more, which is said last.
    pub fn with_limit(mut self, limit: AnyLimit, value: Option<u64>, origin: Origin) -> Self {
        // It was read as a value of this limit.
        if limit.set(&mut self.limits, value).is_ok() {
            self.set.retain(|(other, _)| *other != limit);
            self.set.push((limit, origin));
        }
        self
    }

    /// With what the command line grants; and as a whole without contradictions.
    ///
    /// # Errors
    ///
    /// When there are some.
    pub fn with_grants(mut self, granted: impl IntoIterator<Item = Granted>) -> Result<Self> {
        self.grants.extend(granted);
        self.keep_last_variables();
        self.no_directory_twice()?;
        let has = |grant| self.of(grant).next();
        if let (Some(private), None) = (has(Grant::AllowPrivate), has(Grant::AllowNet)) {
            return Err(Error::Wrong(format!(
                "{} is for the names of --allow-net, and there are none; grant one",
                said(private)
            )));
        }
        Ok(self)
    }

    /// What is granted of one kind.
    pub fn of(&self, grant: Grant) -> impl Iterator<Item = &Granted> {
        self.grants
            .iter()
            .filter(move |granted| granted.grant == grant)
    }

    /// A variable that is set twice has the last value, which is the command line's.
    fn keep_last_variables(&mut self) {
        let mut names = Vec::new();
        let mut grants = std::mem::take(&mut self.grants);
        grants.reverse();
        grants.retain(|granted| match &granted.value {
            Value::Env(env) if names.contains(&env.name) => false,
            Value::Env(env) => {
                names.push(env.name.clone());
                true
            }
            _ => true,
        });
        grants.reverse();
        self.grants = grants;
    }

    /// Which of two a guest would get cannot be told.
    fn no_directory_twice(&self) -> Result<()> {
        let mut found: Vec<(&str, &Granted)> = Vec::new();
        for granted in &self.grants {
            let Value::Dir(dir) = &granted.value else {
                continue;
            };
            let same = found.iter().find(|(name, _)| *name == dir.guest());
            if let Some((name, first)) = same {
                let way = match (&first.origin, &granted.origin) {
                    (Origin::File { .. }, Origin::Flag(_)) => format!(
                        "leave one out, or take the policy's back with --revoke {}={}",
                        first.grant.name(),
                        first.text
                    ),
                    _ => "leave one out, or give it another name with HOST::GUEST".to_string(),
                };
                return Err(Error::Wrong(format!(
                    "the directory {name} is named twice: by {} and by {}; {way}",
                    said(first),
                    said(granted)
                )));
            }
            found.push((dir.guest(), granted));
        }
        Ok(())
    }

    /// The sandbox of these grants, stdio still to be set.
    ///
    /// # Errors
    ///
    /// When a directory is not there, or a variable that is to be passed on.
    pub fn sandbox(&self) -> Result<Sandbox> {
        // What is set by name stands over what is passed on as a whole.
        let whole = self.of(Grant::InheritEnv);
        let others = self
            .grants
            .iter()
            .filter(|granted| granted.grant != Grant::InheritEnv);
        whole
            .chain(others)
            .try_fold(Sandbox::new(), |sandbox, granted| granted.put(sandbox))
    }

    /// The limits of what runs.
    pub fn limits(&self) -> Limits {
        self.limits.run.clone()
    }

    /// How much the component may be, and compiling it may take.
    pub fn load_limits(&self) -> &LoadLimits {
        &self.limits.load
    }

    /// The engine that these need.
    pub fn config(&self) -> Config {
        let mut config = Config::default();
        config.unstable = self.unstable();
        // There is one instance at a time, and what may go on beside it is its
        // connections.
        let network = [Grant::AllowNet, Grant::InheritNetwork];
        config.interruptible = network.into_iter().any(|grant| self.of(grant).count() > 0);
        config.set_for(&self.limits.run);
        config.load = self.limits.load.clone();
        config
    }

    /// The unstable items of WASI that are offered.
    pub fn unstable(&self) -> Unstable {
        let mut unstable = Unstable::default();
        for granted in self.of(Grant::Wasi) {
            if let Value::Wasi(item) = &granted.value {
                unstable.set(&item.feature, item.on);
            }
        }
        unstable
    }

    /// What holds of a limit, and who says so.
    pub fn limit(&self, limit: AnyLimit) -> (Option<u64>, &Origin) {
        let set = self.set.iter().find(|(other, _)| *other == limit);
        let origin = set.map_or(&Origin::Default, |(_, origin)| origin);
        (limit.in_force(&self.limits), origin)
    }
}

/// What grants it, and where.
fn said(granted: &Granted) -> String {
    let (name, text) = (granted.grant.name(), &granted.text);
    match &granted.origin {
        Origin::File { .. } if text.is_empty() => format!("{name} at {}", granted.origin.exactly()),
        Origin::File { .. } => format!("{name} = \"{text}\" at {}", granted.origin.exactly()),
        _ if text.is_empty() => format!("--{name}"),
        _ => format!("--{name} {text}"),
    }
}
