//! `worldhost wit apply`: what it shows before, what it refuses, and that it is done whole.

use crate::project::{Project, Said};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A new interface with a resource, a method that is gone, and another of another type.
fn change(project: &Project) {
    project.write(
        "wit/store.wit",
        "package worldhost:plugin@0.1.0;
interface store {
  resource bucket { constructor(name: string); get: func(key: string) -> option<string>; }
  names: func() -> list<string>;
}
",
    );
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import store;",
    );
    let host = project.read("wit/host.wit");
    let compute = host.lines().find(|line| line.contains("compute:")).unwrap();
    let host = host.replace(compute, "");
    project.write(
        "wit/host.wit",
        &host.replace("msg: string", "msg: string, level: u8"),
    );
}

fn tree(project: &Project) -> BTreeMap<String, String> {
    fn all(root: &Path, dir: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    all(&project.path(""), &project.path("src"), &mut found);
    found
}

fn changed() -> Project {
    let project = Project::committed();
    change(&project);
    project
}

#[test]
fn what_it_would_do_is_a_patch_that_git_takes() {
    let project = changed();
    let before = tree(&project);
    project
        .wit(&["apply", "--check"])
        .has(1, &["change   src/imports/host.rs"]);
    let patch = project.wit(&["apply", "--dry-run"]);
    patch.has(0, &["--- /dev/null", "+++ b/src/imports/store.rs", "@@"]);
    assert_eq!(tree(&project), before);
    project
        .wit(&["apply"])
        .has(0, &["created  src/imports/store.rs"]);
    let done = tree(&project);
    assert_ne!(done, before);
    project.git(&["checkout", "-q", "src"]);
    project.remove("src/imports/store.rs");
    assert_eq!(tree(&project), before);
    project.write("a.patch", &patch.out);
    project.git(&["apply", "a.patch"]);
    assert_eq!(tree(&project), done);
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    let project = changed();
    project
        .wit(&["apply"])
        .has(0, &["changed  src/imports/host.rs"]);
    let done = tree(&project);
    for args in [&["apply"][..], &["apply", "--check"]] {
        project.wit(args).has(0, &["There is nothing to write."]);
    }
    let patch = project.wit(&["apply", "--dry-run"]);
    assert_eq!(patch.has(0, &[]).out, "");
    assert_eq!(tree(&project), done);
    // What its author made of it since is theirs.
    project.edit("src/imports/host.rs", "level: u8", "_level: u8");
    project.edit(
        "src/imports/store.rs",
        "key: String",
        "_key: std::string::String",
    );
    project
        .wit(&["apply", "--check"])
        .has(0, &["nothing to write"]);
    // What they took away is to be done again.
    let store = project.read("src/imports/store.rs");
    let at = store.find("    async fn names").unwrap();
    let end = at + store[at..].find("\n    }\n").unwrap() + 7;
    project.write(
        "src/imports/store.rs",
        &(store[..at].to_string() + &store[end..]),
    );
    project
        .wit(&["apply", "--force"])
        .has(0, &["changed  src/imports/store.rs"]);
    assert!(
        project
            .read("src/imports/store.rs")
            .contains("async fn names")
    );
}

#[test]
fn a_method_that_is_gone_is_kept_as_a_comment() {
    let project = changed();
    project.wit(&["apply"]).has(0, &[]);
    let host = project.read("src/imports/host.rs");
    for line in [
        "    // Not in the WIT any more, and yours to delete:",
        "    // async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {",
        "    //     let doubled = x.checked_mul(2);",
    ] {
        assert!(host.contains(line), "{line}\n{host}");
    }
}

#[test]
fn a_file_that_nothing_needs_is_moved_aside() {
    let project = Project::committed();
    let before = project.read("src/imports/host.rs");
    project.edit("wit/world.wit", "  import host;\n", "");
    project.wit(&["apply"]).has(
        0,
        &["put aside  src/imports/host.rs to src/imports/host.rs.removed"],
    );
    assert!(!project.path("src/imports/host.rs").exists());
    assert_eq!(project.read("src/imports/host.rs.removed"), before);
    project
        .wit(&["apply", "--check"])
        .has(0, &["nothing to write"]);
}

#[test]
fn what_was_not_committed_is_not_touched() {
    let project = changed();
    let text = project.read("src/imports/host.rs") + "\n// mine\n";
    project.write("src/imports/host.rs", &text);
    let before = tree(&project);
    project
        .wit(&["apply"])
        .has(2, &["src/imports/host.rs", "not committed", "--force"]);
    assert_eq!(tree(&project), before);
    project.wit(&["apply", "--check"]).has(1, &[]);
    project.wit(&["apply", "--force"]).has(0, &[]);
    assert!(project.read("src/imports/host.rs").contains("// mine"));
}

/// Files that git does not know are no less somebody's.
#[test]
fn what_git_ignores_is_not_touched_either() {
    let project = Project::copy();
    project.write(".gitignore", "host.rs\n");
    project.commit();
    change(&project);
    project
        .wit(&["apply"])
        .has(2, &["src/imports/host.rs", "--force"]);
}

#[test]
fn without_git_it_says_that_nothing_undoes_it() {
    let project = Project::copy();
    let old = project.path("old");
    crate::project::copy(&project.path("wit"), &old);
    change(&project);
    project.wit(&["apply", "old"]).has(
        0,
        &["nothing but a copy of yours can undo this", "created  "],
    );
}

/// At whatever moment it is killed, the tree is as it was, or is whole after the next run.
#[test]
fn killed_at_any_moment_it_has_done_nothing_or_all() {
    let project = Project::copy();
    let names: Vec<String> = (0..40).map(|n| format!("part{n}")).collect();
    project.commit();
    let mut world = String::from("import host;");
    for name in &names {
        let text = format!(
            "package worldhost:plugin@0.1.0;\ninterface {name} {{ go: func(x: u32) -> string; }}\n"
        );
        project.write(&format!("wit/{name}.wit"), &text);
        world += &format!("\n  import {name};");
    }
    project.edit("wit/world.wit", "import host;", &world);
    let before = tree(&project);
    let begin = std::time::Instant::now();
    project.wit(&["apply"]).has(0, &[]);
    let whole = begin.elapsed();
    let done = tree(&project);
    assert_eq!(done.len(), before.len() + names.len());
    let mut random = 0x9e37_79b9_u64;
    let (mut none, mut all) = (0, 0);
    for _ in 0..20 {
        for (name, _) in done.iter().filter(|(name, _)| !before.contains_key(*name)) {
            let _ = fs::remove_file(project.path(name));
        }
        project.git(&["checkout", "-q", "src"]);
        random = random
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let part = (random >> 33) as f64 / f64::from(1u32 << 31);
        let mut child = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"))
            .current_dir(project.path(""))
            .args(["wit", "apply"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Most of the time is reading; the writing is at the end.
        let share = if random & 0x10000 == 0 {
            part
        } else {
            0.6 + part * 0.4
        };
        std::thread::sleep(whole.mul_f64(share).min(Duration::from_secs(20)));
        child.kill().unwrap();
        child.wait().unwrap();
        let next = Said::of(
            &Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"))
                .current_dir(project.path(""))
                .args(["wit", "diff"])
                .output()
                .unwrap(),
        );
        next.has(1, &["part39"]);
        assert!(!project.path(".worldhost-apply").exists());
        match tree(&project) {
            found if found == before => none += 1,
            found if found == done => all += 1,
            found => panic!("{:?}", found.keys()),
        }
    }
    println!("killed 20 times: {none} as it was, {all} done");
}
