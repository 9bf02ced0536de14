//! The calls that put interfaces into a linker.

use super::edit::Edit;
use super::host::Link;
use super::layout::Shape;
use super::list::{CallWork, Line};
use super::making::Making;
use super::own::first_link;
use crate::krate::File;

/// Adds what links a new interface, or the world's own functions.
pub(super) fn link(making: &mut Making<'_>, module: &[String]) {
    let sides = making.sides;
    let all = sides.host.links.iter().any(is_whole_world(making));
    // One call links all that the world has.
    if all || is_linked(making, module) {
        return;
    }
    let (path, function) = match module {
        [] => (sides.whole(&[], &sides.new_type()), "add_to_linker_imports"),
        module => (sides.whole(module, ""), "add_to_linker"),
    };
    let options = sides.new_api.has_link_options(module);
    let path = path.join("::");
    let template = template(making);
    let line = match &template {
        Some((file, link)) => like(file, link, &path, function, options),
        None => usual(&path, function, options),
    };
    if let Shape::New { .. } = making.layout.shape {
        making.fresh.links.push(line);
        return;
    }
    match template.map(|(file, link)| behind(file, &link, &line)) {
        Some(edit) => making.edits.push(edit),
        None => {
            let file = making.world_file();
            let Some(edit) = making.file(&file).and_then(first_link) else {
                making.todo.lines.push(Line::new(file, false, line));
                return;
            };
            let path = making.sides.wasmtime().join("::") + "::component::HasSelf";
            let path: Vec<String> = path.split("::").map(String::from).collect();
            making.scope(&file).bring("HasSelf", &path);
            making.edits.push(Edit {
                text: format!("{line}\n    "),
                ..edit
            });
        }
    }
}

/// Whether a call links this interface, or the world's own functions.
fn is_linked(making: &Making<'_>, module: &[String]) -> bool {
    let world = making.sides.new_type();
    let mut links = making.sides.host.links.iter();
    links.any(|link| match module {
        [] => link.target == [world.as_str()] && link.function == "add_to_linker_imports",
        module => link.target == module,
    })
}

/// Whether a call links the whole world.
fn is_whole_world(making: &Making<'_>) -> impl Fn(&Link) -> bool {
    let (was, is) = (making.sides.old_type(), making.sides.new_type());
    move |link| {
        let of_world = matches!(&link.target[..], [name] if *name == was || *name == is);
        of_world && link.function == "add_to_linker"
    }
}

fn usual(path: &str, function: &str, options: bool) -> String {
    let options = if options { "&Default::default(), " } else { "" };
    format!("{path}::{function}::<_, HasSelf<_>>(linker, {options}|state| state)?;")
}

/// The last call of the bindings' own package that links one interface.
fn template<'a>(making: &Making<'a>) -> Option<(&'a File, Link)> {
    let sides = making.sides;
    let package = &sides.place().package;
    let files = &sides.code.files;
    let mut links = sides.host.links.iter().rev();
    let found = links
        .find(|link| files[link.file].package == *package && link.function == "add_to_linker")?;
    Some((&files[found.file], found.clone()))
}

/// The same statement for another path.
fn like(file: &File, link: &Link, path: &str, function: &str, options: bool) -> String {
    let text = &file.text;
    let (start, end) = match is_last(file, link) {
        false => link.statement,
        true => (link.path.0, call_end(file, link)),
    };
    let mut line = text[start..link.path.0].to_string();
    line += path;
    let behind = &text[link.path.1..];
    let name = behind.find(&link.function).unwrap_or(0) + link.path.1;
    line += "::";
    line += function;
    let open = link.arguments.first().map_or(end, |argument| argument.0);
    line += &text[name + link.function.len()..open];
    let mut arguments: Vec<&str> = link.arguments.iter().map(|(a, b)| &text[*a..*b]).collect();
    if arguments.len() == 3 {
        arguments.remove(1);
    }
    if options && arguments.len() == 2 {
        arguments.insert(1, "&Default::default()");
    }
    line += &arguments.join(", ");
    let close = link.arguments.last().map_or(end, |argument| argument.1);
    line += text[close..end].trim_start_matches(',');
    let line = in_one_line(&line);
    match is_last(file, link) {
        false => line,
        true => line + "?;",
    }
}

/// Whether the call is the value of its function, and not a statement.
fn is_last(file: &File, link: &Link) -> bool {
    let (start, end) = link.statement;
    !file.text[start..end].trim_end().ends_with(';')
}

/// Where the call itself ends.
fn call_end(file: &File, link: &Link) -> usize {
    let from = link.arguments.last().map_or(link.path.1, |last| last.1);
    let close = file.text[from..].find(')');
    close.map_or(link.statement.1, |at| from + at + 1)
}

/// A statement without the line breaks of rustfmt, and the braces that come with them.
fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ").replace("( ", "(").replace(" )", ")");
    let line = line.replace(",)", ")");
    let body = line.split_once("| { ").and_then(|(before, rest)| {
        let (body, after) = rest.split_once(" }")?;
        let plain = !body.contains([';', '{']);
        plain.then(|| format!("{before}| {body}{after}"))
    });
    body.unwrap_or(line)
}

/// Puts a line behind the statement of a call, or before it where it is the last word.
fn behind(file: &File, link: &Link, line: &str) -> Edit {
    let (start, end) = link.statement;
    let begin = file.text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = file.text[begin..start]
        .chars()
        .take_while(|c| c.is_whitespace())
        .collect();
    if is_last(file, link) {
        return Edit::new(file, start, start, format!("{line}\n{indent}"));
    }
    Edit::new(file, end, end, format!("\n{indent}{line}"))
}

/// Takes away what links an interface that is gone.
pub(super) fn unlink(making: &mut Making<'_>, module: &[String]) {
    let sides = making.sides;
    let world = sides.old_type();
    let is_it = |link: &&Link| match module {
        [] => link.target == [world.clone()] && link.function == "add_to_linker_imports",
        module => link.target == module,
    };
    let edits = sides.host.links.iter().filter(is_it).map(|link| {
        let file = &sides.code.files[link.file];
        let (start, end) = link.statement;
        match is_last(file, link) {
            false => Edit::without(file, start, end),
            true => Edit::new(file, start, end, "Ok(())"),
        }
    });
    making.edits.extend(edits);
}

/// The calls that take options now, or take none any more.
pub(super) fn options(making: &mut Making<'_>) {
    let sides = making.sides;
    let (was, is) = (sides.old_type(), sides.new_type());
    let mut modules: Vec<Vec<String>> = sides
        .old_api
        .traits()
        .into_iter()
        .map(|one| one.module)
        .collect();
    modules.push(Vec::new());
    modules.sort();
    modules.dedup();
    for module in modules {
        let now = sides.now(&module);
        let before = sides.old_api.has_link_options(&module);
        let after = sides.new_api.has_link_options(&now);
        let there = module.is_empty() || sides.new_api.has(&now);
        if before == after || !there {
            continue;
        }
        let mine: Vec<&Link> = sides
            .host
            .links
            .iter()
            .filter(|link| match &module[..] {
                [] => link.target == [was.clone()],
                module => link.target == module,
            })
            .collect();
        let edits = mine.iter().filter_map(|link| {
            let file = &sides.code.files[link.file];
            changed(file, link, after)
        });
        making.edits.extend(edits);
        let places = mine.iter().map(|link| {
            let file = &sides.code.files[link.file];
            format!("{}:{}", file.path.display(), link.line)
        });
        let owner = match &now[..] {
            [] => is.clone(),
            now => now.join("::"),
        };
        let signature = |options: bool| {
            let options = if options {
                "options: &LinkOptions, "
            } else {
                ""
            };
            format!(
                "fn add_to_linker(linker: &mut Linker<T>, {options}host_getter: fn(&mut T) -> D::Data<'_>)"
            )
        };
        making.todo.calls.push(CallWork {
            function: format!("{owner}::add_to_linker"),
            old: Some(signature(before)),
            new: Some(signature(after)),
            places: places.collect(),
        });
    }
}

/// A call with options or without them.
fn changed(file: &File, link: &Link, options: bool) -> Option<Edit> {
    match (&link.arguments[..], options) {
        ([linker, _], true) => Some(Edit::new(file, linker.1, linker.1, ", &Default::default()")),
        ([linker, options, _], false) => Some(Edit::new(file, linker.1, options.1, "")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::in_one_line;

    #[test]
    fn a_broken_closure_is_whole_again() {
        let broken = "a::add::<_, B<_>>(\n    linker,\n    |state| {\n        state\n    },\n)?;";
        assert_eq!(
            in_one_line(broken),
            "a::add::<_, B<_>>(linker, |state| state)?;"
        );
        let kept = "a(l, |s| { x(); s })?;";
        assert_eq!(in_one_line(kept), kept);
    }
}
