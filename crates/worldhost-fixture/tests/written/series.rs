//! Real hosts through changes in a row, by `worldhost wit apply` alone: the examples, this
//! workspace's own project, and the fixture. After each of them the host compiles.

use crate::project::{Project, WORKSPACE, copy};
use crate::rustc::RUSTC;
use std::fs;
use std::path::Path;

/// A host, and an interface of its own that the changes are made to.
struct Host {
    /// From the workspace.
    dir: &'static str,
    world: &'static str,
    /// The file of the interface, a function of it whole, and what is in its Rust's body.
    file: &'static str,
    function: &'static str,
    name: &'static str,
    body: &'static str,
    /// The interface.
    interface: &'static str,
    package: &'static str,
}

const HOSTS: [Host; 4] = [
    Host {
        dir: "examples/embed",
        world: "wit/world.wit",
        file: "wit/audit.wit",
        function: "note: func(line: string);",
        name: "note",
        body: "self.data_mut().0.push(line);",
        interface: "audit",
        package: "example:inventory@1.0.0",
    },
    Host {
        dir: "examples/async",
        world: "wit/world.wit",
        file: "wit/clock.wit",
        function: "after: async func(ticks: u32) -> u32;",
        name: "after",
        body: "store.get().data().0.clone()",
        interface: "clock",
        package: "example:relay@1.0.0",
    },
    Host {
        dir: ".",
        world: "wit/world.wit",
        file: "wit/host.wit",
        function: "log: func(msg: string);",
        name: "log",
        body: "self.say(\"[log]\", &msg).await",
        interface: "host",
        package: "worldhost:plugin@0.1.0",
    },
    Host {
        dir: "crates/worldhost-fixture",
        world: "wit/world.wit",
        file: "wit/host.wit",
        function: "log: func(msg: string);",
        name: "log",
        body: "self.say(\"[log]\", &msg).await?",
        interface: "host",
        package: "worldhost:plugin@0.1.0",
    },
];

/// What `build.rs` makes.
const BUILT: &str = "pub use crate::bindings::{Plugin as World, PluginPre as WorldPre};
pub const WORLD: &str = \"plugin\";
pub const FILES: &[(&str, &str)] = &[];
";

impl Host {
    /// Its text in a repository of its own. `build.rs` is done before.
    fn copied(&self) -> Project {
        let project = Project::empty();
        let from = Path::new(WORKSPACE).join(self.dir);
        for part in ["src", "wit"] {
            copy(&from.join(part), &project.path(part));
        }
        if project.path("src/wit.rs").exists() {
            project.write("src/wit.rs", BUILT);
        }
        project.write(
            "Cargo.toml",
            "[package]\nname = \"host\"\nversion = \"0.1.0\"\n",
        );
        project.commit();
        project
    }

    /// Every Rust file of it, as one text.
    fn rust(&self, project: &Project) -> String {
        fn all(dir: &Path, text: &mut String) {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => all(&path, text),
                    false => *text += &fs::read_to_string(path).unwrap(),
                }
            }
        }
        let mut text = String::new();
        all(&project.path("src"), &mut text);
        text
    }
}

/// What is done to the WIT, in order.
fn change(host: &Host, project: &Project, step: usize) {
    match step {
        // Added.
        0 => project.edit(
            host.file,
            host.function,
            &format!(
                "{}\n  count: func(of: list<string>) -> result<u64, string>;",
                host.function
            ),
        ),
        // Changed.
        1 => {
            project.edit(
                host.file,
                "count: func(of: list<string>)",
                "count: func(of: list<u8>, more: bool)",
            );
            let parameter = host.function.replace(')', ", level: option<u8>)");
            project.edit(host.file, host.function, &parameter)
        }
        // Removed, both what somebody wrote and what nobody did.
        2 => {
            let text = project.read(host.file);
            let kept = text.lines().filter(|line| {
                let line = line.trim_start();
                !line.starts_with("count:") && !line.starts_with(&format!("{}:", host.name))
            });
            let text: Vec<&str> = kept.collect();
            project.write(host.file, &(text.join("\n") + "\n"));
            let end = text.join("\n").rfind('}').unwrap();
            let mut text = text.join("\n");
            text.insert_str(end, "  other: func() -> u8;\n");
            project.write(host.file, &text)
        }
        // Renamed.
        3 => {
            let (old, new) = (
                format!("interface {}", host.interface),
                "interface renamed-one",
            );
            project.edit(host.file, &old, new);
            project.edit(
                host.world,
                &format!("import {};", host.interface),
                "import renamed-one;",
            )
        }
        // A new interface with a resource.
        _ => {
            let text = format!(
                "package {};\n\ninterface store {{\n  record entry {{ key: string, size: u64 }}\n  \
                 resource bucket {{\n    constructor(name: string);\n    \
                 get: func(key: string) -> option<list<u8>>;\n    \
                 join: func(other: borrow<bucket>) -> result<entry, string>;\n  }}\n  \
                 open: func(name: string) -> bucket;\n}}\n",
                host.package
            );
            project.write("wit/store.wit", &text);
            project.edit(
                host.world,
                "import renamed-one;",
                "import renamed-one;\n  import store;",
            )
        }
    };
}

#[track_caller]
fn follows(host: &Host) {
    let project = host.copied();
    let main = match project.path("src/lib.rs").exists() {
        true => "src/lib.rs",
        false => "src/main.rs",
    };
    let compiles = |step: &str| {
        let errors = RUSTC.check(&project.path(""), main);
        assert!(errors.is_empty(), "{} after {step}: {errors:#?}", host.dir);
    };
    compiles("nothing");
    for (step, what) in ["added", "changed", "removed", "renamed", "a resource"]
        .iter()
        .enumerate()
    {
        change(host, &project, step);
        project.wit(&["apply"]).has(0, &["src/"]);
        project
            .wit(&["apply", "--check"])
            .has(0, &["nothing to write"]);
        compiles(what);
        // What somebody wrote is there, if only as a comment.
        let rust = host.rust(&project);
        assert!(
            rust.contains(host.body),
            "{} after {what}:\n{rust}",
            host.dir
        );
        project.commit();
    }
    println!("{}: 5 changes", host.dir);
}

#[test]
fn the_first_example() {
    follows(&HOSTS[0]);
}

#[test]
fn the_async_example() {
    follows(&HOSTS[1]);
}

#[test]
fn this_workspace_s_own_project() {
    follows(&HOSTS[2]);
}

#[test]
fn the_fixture() {
    follows(&HOSTS[3]);
}

/// What links it is the value of its function there: what is left is a function still.
#[test]
fn a_link_that_is_the_last_word_is_replaced() {
    let project = HOSTS[0].copied();
    project.edit("wit/world.wit", "  import audit;\n", "");
    project.wit(&["apply"]).has(0, &["changed  src/main.rs"]);
    let main = project.read("src/main.rs");
    let end = "|state| state)?;\n    Ok(())\n}";
    assert!(main.contains(end), "{main}");
}
