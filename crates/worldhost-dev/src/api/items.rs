//! The items of the API, and what is read from them.

use super::strip;
use crate::bindgens::Options;
use crate::bindings;
use crate::error::{Error, Result};
use worldhost_wit::{Wit, WorldId};

/// The interface between a world and its host, in Rust.
pub struct Api {
    tree: syn::File,
}

/// A trait that the host implements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trait {
    /// The module within the bindings, such as `worldhost::plugin::host`.
    pub(crate) module: Vec<String>,
    pub(crate) name: String,
    pub(crate) methods: Vec<Method>,
}

/// A function without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    pub(crate) name: String,
    /// On one line, without a semicolon.
    pub(crate) signature: String,
}

/// A function that calls an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) module: Vec<String>,
    /// The type that has it.
    pub(crate) owner: String,
    pub(crate) method: Method,
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
        // `wasmtime::component::__internal::String` is the String of std.
        let wasmtime = options.generator.wasmtime_crate.as_deref();
        let internal = format!(
            "{}::component::__internal::",
            wasmtime.unwrap_or("wasmtime")
        );
        let text = text.replace(&internal, "");
        let tree = syn::parse_file(&text).map_err(|error| fail(error.to_string()))?;
        Ok(Api {
            tree: syn::File {
                shebang: None,
                attrs: Vec::new(),
                items: strip::items(tree.items),
            },
        })
    }

    /// The API as Rust text, for a snapshot.
    pub fn text(&self) -> String {
        prettyplease::unparse(&self.tree)
    }

    pub(crate) fn traits(&self) -> Vec<Trait> {
        let mut found = Vec::new();
        walk(&self.tree.items, &mut Vec::new(), &mut |module, item| {
            let syn::Item::Trait(item) = item else {
                return;
            };
            let methods = item.items.iter().filter_map(|method| match method {
                syn::TraitItem::Fn(method) => Some(Method::of(&method.sig)),
                _ => None,
            });
            found.push(Trait {
                module: module.to_vec(),
                name: item.ident.to_string(),
                methods: methods.collect(),
            });
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
                        method: Method::of(&method.sig),
                    });
                }
            }
        });
        found
    }

    /// Whether there is such a module.
    pub(crate) fn has(&self, module: &[String]) -> bool {
        let mut items = &self.tree.items;
        for name in module {
            let inner = items.iter().find_map(|item| match item {
                syn::Item::Mod(item) if item.ident == name => item.content.as_ref(),
                _ => None,
            });
            match inner {
                Some((_, inner)) => items = inner,
                None => return false,
            }
        }
        true
    }

    pub(crate) fn definitions(&self) -> Vec<Definition> {
        let mut found = Vec::new();
        walk(&self.tree.items, &mut Vec::new(), &mut |module, item| {
            let mut unmapped_resource = false;
            let name = match item {
                syn::Item::Struct(item) => item.ident.to_string(),
                syn::Item::Enum(item) => {
                    unmapped_resource = item.variants.is_empty();
                    item.ident.to_string()
                }
                syn::Item::Type(item) => item.ident.to_string(),
                syn::Item::Macro(item) => match item.mac.tokens.clone().into_iter().next() {
                    Some(name) => name.to_string(),
                    None => return,
                },
                _ => return,
            };
            found.push(Definition {
                module: module.to_vec(),
                name,
                text: print(item.clone()),
                unmapped_resource,
            });
        });
        found
    }
}

impl Method {
    fn of(signature: &syn::Signature) -> Method {
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
        Method {
            name: signature.ident.to_string(),
            signature: one_line(inner.map_or(&text, |(inner, _)| inner)),
        }
    }
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
