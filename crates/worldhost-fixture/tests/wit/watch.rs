//! `worldhost wit watch`: what is said after each save, as real ones are made.

use crate::project::Project;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A command that watches, and the lines that it says.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn begin(project: &Project, args: &[&str]) -> Watching {
        let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
        command.current_dir(project.path("")).args(["wit", "watch"]);
        command.args(args).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .try_for_each(|l| tell.send(l))
        });
        Watching { child, lines }
    }

    /// What is said until a line has this in it.
    #[track_caller]
    fn until(&self, end: &str) -> String {
        let mut said = String::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => said += &format!("{line}\n"),
                Err(error) => panic!("`{end}` was not said ({error}); this was:\n{said}"),
            }
            if said
                .lines()
                .next_back()
                .is_some_and(|line| line.contains(end))
            {
                return said;
            }
        }
    }

    /// Nothing more is said.
    #[track_caller]
    fn quiet(&self) {
        let more = self.lines.recv_timeout(Duration::from_secs(3));
        assert!(more.is_err(), "{more:?}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_save_has_its_verdict_and_its_list() {
    let project = Project::committed();
    let watching = Watching::begin(&project, &[]);
    watching.until("No change.");
    project.edit("wit/host.wit", "msg: string", "msg: string, level: u8");
    let said = watching.until("+ async fn log");
    for part in [
        "== wit/host.wit",
        "will not load",
        "0.2.0",
        "src/imports/host.rs",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    // A comment changes nothing, nor does a file that is no WIT.
    let text = project.read("wit/host.wit");
    project.write("wit/host.wit", &(text.clone() + "// nothing\n"));
    project.write("wit/notes.txt", "mine");
    watching.quiet();
    // Replaced by rename, as editors do it, with what is no WIT.
    project.write("wit/host.new", &text.replace("level: u8", "level u8"));
    std::fs::rename(project.path("wit/host.new"), project.path("wit/host.wit")).unwrap();
    let said = watching.until("^");
    for part in ["== wit/host.wit", "error: ", "wit/host.wit:", "expected"] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    // A directory that comes and goes.
    project.git(&["checkout", "-q", "wit"]);
    watching.until("No change.");
    project.write(
        "wit/deps/acme-kv-1.0.0/package.wit",
        "package acme:kv@1.0.0;\ninterface kv { get: func(key: string) -> string; }\n",
    );
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import acme:kv/kv@1.0.0;",
    );
    let said = watching.until("src/imports/kv.rs");
    assert!(
        said.contains("added import interface acme:kv/kv@1.0.0"),
        "{said}"
    );
    project.commit();
    let said = watching.until("No change.");
    assert!(said.contains("HEAD"), "{said}");
}

/// The list becomes shorter as the host is written.
#[test]
fn what_is_done_in_rust_is_seen_too() {
    let project = Project::committed();
    let watching = Watching::begin(&project, &[]);
    watching.until("No change.");
    project.edit("wit/host.wit", "msg: string", "msg: string, level: u8");
    watching.until("+ async fn log");
    project.edit(
        "src/imports/host.rs",
        "msg: String",
        "msg: String, _level: u8",
    );
    let said = watching.until("To do in the host: nothing");
    assert!(said.contains("== src/imports/host.rs"), "{said}");
}

#[test]
fn the_host_follows_each_save() {
    let project = Project::committed();
    let watching = Watching::begin(&project, &["--apply"]);
    watching.until("No change.");
    let host = project.read("src/imports/host.rs");
    // As somebody types: each save is a change of the one before.
    let typed = [
        (
            "msg: string)",
            "msg: string);\n  fin: func(key: string)",
            "async fn fin(",
        ),
        (
            "fin: func(key: string)",
            "find: func(key: string)",
            "async fn find(",
        ),
        (
            "find: func(key: string)",
            "find: func(key: string) -> u8",
            "wasmtime::Result<u8>",
        ),
    ];
    for (from, to, has) in typed {
        project.edit("wit/host.wit", from, to);
        watching.until("changed  src/imports/host.rs");
        let found = project.read("src/imports/host.rs");
        assert!(found.contains(has), "{found}");
    }
    let found = project.read("src/imports/host.rs");
    assert!(!found.contains("fn fin("), "{found}");
    project
        .wit(&["apply", "--check"])
        .has(0, &["nothing to write"]);
    // Back again: nothing is left of it.
    project.git(&["checkout", "-q", "wit"]);
    watching.until("changed  src/imports/host.rs");
    let back = project.read("src/imports/host.rs");
    assert!(!back.contains("find"), "{back}");
    assert_eq!(back, host);
    // What somebody writes meanwhile is theirs.
    project.edit(
        "src/imports/host.rs",
        "async fn log",
        "// mine\n    async fn log",
    );
    project.edit("wit/host.wit", "msg: string", "msg: string, level: u8");
    let said = watching.until("not applied");
    assert!(said.contains("src/imports/host.rs"), "{said}");
    assert!(!project.read("src/imports/host.rs").contains("level"));
}

#[test]
fn who_reads_no_more_ends_it() {
    let project = Project::committed();
    let mut watching = Watching::begin(&project, &[]);
    watching.until("No change.");
    watching.lines = channel().1;
    for n in 0..600 {
        let host = project.read("wit/host.wit");
        project.write(
            "wit/host.wit",
            &host.replace("msg: string", &format!("p{n}: u8, msg: string")),
        );
        if let Some(status) = watching.child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it goes on");
}
