//! What verifying found.

use serde::Serialize;
use std::fmt;

/// What was proved, and what does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Vendored packages that are what the lock says.
    pub verified: Vec<Verified>,
    /// Everything that does not hold.
    pub problems: Vec<Fault>,
}

/// A vendored package whose text gives the locked digest.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// With its version.
    pub package: String,
    /// The digest.
    pub digest: String,
}

/// Something that does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    /// The package, file or key.
    pub subject: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verified in &self.verified {
            writeln!(f, "ok       {}  {}", verified.package, verified.digest)?;
        }
        for problem in &self.problems {
            writeln!(f, "problem  {problem}")?;
        }
        match self.problems.len() {
            0 => writeln!(f, "{} packages are what the lock says", self.verified.len()),
            1 => writeln!(f, "1 problem"),
            n => writeln!(f, "{n} problems"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.subject, self.message, self.remedy)
    }
}
