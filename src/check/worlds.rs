//! Two worlds side by side, item by item: the component's, and the one that it is
//! held against.

use super::offered::Offered;
use super::report::{Misfit, Problem, Remedy, Side};
use super::types::{Compare, signature};
use super::version::{compatible, split};
use crate::nearest::nearest;
use semver::Version;
use wit_parser::{Function, Interface, Resolve, World, WorldItem, WorldKey};

/// One direction of the comparison: what one side wants the other must have.
pub(super) struct Worlds<'a> {
    pub component: (&'a Resolve, &'a World),
    pub host: (&'a Resolve, &'a World),
    /// Whether parameters' names, and `async`, are part of a function's type.
    pub exact: bool,
    pub side: Side,
}

impl<'a> Worlds<'a> {
    /// Everything that is wanted on this side and missing, or there otherwise.
    pub fn misfits(&self) -> Vec<Misfit> {
        let mut found = Vec::new();
        let (resolve, world) = self.wanted();
        let items = match self.side {
            Side::Import => &world.imports,
            Side::Export => &world.exports,
        };
        for (key, item) in items {
            match item {
                WorldItem::Function(wanted) => found.extend(self.root(wanted)),
                WorldItem::Interface { id, .. } => {
                    let name = resolve.name_world_key(key);
                    self.interface(&name, &resolve.interfaces[*id], &mut found);
                }
                WorldItem::Type { .. } => {}
            }
        }
        found
    }

    /// The component wants imports, the world wants exports.
    fn wanted(&self) -> (&'a Resolve, &'a World) {
        match self.side {
            Side::Import => self.component,
            Side::Export => self.host,
        }
    }

    fn there(
        &self,
    ) -> (
        &'a Resolve,
        impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
    ) {
        match self.side {
            Side::Import => (self.host.0, self.host.1.imports.iter()),
            Side::Export => (self.component.0, self.component.1.exports.iter()),
        }
    }

    fn root(&self, wanted: &Function) -> Option<Misfit> {
        let functions: Vec<&Function> = self
            .there()
            .1
            .filter_map(|(_, item)| match item {
                WorldItem::Function(function) => Some(function),
                _ => None,
            })
            .collect();
        match functions.iter().find(|there| there.name == wanted.name) {
            Some(there) => self.changed(None, wanted, there),
            None => {
                let names = functions.iter().map(|there| there.name.clone());
                Some(self.missing(None, wanted, None, names))
            }
        }
    }

    fn interface(&self, name: &str, wanted: &Interface, found: &mut Vec<Misfit>) {
        let (resolve, items) = self.there();
        let mut interfaces: Vec<_> = items
            .filter_map(|(key, item)| match item {
                WorldItem::Interface { id, .. } => {
                    Some((resolve.name_world_key(key), &resolve.interfaces[*id]))
                }
                _ => None,
            })
            .collect();
        // The very name before one of a compatible version.
        interfaces.sort_by_key(|(other, _)| other != name);
        let Some((_, there)) = interfaces.iter().find(|(other, _)| compatible(name, other)) else {
            if !wanted.functions.is_empty() {
                let names: Vec<String> = interfaces.into_iter().map(|(name, _)| name).collect();
                found.push(self.missing_interface(name, wanted, &names));
            }
            return;
        };
        for function in wanted.functions.values() {
            match there.functions.get(&function.name) {
                Some(there) => found.extend(self.changed(Some(name), function, there)),
                None => {
                    let names = there.functions.keys().cloned();
                    found.push(self.missing(Some(name), function, Some(there), names));
                }
            }
        }
    }

    fn changed(
        &self,
        interface: Option<&str>,
        wanted: &Function,
        there: &Function,
    ) -> Option<Misfit> {
        let (component, host) = match self.side {
            Side::Import => (wanted, there),
            Side::Export => (there, wanted),
        };
        let compare = Compare {
            component: self.component.0,
            host: self.host.0,
            names: self.exact,
            is_async: self.exact,
        };
        let detail = compare.functions(component, host)?;
        let remedy = Remedy::Wit {
            at: self.place(host.span, interface.unwrap_or(&host.name)),
            nearest: Vec::new(),
        };
        let mut misfit = self.misfit(Problem::Type, interface, &host.name, remedy);
        misfit.component = Some(signature(self.component.0, component));
        misfit.host = Some(signature(self.host.0, host));
        misfit.detail = Some(detail);
        Some(misfit)
    }

    /// A function that the other side, or its interface there, has not.
    fn missing(
        &self,
        interface: Option<&str>,
        wanted: &Function,
        there: Option<&Interface>,
        names: impl Iterator<Item = String>,
    ) -> Misfit {
        let nearest = nearest(&wanted.name, names);
        let name = interface.unwrap_or(&wanted.name);
        let signature = Some(signature(self.wanted().0, wanted));
        let remedy = match (self.side, there) {
            (Side::Import, None) => Remedy::NotOffered { nearest },
            (Side::Import, Some(there)) => {
                let at = self.place(there.span, name);
                Remedy::Wit { at, nearest }
            }
            (Side::Export, _) => {
                let at = self.place(wanted.span, name);
                Remedy::Wit { at, nearest }
            }
        };
        let mut misfit = self.misfit(Problem::Missing, interface, &wanted.name, remedy);
        match self.side {
            Side::Import => misfit.component = signature,
            Side::Export => misfit.host = signature,
        }
        misfit
    }

    fn missing_interface(&self, name: &str, wanted: &Interface, there: &[String]) -> Misfit {
        let (base, version) = split(name);
        let mut others: Vec<Version> = there
            .iter()
            .filter(|other| split(other).0 == base)
            .filter_map(|other| split(other).1)
            .collect();
        others.sort();
        let mut misfit = match (version, self.side) {
            (Some(version), side) if !others.is_empty() => {
                let listed: Vec<String> = others.iter().map(Version::to_string).collect();
                let (component, host) = match side {
                    Side::Import => (version.to_string(), listed.join(" and ")),
                    Side::Export => (listed.join(" and "), version.to_string()),
                };
                let offered = match side {
                    Side::Import => others,
                    Side::Export => vec![version],
                };
                let remedy = Offered::other_version(name, &offered).unwrap_or(NOT_OFFERED);
                let mut misfit = Misfit::new(side, Problem::Version, remedy);
                misfit.component = Some(component);
                misfit.host = Some(host);
                misfit
            }
            (_, side) => {
                let nearest = nearest(name, there.iter().cloned());
                let remedy = match side {
                    Side::Import => Remedy::NotOffered { nearest },
                    Side::Export => Remedy::Wit {
                        at: self.place(wanted.span, name),
                        nearest,
                    },
                };
                Misfit::new(side, Problem::Missing, remedy)
            }
        };
        misfit.interface = Some(name.to_string());
        misfit
    }

    fn misfit(
        &self,
        problem: Problem,
        interface: Option<&str>,
        item: &str,
        remedy: Remedy,
    ) -> Misfit {
        let mut misfit = Misfit::new(self.side, problem, remedy);
        misfit.interface = interface.map(String::from);
        misfit.item = Some(item.to_string());
        misfit
    }

    /// Where in the world's WIT something is; all WIT that can be changed is there.
    fn place(&self, span: wit_parser::Span, name: &str) -> String {
        let resolve = self.host.0;
        Offered { resolve }.place(span, name)
    }
}

const NOT_OFFERED: Remedy = Remedy::NotOffered {
    nearest: Vec::new(),
};
