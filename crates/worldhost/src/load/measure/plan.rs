//! What a component says, as far as it counts.

use wasmparser::{ComponentExternalKind, ComponentOuterAliasKind};

/// The index spaces of a component that count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Module,
    CoreType,
    Func,
    Value,
    Type,
    Instance,
    Component,
}

impl Space {
    pub(super) const COUNT: usize = 7;
}

impl From<ComponentExternalKind> for Space {
    fn from(kind: ComponentExternalKind) -> Self {
        match kind {
            ComponentExternalKind::Module => Space::Module,
            ComponentExternalKind::Func => Space::Func,
            ComponentExternalKind::Value => Space::Value,
            ComponentExternalKind::Type => Space::Type,
            ComponentExternalKind::Instance => Space::Instance,
            ComponentExternalKind::Component => Space::Component,
        }
    }
}

impl From<ComponentOuterAliasKind> for Space {
    fn from(kind: ComponentOuterAliasKind) -> Self {
        match kind {
            ComponentOuterAliasKind::CoreModule => Space::Module,
            ComponentOuterAliasKind::CoreType => Space::CoreType,
            ComponentOuterAliasKind::Type => Space::Type,
            ComponentOuterAliasKind::Component => Space::Component,
        }
    }
}

/// All components of a file, the outermost first.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) components: Vec<Def<'a>>,
    /// Of a core module the types of its world, which are components.
    pub(super) worlds: Vec<&'a [u8]>,
}

/// A component as it is written.
#[derive(Default)]
pub(super) struct Def<'a> {
    pub(super) steps: Vec<Step<'a>>,
    /// The components and modules around it that it takes with it: how far out from where
    /// it is, and the index there.
    pub(super) captured: Vec<(Space, u32, u32)>,
}

/// What a component does to its index spaces.
pub(super) enum Step<'a> {
    /// A type of values or functions, by what it weighs itself and the types in it.
    Sized {
        own: u64,
        of: Vec<u32>,
    },
    /// A type of resources.
    Resource,
    /// The type of a component or an instance.
    Scope {
        component: bool,
        steps: Vec<Step<'a>>,
    },
    /// An import, or in a type an import or export, of this type.
    Item(Item<'a>),
    Define(usize),
    /// So many core types that weigh so much each.
    CoreTypes {
        count: u64,
        each: u64,
    },
    /// A core module with so many imports and exports.
    Module(u64),
    /// Something of a component around it.
    Outer {
        space: Space,
        count: u32,
        index: u32,
    },
    /// An export of an instance.
    Inner {
        space: Space,
        instance: u32,
        name: &'a str,
    },
    Instantiate {
        component: u32,
        with: Vec<Named<'a>>,
    },
    /// An instance of what there is already.
    Collect(Vec<Named<'a>>),
    Export(Named<'a>),
    /// An instance of a core module, with so many arguments.
    Core {
        module: u32,
        with: u64,
    },
    Lift {
        ty: u32,
    },
    Lower {
        func: u32,
    },
    /// A built-in function, with the type that it is for.
    Builtin(Option<u32>),
    /// What has no index that counts.
    Other,
}

pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) space: Space,
    pub(super) index: u32,
}

pub(super) struct Item<'a> {
    pub(super) name: &'a str,
    pub(super) space: Space,
    /// None for a new resource, and for values of a primitive type.
    pub(super) ty: Option<(Space, u32)>,
    /// Whether an instance of the type has it.
    pub(super) exported: bool,
}

/// What a name weighs beside the item that it is of, which is one.
pub(super) fn weight(name: &str) -> u64 {
    name.len() as u64 / 64
}
