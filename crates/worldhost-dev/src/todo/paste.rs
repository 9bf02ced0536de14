//! Rust to paste: generated signatures, made to stand in a file of the host.

use super::host::On;
use super::list::Signature;
use super::scope::Scope;
use super::sides::Sides;
use crate::api::{Method, in_one_line};
use std::fmt::Write;
use syn::visit_mut::{self, VisitMut};

/// A signature with paths that hold in a file with this scope.
pub(super) fn signature(
    sides: &Sides<'_>,
    scope: &mut Scope,
    of: &str,
    module: &[String],
    method: &Method,
) -> Signature {
    let mut signature = method.signature.clone();
    Paths {
        sides,
        scope,
        module,
    }
    .visit_signature_mut(&mut signature);
    Signature {
        of: of.to_string(),
        signature: in_one_line(&signature),
        old: None,
    }
}

/// A signature to be looked at.
pub(crate) fn written(sides: &Sides<'_>, of: &str, module: &[String], method: &Method) -> String {
    signature(sides, &mut Scope::default(), of, module, method).signature
}

/// Gives paths in generated code the names that they have in a file of the host.
struct Paths<'a, 'b> {
    sides: &'a Sides<'a>,
    scope: &'b mut Scope,
    /// The module that the code was generated in.
    module: &'a [String],
}

impl VisitMut for Paths<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let names = super::host::idents(path);
        if names.last().is_some_and(|last| last == "Access") {
            with_lifetime(path);
        }
        let Some((used, now)) = self.now(&names) else {
            return;
        };
        let Ok(mut short) = syn::parse_str::<syn::Path>(&now) else {
            return;
        };
        // The arguments of the last name stay with it, and what comes after it stays.
        let mut segments = path.segments.iter().skip(used - 1).cloned();
        if let (Some(last), Some(old)) = (short.segments.last_mut(), segments.next())
            && last.arguments.is_none()
        {
            last.arguments = old.arguments;
        }
        short.segments.extend(segments);
        *path = short;
    }

    // Names of parameters are not paths to be found.
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
}

/// `Access<T, Self>` may leave its lifetime out, but not in an `async fn`.
fn with_lifetime(path: &mut syn::Path) {
    let last = path.segments.last_mut();
    let Some(syn::PathArguments::AngleBracketed(all)) = last.map(|last| &mut last.arguments) else {
        return;
    };
    let has = all
        .args
        .iter()
        .any(|one| matches!(one, syn::GenericArgument::Lifetime(_)));
    if !has && let Ok(elided) = syn::parse_str("'_") {
        all.args.insert(0, syn::GenericArgument::Lifetime(elided));
    }
}

impl Paths<'_, '_> {
    /// What stands for the first names of a path, and how many these are.
    fn now(&mut self, names: &[String]) -> Option<(usize, String)> {
        let join = |path: Vec<String>| path.join("::");
        let first = names.first()?.as_str();
        if first == "super" || first == "self" {
            return self.generated(names);
        }
        let wasmtime = self.sides.wasmtime();
        if let Some(rest) = names.strip_prefix(&wasmtime[..]) {
            let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
            return match rest[..] {
                ["component", "__internal", name] => {
                    let from = match name {
                        "String" => "std::string::String",
                        "Vec" => "std::vec::Vec",
                        _ => "std::boxed::Box",
                    };
                    Some((names.len(), self.scope.common(name, from)))
                }
                ["component", "Resource"] => {
                    let path = self.scope.name(names);
                    Some((names.len(), join(path)))
                }
                _ => None,
            };
        }
        match names {
            [name] if self.sides.new_api.names(self.module).contains(name) => {
                let whole = self.sides.whole(self.module, name);
                Some((1, join(self.scope.name(&whole))))
            }
            [name] if name == "Option" => Some((1, self.scope.common(name, "std::option::Option"))),
            [name] if name == "Result" => Some((1, self.scope.common(name, "std::result::Result"))),
            [name, ..] => {
                let (path, used) = self.given(&[], name)?;
                Some((used, path))
            }
            [] => None,
        }
    }

    /// A path that begins at the module of the generated code.
    fn generated(&mut self, names: &[String]) -> Option<(usize, String)> {
        let ups = names.iter().take_while(|name| *name == "super").count();
        let selfs = usize::from(names.first().is_some_and(|name| name == "self"));
        let base = &self.module[..self.module.len().saturating_sub(ups)];
        let rest = &names[ups + selfs..];
        if let Some((path, used)) = rest.first().and_then(|name| self.given(base, name)) {
            return Some((ups + selfs + used, path));
        }
        let (last, before) = rest.split_last()?;
        let module = self.sides.now(&[base, before].concat());
        let whole = self.sides.whole(&module, last);
        Some((names.len(), self.scope.name(&whole).join("::")))
    }

    /// What the project gave to the generator, under the name that this one gave it.
    fn given(&mut self, base: &[String], name: &str) -> Option<(String, usize)> {
        if !base.is_empty() {
            return None;
        }
        let path = self.sides.given(name)?;
        Some((path, 1))
    }
}

/// `impl Trait for Type`, as far as the brace.
pub(super) fn head(scope: &mut Scope, on: &On, path: &[String]) -> String {
    for (name, whole) in &on.names {
        scope.bring(name, whole);
    }
    let of = scope.name(path).join("::");
    let bounds = match on.bounds.as_str() {
        "" => String::new(),
        bounds => format!(" {bounds}"),
    };
    let On {
        ty,
        generics,
        arguments,
        ..
    } = on;
    format!("impl{generics} {of}{arguments} for {ty}{bounds}")
}

/// An `impl` with each method as `todo!()`.
pub(super) fn whole_impl(head: &str, signatures: &[&Signature]) -> String {
    match signatures {
        [] => format!("{head} {{}}\n"),
        signatures => formatted(&format!("{head} {{ {} }}", methods(signatures))),
    }
}

/// Methods alone, as they are indented in an `impl`.
pub(super) fn only_methods(signatures: &[&Signature]) -> String {
    let block = formatted(&format!("impl X for Y {{ {} }}", methods(signatures)));
    let inner = block.split_once('\n');
    let inner = inner.and_then(|(_, rest)| rest.rsplit_once('}'));
    inner.map_or(block.clone(), |(inner, _)| inner.to_string())
}

fn methods(signatures: &[&Signature]) -> String {
    let mut text = String::new();
    for signature in signatures {
        let _ = write!(text, "{} {{ todo!() }}", signature.signature);
    }
    text
}

/// The host's own type for a resource.
pub(super) fn own_type(wit: &str, name: &str) -> String {
    format!("/// What a guest's handle to a `{wit}` stands for.\npub struct {name} {{}}\n")
}

/// As rustfmt has it, with a line between methods.
pub(super) fn formatted(text: &str) -> String {
    let text = match syn::parse_file(text) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => text.to_string(),
    };
    let text = text.replace("    }\n    async fn", "    }\n\n    async fn");
    text.replace("    }\n    fn", "    }\n\n    fn")
}
