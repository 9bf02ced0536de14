//! What verifying found.

use serde::Serialize;
use std::fmt;
use worldhost_wit::{Accepted, Finding, Level, Place, Rule};

/// What was proved, what does not hold, and what could not be told.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Vendored packages that are what they should be.
    pub verified: Vec<Verified>,
    /// Everything that does not hold.
    pub problems: Vec<Fault>,
    /// What cannot be checked here: it may be right or wrong.
    pub unchecked: Vec<Fault>,
    /// What is worth knowing, and wrong in nothing.
    pub notes: Vec<Fault>,
}

/// A vendored package that is what it should be.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// With its version.
    pub package: String,
    /// How that is known.
    #[serde(flatten)]
    pub proof: Proof,
}

/// How it is known that a package is what it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "proof", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Proof {
    /// Its text gives the digest that the lock has.
    Locked {
        /// The digest.
        digest: String,
    },
    /// Its text is that of the package of the locked digest, which wkg's cache has.
    Cached {
        /// The digest.
        digest: String,
    },
    /// Its text is that of the place where `wkg.toml` takes it from.
    Local {
        /// The place.
        path: String,
    },
    /// Its text gives the digest that is known of this release of WASI.
    Released {
        /// The digest.
        digest: String,
    },
}

/// Something to say of a package, a file or a key.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// The kind of finding that it is.
    pub rule: Rule,
    /// Where in the text it is, if it is there.
    pub place: Option<Place>,
    /// The package, file or key.
    pub subject: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Why somebody accepts it, if that is so.
    pub accepted: Option<String>,
}

impl Report {
    /// Marks what is accepted.
    pub fn accept(&mut self, accepted: &Accepted) {
        let all = [&mut self.problems, &mut self.unchecked, &mut self.notes];
        for fault in all.into_iter().flatten() {
            let reason = accepted.reason(fault.rule, &fault.subject, fault.place.as_ref());
            fault.accepted = reason.map(String::from);
        }
    }

    /// All of it, worst first: what cannot be told is a warning.
    pub fn findings(&self) -> Vec<Finding> {
        let levels = [
            (Level::Error, &self.problems),
            (Level::Warning, &self.unchecked),
            (Level::Note, &self.notes),
        ];
        let findings = levels
            .iter()
            .flat_map(|(level, faults)| faults.iter().map(|fault| fault.finding(*level)));
        findings.collect()
    }

    pub(super) fn ok(&mut self, package: String, proof: Proof) {
        self.verified.push(Verified { package, proof });
    }

    pub(super) fn problem(
        &mut self,
        rule: Rule,
        subject: impl ToString,
        message: impl ToString,
        remedy: impl ToString,
    ) {
        self.problems
            .push(Fault::new(rule, subject, message, remedy));
    }

    pub(super) fn unchecked(
        &mut self,
        rule: Rule,
        subject: impl ToString,
        message: impl ToString,
        remedy: impl ToString,
    ) {
        self.unchecked
            .push(Fault::new(rule, subject, message, remedy));
    }

    pub(super) fn note(
        &mut self,
        rule: Rule,
        subject: impl ToString,
        message: impl ToString,
        remedy: impl ToString,
    ) {
        self.notes.push(Fault::new(rule, subject, message, remedy));
    }
}

impl Fault {
    fn new(
        rule: Rule,
        subject: impl ToString,
        message: impl ToString,
        remedy: impl ToString,
    ) -> Fault {
        let message = message.to_string();
        Fault {
            rule,
            place: place(&message),
            subject: subject.to_string(),
            message: one_line(&message),
            remedy: remedy.to_string(),
            accepted: None,
        }
    }

    fn words(&self) -> String {
        format!("{}: {}; {}", self.subject, self.message, self.remedy)
    }

    fn finding(&self, level: Level) -> Finding {
        let (item, place) = (self.subject.as_str(), self.place.clone());
        let mut finding = Finding::new(self.rule, level, place, item, self.words());
        finding.accepted.clone_from(&self.accepted);
        finding
    }
}

/// Where the parser says that it is.
fn place(message: &str) -> Option<Place> {
    let mut lines = message.lines().map(str::trim);
    lines
        .find_map(|line| line.strip_prefix("--> "))?
        .parse()
        .ok()
}

/// The parser's message and its place, without the picture.
fn one_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match lines.clone().find_map(|line| line.strip_prefix("--> ")) {
        Some(place) => format!("{place}: {first}"),
        None => lines.fold(first.to_string(), |all, line| format!("{all} {line}")),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Verified { package, proof } in &self.verified {
            writeln!(f, "ok       {package}  {proof}")?;
        }
        let levels = [
            ("note    ", &self.notes),
            ("unknown ", &self.unchecked),
            ("problem ", &self.problems),
        ];
        for (level, faults) in levels {
            for fault in faults {
                writeln!(f, "{level} {fault}")?;
            }
        }
        self.summary(f)
    }
}

impl Report {
    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = match self.unchecked.len() {
            0 => String::new(),
            1 => "; 1 thing cannot be checked offline".into(),
            n => format!("; {n} things cannot be checked offline"),
        };
        let of = |local: bool| {
            let verified = self.verified.iter();
            verified
                .filter(|one| matches!(one.proof, Proof::Local { .. }) == local)
                .count()
        };
        let packages = |n: usize| match n {
            1 => "1 package is".to_string(),
            n => format!("{n} packages are"),
        };
        match (self.problems.len(), of(false), of(true)) {
            (0, 0, 0) if unknown.is_empty() => writeln!(f, "there are no packages to look at"),
            (0, 0, 0) => writeln!(f, "no package was proved{unknown}"),
            (0, n, 0) => writeln!(f, "{} what the lock says{unknown}", packages(n)),
            (0, 0, n) => writeln!(f, "{} what wkg.toml names{unknown}", packages(n)),
            (0, n, local) => writeln!(
                f,
                "{} what the lock says, {local} what wkg.toml names{unknown}",
                packages(n)
            ),
            (1, ..) => writeln!(f, "1 problem{unknown}"),
            (n, ..) => writeln!(f, "{n} problems{unknown}"),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proof::Locked { digest } => write!(f, "{digest}"),
            Proof::Cached { digest } => write!(f, "{digest}, which wkg's cache has"),
            Proof::Local { path } => write!(f, "the text of {path}, which wkg.toml names"),
            Proof::Released { digest } => write!(f, "{digest}, as it was released"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  [{}]", self.words(), self.rule)?;
        match &self.accepted {
            Some(reason) => write!(f, " (accepted: {reason})"),
            None => Ok(()),
        }
    }
}
