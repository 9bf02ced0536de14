//! What comes into a file that is there.

use super::impls::on;
use crate::todo::edit::Edit;
use crate::todo::host::Impl;
use crate::todo::list::Signature;
use crate::todo::making::Making;
use crate::todo::paste;
use std::path::Path;

/// Methods of an interface that are not what they were.
#[derive(Default)]
pub(super) struct Parts {
    /// For each trait that has an implementation, its head and what comes into it.
    pub(super) into: Vec<(String, Vec<Signature>)>,
    /// Implementations that are new, with the path of each trait.
    pub(super) new: Vec<String>,
}

/// Puts methods into an implementation, or makes one of them.
pub(super) fn add_methods(
    making: &mut Making<'_>,
    place: &Path,
    there: Option<&Impl>,
    module: &[String],
    name: &str,
    add: Vec<Signature>,
    parts: &mut Parts,
) {
    match there {
        Some(one) => {
            let file = &making.sides.code.files[one.file];
            let all: Vec<&Signature> = add.iter().collect();
            // Before the brace, on lines of their own.
            let brace = one.to - 1;
            let line = file.text[..brace].rfind('\n').map_or(0, |at| at + 1);
            let alone = file.text[line..brace].trim().is_empty();
            let at = if alone { line } else { brace };
            let text = format!("\n{}", paste::only_methods(&all));
            making.quiet.push(Edit::new(file, at, at, text));
            let head = format!("impl {name} for {}", one.on.ty);
            parts.into.push((head, add));
        }
        None => {
            let on = on(making, name);
            let path = making.sides.whole(module, name);
            let head = paste::head(making.scope(place), &on, &path);
            let all: Vec<&Signature> = add.iter().collect();
            parts.new.push(paste::whole_impl(&head, &all));
        }
    }
}

/// The text of what comes into a file that is there.
pub(super) fn pasted(
    making: &mut Making<'_>,
    place: &Path,
    types: &[String],
    parts: &Parts,
) -> String {
    let mut texts: Vec<String> = types.to_vec();
    for (head, signatures) in &parts.into {
        let all: Vec<&Signature> = signatures.iter().collect();
        texts.push(format!("// into `{head}`\n{}", paste::only_methods(&all)));
    }
    texts.extend(parts.new.iter().cloned());
    let body = texts.join("\n");
    let uses = making.scope(place).uses();
    match &uses[..] {
        [] => body,
        uses => format!("{}\n\n{body}", uses.join("\n")),
    }
}

/// Puts types and implementations at the end of a file that is there.
pub(super) fn append(making: &mut Making<'_>, place: &Path, types: &[String], impls: &[String]) {
    let texts: Vec<&String> = types.iter().chain(impls).collect();
    if texts.is_empty() {
        return;
    }
    let edit = making.file(place).map(|file| {
        let end = file.text.len();
        let text: String = texts.iter().map(|text| format!("\n{text}")).collect();
        Edit::new(file, end, end, text)
    });
    making.quiet.extend(edit);
}
