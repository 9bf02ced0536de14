//! Two worlds compared.

use super::asked::Asked;
use super::change::{Change, ChangeKind, Dated};
use super::items;
use super::surface::Surfaces;
use super::verdict::Verdict;
use super::versions::{self, VersionAdvice};
use crate::finding::Finding;
use crate::rule::Rule;
use crate::side::Side;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that differs between two worlds, and what it means.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
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
    /// The versions that packages have and should have: that of the world first, then
    /// those it depends on that changed. None when the old side is a component, which
    /// belongs to no release.
    pub versions: Vec<VersionAdvice>,
    /// What is easily overlooked.
    pub notes: Vec<Finding>,
    /// Why somebody accepts what is said of the whole and of no change.
    #[serde(skip)]
    pub(crate) accepted: BTreeMap<Rule, String>,
    /// What a linker is asked to find out whether components load.
    #[serde(skip)]
    pub(crate) asked: BTreeSet<Asked>,
}

impl Diff {
    /// Compares two worlds.
    pub fn between(old: Dated<'_>, new: Dated<'_>) -> Diff {
        let surfaces = Surfaces::of(old, new);
        let mut changes = items::compare(&surfaces);
        changes.extend(items::packages(&surfaces, old, new));
        changes.extend(items::world(&surfaces, new));
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
            versions: match surfaces.from_component {
                true => Vec::new(),
                false => versions::advice(&changes, &surfaces, old, new),
            },
            notes: items::notes(old, new),
            accepted: BTreeMap::new(),
            asked: {
                let of_changes = changes
                    .iter()
                    .flat_map(|change| change.asks.iter().cloned());
                items::asked(&surfaces)
                    .into_iter()
                    .chain(of_changes)
                    .collect()
            },
            changes,
        }
    }

    /// Adds that the bindings of a host are written otherwise, for all that nothing else
    /// changed: with the first line of either in which they part.
    pub fn rewritten(&mut self, old: String, new: String) {
        let mut change = Change::new(
            ChangeKind::Rewritten,
            Side::Import,
            "bindings",
            self.to.as_str(),
        );
        (change.old, change.new) = (Some(old), Some(new));
        change.why = "the Rust of the bindings is another, from this line on; no item is".into();
        change.proved = self.verdict.proved;
        self.changes.push(change);
    }

    /// Whether the version of each package that breaks components says so.
    pub fn is_versioned(&self) -> bool {
        let (own, others) = self.versions.split_at(self.versions.len().min(1));
        let mut breaking = others.iter().filter(|version| version.breaking);
        let right = |version: &VersionAdvice| version.right || version.accepted.is_some();
        !own.is_empty() && own.iter().all(right) && breaking.all(right)
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
