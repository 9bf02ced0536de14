//! The items of the API, and what is read from them.

use super::strip;
use crate::bindgens::Options;
use crate::bindings;
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use worldhost_wit::{Wit, WorldId};

/// The interface between a world and its host, in Rust.
pub struct Api {
    /// What a host is written against.
    tree: syn::File,
    /// All that was generated, as it was.
    whole: syn::File,
    /// And as text.
    written: String,
}

/// A trait that the host implements.
#[derive(Clone)]
pub(crate) struct Trait {
    /// The module within the bindings, such as `worldhost::plugin::host`.
    pub(crate) module: Vec<String>,
    pub(crate) name: String,
    pub(crate) methods: Vec<Method>,
}

/// A method of a trait, with the paths that the generator wrote.
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) signature: syn::Signature,
}

/// A function that calls an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) module: Vec<String>,
    /// The type that has it.
    pub(crate) owner: String,
    pub(crate) name: String,
    /// On one line, without a semicolon.
    pub(crate) signature: String,
}

/// A generated struct, enum, alias or flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) module: Vec<String>,
    pub(crate) name: String,
    pub(crate) text: String,
    /// Whether it stands for a resource without a type of the host's own.
    pub(crate) unmapped_resource: bool,
}

impl Api {
    /// The API of the bindings of a world.
    ///
    /// # Errors
    ///
    /// [`Error::Generate`].
    pub fn of(wit: &Wit, world: WorldId, options: &Options) -> Result<Api> {
        let fail = |message: String| Error::Generate {
            world: wit.resolve.worlds[world].name.clone(),
            message,
        };
        let text = bindings::raw(wit, world, options).map_err(fail)?;
        let whole = bindings::parsed(wit, world, &text).map_err(fail)?;
        // `wasmtime::component::__internal::String` is the String of std.
        let wasmtime = options.generator.wasmtime_crate.as_deref();
        let internal = format!(
            "{}::component::__internal::",
            wasmtime.unwrap_or("wasmtime")
        );
        let plain = text.replace(&internal, "");
        let tree = syn::parse_file(&plain).map_err(|error| fail(error.to_string()))?;
        Ok(Api {
            tree: syn::File {
                shebang: None,
                attrs: Vec::new(),
                items: strip::items(tree.items),
            },
            whole,
            written: text,
        })
    }

    /// The first lines in which the text that was generated is another; none when it is
    /// the same.
    pub(crate) fn parts_from(&self, other: &Api) -> Option<(String, String)> {
        let (mut a, mut b) = (self.written.lines(), other.written.lines());
        loop {
            match (a.next(), b.next()) {
                (None, None) => return None,
                (a, b) if a == b => {}
                (a, b) => {
                    let text = |line: Option<&str>| line.unwrap_or_default().trim().to_string();
                    return Some((text(a), text(b)));
                }
            }
        }
    }

    /// The API as Rust text, for a snapshot.
    pub fn text(&self) -> String {
        prettyplease::unparse(&self.tree)
    }

    /// The traits that are to be implemented by hand.
    pub(crate) fn traits(&self) -> Vec<Trait> {
        let mut found = Vec::new();
        walk(&self.whole.items, &mut Vec::new(), &mut |module, item| {
            let syn::Item::Trait(item) = item else {
                return;
            };
            let methods = item.items.iter().filter_map(|method| match method {
                syn::TraitItem::Fn(method) => Some(Method::of(&method.sig)),
                _ => None,
            });
            let one = Trait {
                module: module.to_vec(),
                name: item.ident.to_string(),
                methods: methods.collect(),
            };
            // Whatever has none of these methods is one by itself.
            if !(one.methods.is_empty() && one.name.ends_with("WithStore")) {
                found.push(one);
            }
        });
        found
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        let mut found = Vec::new();
        walk(&self.tree.items, &mut Vec::new(), &mut |module, item| {
            let syn::Item::Impl(item) = item else {
                return;
            };
            let syn::Type::Path(owner) = &*item.self_ty else {
                return;
            };
            let Some(owner) = owner.path.segments.last() else {
                return;
            };
            for method in &item.items {
                if let syn::ImplItem::Fn(method) = method
                    && method.sig.ident.to_string().starts_with("call_")
                {
                    found.push(Call {
                        module: module.to_vec(),
                        owner: owner.ident.to_string(),
                        name: method.sig.ident.to_string(),
                        signature: in_one_line(&method.sig),
                    });
                }
            }
        });
        found
    }

    /// The method of the world's type that gives an exported interface.
    pub(crate) fn accessor(&self, world: &str, module: &[String]) -> Option<String> {
        let impls = self.tree.items.iter().filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() => Some(item),
            _ => None,
        });
        let of_world = |item: &&syn::ItemImpl| matches!(&*item.self_ty, syn::Type::Path(one) if one.path.is_ident(world));
        let mut methods = impls.filter(of_world).flat_map(|item| &item.items);
        methods.find_map(|method| {
            let syn::ImplItem::Fn(method) = method else {
                return None;
            };
            let syn::ReturnType::Type(_, ty) = &method.sig.output else {
                return None;
            };
            let syn::Type::Reference(ty) = &**ty else {
                return None;
            };
            let syn::Type::Path(path) = &*ty.elem else {
                return None;
            };
            let path = path.path.segments.iter().map(|one| one.ident.to_string());
            let is_it = path.eq(module.iter().cloned().chain(["Guest".to_string()]));
            is_it.then(|| method.sig.ident.to_string())
        })
    }

    /// Whether there is such a module.
    pub(crate) fn has(&self, module: &[String]) -> bool {
        self.inside(module).is_some()
    }

    /// The paths of all modules and types.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        walk(&self.whole.items, &mut Vec::new(), &mut |module, item| {
            let name = name_of(item);
            found.extend(name.map(|name| [module, &[name]].concat()));
        });
        found
    }

    /// The names of the modules and types in a module.
    pub(crate) fn names(&self, module: &[String]) -> BTreeSet<String> {
        let items = self.inside(module).into_iter().flatten();
        items.filter_map(name_of).collect()
    }

    /// Whether `add_to_linker` of a module takes options.
    pub(crate) fn has_link_options(&self, module: &[String]) -> bool {
        let mut items = self.inside(module).into_iter().flatten();
        items.any(|item| matches!(item, syn::Item::Struct(one) if one.ident == "LinkOptions"))
    }

    fn inside(&self, module: &[String]) -> Option<&[syn::Item]> {
        let mut items = &self.whole.items;
        for name in module {
            items = items.iter().find_map(|item| match item {
                syn::Item::Mod(item) if item.ident == name => Some(&item.content.as_ref()?.1),
                _ => None,
            })?;
        }
        Some(items)
    }

    pub(crate) fn definitions(&self) -> Vec<Definition> {
        let mut found = Vec::new();
        walk(&self.tree.items, &mut Vec::new(), &mut |module, item| {
            let unmapped_resource = matches!(item, syn::Item::Enum(one) if one.variants.is_empty());
            let is_type = !matches!(
                item,
                syn::Item::Mod(_) | syn::Item::Trait(_) | syn::Item::Use(_)
            );
            if let (Some(name), true) = (name_of(item), is_type) {
                found.push(Definition {
                    module: module.to_vec(),
                    name,
                    text: print(item.clone()),
                    unmapped_resource,
                });
            }
        });
        found
    }
}

/// What a module or a type is called.
fn name_of(item: &syn::Item) -> Option<String> {
    Some(match item {
        syn::Item::Mod(item) => item.ident.to_string(),
        syn::Item::Struct(item) => item.ident.to_string(),
        syn::Item::Enum(item) => item.ident.to_string(),
        syn::Item::Type(item) => item.ident.to_string(),
        syn::Item::Trait(item) => item.ident.to_string(),
        // flags!( Name { ... } )
        syn::Item::Macro(item) => item.mac.tokens.clone().into_iter().next()?.to_string(),
        // A resource with a type of the host's own.
        syn::Item::Use(item) => renamed(&item.tree)?,
        _ => return None,
    })
}

fn renamed(tree: &syn::UseTree) -> Option<String> {
    match tree {
        syn::UseTree::Path(path) => renamed(&path.tree),
        syn::UseTree::Rename(name) => Some(name.rename.to_string()),
        _ => None,
    }
}

impl Method {
    fn of(signature: &syn::Signature) -> Method {
        let mut signature = signature.clone();
        strip::as_async(&mut signature);
        Method {
            name: signature.ident.to_string(),
            signature,
        }
    }
}

/// A signature as text, without a semicolon.
pub(crate) fn in_one_line(signature: &syn::Signature) -> String {
    let item = syn::ForeignItemFn {
        attrs: Vec::new(),
        vis: syn::Visibility::Inherited,
        sig: signature.clone(),
        semi_token: Default::default(),
    };
    let block = syn::ItemForeignMod {
        attrs: Vec::new(),
        unsafety: None,
        abi: syn::Abi {
            extern_token: Default::default(),
            name: None,
        },
        brace_token: Default::default(),
        items: vec![syn::ForeignItem::Fn(item)],
    };
    let text = print(syn::Item::ForeignMod(block));
    let inner = text
        .split_once('{')
        .and_then(|(_, rest)| rest.rsplit_once(';'));
    one_line(inner.map_or(&text, |(inner, _)| inner))
}

/// Calls `visit` for every item, with the modules around it.
fn walk(
    items: &[syn::Item],
    module: &mut Vec<String>,
    visit: &mut dyn FnMut(&[String], &syn::Item),
) {
    for item in items {
        visit(module, item);
        if let syn::Item::Mod(item) = item
            && let Some((_, items)) = &item.content
        {
            module.push(item.ident.to_string());
            walk(items, module, visit);
            module.pop();
        }
    }
}

fn print(item: syn::Item) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![item],
    })
}

/// Undoes line breaks, and the commas that come with them.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    for (broken, whole) in [
        ("( ", "("),
        (", )", ")"),
        (" )", ")"),
        ("< ", "<"),
        (", >", ">"),
        (" >", ">"),
    ] {
        line = line.replace(broken, whole);
    }
    line.trim_end_matches(',').to_string()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_broken_signature_is_one_line_again() {
        let broken = "fn get(\n    &mut self,\n    key: Vec<\n        u8,\n    >,\n) -> Result<\n    u8,\n    (),\n>;";
        assert_eq!(
            one_line(broken.trim_end_matches(';')),
            "fn get(&mut self, key: Vec<u8>) -> Result<u8, ()>"
        );
    }
}
