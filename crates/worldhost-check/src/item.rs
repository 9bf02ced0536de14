//! What there is to ask the linker about.

use wit_parser::{Function, Resolve, TypeDefKind, TypeId, WorldItem, WorldKey};

/// One thing that a component asks of the linker.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    /// The import that it is part of; none for an item of the world itself.
    pub interface: Option<&'a WorldKey>,
    pub kind: Kind<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    Function(&'a Function),
    Resource(TypeId),
}

/// The items of one import.
pub(crate) fn items<'a>(
    resolve: &'a Resolve,
    key: &'a WorldKey,
    import: &'a WorldItem,
) -> Vec<Item<'a>> {
    let resource = |id: TypeId| matches!(resolve.types[id].kind, TypeDefKind::Resource);
    match import {
        WorldItem::Function(function) => vec![Item {
            interface: None,
            kind: Kind::Function(function),
        }],
        WorldItem::Type { id, .. } if resource(*id) => vec![Item {
            interface: None,
            kind: Kind::Resource(*id),
        }],
        WorldItem::Type { .. } => Vec::new(),
        WorldItem::Interface { id, .. } => {
            let interface = &resolve.interfaces[*id];
            let types = interface.types.values().copied();
            let resources = types.filter(|id| resource(*id)).map(Kind::Resource);
            let functions = interface.functions.values().map(Kind::Function);
            resources
                .chain(functions)
                .map(|kind| Item {
                    interface: Some(key),
                    kind,
                })
                .collect()
        }
    }
}
