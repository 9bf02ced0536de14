//! The whole of it: whether existing components still load, and the version
//! that says so.

use super::change::{Change, ChangeKind, Dated, Effect};
use crate::names::InterfaceName;
use crate::side::Side;
use semver::{Prerelease, Version};
use serde::Serialize;
use std::collections::HashSet;
use std::fmt;
use wit_parser::{Resolve, Span, WorldId};

/// What becomes of components that were built against the old world.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Whether the new world takes the place of the old, by the WIT tooling's
    /// own check and by every change seen alone.
    pub compatible: bool,
    /// Whether existing components still link with a host of the new world.
    pub loads: bool,
    /// Whether those that do not are only the ones that use what is gone or
    /// changed; a changed export concerns them all.
    pub some_load: bool,
    /// What the check of the WIT tooling says against it; it stops at the first
    /// difference. None when it agrees, or has no answer.
    pub semver_check: Option<String>,
}

/// The version of the package, by the rules of semver.
#[derive(Clone, Debug, Serialize)]
pub struct VersionAdvice {
    /// The package's name without version.
    pub package: String,
    /// What it was.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
    /// The lowest that it should be.
    pub needed: Option<String>,
    /// Whether it is at least that.
    pub right: bool,
}

impl Verdict {
    pub(crate) fn of(changes: &[Change], old: Dated<'_>, new: Dated<'_>) -> Verdict {
        let breaking = changes
            .iter()
            .any(|change| change.effect == Effect::Breaking);
        let semver_check = semver_check(old, new);
        let concerns_all = |change: &&Change| {
            let exported = change
                .affects
                .iter()
                .any(|item| item.starts_with("export "));
            change.side == Side::Export || change.what == "package" || exported
        };
        let fails = changes.iter().filter(|change| !change.loads);
        Verdict {
            some_load: breaking && !fails.clone().any(|change| concerns_all(&change)),
            compatible: !breaking && semver_check.is_none(),
            loads: changes.iter().all(|change| change.loads)
                && (breaking || semver_check.is_none()),
            semver_check,
        }
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
        match &self.semver_check {
            Some(reason) => writeln!(f, "  The semver check of the WIT tooling says: {reason}"),
            None => Ok(()),
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

/// The reason of the WIT tooling's own check. It leaves versions out of account.
fn semver_check(old: Dated<'_>, new: Dated<'_>) -> Option<String> {
    if ambiguous(&old.wit.resolve, old.world) || ambiguous(&new.wit.resolve, new.world) {
        return None;
    }
    let mut resolve = new.wit.resolve.clone();
    let mut previous = old.wit.resolve.clone();
    let package = new.wit.resolve.worlds[new.world].package?;
    let old_package = previous.worlds[old.world].package?;
    if old.wit.component.is_some() {
        // A component's world is in a package that the decoder made up.
        previous.packages[old_package].name = resolve.packages[package].name.clone();
    }
    mark_previous(&mut previous);
    let remap = resolve.merge(previous).ok()?;
    let previous = remap.map_world(old.world, Span::default()).ok()?;
    let error = wit_component::semver_check(resolve, previous, new.world).err()?;
    let refused = error.to_string().contains("not semver-compatible");
    // One line, without the offset into bytes that nobody has.
    let reason = error.root_cause().to_string();
    let reason = reason.split(" (at offset").next().unwrap_or(&reason);
    refused.then(|| reason.lines().collect::<Vec<_>>().join(": "))
}

/// Whether a world has an interface in two versions, which the check, without
/// versions, would take for one.
fn ambiguous(resolve: &Resolve, world: WorldId) -> bool {
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].into_iter().any(|items| {
        let mut seen = HashSet::new();
        items.keys().any(|key| {
            let name = InterfaceName::parse(resolve.name_world_key(key));
            !seen.insert(name.base().to_string())
        })
    })
}

/// Makes every package distinct from today's of the same name and version.
fn mark_previous(resolve: &mut Resolve) {
    for (_, package) in resolve.packages.iter_mut() {
        let version = package.name.version.clone();
        let mut version = version.unwrap_or(Version::new(0, 0, 0));
        let tag = match version.pre.as_str() {
            "" => "previous".to_string(),
            pre => format!("{pre}.previous"),
        };
        version.pre = Prerelease::new(&tag).unwrap_or_default();
        package.name.version = Some(version);
    }
    let packages = resolve.packages.iter();
    resolve.package_names = packages
        .map(|(id, package)| (package.name.clone(), id))
        .collect();
}

/// The version that the package of the world should have.
pub(crate) fn version(changes: &[Change], old: Dated<'_>, new: Dated<'_>) -> Option<VersionAdvice> {
    let name = |dated: Dated<'_>| {
        let package = dated.wit.resolve.worlds[dated.world].package?;
        Some(dated.wit.resolve.packages[package].name.clone())
    };
    let (was, is) = (name(old)?, name(new)?);
    if (&was.namespace, &was.name) != (&is.namespace, &is.name) {
        return None;
    }
    // Its own version is not a change of what it versions.
    let own = format!("{}:{}", is.namespace, is.name);
    let mut content = changes
        .iter()
        .filter(|change| !(change.what == "package" && change.item == own));
    let breaking = content
        .clone()
        .any(|change| change.effect == Effect::Breaking);
    let added = content
        .clone()
        .any(|change| change.change == ChangeKind::Added);
    let step = match (breaking, added, content.next().is_some()) {
        (true, _, _) => Step::Breaking,
        (_, true, _) => Step::Addition,
        (_, _, true) => Step::Patch,
        _ => Step::None,
    };
    let needed = was.version.as_ref().map(|version| step.after(version));
    let right = match (&is.version, &needed) {
        (Some(is), Some(needed)) => is >= needed || !is.pre.is_empty(),
        (None, None) => step != Step::Breaking,
        (is, _) => is.is_some(),
    };
    let text = |version: &Option<Version>| version.as_ref().map(ToString::to_string);
    Some(VersionAdvice {
        package: own,
        old: text(&was.version),
        new: text(&is.version),
        needed: text(&needed),
        right,
    })
}

/// How far a version has to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    None,
    Patch,
    Addition,
    Breaking,
}

impl Step {
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
