//! The worlds of `bindgen!`'s own tests, whose sources every build has: each is the same
//! as itself, and with a random change it is never "no change" when its bindings differ.

use crate::project::Project;
use crate::random::{Model, Random};
use crate::support::registry::package;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wit_parser::{TypeDefKind, TypeId, WorldItem};
use worldhost_check::Prover;
use worldhost_dev::{Review, bindings};
use worldhost_wit::{Asked, At, Dated, Diff, Inline, Linker, Side, Source, Wit, WorldId, worlds};

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
        true => crate::project::copy(source, &project.path("wit")),
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

/// Random worlds with random changes: what is read from the text is what the linker and the
/// tooling say. Where the two texts are told apart by versions or gates alone, the tooling
/// has no part in it.
#[test]
fn rules_linker_and_tooling_agree() {
    let prover = Prover::new().unwrap();
    let (mut breaking, mut compatible, mut withheld) = (0, 0, 0);
    let mut wrong = Vec::new();
    for seed in 0..600 {
        let mut random = Random::new(seed);
        let model = Model::random(&mut random);
        let (next, what) = crate::random::changed(&model, &mut random);
        let (Some(old), Some(new)) = (text(&model), text(&next)) else {
            continue;
        };
        let Ok((old_world, new_world)) = worlds(&old, &new, Some(&model.world)) else {
            continue;
        };
        let dated = |wit, world| Dated { wit, world };
        let (old, new) = (dated(&old, old_world), dated(&new, new_world));
        let read = Diff::between(old, new);
        let loads = read.verdict.loads;
        let diff = read.proved(old, new, &prover);
        let verdict = &diff.verdict;
        // Names that WIT takes and components do not: no verdict is proved, and it says so.
        if verdict.unproved.is_some() {
            assert!(!verdict.proved, "{diff}");
            withheld += 1;
            continue;
        }
        let asked = verdict.proved && verdict.loads == loads && verdict.unexplained.is_empty();
        let agree = !verdict.semver_disagrees && (verdict.semver_check.is_none() || diff.breaks());
        if !asked || !agree {
            wrong.push(format!("seed {seed}: {what}\n{diff}"));
        }
        match diff.breaks() {
            true => breaking += 1,
            false => compatible += 1,
        }
    }
    println!("{breaking} break, {compatible} do not, of {withheld} nothing is proved");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        breaking >= 80 && compatible >= 40,
        "{breaking} {compatible}"
    );
}

fn text(model: &Model) -> Option<Wit> {
    let inline = Inline {
        name: "random.wit".into(),
        before: 0,
        text: model.text(),
    };
    let source = Source {
        paths: Vec::new(),
        inline: Some(inline),
    };
    Wit::read(&source, At::Now).ok()
}

/// The texts of the tests of the parser and of the encoder: what can be read is the same as
/// itself, and a linker finds every item of a world in that world.
#[test]
fn every_item_of_a_world_links_with_that_world() {
    let prover = Prover::new().unwrap();
    let (mut count, mut items, mut withheld) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (of, dir) in [("wit-parser", "tests/ui"), ("wit-component", "tests")] {
        for source in texts(&package(of).join(dir)) {
            let Ok(wit) = Wit::from_path(&source) else {
                continue;
            };
            for world in wit.resolve.worlds.iter().map(|(id, _)| id) {
                let dated = Dated { wit: &wit, world };
                let diff = Diff::between(dated, dated).proved(dated, dated, &prover);
                if !diff.is_empty() || !diff.verdict.compatible {
                    wrong.push(format!("{source:?}\n{diff}"));
                }
                count += 1;
                match prover.links(dated, dated, &everything(&wit, world)) {
                    Ok(answers) => {
                        items += answers.len();
                        let refused = answers.iter().filter(|(_, found)| !**found);
                        wrong.extend(refused.map(|(ask, _)| format!("{source:?} {ask:?}")));
                    }
                    Err(reason) => {
                        println!("{source:?}: {reason}");
                        withheld += 1;
                    }
                }
            }
        }
    }
    println!("{count} worlds, {items} items link, {withheld} worlds withheld");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 300 && items >= 300, "{count} {items}");
}

/// `.wit` files, and directories with some in them.
fn texts(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.push(path.clone());
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// All that a world can be asked for.
fn everything(wit: &Wit, world: WorldId) -> BTreeSet<Asked> {
    let resolve = &wit.resolve;
    let world = &resolve.worlds[world];
    let mut all = BTreeSet::new();
    for (side, items) in [
        (Side::Import, &world.imports),
        (Side::Export, &world.exports),
    ] {
        for (key, item) in items {
            let mut add = |interface: &str, item: &str| {
                all.insert(Asked {
                    side,
                    interface: interface.into(),
                    item: item.into(),
                });
            };
            let is_resource = |id: TypeId| {
                let resource = matches!(resolve.types[id].kind, TypeDefKind::Resource);
                resource && side == Side::Import
            };
            match item {
                WorldItem::Function(function) => add("", &function.name),
                WorldItem::Type { id, .. } if is_resource(*id) => {
                    add("", &resolve.name_world_key(key));
                }
                WorldItem::Type { .. } => {}
                WorldItem::Interface { id, .. } => {
                    let name = resolve.name_world_key(key);
                    let interface = &resolve.interfaces[*id];
                    let functions = interface.functions.keys();
                    functions.for_each(|function| add(&name, function));
                    let types = interface.types.iter();
                    let resources = types.filter(|(_, id)| is_resource(**id));
                    resources.for_each(|(ty, _)| add(&name, ty));
                }
            }
        }
    }
    all
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
