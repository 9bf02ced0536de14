//! A world as the flat list of what can change in it: interfaces, and in each
//! the functions and types with their text in WIT.

use super::about::About;
use super::change::Dated;
use super::pairs::Pairs;
use crate::side::Side;
use crate::source::Wit;
use std::collections::{BTreeMap, HashMap};
use wit_component::WitPrinter;
use wit_parser::{
    Docs, Function, Interface, InterfaceId, PackageId, PackageName, Resolve, Span, TypeDefKind,
    TypeId, TypeOwner, WorldId, WorldItem, WorldKey,
};

/// What a world imports and exports.
pub(crate) struct Surface<'a> {
    pub(crate) resolve: &'a Resolve,
    /// That of the world.
    pub(crate) package: PackageName,
    /// What is said of the world itself.
    pub(crate) about: About,
    /// Where the world is.
    pub(crate) span: Span,
    /// By side and by a name that both worlds have for it: without the version where
    /// that is enough. The functions of the world itself are under the empty name.
    pub(crate) groups: BTreeMap<(Side, String), Group>,
}

/// An interface of the world, or the world's own functions and types.
pub(crate) struct Group {
    /// With the version.
    pub(crate) id: String,
    /// The whole of it.
    pub(crate) wit: String,
    /// That of the world, of what is the world's own.
    pub(crate) package: PackageName,
    /// Whether anything in the package is documented.
    pub(crate) documented: bool,
    pub(crate) items: BTreeMap<String, Item>,
    pub(crate) about: About,
    /// Where it is: the interface, or the world.
    pub(crate) span: Span,
}

pub(crate) struct Item {
    pub(crate) wit: String,
    pub(crate) what: What,
    pub(crate) about: About,
    pub(crate) span: Span,
}

#[derive(Clone)]
pub(crate) enum What {
    Function(Box<Function>),
    Type(TypeId),
}

/// Both sides, and whether the old one is not a written world.
pub(crate) struct Surfaces<'a> {
    pub(crate) old: Surface<'a>,
    pub(crate) new: Surface<'a>,
    /// What a component does not import, it was never asked to.
    pub(crate) from_component: bool,
}

impl<'a> Surfaces<'a> {
    pub(crate) fn of(old: Dated<'a>, new: Dated<'a>) -> Surfaces<'a> {
        let pairs = Pairs::of(old, new);
        Surfaces {
            old: Surface::of(old.wit, old.world, |side, id| pairs.old_key(side, id)),
            new: Surface::of(new.wit, new.world, |side, id| pairs.new_key(side, id)),
            from_component: old.wit.component.is_some(),
        }
    }
}

impl<'a> Surface<'a> {
    fn of(wit: &'a Wit, world: WorldId, named: impl Fn(Side, &str) -> String) -> Surface<'a> {
        let items = &wit.resolve.worlds[world];
        let package = &wit.resolve.packages[wit.package_of(world)].name;
        let mut surface = Surface {
            resolve: &wit.resolve,
            package: package.clone(),
            about: About::docs(&items.docs),
            span: items.span,
            groups: BTreeMap::new(),
        };
        let mut printer = Printer::new(&wit.resolve, world);
        for side in [Side::Import, Side::Export] {
            let own = Group::world(package.clone(), items.span);
            surface.groups.insert((side, String::new()), own);
        }
        for (side, items) in [
            (Side::Import, &items.imports),
            (Side::Export, &items.exports),
        ] {
            for (key, item) in items {
                surface.add(side, key, item, &mut printer, &named);
            }
        }
        surface
    }

    fn add(
        &mut self,
        side: Side,
        key: &WorldKey,
        item: &WorldItem,
        printer: &mut Printer,
        named: &impl Fn(Side, &str) -> String,
    ) {
        let (name, what) = match item {
            WorldItem::Interface { id, .. } => {
                let mut group = Group::of(self.resolve, key, *id, printer);
                group.about = About::interface(self.resolve, *id, item);
                self.groups.insert((side, named(side, &group.id)), group);
                return;
            }
            WorldItem::Function(function) => (
                function.name.clone(),
                What::Function(Box::new(function.clone())),
            ),
            WorldItem::Type { id, .. } => {
                let name = match key {
                    WorldKey::Name(name) => name.clone(),
                    WorldKey::Interface(_) => return,
                };
                (name, What::Type(*id))
            }
        };
        let wit = printer.item(&what, TypeOwner::World(printer.world));
        let item = Item::new(self.resolve, wit, what);
        if let Some(group) = self.groups.get_mut(&(side, String::new())) {
            group.items.insert(name, item);
        }
    }

    pub(crate) fn functions(&self) -> impl Iterator<Item = (&(Side, String), &str, &Function)> {
        self.groups.iter().flat_map(|(key, group)| {
            group
                .items
                .iter()
                .filter_map(move |(name, item)| match &item.what {
                    What::Function(function) => Some((key, name.as_str(), &**function)),
                    What::Type(_) => None,
                })
        })
    }
}

impl Group {
    fn world(package: PackageName, span: Span) -> Group {
        Group {
            id: String::new(),
            wit: String::new(),
            package,
            documented: true,
            items: BTreeMap::new(),
            about: About::default(),
            span,
        }
    }

    fn of(resolve: &Resolve, key: &WorldKey, id: InterfaceId, printer: &mut Printer) -> Group {
        let interface = &resolve.interfaces[id];
        let owner = TypeOwner::Interface(id);
        let functions = interface.functions.iter();
        let functions = functions.map(|(name, f)| (name, What::Function(Box::new(f.clone()))));
        let types = interface.types.iter();
        let types = types.map(|(name, id)| (name, What::Type(*id)));
        let items = types
            .chain(functions)
            .map(|(name, what)| {
                let wit = printer.item(&what, owner);
                (name.clone(), Item::new(resolve, wit, what))
            })
            .collect();
        let package = match (interface.package, resolve.worlds[printer.world].package) {
            (Some(id), _) | (None, Some(id)) => Some(id),
            _ => None,
        };
        Group {
            id: resolve.name_world_key(key),
            wit: printer.interface(id),
            package: package.map_or_else(nameless, |id| resolve.packages[id].name.clone()),
            documented: package.is_none_or(|id| is_documented(resolve, id)),
            items,
            about: About::default(),
            span: interface.span,
        }
    }

    /// Whether there is anything in it that a host would have to provide.
    pub(crate) fn types_only(&self, resolve: &Resolve) -> bool {
        self.items.values().all(|item| match item.what {
            What::Function(_) => false,
            What::Type(id) => !matches!(resolve.types[id].kind, TypeDefKind::Resource),
        })
    }
}

impl Item {
    fn new(resolve: &Resolve, wit: String, what: What) -> Item {
        let (about, span) = match &what {
            What::Function(function) => (About::function(function), function.span),
            What::Type(id) => (About::ty(resolve, *id), resolve.types[*id].span),
        };
        Item {
            wit,
            what,
            about,
            span,
        }
    }
}

/// What no parser makes: an interface in no package.
fn nameless() -> PackageName {
    PackageName {
        namespace: String::new(),
        name: String::new(),
        version: None,
    }
}

/// Whether anything in a package has documentation: a released text may be without that
/// of the packages it depends on.
fn is_documented(resolve: &Resolve, id: PackageId) -> bool {
    let package = &resolve.packages[id];
    let has = |docs: &Docs| docs.contents.is_some();
    let in_interface = |id: &InterfaceId| {
        let interface = &resolve.interfaces[*id];
        let mut types = interface.types.values().map(|id| &resolve.types[*id].docs);
        let mut functions = interface.functions.values().map(|function| &function.docs);
        has(&interface.docs) || functions.any(has) || types.any(has)
    };
    let mut worlds = package.worlds.values();
    has(&package.docs)
        || worlds.any(|id| has(&resolve.worlds[*id].docs))
        || package.interfaces.values().any(in_interface)
}

/// What kind of item it is, by the keyword it is written with.
pub(crate) fn kind_name(resolve: &Resolve, what: &What) -> &'static str {
    match what {
        What::Function(function) if function.kind.resource().is_some() => "method",
        What::Function(_) => "function",
        What::Type(id) => match &resolve.types[*id].kind {
            kind @ (TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource) => kind.as_str(),
            _ => "type",
        },
    }
}

/// Prints single items with the printer of the WIT tooling, which only offers
/// whole interfaces: so each function is put alone into one.
struct Printer {
    resolve: Resolve,
    world: WorldId,
    alone: InterfaceId,
}

impl Printer {
    fn new(resolve: &Resolve, world: WorldId) -> Printer {
        let mut resolve = resolve.clone();
        let package = resolve.worlds[world].package;
        let alone = resolve.interfaces.alloc(Interface {
            name: Some("alone".into()),
            types: Default::default(),
            functions: Default::default(),
            docs: Default::default(),
            stability: Default::default(),
            package,
            span: Default::default(),
            clone_of: None,
        });
        Printer {
            resolve,
            world,
            alone,
        }
    }

    fn item(&mut self, what: &What, owner: TypeOwner) -> String {
        match what {
            What::Type(id) => self.definition(*id, owner, &[]),
            What::Function(function) => match function.kind.resource() {
                Some(resource) => self.method(function, resource, owner),
                None => self.function(function),
            },
        }
    }

    fn function(&mut self, function: &Function) -> String {
        let functions = &mut self.resolve.interfaces[self.alone].functions;
        functions.clear();
        functions.insert(function.name.clone(), function.clone());
        self.interface(self.alone)
    }

    fn interface(&self, id: InterfaceId) -> String {
        let mut printer = WitPrinter::default();
        printer.emit_docs(false);
        // It fails for types without a name that need one, which nothing that
        // was parsed has.
        match printer.print_interface(&self.resolve, id) {
            Ok(()) => clean(&printer.output.to_string()),
            Err(error) => error.to_string(),
        }
    }

    fn method(&self, function: &Function, resource: TypeId, owner: TypeOwner) -> String {
        let text = self.definition(resource, owner, &[function]);
        let inner = text
            .split_once('{')
            .and_then(|(_, rest)| rest.rsplit_once('}'));
        inner.map_or(text.clone(), |(inner, _)| inner.trim().to_string())
    }

    fn definition(&self, id: TypeId, owner: TypeOwner, functions: &[&Function]) -> String {
        let name = self.resolve.types[id].name.clone().unwrap_or_default();
        let functions = HashMap::from([(id, functions.to_vec())]);
        let mut printer = WitPrinter::default();
        printer.emit_docs(false);
        let types = [(name.as_str(), id)].into_iter();
        match printer.print_types(&self.resolve, owner, types, &functions) {
            Ok(()) => clean(&printer.output.to_string()),
            Err(_) => name,
        }
    }
}

/// Without the `@since` lines, which change nothing about the type.
fn clean(text: &str) -> String {
    let lines = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('@')
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_string()
}
