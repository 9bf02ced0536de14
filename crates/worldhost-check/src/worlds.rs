//! Two worlds side by side, item by item: the component's, and the one that it is
//! held against.

use crate::offered::{other_version, place};
use crate::report::{Misfit, Problem, Remedy};
use semver::Version;
use wit_parser::{Function, Interface, Resolve, World, WorldItem, WorldKey};
use worldhost_wit::{Compare, InterfaceName, Side, nearest, signature};

/// One direction of the comparison: what one side wants the other must have.
pub(crate) struct Worlds<'a> {
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
                    let name = InterfaceName::from(resolve.name_world_key(key));
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

    fn interface(&self, name: &InterfaceName, wanted: &Interface, found: &mut Vec<Misfit>) {
        let (resolve, items) = self.there();
        let mut interfaces: Vec<_> = items
            .filter_map(|(key, item)| match item {
                WorldItem::Interface { id, .. } => {
                    let name = InterfaceName::from(resolve.name_world_key(key));
                    Some((name, &resolve.interfaces[*id]))
                }
                _ => None,
            })
            .collect();
        // The very name before the latest of the compatible versions.
        interfaces.sort_by(|(a, _), (b, _)| {
            let exact = (b == name).cmp(&(a == name));
            exact.then_with(|| b.version().cmp(&a.version()))
        });
        let Some((_, there)) = interfaces.iter().find(|(other, _)| name.compatible(other)) else {
            if !wanted.functions.is_empty() {
                let names: Vec<_> = interfaces.into_iter().map(|(name, _)| name).collect();
                found.push(self.missing_interface(name, wanted, &names));
            }
            return;
        };
        for function in wanted.functions.values() {
            match there.functions.get(&function.name) {
                Some(there) => found.extend(self.changed(Some(name.as_str()), function, there)),
                None => {
                    let names = there.functions.keys().cloned();
                    found.push(self.missing(Some(name.as_str()), function, Some(there), names));
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
            names: self.exact,
            is_async: self.exact,
            ..Compare::new(self.component.0, self.host.0)
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

    fn missing_interface(
        &self,
        name: &InterfaceName,
        wanted: &Interface,
        there: &[InterfaceName],
    ) -> Misfit {
        let others = there.iter().filter(|other| other.base() == name.base());
        let mut others: Vec<Version> = others.filter_map(|o| o.version().cloned()).collect();
        others.sort();
        let mut misfit = match name.version() {
            Some(version) if !others.is_empty() => self.other_versions(name, version, others),
            _ => {
                let nearest = nearest(name.as_str(), there.iter().map(|name| name.to_string()));
                let remedy = match self.side {
                    Side::Import => Remedy::NotOffered { nearest },
                    Side::Export => Remedy::Wit {
                        at: self.place(wanted.span, name.as_str()),
                        nearest,
                    },
                };
                Misfit::new(self.side, Problem::Missing, remedy)
            }
        };
        misfit.interface = Some(name.to_string());
        misfit
    }

    /// The other side has the interface, in versions that are not compatible.
    fn other_versions(
        &self,
        name: &InterfaceName,
        wanted: &Version,
        there: Vec<Version>,
    ) -> Misfit {
        let listed: Vec<String> = there.iter().map(Version::to_string).collect();
        let (wants, has) = (wanted.to_string(), listed.join(" and "));
        let (component, host, offered) = match self.side {
            Side::Import => (wants, has, there),
            Side::Export => (has, wants, vec![wanted.clone()]),
        };
        let remedy = other_version(name, &offered).unwrap_or(Remedy::NOT_OFFERED);
        let mut misfit = Misfit::new(self.side, Problem::Version, remedy);
        misfit.component = Some(component);
        misfit.host = Some(host);
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
        place(self.host.0, span, name)
    }
}
