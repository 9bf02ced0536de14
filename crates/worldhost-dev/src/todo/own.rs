//! What a host is on where nothing implements an interface yet.

use super::edit::Edit;
use super::host::On;
use crate::bindgens::Place;
use crate::krate::{Code, File, offset};
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What the host functions of a new project are on.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(super) on: On,
    /// The type of it that the file around defines.
    pub(super) defines: Option<String>,
}

impl Own {
    /// A type, the path of each name in it, and the name that is to be defined.
    pub(crate) fn new(ty: &str, names: &[(&str, &str)], defines: Option<&str>) -> Own {
        let names = names.iter().map(|(name, path)| {
            let path = path.split("::").map(String::from).collect();
            (name.to_string(), path)
        });
        Own {
            on: On {
                ty: ty.into(),
                names: names.collect(),
                ..On::default()
            },
            defines: defines.map(String::from),
        }
    }
}

/// The function that links, as far as it can be told: it takes a `&mut Linker<...>`.
struct Linking<'a> {
    function: &'a syn::ItemFn,
    state: &'a syn::Type,
}

fn linking(file: &File) -> Option<Linking<'_>> {
    let items = file.tree.iter().flat_map(|tree| &tree.items);
    let mut functions = items.filter_map(|item| match item {
        syn::Item::Fn(function) => Some(function),
        _ => None,
    });
    functions.find_map(|function| {
        let mut inputs = function.sig.inputs.iter();
        let state = inputs.find_map(|input| match input {
            syn::FnArg::Typed(input) => state(&input.ty),
            syn::FnArg::Receiver(_) => None,
        });
        let state = state?;
        Some(Linking { function, state })
    })
}

/// `T` of `&mut Linker<T>`.
fn state(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Reference(reference) = ty else {
        return None;
    };
    let syn::Type::Path(path) = &*reference.elem else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Linker")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(all) => all.args.iter().find_map(|one| match one {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

/// What a project without any implementation says that its linker is for.
pub(super) fn declared(code: &Code, place: &Place) -> Option<On> {
    let mine = |file: &&File| file.package == place.package && code.is_home(file);
    let mut found = code.files.iter().filter(mine).filter_map(|file| {
        let state = linking(file)?.state;
        let span = state.span();
        let mut firsts = Firsts::default();
        firsts.visit_type(state);
        let spot = code.spot(file, &[]);
        let names = firsts.0.into_iter().filter_map(|name| {
            code.names(&spot)?.has(&name).then(|| {
                let whole = code.whole(&spot, std::slice::from_ref(&name));
                (name, whole)
            })
        });
        Some(On {
            ty: file.slice(span.start(), span.end()).to_string(),
            names: names.collect::<BTreeMap<_, _>>(),
            ..On::default()
        })
    });
    // Of several, none is the one.
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Where the first link goes: before the last expression of the function that links.
pub(super) fn first_link(file: &File) -> Option<Edit> {
    let last = linking(file)?.function.block.stmts.last()?;
    let at = offset(&file.text, last.span().start());
    Some(Edit::new(file, at, at, ""))
}

/// The first name of each path.
#[derive(Default)]
struct Firsts(Vec<String>);

impl<'ast> Visit<'ast> for Firsts {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let first = path.segments.first();
            self.0.extend(first.map(|first| first.ident.to_string()));
        }
        visit::visit_path(self, path);
    }
}
