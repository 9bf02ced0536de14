//! The versions that packages have and should have.

use super::change::{Change, ChangeKind, Dated, Effect};
use super::surface::Surfaces;
use crate::finding::{Finding, Level, Place};
use crate::rule::Rule;
use semver::Version;
use serde::Serialize;
use std::fmt;
use wit_parser::{PackageName, Resolve, Span};

/// The version of a package, by the rules of semver.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VersionAdvice {
    /// The package's name without version.
    pub package: String,
    /// What it was.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
    /// The lowest that it should be.
    pub needed: Option<String>,
    /// Whether what changed in it breaks components.
    pub breaking: bool,
    /// Whether it is at least that.
    pub right: bool,
    /// Where something of the package is.
    pub place: Option<Place>,
    /// Why somebody accepts it, if that is so.
    pub accepted: Option<String>,
}

/// A package of both texts, and how far it has moved.
struct Moved {
    old: PackageName,
    new: PackageName,
    span: Span,
    step: Step,
}

/// How far a version has to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    None,
    Patch,
    Addition,
    Breaking,
}

/// The versions that the package of the world and those it depends on should have: the
/// first always, of the others each that changed.
pub(crate) fn advice(
    changes: &[Change],
    surfaces: &Surfaces<'_>,
    old: Dated<'_>,
    new: Dated<'_>,
) -> Vec<VersionAdvice> {
    let mut packages: Vec<Moved> = Vec::new();
    let mut add = |old: &PackageName, new: &PackageName, span: Span| {
        let there = packages
            .iter()
            .any(|one| one.old == *old && one.new == *new);
        if !there && named(old) == named(new) {
            packages.push(Moved {
                old: old.clone(),
                new: new.clone(),
                span,
                step: Step::None,
            });
        }
    };
    let (was, is) = (old.package(), new.package());
    add(was, is, surfaces.new.span);
    for (key, group) in &surfaces.old.groups {
        if let Some(now) = surfaces.new.groups.get(key) {
            add(&group.package, &now.package, now.span);
        }
    }
    for change in changes {
        // That a package has another version is no change of what it versions.
        if change.what == "package" && change.item == named(is) {
            continue;
        }
        for package in &mut packages {
            let root = package.old == *was && package.new == *is;
            let mut homes = change.homes.iter();
            if root || homes.any(|home| *home == package.old || *home == package.new) {
                package.step = package.step.max(Step::of(change, root));
            }
        }
    }
    let own = |package: &Moved| package.old == *was && package.new == *is;
    let told = packages.into_iter();
    let told = told.filter(|package| own(package) || package.step != Step::None);
    told.map(|package| package.advice(surfaces.new.resolve))
        .collect()
}

fn named(package: &PackageName) -> String {
    format!("{}:{}", package.namespace, package.name)
}

impl Moved {
    fn advice(self, resolve: &Resolve) -> VersionAdvice {
        let needed = self
            .old
            .version
            .as_ref()
            .map(|version| self.step.after(version));
        let right = match (&self.new.version, &needed) {
            (Some(is), Some(needed)) => is >= needed || !is.pre.is_empty(),
            (None, None) => self.step != Step::Breaking,
            (is, _) => is.is_some(),
        };
        let text = |version: &Option<Version>| version.as_ref().map(ToString::to_string);
        VersionAdvice {
            package: named(&self.new),
            old: text(&self.old.version),
            new: text(&self.new.version),
            needed: text(&needed),
            breaking: self.step == Step::Breaking,
            right,
            place: Place::of(resolve, self.span),
            accepted: None,
        }
    }
}

impl VersionAdvice {
    /// What is wrong with the version, if that is so.
    pub(crate) fn finding(&self) -> Option<Finding> {
        let level = match self.breaking {
            true => Level::Error,
            false => Level::Warning,
        };
        let words = self.to_string();
        let words = words.trim_end().trim_start_matches("Version: ");
        let place = self.place.clone();
        let mut finding = Finding::new(
            Rule::VersionTooLow,
            level,
            place,
            self.package.as_str(),
            words,
        );
        finding.accepted.clone_from(&self.accepted);
        (!self.right).then_some(finding)
    }
}

impl Step {
    /// For the package of the world, or for one that it depends on: what a world comes to
    /// export is no break of the package that it is in.
    fn of(change: &Change, root: bool) -> Step {
        let new = change.what == "interface" && change.change == ChangeKind::Added;
        match (change.effect, change.change) {
            (Effect::Breaking, _) if new && !root => Step::Addition,
            (Effect::Breaking, _) => Step::Breaking,
            (_, ChangeKind::Added | ChangeKind::Gated) => Step::Addition,
            _ => Step::Patch,
        }
    }

    /// Before 1.0 the minor version is the one that breaks, and before 0.1 the
    /// patch version.
    fn after(self, version: &Version) -> Version {
        let (major, minor, patch) = (version.major, version.minor, version.patch);
        // A prerelease has promised nothing yet.
        if self == Step::None || !version.pre.is_empty() {
            return version.clone();
        }
        match (self, major, minor) {
            (Step::Breaking, 0, 0) => Version::new(0, 0, patch + 1),
            (Step::Breaking, 0, _) => Version::new(0, minor + 1, 0),
            (Step::Breaking, _, _) => Version::new(major + 1, 0, 0),
            (Step::Addition, 1.., _) => Version::new(major, minor + 1, 0),
            _ => Version::new(major, minor, patch + 1),
        }
    }
}

impl fmt::Display for VersionAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = &self.package;
        match (&self.new, &self.needed, self.right) {
            (Some(new), Some(needed), true) if new == needed => {
                writeln!(f, "Version: {package} is {new}, as it should be.")
            }
            (Some(new), Some(needed), true) => {
                writeln!(
                    f,
                    "Version: {package} is {new}; at least {needed} is right."
                )
            }
            (Some(new), Some(needed), false) => {
                writeln!(f, "Version: {package} is {new} and should be {needed}.")
            }
            (Some(new), None, _) => writeln!(f, "Version: {package} is {new} and had none before."),
            (None, Some(needed), _) => {
                writeln!(
                    f,
                    "Version: {package} has lost its version; it should be {needed}."
                )
            }
            (None, None, _) => writeln!(
                f,
                "Version: {package} has none, so nothing tells old and new apart."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Version};

    #[test]
    fn the_version_goes_by_the_rules_of_semver() {
        for (was, patch, addition, breaking) in [
            ("0.1.0", "0.1.1", "0.1.1", "0.2.0"),
            ("0.0.3", "0.0.4", "0.0.4", "0.0.4"),
            ("1.2.3", "1.2.4", "1.3.0", "2.0.0"),
            ("2.0.0-rc.1", "2.0.0-rc.1", "2.0.0-rc.1", "2.0.0-rc.1"),
        ] {
            let was = Version::parse(was).unwrap();
            assert_eq!(Step::None.after(&was), was);
            assert_eq!(Step::Patch.after(&was).to_string(), patch);
            assert_eq!(Step::Addition.after(&was).to_string(), addition);
            assert_eq!(Step::Breaking.after(&was).to_string(), breaking);
        }
    }
}
