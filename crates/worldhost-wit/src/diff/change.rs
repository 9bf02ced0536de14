//! One change of a world, and what it does.

use crate::side::Side;
use crate::source::Wit;
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
