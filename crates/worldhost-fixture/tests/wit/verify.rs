//! `worldhost wit verify`: what is vendored is what was published, and what this
//! host links. Each thing that is not is named, with its remedy.

use crate::project::Project;

const IO: &str = "wit/deps/wasi-io-0.2.12/package.wit";

/// Makes one edit and runs verify: one problem, on one line, with all the parts.
#[track_caller]
fn refused(edit: impl FnOnce(&Project) -> &Project, parts: &[&str]) {
    let project = Project::copy();
    edit(&project);
    let said = project.wit(&["verify"]);
    said.has(1, &["\n1 problem\n"]);
    let problems: Vec<&str> = said
        .out
        .lines()
        .filter(|line| line.starts_with("problem "))
        .collect();
    assert_eq!(problems.len(), 1, "{}", said.out);
    for part in parts {
        assert!(
            problems[0].contains(part),
            "`{part}` is not in\n{}",
            said.out
        );
    }
}

#[test]
fn this_tree_is_what_its_lock_says() {
    let said = Project::copy().wit(&["verify"]);
    said.has(
        0,
        &[
            "ok       wasi:io@0.2.12  sha256:910ed36e",
            "6 packages are what the lock says",
        ],
    );
}

#[test]
fn an_edited_text() {
    // One character, in a comment.
    refused(
        |project| project.edit(IO, "/// ", "///  x"),
        &[
            "wasi:io@0.2.12: wit/deps/wasi-io-0.2.12 is not the text that wkg.lock locks",
            "sha256:910ed36e",
            "git diff",
            "scripts/wit-fetch.sh",
        ],
    );
    refused(
        |project| project.edit(IO, "func() -> string", "func() -> u32"),
        &["wasi:io@0.2.12"],
    );
}

#[test]
fn an_edited_digest() {
    refused(
        |project| project.edit("wkg.lock", "sha256:27a883ca", "sha256:27a883cb"),
        &[
            "wasi:random@0.2.12",
            "its digest is sha256:27a883ca",
            "the lock has sha256:27a883cb",
        ],
    );
}

#[test]
fn a_missing_entry() {
    let entry = "[[packages]]\nname = \"wasi:random\"";
    refused(
        |project| {
            let lock = project.read("wkg.lock");
            let (before, after) = lock.split_once(entry).unwrap();
            let (_, after) = after.split_once("[[packages]]\n").unwrap();
            project.write("wkg.lock", &format!("{before}[[packages]]\n{after}"))
        },
        &[
            "wasi:random@0.2.12: wkg.lock does not have it",
            "wkg.lock does not have it, though the text names it",
        ],
    );
}

#[test]
fn a_missing_and_a_broken_lock() {
    refused(
        |project| project.remove("wkg.lock"),
        &["wkg.lock: there is none", "write it: scripts/wit-fetch.sh"],
    );
    refused(
        |project| project.write("wkg.lock", "version = 1\n\n[[packages]\n"),
        &["wkg.lock: line 3", "rm wkg.lock && scripts/wit-fetch.sh"],
    );
    refused(
        |project| project.edit("wkg.lock", "version = 1", "version = 9"),
        &["it is of version 9"],
    );
}

/// wkg leaves in a lock what nothing names any more.
#[test]
fn a_stale_entry_is_no_fault() {
    let project = Project::copy();
    let entry = "[[packages]]\nname = \"wasi:http\"\nregistry = \"wasi.dev\"\n\n\
                 [[packages.versions]]\nrequirement = \"=0.2.12\"\nversion = \"0.2.12\"\n\
                 digest = \"sha256:00\"\n";
    let lock = project.read("wkg.lock") + "\n" + entry;
    project.write("wkg.lock", &lock);
    project.wit(&["verify", "--strict"]).has(
        0,
        &[
            "note     wasi:http@0.2.12: wkg.lock has it and deps does not",
            "rm wkg.lock && scripts/wit-fetch.sh",
            "6 packages are what the lock says",
        ],
    );
}

/// All of the tree is of one WASI version, and it is not the host's.
#[test]
fn another_wasi() {
    let project = Project::copy();
    rewrite(&project, "0.2.12", "0.2.10");
    let lock = |wasmtime: &str| {
        let package = format!("name = \"wasmtime-wasi\"\nversion = \"{wasmtime}\"\n");
        project.write(
            "Cargo.lock",
            &format!("version = 4\n\n[[package]]\n{package}"),
        );
    };
    // What is linked is not known, or not by this host.
    project.wit(&["verify"]).has(
        3,
        &[
            "unknown  wasi:cli@0.2.10: wasmtime-wasi 48",
            "cargo generate-lockfile",
        ],
    );
    lock("46.0.1");
    let other = "unknown  wasi:cli@0.2.10: which WASI wasmtime-wasi 46.0.1 has is not known";
    project.wit(&["verify"]).has(3, &[other]);
    lock("48.0.1");
    let said = project.wit(&["verify"]);
    said.has(
        1,
        &[
            "wasi:cli@0.2.10: this host links WASI 0.2.12 and 0.3.0; \
             move to it: scripts/wit-fetch.sh --wasi 0.2.12",
            "wasi:io@0.2.10: this host links",
        ],
    );
    let count = said.out.matches("this host links").count();
    assert_eq!(count, 6, "{}", said.out);
    // A project with types of its own may take them from any release.
    project.edit(
        "src/bindings.rs",
        "\"wasi\": wasmtime_wasi::p2::bindings",
        "",
    );
    project.wit(&["verify"]).lacks("this host links");
}

fn rewrite(project: &Project, from: &str, to: &str) {
    for package in ["cli", "clocks", "filesystem", "io", "random", "sockets"] {
        let dir = |version: &str| format!("wit/deps/wasi-{package}-{version}");
        std::fs::rename(project.path(&dir(from)), project.path(&dir(to))).unwrap();
        let file = dir(to) + "/package.wit";
        project.write(&file, &project.read(&file).replace(from, to));
    }
    for file in ["wit/world.wit", "wit/wasi-pins.wit", "wkg.lock"] {
        project.write(file, &project.read(file).replace(from, to));
    }
}

#[test]
fn mixed_versions() {
    let project = Project::copy();
    project.edit(
        "wit/world.wit",
        "wasi:cli/imports@0.2.12",
        "wasi:cli/imports@0.2.10",
    );
    project.wit(&["verify"]).has(
        1,
        &[
            "wasi:cli@0.2.10: it is not in wit/deps, which has wasi:cli@0.2.12; \
           name one version everywhere, or fetch it: scripts/wit-fetch.sh",
        ],
    );
}

#[test]
fn no_packages() {
    let project = Project::copy();
    project.remove("wit/deps");
    let said = project.wit(&["verify"]);
    said.has(
        1,
        &[
            "is not in wit/deps; fetch it: scripts/wit-fetch.sh",
            "wkg.lock has it and deps does not",
        ],
    );
    // A project without our scripts is told wkg's own command.
    project.remove("scripts");
    project
        .wit(&["verify"])
        .has(1, &["fetch it: wkg fetch wit"]);
}

#[test]
fn flat_packages() {
    let project = Project::copy();
    // One file for each package is a layout that bindgen! reads too.
    for package in ["cli", "clocks", "filesystem", "io", "random", "sockets"] {
        let from = format!("wit/deps/wasi-{package}-0.2.12");
        let text = project.read(&format!("{from}/package.wit"));
        project.remove(&from);
        project.write(&format!("wit/deps/{package}.wit"), &text);
    }
    project.wit(&["verify"]).has(0, &["6 packages"]);
    // Two files of one package are not.
    for name in ["a", "b"] {
        let text = format!("package test:flat@1.0.0;\ninterface {name} {{ f: func(); }}\n");
        project.write(&format!("wit/deps/{name}.wit"), &text);
    }
    project.wit(&["verify"]).has(
        1,
        &[
            "defined in two different locations",
            "wit/deps/b.wit: package test:flat@1.0.0 is there twice; \
             give each package a directory of its own, wit/deps/<namespace>-<name>-<version>",
        ],
    );
}

#[test]
fn an_unused_key() {
    refused(
        |project| {
            let key = "\"worldhost:plugin/hots\": crate::hots, \"wasi\":";
            project.edit("src/bindings.rs", "\"wasi\":", key)
        },
        &["src/bindings.rs:7: \"worldhost:plugin/hots\": nothing in the world matches this key"],
    );
}

#[test]
fn options_that_cannot_be_read() {
    let project = Project::copy();
    project.edit("src/bindings.rs", "imports:", "asink: true,\n    imports:");
    for command in ["verify", "bindings", "diff"] {
        project
            .wit(&[command])
            .has(2, &["src/bindings.rs: line 10", "no option `asink`"]);
    }
}

#[test]
fn an_error_in_the_text() {
    refused(
        |project| project.edit("wit/host.wit", "x: s32", "x: s31"),
        &["`s31`", "wit/host.wit:9:20"],
    );
}

/// The text is what counts, not its line ends and not where it is.
#[test]
fn line_ends_and_links_make_no_difference() {
    let project = Project::copy();
    project.write(IO, &project.read(IO).replace('\n', "\r\n"));
    project.wit(&["verify"]).has(0, &[]);
    #[cfg(unix)]
    {
        std::fs::create_dir(project.path("elsewhere")).unwrap();
        std::fs::rename(project.path("wit"), project.path("elsewhere/text")).unwrap();
        std::os::unix::fs::symlink("elsewhere/text", project.path("wit")).unwrap();
        project.wit(&["verify"]).has(0, &["6 packages"]);
        project.edit(IO, "/// ", "/// x");
        project.wit(&["verify"]).has(1, &["wasi:io@0.2.12"]);
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let project = Project::copy();
    project.edit(IO, "/// ", "/// x");
    project.edit("wkg.lock", "sha256:27a883ca", "sha256:27a883cb");
    project.edit(
        "src/bindings.rs",
        "\"wasi\":",
        "\"no:such/key\": a::b, \"wasi\":",
    );
    project.wit(&["verify"]).has(
        1,
        &[
            "wasi:io@0.2.12",
            "wasi:random@0.2.12",
            "no:such/key",
            "3 problems",
        ],
    );
    let json = project.wit(&["verify", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.has(1, &[]).out).unwrap();
    let report = &json["subjects"][0]["report"];
    assert_eq!(report["problems"].as_array().unwrap().len(), 3);
    assert_eq!(report["verified"].as_array().unwrap().len(), 4);
}
