//! The limits of the library's two tables as one: those of what runs, and those of what is
//! read and compiled before.

use worldhost::{Limit, Limits, LoadLimit, LoadLimits, Unfit, Unit};

/// A limit of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyLimit {
    /// Of what runs.
    Run(Limit),
    /// Of what is loaded.
    Load(LoadLimit),
}

/// Both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllLimits {
    /// Of what runs.
    pub run: Limits,
    /// Of what is loaded.
    pub load: LoadLimits,
}

impl AnyLimit {
    /// All there are.
    pub fn all() -> impl Iterator<Item = AnyLimit> {
        let run = Limit::ALL.iter().copied().map(AnyLimit::Run);
        run.chain(Self::of_loading())
    }

    /// Those that hold before anything runs.
    pub fn of_loading() -> impl Iterator<Item = AnyLimit> {
        LoadLimit::ALL.iter().copied().map(AnyLimit::Load)
    }

    /// The option, and the key in a file.
    pub fn name(self) -> &'static str {
        match self {
            AnyLimit::Run(limit) => limit.name(),
            AnyLimit::Load(limit) => limit.name(),
        }
    }

    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            AnyLimit::Run(limit) => limit.unit(),
            AnyLimit::Load(limit) => limit.unit(),
        }
    }

    /// What it bounds, in a few words.
    pub fn bounds(self) -> &'static str {
        match self {
            AnyLimit::Run(limit) => limit.bounds(),
            AnyLimit::Load(limit) => limit.bounds(),
        }
    }

    /// Its value; none where nothing is bounded.
    pub fn of(self, limits: &AllLimits) -> Option<u64> {
        match self {
            AnyLimit::Run(limit) => limit.of(&limits.run),
            AnyLimit::Load(limit) => limit.of(&limits.load),
        }
    }

    /// What holds of it, also where it has no value and another's stands for it.
    pub fn in_force(self, limits: &AllLimits) -> Option<u64> {
        match self {
            AnyLimit::Run(limit) => limits.run.in_force(limit),
            AnyLimit::Load(limit) => limit.of(&limits.load),
        }
    }

    /// Sets its value.
    ///
    /// # Errors
    ///
    /// When it cannot be this.
    pub fn set(self, limits: &mut AllLimits, value: Option<u64>) -> Result<(), Unfit> {
        match self {
            AnyLimit::Run(limit) => limit.set(&mut limits.run, value),
            AnyLimit::Load(limit) => limit.set(&mut limits.load, value),
        }
    }
}
