//! What changed between two worlds, item by item.

mod items;
mod render;

use super::error::Result;
use super::source::Wit;
use super::surface::{Side, Surface};
use super::todo::Todo;
use super::verdict::{self, Verdict, VersionAdvice};
use super::{Options, todo};
use serde::Serialize;
use wit_parser::WorldId;

/// A world at one time: the WIT, and which of its worlds.
#[derive(Clone, Copy, Debug)]
pub struct Dated<'a> {
    /// The WIT.
    pub wit: &'a Wit,
    /// The world in it.
    pub world: WorldId,
}

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
    /// What is left to do in the host. None when the old side is a component.
    pub todo: Option<Todo>,
    /// What is easily overlooked.
    pub notes: Vec<String>,
}

/// One item that is not what it was.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// What happened to it.
    pub change: ChangeKind,
    /// Whether the component imports or exports it.
    pub side: Side,
    /// `interface`, `function`, `method`, `record`, `package` and so on.
    pub what: String,
    /// Its path, such as `worldhost:plugin/host.compute`.
    pub item: String,
    /// How it was, in WIT.
    pub old: Option<String>,
    /// How it is, in WIT.
    pub new: Option<String>,
    /// What it does to components that were built before.
    pub effect: Effect,
    /// Whether such a component still links with the host. It may, although the
    /// WIT tooling calls the change breaking.
    pub loads: bool,
    /// Why.
    pub why: String,
    /// Functions whose text is the same and whose types are not, through this.
    pub affects: Vec<String>,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It is there with another type or text.
    Changed,
    /// An interface with the same items has another name.
    Renamed,
    /// The same type is defined somewhere else.
    Moved,
}

/// What a change does to components that were built before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It is no compatible change: not to Wasmtime, or not to the WIT tooling.
    Breaking,
    /// Components notice nothing.
    Compatible,
}

impl Diff {
    /// Compares two worlds. With `options`, the host's to-do list is made by
    /// generating its bindings for both.
    ///
    /// # Errors
    ///
    /// [`Error::Generate`](super::Error::Generate) when `bindgen!` would refuse
    /// the new world.
    pub fn between(old: Dated<'_>, new: Dated<'_>, options: Option<&Options>) -> Result<Diff> {
        let surfaces = Surfaces {
            old: Surface::of(old.wit, old.world),
            new: Surface::of(new.wit, new.world),
            from_component: old.wit.component.is_some(),
        };
        let mut changes = items::compare(&surfaces);
        changes.extend(items::packages(&surfaces, old, new));
        changes.sort_by_key(|change| (change.effect, change.side));
        let todo = match (options, surfaces.from_component) {
            (Some(options), false) => Some(todo::list(old, new, options)?),
            _ => None,
        };
        let name = |dated: Dated<'_>| {
            let world = &dated.wit.resolve.worlds[dated.world].name;
            match dated.wit.component {
                Some(_) => dated.wit.name.clone(),
                None => format!("world {world} of {}", dated.wit.name),
            }
        };
        Ok(Diff {
            from: name(old),
            to: name(new),
            component: surfaces.from_component,
            verdict: Verdict::of(&changes, old, new),
            version: match surfaces.from_component {
                true => None,
                false => verdict::version(&changes, old, new),
            },
            notes: items::notes(old, new),
            todo,
            changes,
        })
    }

    /// Whether nothing differs, for components and for the host.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.todo.as_ref().is_none_or(Todo::is_empty)
    }
}

/// Both sides, and whether the old one is not a written world.
struct Surfaces<'a> {
    old: Surface<'a>,
    new: Surface<'a>,
    /// What a component does not import, it was never asked to.
    from_component: bool,
}
