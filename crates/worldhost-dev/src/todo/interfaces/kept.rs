//! A signature for an `impl` that is there: with what its author wrote, as far as it holds.

use crate::api::in_one_line;
use crate::todo::host::Impl;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Pat, Signature};

/// A generated signature as this `impl` has it: the trait's `T` may be a type there.
pub(super) fn fitted(there: Option<&Impl>, signature: &str) -> String {
    let argument = there.and_then(|one| {
        let inner = one.on.arguments.strip_prefix('<')?.strip_suffix('>')?;
        syn::parse_str::<syn::Type>(inner).ok()
    });
    match (argument, parsed(signature)) {
        (Some(argument), Some(mut method)) => {
            Argument(argument).visit_signature_mut(&mut method);
            in_one_line(&method)
        }
        _ => signature.to_string(),
    }
}

/// Puts a type in the place of `T`.
struct Argument(syn::Type);

impl VisitMut for Argument {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        match ty {
            syn::Type::Path(path) if path.path.is_ident("T") => *ty = self.0.clone(),
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// The signature that a method gets, `made` for its file. What the two generated ones, `was`
/// and `now`, have in common stays as its author wrote it: names, and how types are spelt.
pub(super) fn kept(written: &str, was: &str, now: &str, made: &str) -> String {
    let all = || {
        let (written, was) = (parsed(written)?, parsed(was)?);
        let (now, mut made) = (parsed(now)?, parsed(made)?);
        let same =
            written.inputs.len() == was.inputs.len() && now.inputs.len() == made.inputs.len();
        if !same {
            return None;
        }
        for (input, now) in made.inputs.iter_mut().zip(&now.inputs) {
            let mut before = was.inputs.iter().zip(&written.inputs);
            if let Some((_, own)) = before
                .clone()
                .find(|(was, _)| input_text(was) == input_text(now))
            {
                *input = own.clone();
            } else if let Some(own) = before.find_map(|(was, own)| renamed(was, now, own)) {
                named(input, own);
            }
        }
        if output_text(&was) == output_text(&now) {
            made.output = written.output;
        }
        Some(in_one_line(&made))
    };
    all().unwrap_or_else(|| made.to_string())
}

/// What its author calls a parameter that has another type now.
fn renamed(was: &FnArg, now: &FnArg, own: &FnArg) -> Option<Pat> {
    match (was, now, own) {
        (FnArg::Typed(was), FnArg::Typed(now), FnArg::Typed(own)) => {
            let same = name_of(&was.pat).is_some() && name_of(&was.pat) == name_of(&now.pat);
            same.then(|| (*own.pat).clone())
        }
        _ => None,
    }
}

fn name_of(name: &Pat) -> Option<String> {
    match name {
        Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

fn input_text(input: &FnArg) -> Option<String> {
    let mut alone: Signature = parsed("fn alone()")?;
    alone.inputs.push(input.clone());
    Some(in_one_line(&alone))
}

fn output_text(signature: &Signature) -> Option<String> {
    let mut alone: Signature = parsed("fn alone()")?;
    alone.output = signature.output.clone();
    Some(in_one_line(&alone))
}

fn named(input: &mut FnArg, name: Pat) {
    if let FnArg::Typed(input) = input {
        *input.pat = name;
    }
}

fn parsed(signature: &str) -> Option<Signature> {
    let method: syn::TraitItemFn = syn::parse_str(&format!("{signature};")).ok()?;
    Some(method.sig)
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn what_its_author_wrote_stays() {
        let was = "async fn get(store: &Accessor<T, Self>, key: String, n: u8) -> Result<u8>";
        let now = "async fn get(store: &Accessor<T, Self>, n: u16, key: String, more: bool) -> Result<u8>";
        let written = "async fn get(\n    accessor: &Accessor<State, Self>,\n    mut key: std::string::String,\n    _n: u8,\n) -> wasmtime::Result<u8>";
        assert_eq!(
            kept(written, was, now, now),
            "async fn get(accessor: &Accessor<State, Self>, _n: u16, mut key: std::string::String, \
             more: bool) -> wasmtime::Result<u8>"
        );
        // What is not as it was generated is not understood.
        let other = "async fn get(key: String) -> Result<u8>";
        assert_eq!(kept(other, was, now, now), now);
    }
}
