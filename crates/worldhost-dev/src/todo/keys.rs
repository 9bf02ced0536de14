//! What is to be changed in the `bindgen!` itself, and in what is named after the world.

use super::edit::Edit;
use super::list::Line;
use super::making::Making;
use crate::bindgens::Mark;
use crate::krate::{File, offset};
use worldhost_wit::InterfaceName;

impl Making<'_> {
    /// Gives a resource a type of the host's own.
    pub(super) fn add_key(&mut self, key: &str, path: &str) {
        if self.sides.bindgen.options.with.iter().any(|one| one == key) {
            return;
        }
        let entry = format!("\"{key}\": {path},");
        let line = match self.sides.bindgen.marks.with {
            Some(_) => format!("{entry}  // into `with` of bindgen!"),
            None => format!("with: {{ {entry} }},  // into bindgen!"),
        };
        let file = self.sides.place().file.clone();
        self.todo.lines.push(Line::new(file, false, line));
        self.keys.push(entry);
    }

    /// Writes all keys that came.
    pub(super) fn write_keys(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        let marks = &self.sides.bindgen.marks;
        let file = self.file(&self.sides.place().file);
        let (Some(file), false) = (file, keys.is_empty()) else {
            return;
        };
        let edits: Vec<Edit> = match (marks.with, marks.end) {
            (Some(at), _) => {
                let at = offset(&file.text, at);
                keys.iter().map(|entry| into(file, at, entry)).collect()
            }
            (None, Some(end)) => {
                let whole = format!("with: {{ {} }},", keys.join(" "));
                vec![before(file, offset(&file.text, end), &whole)]
            }
            (None, None) => Vec::new(),
        };
        self.quiet.extend(edits);
    }

    /// Takes a key away, with what is said of it.
    fn drop_key(&mut self, key: &str) {
        let mut marks = self.sides.bindgen.marks.keys.iter();
        let mark = marks.find(|mark| mark.name == key);
        let place = self.sides.place();
        let Some((file, mark)) = self.file(&place.file).zip(mark) else {
            return;
        };
        let from = offset(&file.text, mark.literal.0);
        let to = offset(&file.text, mark.to);
        let entry = file.text[from..to].to_string();
        let comma = usize::from(file.text[to..].starts_with(','));
        let space = usize::from(file.text[to + comma..].starts_with(' '));
        let edit = Edit::without(file, from, to + comma + space);
        self.quiet.push(edit);
        let line = format!("{entry},  // of bindgen!: nothing in the world matches it");
        self.todo
            .lines
            .push(Line::new(place.file.clone(), true, line));
    }

    /// Gives a name of the `bindgen!` another text.
    fn rename(&mut self, mark: &Mark, now: &str) {
        let edit = self.file(&self.sides.place().file).map(|file| {
            let from = offset(&file.text, mark.literal.0);
            let to = offset(&file.text, mark.literal.1);
            Edit::new(file, from, to, format!("\"{now}\""))
        });
        self.edits.extend(edit);
    }
}

/// Puts an entry behind an opening brace: on a line of its own if the others are.
fn into(file: &File, at: usize, entry: &str) -> Edit {
    let behind = &file.text[at..];
    let line = behind.split('\n').next().unwrap_or_default();
    if !line.trim().is_empty() {
        let gap = if line.trim_start().starts_with('}') {
            " "
        } else {
            ""
        };
        return Edit::new(file, at, at, format!(" {entry}{gap}"));
    }
    let next = behind[line.len()..].trim_start_matches('\n');
    let indent: String = next
        .chars()
        .take_while(|c| *c == ' ' || *c == '\t')
        .collect();
    let indent = match next.trim_start().starts_with('}') {
        true => format!("{indent}    "),
        false => indent,
    };
    let at = at + line.len();
    Edit::new(file, at, at, format!("\n{indent}{entry}"))
}

/// Puts an option before the closing brace.
fn before(file: &File, end: usize, option: &str) -> Edit {
    let text = &file.text[..end];
    let trimmed = text.trim_end();
    let comma = match trimmed.ends_with([',', '{']) {
        true => "",
        false => ",",
    };
    let text = match text[trimmed.len()..].contains('\n') {
        true => format!("{comma}\n    {option}\n"),
        false => format!("{comma} {option} "),
    };
    Edit::new(file, trimmed.len(), end, text)
}

/// Changes to the `bindgen!` itself, and to what is named after the world.
pub(super) fn options(making: &mut Making<'_>) {
    let sides = making.sides;
    making.write_keys();
    for key in &sides.unused {
        making.drop_key(key);
    }
    versions(making);
    let was = &sides.old.wit.resolve.worlds[sides.old.world].name;
    let world = &sides.new.wit.resolve.worlds[sides.new.world].name;
    if let Some(mark) = &sides.bindgen.marks.world
        && InterfaceName::parse(mark.name.as_str()).interface() == was
        && was != world
    {
        let whole = InterfaceName::parse(mark.name.as_str());
        let now = match whole.package() {
            Some(package) => format!("{package}/{world}"),
            None => world.clone(),
        };
        making.rename(mark, &now);
    }
    let (was, is) = (sides.old_type(), sides.new_type());
    if was != is {
        for suffix in ["", "Pre", "Indices", "Imports", "ImportsWithStore"] {
            let from = vec![format!("{was}{suffix}")];
            let to = vec![format!("{is}{suffix}")];
            making.renamed(&from, &to);
        }
    }
}

/// Keys without a version, of interfaces that are there in several now, are those of the
/// version that was there before.
fn versions(making: &mut Making<'_>) {
    let sides = making.sides;
    let old = sides.old.wit.resolve.worlds[sides.old.world].imports.keys();
    let old: Vec<InterfaceName> = old
        .map(|key| InterfaceName::parse(sides.old.wit.resolve.name_world_key(key)))
        .collect();
    for mark in &sides.bindgen.marks.keys {
        let Some((interface, resource)) = mark.name.rsplit_once('.') else {
            continue;
        };
        let name = InterfaceName::parse(interface);
        let mut before = old.iter().filter(|old| old.base() == name.base());
        let (first, second) = (before.next(), before.next());
        if let (None, true, Some(first), None) = (
            name.version(),
            sides.is_ambiguous(name.base()),
            first,
            second,
        ) {
            making.rename(mark, &format!("{first}.{resource}"));
        }
    }
}
