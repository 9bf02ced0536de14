//! What is looked at.

use wit_parser::{InterfaceId, PackageId, Resolve};

/// A package that is looked at.
pub(super) struct Package<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) id: PackageId,
}

impl<'a> Package<'a> {
    pub(super) fn package(&self) -> &'a wit_parser::Package {
        &self.resolve.packages[self.id]
    }

    /// Its interfaces, with their names: those without one are in a world.
    pub(super) fn interfaces(&self) -> impl Iterator<Item = (String, InterfaceId)> + use<'a> {
        let package = self.package();
        let name = format!("{}:{}", package.name.namespace, package.name.name);
        let interfaces = package.interfaces.iter();
        interfaces.map(move |(interface, id)| (format!("{name}/{interface}"), *id))
    }
}
