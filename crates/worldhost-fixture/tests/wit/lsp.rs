//! `worldhost wit lsp`: whole sessions, as an editor has them, over pipes.

use crate::project::Project;
use lsp_server::{Message, Notification, Request, RequestId};
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Position, Url};
use serde_json::{Value, json};
use std::io::{BufReader, BufWriter};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

struct Editor {
    child: Child,
    to: BufWriter<ChildStdin>,
    from: Receiver<Message>,
    root: std::path::PathBuf,
    asked: i32,
}

impl Editor {
    /// Opens a project, from a directory that has nothing to do with it.
    fn open(project: &Project) -> Editor {
        let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
        command
            .current_dir(std::env::temp_dir())
            .args(["wit", "lsp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, from) = channel();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Ok(Some(message)) = Message::read(&mut out) {
                if tell.send(message).is_err() {
                    break;
                }
            }
        });
        let to = BufWriter::new(child.stdin.take().unwrap());
        let root = project.path("").canonicalize().unwrap();
        let mut editor = Editor {
            child,
            to,
            from,
            root,
            asked: 0,
        };
        let root = Url::from_directory_path(&editor.root).unwrap();
        let can = editor.ask("initialize", json!({ "capabilities": {}, "rootUri": root }));
        assert_eq!(can["capabilities"]["hoverProvider"], true);
        assert_eq!(can["capabilities"]["definitionProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, file: &str) -> Url {
        Url::from_file_path(self.root.join(file)).unwrap()
    }

    fn tell(&mut self, method: &str, params: Value) {
        let note = Notification::new(method.into(), params);
        Message::Notification(note).write(&mut self.to).unwrap();
    }

    /// A request, and its answer; what is told meanwhile is of no interest.
    #[track_caller]
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        let request = Request::new(id.clone(), method.into(), params);
        Message::Request(request).write(&mut self.to).unwrap();
        loop {
            let message = self.from.recv_timeout(Duration::from_secs(60)).unwrap();
            if let Message::Response(response) = message {
                assert_eq!(response.id, id);
                return serde_json::to_value(response).unwrap()["result"].clone();
            }
        }
    }

    fn shows(&mut self, file: &str, text: &str) {
        let uri = self.uri(file);
        let document = json!({ "uri": uri, "languageId": "wit", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn types(&mut self, file: &str, text: &str) {
        let document = json!({ "uri": self.uri(file), "version": 2 });
        let changes = json!([{ "text": text }]);
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// What is told of a file next.
    #[track_caller]
    fn told(&mut self, file: &str) -> Vec<Diagnostic> {
        let uri = self.uri(file);
        loop {
            let message = self.from.recv_timeout(Duration::from_secs(60)).unwrap();
            let Message::Notification(note) = message else {
                panic!("{message:?}");
            };
            assert_eq!(note.method, "textDocument/publishDiagnostics");
            let told: lsp_types::PublishDiagnosticsParams =
                serde_json::from_value(note.params).unwrap();
            if told.uri == uri {
                return told.diagnostics;
            }
        }
    }

    fn at(&self, file: &str, text: &str, word: &str) -> Value {
        let (line, text) = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(word))
            .unwrap();
        let character = text.find(word).unwrap() + 1;
        json!({
            "textDocument": { "uri": self.uri(file) },
            "position": { "line": line, "character": character },
        })
    }

    fn ends(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn rules(told: &[Diagnostic]) -> Vec<&str> {
    let codes = told.iter().filter_map(|one| match &one.code {
        Some(NumberOrString::String(code)) => Some(code.as_str()),
        _ => None,
    });
    codes.collect()
}

#[test]
fn what_is_typed_is_judged_before_it_is_saved() {
    let project = Project::committed();
    let saved = project.read("wit/host.wit");
    let mut editor = Editor::open(&project);
    editor.shows("wit/host.wit", &saved);
    let at_first = editor.told("wit/host.wit");
    let breaks = |told: &[Diagnostic]| {
        let mut all = told.iter();
        all.any(|one| one.message.starts_with("breaks existing components: "))
    };
    assert!(!breaks(&at_first), "{at_first:#?}");
    // A function of another type.
    let text = saved.replace("msg: string", "msg: string, level: u8");
    editor.types("wit/host.wit", &text);
    let told = editor.told("wit/host.wit");
    assert!(breaks(&told), "{told:#?}");
    assert!(
        rules(&told).contains(&"import-function-changed"),
        "{told:#?}"
    );
    let found = told
        .iter()
        .find(|one| breaks(std::slice::from_ref(*one)))
        .unwrap();
    let line = text.lines().position(|line| line.contains("log:")).unwrap();
    assert_eq!(found.range.start, Position::new(line as u32, 2));
    assert_eq!(found.range.end, Position::new(line as u32, 5));
    assert_eq!(found.severity, Some(DiagnosticSeverity::WARNING));
    // No WIT any more, and then as it was.
    editor.types("wit/host.wit", &text.replace("level: u8", "level u8"));
    let told = editor.told("wit/host.wit");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].severity, Some(DiagnosticSeverity::ERROR));
    assert_eq!(told[0].range.start.line, line as u32);
    assert!(!told[0].message.contains('\n'), "{told:#?}");
    editor.types("wit/host.wit", &saved);
    assert_eq!(editor.told("wit/host.wit"), at_first);
    assert_eq!(project.read("wit/host.wit"), saved);
    editor.ends();
}

/// With a release, what was released counts, and not what was committed since.
#[test]
fn a_release_is_what_is_held_against() {
    let project = Project::committed();
    project.wit(&["release"]).has(0, &[]);
    project.edit("wit/host.wit", "msg: string", "msg: string, level: u8");
    project.commit();
    let text = project.read("wit/host.wit");
    let mut editor = Editor::open(&project);
    editor.shows("wit/host.wit", &text);
    let told = editor.told("wit/host.wit");
    let since = |one: &&Diagnostic| one.message.ends_with("(since 0.1.0)");
    assert!(told.iter().any(|one| since(&one)), "{told:#?}");
    // With a version that says so, it is no more than good to know.
    for file in ["wit/host.wit", "wit/world.wit", "wit/wasi-pins.wit"] {
        let text = project
            .read(file)
            .replace("worldhost:plugin@0.1.0", "worldhost:plugin@0.2.0");
        project.write(file, &text);
    }
    let text = project.read("wit/host.wit");
    editor.types("wit/host.wit", &text);
    let told = editor.told("wit/host.wit");
    let broken: Vec<_> = told.iter().filter(since).collect();
    let severity = |one: &&Diagnostic| one.severity == Some(DiagnosticSeverity::INFORMATION);
    assert!(broken.iter().all(severity), "{told:#?}");
    editor.ends();
}

#[test]
fn a_name_is_shown_in_rust_and_leads_to_its_implementation() {
    let project = Project::committed();
    let saved = project.read("wit/host.wit");
    let mut editor = Editor::open(&project);
    // Some lines further down than it is on the disk, and with a function that is new.
    let text = saved.replace(
        "  log:",
        "  later: func(of: list<string>) -> option<u8>;\n\n  log:",
    );
    editor.shows("wit/host.wit", &text);
    for (word, rust) in [
        (
            "log",
            "async fn log(&mut self, msg: String) -> wasmtime::Result<()>",
        ),
        (
            "later",
            "async fn later(&mut self, of: Vec<String>) -> wasmtime::Result<Option<u8>>",
        ),
        ("host", "trait worldhost::plugin::host::Host"),
    ] {
        let at = match word {
            "host" => editor.at("wit/host.wit", &text, "host {"),
            word => editor.at("wit/host.wit", &text, &format!("{word}:")),
        };
        let shown = editor.ask("textDocument/hover", at);
        assert_eq!(
            shown["contents"]["value"],
            format!("```rust\n{rust}\n```"),
            "{word}"
        );
    }
    let world = project.read("wit/world.wit");
    let at = editor.at("wit/world.wit", &world, "process:");
    let shown = editor.ask("textDocument/hover", at).to_string();
    assert!(shown.contains("async fn call_process"), "{shown}");
    // To the method, and to the `impl`.
    let rust = project.read("src/imports/host.rs");
    for (word, line) in [("log:", "async fn log"), ("host {", "impl Host for")] {
        let at = editor.at("wit/host.wit", &text, word);
        let place = editor.ask("textDocument/definition", at);
        let expected = rust.lines().position(|one| one.contains(line)).unwrap();
        assert_eq!(place["uri"], editor.uri("src/imports/host.rs").to_string());
        assert_eq!(place["range"]["start"]["line"], expected, "{place}");
    }
    // What nobody has written leads nowhere, nor does a word that is no name.
    let at = editor.at("wit/host.wit", &text, "later:");
    assert_eq!(editor.ask("textDocument/definition", at), Value::Null);
    let at = editor.at("wit/host.wit", &text, "func(of");
    assert_eq!(editor.ask("textDocument/hover", at), Value::Null);
    editor.ends();
}

#[test]
fn what_is_not_known_is_refused_and_an_editor_that_is_gone_ends_it() {
    let project = Project::committed();
    let mut editor = Editor::open(&project);
    let at = json!({ "textDocument": { "uri": editor.uri("wit/host.wit") } });
    assert_eq!(editor.ask("textDocument/foldingRange", at), Value::Null);
    let gone = Command::new("true").stdin(Stdio::piped()).spawn();
    let mut gone = gone.unwrap();
    editor.to = BufWriter::new(gone.stdin.take().unwrap());
    gone.wait().unwrap();
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}
