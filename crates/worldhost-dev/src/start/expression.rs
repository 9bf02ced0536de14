//! Values of types, as Rust: zeros, empty texts, the first case.

use crate::api::Api;
use std::collections::BTreeMap;
use syn::{GenericArgument, PathArguments, Type};

/// How deep types may be in each other.
const DEPTH: usize = 16;

/// The types of bindings.
pub(super) struct Expressions {
    /// By module and name.
    types: BTreeMap<(Vec<String>, String), syn::Item>,
}

impl Expressions {
    pub(super) fn of(api: &Api) -> Expressions {
        let types = api.definitions().into_iter().filter_map(|one| {
            let item = syn::parse_str(&one.text).ok()?;
            Some(((one.module, one.name), item))
        });
        Expressions {
            types: types.collect(),
        }
    }

    /// A value for an argument; none where there is none that can be made up.
    pub(super) fn argument(&self, module: &[String], ty: &Type) -> Option<String> {
        self.value(module, ty, DEPTH)
    }

    fn value(&self, module: &[String], ty: &Type, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match ty {
            Type::Reference(one) => match &*one.elem {
                Type::Path(path) if path.path.is_ident("str") => Some("\"\"".into()),
                Type::Slice(_) => Some("&[]".into()),
                inner => Some(format!("&{}", self.value(module, inner, depth)?)),
            },
            Type::Tuple(one) => {
                let parts = one.elems.iter().map(|ty| self.value(module, ty, depth));
                let parts: Option<Vec<String>> = parts.collect();
                Some(match &parts?[..] {
                    [] => "()".into(),
                    [one] => format!("({one},)"),
                    parts => format!("({})", parts.join(", ")),
                })
            }
            Type::Path(one) => self.path(module, &one.path, depth),
            Type::Paren(one) => self.value(module, &one.elem, depth),
            _ => None,
        }
    }

    fn path(&self, module: &[String], path: &syn::Path, depth: usize) -> Option<String> {
        let last = path.segments.last()?;
        let name = last.ident.to_string();
        let first = match &last.arguments {
            PathArguments::AngleBracketed(all) => all.args.first(),
            _ => None,
        };
        match (name.as_str(), first) {
            ("bool", None) => return Some("false".into()),
            ("char", None) => return Some("'a'".into()),
            ("f32" | "f64", None) => return Some("0.0".into()),
            ("u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64", None) => {
                return Some("0".into());
            }
            ("String", None) => return Some("String::new()".into()),
            ("Vec", Some(_)) => return Some("Vec::new()".into()),
            ("Option", Some(_)) => return Some("None".into()),
            ("Result", Some(GenericArgument::Type(ok))) => {
                return Some(format!("Ok({})", self.value(module, ok, depth)?));
            }
            _ => {}
        }
        let (module, item) = self.find(module, path, &name)?;
        let whole = ["bindings"]
            .into_iter()
            .chain(module.iter().map(String::as_str));
        let whole: Vec<&str> = whole.chain([name.as_str()]).collect();
        let whole = whole.join("::");
        match item {
            syn::Item::Struct(one) => {
                let fields = one.fields.iter().map(|field| {
                    let name = field.ident.as_ref()?;
                    Some(format!(
                        "{name}: {}",
                        self.value(&module, &field.ty, depth)?
                    ))
                });
                let fields: Option<Vec<String>> = fields.collect();
                Some(format!("{whole} {{ {} }}", fields?.join(", ")))
            }
            syn::Item::Enum(one) => {
                let case = one.variants.first()?;
                let payload = case.fields.iter().next();
                match payload {
                    None => Some(format!("{whole}::{}", case.ident)),
                    Some(field) => {
                        let payload = self.value(&module, &field.ty, depth)?;
                        Some(format!("{whole}::{}({payload})", case.ident))
                    }
                }
            }
            syn::Item::Type(one) => self.value(&module, &one.ty, depth),
            syn::Item::Macro(_) => Some(format!("{whole}::empty()")),
            _ => None,
        }
    }

    /// The definition that a path leads to from a module of the bindings.
    fn find(
        &self,
        module: &[String],
        path: &syn::Path,
        name: &str,
    ) -> Option<(Vec<String>, &syn::Item)> {
        let mut at = module.to_vec();
        let before = path.segments.len() - 1;
        for segment in path.segments.iter().take(before) {
            match segment.ident.to_string().as_str() {
                "super" => drop(at.pop()),
                "self" => {}
                name => at.push(name.to_string()),
            }
        }
        let key = (at, name.to_string());
        let item = self.types.get(&key)?;
        Some((key.0, item))
    }
}
