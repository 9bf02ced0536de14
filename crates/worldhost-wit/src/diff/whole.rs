//! Two worlds compared.

use super::change::{Change, Dated};
use super::items;
use super::surface::Surfaces;
use super::verdict::{self, Verdict, VersionAdvice};
use serde::Serialize;

/// Everything that differs between two worlds, and what it means.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// What was compared, the older first.
    pub from: String,
    /// And the newer.
    pub to: String,
    /// Whether the older is a component, of which only what it uses counts.
    pub component: bool,
    /// Item by item, breaking changes first.
    pub changes: Vec<Change>,
    /// What becomes of components that were built against the old world.
    pub verdict: Verdict,
    /// The version that the package has and should have. None when the old side
    /// is a component, which belongs to no release.
    pub version: Option<VersionAdvice>,
    /// What is easily overlooked.
    pub notes: Vec<String>,
}

impl Diff {
    /// Compares two worlds.
    pub fn between(old: Dated<'_>, new: Dated<'_>) -> Diff {
        let surfaces = Surfaces::of(old, new);
        let mut changes = items::compare(&surfaces);
        changes.extend(items::packages(&surfaces, old, new));
        changes.sort_by_key(|change| (change.effect, change.side));
        let name = |dated: Dated<'_>| {
            let world = &dated.wit.resolve.worlds[dated.world].name;
            match dated.wit.component {
                Some(_) => dated.wit.name.clone(),
                None => format!("world {world} of {}", dated.wit.name),
            }
        };
        Diff {
            from: name(old),
            to: name(new),
            component: surfaces.from_component,
            verdict: Verdict::of(&changes, old, new),
            version: match surfaces.from_component {
                true => None,
                false => verdict::version(&changes, old, new),
            },
            notes: items::notes(old, new),
            changes,
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
