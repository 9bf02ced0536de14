//! Implementations that are there, and what a trait is to be implemented for.

use crate::api::{Method, in_one_line};
use crate::todo::edit::Edit;
use crate::todo::host::{Impl, Method as Own, On};
use crate::todo::list::Signature;
use crate::todo::making::Making;
use crate::todo::paste;
use crate::todo::sides::Sides;
use std::path::{Path, PathBuf};
use syn::visit_mut::{self, VisitMut};

/// The implementation of a trait of the bindings, in their own package.
pub(super) fn impl_of<'a>(sides: &'a Sides<'_>, module: &[String], name: &str) -> Option<&'a Impl> {
    let package = &sides.place().package;
    let is_it = |one: &&Impl| one.module == module && one.name == name;
    let mut mine = sides.host.impls.iter().filter(is_it);
    mine.find(|one| sides.code.files[one.file].package == *package)
}

/// The file that has an interface's implementation.
pub(super) fn file_of(making: &Making<'_>, module: &[String]) -> Option<PathBuf> {
    let sides = making.sides;
    let first = impl_of(sides, module, "Host");
    let package = &sides.place().package;
    let any = || {
        let mut impls = sides.host.impls.iter();
        impls.find(|one| one.module == module && sides.code.files[one.file].package == *package)
    };
    let found = first.or_else(any)?;
    Some(sides.code.files[found.file].path.clone())
}

pub(super) fn path_of(making: &Making<'_>, one: &Impl) -> PathBuf {
    making.sides.code.files[one.file].path.clone()
}

pub(super) fn signature(
    making: &mut Making<'_>,
    file: &Path,
    of: &str,
    module: &[String],
    method: &Method,
) -> Signature {
    let sides = making.sides;
    let scope = making.scope(file);
    paste::signature(sides, scope, of, module, method)
}

/// A signature to be looked at, for which no name is brought into a file.
pub(super) fn plain(
    making: &mut Making<'_>,
    of: &str,
    module: &[String],
    method: &Method,
) -> String {
    paste::written(making.sides, of, module, method)
}

/// Changes a method's signature where it is implemented.
pub(super) fn change(making: &mut Making<'_>, there: Option<&Impl>, method: &str, signature: &str) {
    let found = there.and_then(|one| Some((one.file, *one.methods.get(method)?)));
    if let Some((file, method)) = found {
        let file = &making.sides.code.files[file];
        let (from, to) = method.signature;
        making.quiet.push(Edit::new(file, from, to, signature));
    }
}

/// Whether a method has a signature already, as its author wrote it.
pub(super) fn is_done(
    making: &Making<'_>,
    there: Option<&Impl>,
    method: &str,
    signature: &str,
) -> bool {
    written(making, there, method).is_some_and(|written| same_types(written, signature))
}

/// The signature of a method, as it stands in the host.
pub(super) fn written<'a>(
    making: &Making<'a>,
    there: Option<&Impl>,
    method: &str,
) -> Option<&'a str> {
    let one = there?;
    let (from, to) = one.methods.get(method)?.signature;
    Some(&making.sides.code.files[one.file].text[from..to])
}

/// Whether two signatures differ in names of arguments and paths of types alone.
fn same_types(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let method: syn::TraitItemFn = syn::parse_str(&format!("{text};")).ok()?;
        let mut signature = method.sig;
        for input in &mut signature.inputs {
            if let syn::FnArg::Typed(input) = input {
                *input.pat = syn::Pat::Wild(syn::PatWild {
                    attrs: Vec::new(),
                    underscore_token: Default::default(),
                });
            }
        }
        // Nothing may be left out.
        if matches!(&signature.output, syn::ReturnType::Type(_, ty) if is_nothing(ty)) {
            signature.output = syn::ReturnType::Default;
        }
        Shorten.visit_signature_mut(&mut signature);
        Some(in_one_line(&signature))
    };
    let (one, other) = (bare(one), bare(other));
    one.is_some() && one == other
}

fn is_nothing(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Leaves the last name of each path.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        path.leading_colon = None;
        path.segments = path
            .segments
            .pop()
            .into_iter()
            .map(|last| last.into_value())
            .collect();
        visit_mut::visit_path_mut(self, path);
    }
}

pub(super) fn remove(making: &mut Making<'_>, there: Option<&Impl>, method: &str) {
    let found = there.and_then(|one| Some((one.file, *one.methods.get(method)?)));
    if let Some((file, method)) = found {
        let file = &making.sides.code.files[file];
        let edit = match is_untouched(&file.text, &method) {
            true => without_gap(Edit::without(file, method.from, method.to), &file.text),
            false => Edit::commented(file, method.from, method.to),
        };
        making.quiet.push(edit);
    }
}

/// With the empty line before it.
fn without_gap(edit: Edit, text: &str) -> Edit {
    match text[..edit.from].ends_with("\n\n") {
        true => Edit {
            from: edit.from - 1,
            ..edit
        },
        false => edit,
    }
}

/// Whether nobody wrote to a method since it was made.
fn is_untouched(text: &str, method: &Own) -> bool {
    let (begin, end) = method.signature;
    let body: String = text[end..method.to].split_whitespace().collect();
    begin == method.from && body == "{todo!()}"
}

pub(super) fn remove_impl(making: &mut Making<'_>, there: Option<&Impl>) {
    if let Some(one) = there {
        let file = &making.sides.code.files[one.file];
        making.quiet.push(Edit::commented(file, one.from, one.to));
    }
}

/// What a trait is to be implemented for.
pub(super) fn on(making: &Making<'_>, name: &str) -> On {
    match name.ends_with("WithStore") {
        true => making.layout.on_store.clone(),
        false => making.layout.on.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::same_types;

    #[test]
    fn nothing_may_be_left_out() {
        assert!(same_types("fn go(&mut self)", "fn go(&mut self) -> ()"));
        assert!(!same_types("fn go(&mut self)", "fn go(&mut self) -> u8"));
    }

    #[test]
    fn names_of_arguments_and_paths_are_the_author_s() {
        let asked = "async fn get(&mut self, key: String, n: u32) -> wasmtime::Result<u32>";
        for (written, same) in [
            (
                "async fn get(\n    &mut self,\n    _key: std::string::String,\n    mut n: u32,\n) -> Result<u32>",
                true,
            ),
            (
                "async fn get(&mut self, key: String) -> wasmtime::Result<u32>",
                false,
            ),
            (
                "async fn get(&mut self, key: String, n: u64) -> wasmtime::Result<u32>",
                false,
            ),
            (
                "fn get(&mut self, key: String, n: u32) -> wasmtime::Result<u32>",
                false,
            ),
        ] {
            assert_eq!(same_types(written, asked), same, "{written}");
        }
    }
}
