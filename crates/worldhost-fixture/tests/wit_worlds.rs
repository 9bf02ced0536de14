//! The worlds of `bindgen!`'s own tests, whose sources every build has: each is the same
//! as itself, and with a random change it is never "no change" when its bindings differ.

mod project;
mod random;
mod support;

use project::Project;
use random::Random;
use std::path::{Path, PathBuf};
use support::registry::package;
use worldhost_check::Prover;
use worldhost_dev::{Review, bindings};
use worldhost_wit::{Dated, Diff, Wit, worlds};

/// How often each text is changed. More: `WORLDHOST_WIT_CHANGES=100`.
const CHANGES: u64 = 20;

/// Files and directories, each a package with its worlds.
fn sources() -> Vec<PathBuf> {
    let dir = package("wasmtime-internal-component-macro").join("tests/codegen");
    let entries = std::fs::read_dir(dir).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// The package as a project of its own.
fn project(source: &Path) -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", "[package]\nname = \"host\"\n");
    match source.is_dir() {
        true => project::copy(source, &project.path("wit")),
        false => {
            let text = std::fs::read_to_string(source).unwrap();
            project.write("wit/a.wit", &text);
        }
    }
    project
}

/// What is said of a world, and whether its bindings are others.
fn review(
    project: &Project,
    prover: &Prover,
    old: &Wit,
    new: &Wit,
    world: &str,
) -> Option<(Review, bool)> {
    let (old_world, new_world) = worlds(old, new, Some(world)).ok()?;
    let options =
        format!("wasmtime::component::bindgen!({{ path: \"wit\", world: \"{world}\" }});");
    project.write("src/lib.rs", &options);
    let around = worldhost_dev::Project::around(&project.path("")).unwrap();
    let found = worldhost_dev::find(&around.unwrap()).unwrap();
    let bindgen = found.bindgens.first().unwrap();
    let generate = |wit: &Wit, world| bindings::generate(wit, world, &bindgen.options);
    let was = generate(old, old_world).ok()?;
    let is = generate(new, new_world).ok()?;
    let dated = |wit, world| Dated { wit, world };
    let (old, new) = (dated(old, old_world), dated(new, new_world));
    let diff = Diff::between(old, new).proved(old, new, prover);
    let review = Review::of(diff, old, new, Some(bindgen)).unwrap();
    Some((review, was != is))
}

#[test]
fn a_world_is_the_same_as_itself() {
    let prover = Prover::new().unwrap();
    let mut count = 0;
    for source in sources() {
        let project = project(&source);
        let wit = Wit::from_path(&project.path("wit")).unwrap();
        for world in wit.worlds() {
            let told = review(&project, &prover, &wit, &wit, &world);
            let (review, differ) = told.unwrap_or_else(|| panic!("{source:?} {world}"));
            assert!(review.is_empty() && !differ, "{source:?}\n{review}");
            count += 1;
        }
    }
    assert!(count >= 35, "{count} worlds");
}

#[test]
fn what_changes_the_bindings_is_never_no_change() {
    let prover = Prover::new().unwrap();
    let changes = std::env::var("WORLDHOST_WIT_CHANGES").ok();
    let changes = changes.map_or(CHANGES, |changes| changes.parse().unwrap());
    let (mut compared, mut differing) = (0, 0);
    let mut wrong = Vec::new();
    for (at, source) in sources().iter().enumerate() {
        let project = project(source);
        let old = Wit::from_path(&project.path("wit")).unwrap();
        let files = files(&project.path("wit"));
        for seed in 0..changes {
            let mut random = Random::new(at as u64 * 1000 + seed);
            let file = random.pick(&files).clone();
            let text = std::fs::read_to_string(&file).unwrap();
            let (changed, what) = changed(&text, &mut random);
            std::fs::write(&file, &changed).unwrap();
            let new = Wit::from_path(&project.path("wit"));
            std::fs::write(&file, &text).unwrap();
            // Not every change is WIT.
            let Ok(new) = new else {
                continue;
            };
            for world in old.worlds() {
                let Some((review, differ)) = review(&project, &prover, &old, &new, &world) else {
                    continue;
                };
                compared += 1;
                differing += usize::from(differ);
                let unexplained = &review.diff.verdict.unexplained;
                if (differ && review.is_empty()) || !unexplained.is_empty() {
                    wrong.push(format!("{source:?} seed {seed}: {what}\n{review}"));
                }
            }
        }
    }
    println!("{compared} worlds compared, the bindings of {differing} differ");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(differing >= 100, "{differing} of {compared}");
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

const TYPES: [&str; 8] = ["u8", "u16", "u32", "u64", "s32", "string", "bool", "f64"];

/// The text with one change somewhere, and what was changed.
fn changed(text: &str, random: &mut Random) -> (String, String) {
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let full: Vec<usize> = (0..lines.len())
        .filter(|at| !lines[*at].trim().is_empty())
        .collect();
    let at = *random.pick(&full);
    let line = lines[at].clone();
    let kind = random.below(12);
    match kind {
        0 | 1 => {
            let from = TYPES.iter().find(|ty| line.contains(**ty));
            if let Some(from) = from {
                let to: &&str = random.pick(&TYPES);
                lines[at] = line.replacen(*from, to, 1);
            }
        }
        2 | 3 => {
            if let Some((before, after)) = line.split_once(": ") {
                lines[at] = format!("{before}-x: {after}");
            }
        }
        4 => lines.insert(at, "/// Another word.".into()),
        5 => lines.insert(at, "@unstable(feature = quick)".into()),
        6 => lines.insert(at, "@since(version = 0.0.1)".into()),
        7 => {
            let gate = "@since(version = 0.0.1) @deprecated(version = 0.0.1)";
            lines.insert(at, gate.into());
        }
        8 => drop(lines.remove(at)),
        9 => {
            let other = (at + 1).min(lines.len() - 1);
            lines.swap(at, other);
        }
        10 => {
            if let Some((before, after)) = line.split_once(": ") {
                lines.insert(at, format!("{before}-more: {after}"));
            }
        }
        _ => match line.contains("async func") {
            true => lines[at] = line.replace("async func", "func"),
            false => lines[at] = line.replace("func", "async func"),
        },
    }
    let what = format!("{kind} at line {}: {line}", at + 1);
    (lines.join("\n") + "\n", what)
}
