//! One change of a world, and what it does.

use super::asked::Asked;
use crate::finding::Place;
use crate::rule::Rule;
use crate::side::Side;
use crate::source::Wit;
use serde::Serialize;
use wit_parser::{PackageName, WorldId};

/// A world at one time: the WIT, and which of its worlds.
#[derive(Clone, Copy, Debug)]
pub struct Dated<'a> {
    /// The WIT.
    pub wit: &'a Wit,
    /// The world in it.
    pub world: WorldId,
}

impl Dated<'_> {
    /// The package that the world is in.
    pub(crate) fn package(&self) -> &PackageName {
        &self.wit.resolve.packages[self.wit.package_of(self.world)].name
    }
}

/// One item that is not what it was.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The kind of finding that it is.
    pub rule: Rule,
    /// What happened to it.
    pub change: ChangeKind,
    /// Whether the component imports or exports it.
    pub side: Side,
    /// `interface`, `function`, `method`, `record`, `package` and so on.
    pub what: String,
    /// Its path, such as `worldhost:plugin/host.compute`.
    pub item: String,
    /// Where it is in the new text; of what is gone, where it was taken from.
    pub place: Option<Place>,
    /// How it was, in WIT.
    pub old: Option<String>,
    /// How it is, in WIT.
    pub new: Option<String>,
    /// What it does to components that were built before.
    pub effect: Effect,
    /// Whether such a component still links with the host. It may, although the
    /// WIT tooling calls the change breaking.
    pub loads: bool,
    /// Whether a linker was asked, and says the same of `loads`.
    pub proved: bool,
    /// Why.
    pub why: String,
    /// Functions whose text is the same and whose types are not, through this.
    pub affects: Vec<String>,
    /// Why somebody accepts it, if that is so.
    pub accepted: Option<String>,
    /// What a linker is asked to find out about it.
    #[serde(skip)]
    pub(crate) asks: Vec<Asked>,
    /// The packages that are others by it, beside that of the world.
    #[serde(skip)]
    pub(crate) homes: Vec<PackageName>,
}

impl Change {
    pub(crate) fn new(change: ChangeKind, side: Side, what: &str, item: impl Into<String>) -> Self {
        Change {
            rule: rule(change, side, what),
            change,
            side,
            what: what.into(),
            item: item.into(),
            place: None,
            old: None,
            new: None,
            effect: Effect::Compatible,
            loads: true,
            proved: false,
            why: String::new(),
            affects: Vec::new(),
            accepted: None,
            asks: Vec::new(),
            homes: Vec::new(),
        }
    }

    /// It is rather a change of this kind.
    pub(crate) fn becomes(&mut self, kind: ChangeKind) {
        self.change = kind;
        self.rule = rule(kind, self.side, &self.what);
    }

    pub(crate) fn is_package(&self) -> bool {
        self.what == "package"
    }

    pub(crate) fn is_gated(&self) -> bool {
        self.change == ChangeKind::Gated
    }

    /// Makes it a break.
    pub(crate) fn breaks(&mut self, loads: bool, why: impl Into<String>) {
        self.effect = Effect::Breaking;
        self.loads = loads;
        self.why = why.into();
    }
}

fn rule(change: ChangeKind, side: Side, what: &str) -> Rule {
    use ChangeKind::*;
    let is_import = side == Side::Import;
    let by_side = |import, export| if is_import { import } else { export };
    match (what, change) {
        (_, Gated) => Rule::GateChanged,
        (_, Identified) => Rule::ExternalIdChanged,
        (_, Documented) => Rule::DocumentationChanged,
        (_, Rewritten) => Rule::BindingsRewritten,
        ("package", _) => Rule::PackageVersionChanged,
        ("interface", Added) => by_side(Rule::ImportInterfaceAdded, Rule::ExportInterfaceAdded),
        ("interface", Removed) => {
            by_side(Rule::ImportInterfaceRemoved, Rule::ExportInterfaceRemoved)
        }
        ("interface", _) => by_side(Rule::ImportInterfaceRenamed, Rule::ExportInterfaceRenamed),
        ("function" | "method", Added) => {
            by_side(Rule::ImportFunctionAdded, Rule::ExportFunctionAdded)
        }
        ("function" | "method", Removed) => {
            by_side(Rule::ImportFunctionRemoved, Rule::ExportFunctionRemoved)
        }
        ("function" | "method", _) => {
            by_side(Rule::ImportFunctionChanged, Rule::ExportFunctionChanged)
        }
        (_, Added) => by_side(Rule::ImportTypeAdded, Rule::ExportTypeAdded),
        (_, Removed) => by_side(Rule::ImportTypeRemoved, Rule::ExportTypeRemoved),
        (_, Moved) => by_side(Rule::ImportTypeMoved, Rule::ExportTypeMoved),
        (_, Changed | Renamed) => by_side(Rule::ImportTypeChanged, Rule::ExportTypeChanged),
    }
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
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
    /// It has another `@unstable`, `@since` or `@deprecated`.
    Gated,
    /// It has another `@external-id`.
    Identified,
    /// It has other documentation.
    Documented,
    /// The same is written in another way, and the bindings with it.
    Rewritten,
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
