//! The whole of it: whether existing components still load.

use super::change::{Change, Dated, Effect};
use super::tooling::{Says, semver_check};
use crate::side::Side;
use serde::Serialize;
use std::fmt;

/// What becomes of components that were built against the old world.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether the new world takes the place of the old, by the WIT tooling's
    /// own check and by every change seen alone.
    pub compatible: bool,
    /// Whether existing components still link with a host of the new world.
    pub loads: bool,
    /// Whether those that do not are only the ones that use what is gone or
    /// changed; a changed export concerns them all.
    pub some_load: bool,
    /// Whether `loads` is the word of a linker, and not only read from the text.
    pub proved: bool,
    /// How many functions and resources it was asked about.
    pub asked: usize,
    /// Why it is not, if one was asked.
    pub unproved: Option<String>,
    /// What the linker refuses though nothing that was read explains it.
    pub unexplained: Vec<String>,
    /// What the check of the WIT tooling says against it; it stops at the first
    /// difference. None when it agrees, or has no answer.
    pub semver_check: Option<String>,
    /// Why the check of the WIT tooling has no answer, if that is so.
    pub semver_unchecked: Option<String>,
    /// Whether the WIT tooling finds nothing where a change is breaking here.
    pub semver_disagrees: bool,
}

impl Verdict {
    pub(crate) fn of(changes: &[Change], old: Dated<'_>, new: Dated<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        // What is the same needs no check, which for some worlds takes its time.
        let says = match changes {
            [] => Says::Compatible,
            _ => semver_check(old, new),
        };
        match says {
            // It knows neither versions nor gates.
            Says::Compatible => {
                let known = |change: &Change| {
                    change.effect == Effect::Breaking && !change.is_package() && !change.is_gated()
                };
                verdict.semver_disagrees = changes.iter().any(known);
            }
            Says::Breaking(reason) => verdict.semver_check = Some(reason),
            Says::Nothing(reason) => verdict.semver_unchecked = Some(reason),
        }
        verdict.sum_up(changes);
        verdict
    }

    /// What the changes come to.
    pub(crate) fn sum_up(&mut self, changes: &[Change]) {
        let breaking = changes
            .iter()
            .any(|change| change.effect == Effect::Breaking);
        let concerns_all = |change: &Change| {
            let exported = change
                .affects
                .iter()
                .any(|item| item.starts_with("export "));
            change.side == Side::Export || change.is_package() || exported
        };
        let mut fails = changes.iter().filter(|change| !change.loads);
        self.loads = fails.clone().next().is_none() && self.unexplained.is_empty();
        self.some_load = breaking && !self.loads && !fails.any(concerns_all);
        // With no linker's word there is the tooling's.
        if !self.proved && !breaking && self.semver_check.is_some() {
            self.loads = false;
        }
        self.compatible = !breaking && self.semver_check.is_none() && self.unexplained.is_empty();
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match (self.compatible, self.loads, self.some_load) {
            (true, ..) => "still load",
            (_, true, _) => "still load in this host; other WIT tools refuse the change",
            (.., true) => "that use what is marked BREAKING will not load; the others will",
            _ => "will not load",
        };
        writeln!(f, "Existing components {words}.")?;
        match (self.proved, self.asked) {
            (false, _) => {}
            (_, 0) => writeln!(f, "  Proved: nothing that is linked has changed.")?,
            (_, 1) => writeln!(f, "  Proved: Wasmtime's linker was asked about 1 item.")?,
            (_, n) => writeln!(f, "  Proved: Wasmtime's linker was asked about {n} items.")?,
        }
        if let Some(reason) = &self.unproved {
            writeln!(f, "  Not proved, read from the text alone: {reason}")?;
        }
        for item in &self.unexplained {
            writeln!(
                f,
                "  Wasmtime's linker refuses {item}, which no change above explains."
            )?;
        }
        if let Some(reason) = &self.semver_check {
            writeln!(f, "  The semver check of the WIT tooling says: {reason}")?;
        }
        if let Some(reason) = &self.semver_unchecked {
            writeln!(
                f,
                "  The semver check of the WIT tooling has no answer: {reason}"
            )?;
        }
        if self.semver_disagrees {
            writeln!(
                f,
                "  The semver check of the WIT tooling has nothing against it."
            )?;
        }
        Ok(())
    }
}
