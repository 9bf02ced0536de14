//! Both worlds, their bindings, and the project around them.

use super::project::Project;
use super::renamed::Renamed;
use crate::api::Api;
use crate::bindgens::{Bindgen, Options, Place};
use crate::bindings;
use crate::error::Result;
use crate::rust;
use wit_parser::{Resolve, TypeDefKind, WorldItem};
use worldhost_wit::Dated;

pub(crate) struct Sides<'a> {
    pub(crate) old: Dated<'a>,
    pub(crate) new: Dated<'a>,
    pub(crate) old_api: Api,
    pub(crate) new_api: Api,
    /// With the names that things have now.
    pub(crate) options: Options,
    pub(crate) place: Place,
    /// The world that the `bindgen!` names.
    pub(crate) named: Option<String>,
    /// Keys of the options that nothing in the new world matches.
    pub(crate) unused: Vec<String>,
    pub(crate) project: Project,
    /// Whether the world's package has another name.
    pub(crate) renamed: Option<Renamed>,
}

impl<'a> Sides<'a> {
    /// Generates the bindings of both.
    ///
    /// # Errors
    ///
    /// When `bindgen!` refuses one of the worlds for more than an option that nothing
    /// in it matches.
    pub(crate) fn of(old: Dated<'a>, new: Dated<'a>, bindgen: &Bindgen) -> Result<Sides<'a>> {
        let options = &bindgen.options;
        let renamed = Renamed::between(old, new);
        let options_now = match &renamed {
            Some(renamed) => options.renamed(|key| renamed.wit(key)),
            None => options.clone(),
        };
        // An option may be for what was not there yet, or is not there any more.
        let (old_options, _) = bindings::fitting(old.wit, old.world, options);
        let (new_options, unused) = bindings::fitting(new.wit, new.world, &options_now);
        Ok(Sides {
            old_api: Api::of(old.wit, old.world, &old_options)?,
            new_api: Api::of(new.wit, new.world, &new_options)?,
            project: Project::look(&bindgen.place),
            place: bindgen.place.clone(),
            named: bindgen.world.clone(),
            options: options_now,
            unused,
            renamed,
            old,
            new,
        })
    }

    /// What the bindings call the old world.
    pub(crate) fn old_type(&self) -> String {
        rust::world_type(&self.old.wit.resolve.worlds[self.old.world].name)
    }

    /// What the bindings call the new world.
    pub(crate) fn new_type(&self) -> String {
        rust::world_type(&self.new.wit.resolve.worlds[self.new.world].name)
    }

    /// A module of the old bindings under the name that its package has now.
    pub(crate) fn now(&self, module: &[String]) -> Vec<String> {
        match &self.renamed {
            Some(renamed) => renamed.module(module),
            None => module.to_vec(),
        }
    }

    /// The whole path of something in a module of the bindings.
    pub(crate) fn path(&self, module: &[String], name: &str) -> String {
        let mut path = vec![self.place.module.as_str()];
        path.extend(module.iter().map(String::as_str));
        path.extend((!name.is_empty()).then_some(name));
        path.join("::")
    }

    /// The WIT name of a module's interface, and where it is declared.
    pub(crate) fn interface(&self, module: &[String]) -> (String, Option<String>) {
        if module.is_empty() {
            let world = &self.new.wit.resolve.worlds[self.new.world];
            let declared = self.new.wit.resolve.render_location(world.span);
            return (format!("world {}", world.name), Some(declared));
        }
        for dated in [self.new, self.old] {
            let resolve = &dated.wit.resolve;
            for (key, item) in &resolve.worlds[dated.world].imports {
                if let WorldItem::Interface { id, .. } = item
                    && rust::is_module(module, resolve, key, *id)
                {
                    let declared = resolve.render_location(resolve.interfaces[*id].span);
                    return (resolve.name_world_key(key), Some(declared));
                }
            }
        }
        (module.join("/"), None)
    }

    /// The WIT name of a resource in a module of the new bindings.
    pub(crate) fn resource(&self, module: &[String], name: &str) -> Option<String> {
        let resolve: &Resolve = &self.new.wit.resolve;
        let imports = &resolve.worlds[self.new.world].imports;
        imports.iter().find_map(|(key, item)| {
            let WorldItem::Interface { id, .. } = item else {
                return None;
            };
            if !rust::is_module(module, resolve, key, *id) {
                return None;
            }
            let mut types = resolve.interfaces[*id].types.iter();
            let found = types.find(|(wit, id)| {
                let kind = &resolve.types[**id].kind;
                matches!(kind, TypeDefKind::Resource) && rust::resource_type(wit) == name
            });
            found.map(|(wit, _)| wit.clone())
        })
    }
}
