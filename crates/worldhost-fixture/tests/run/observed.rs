//! What `run`, `call` and `process` tell of themselves: counts, pages, and lines for a machine.

use crate::support::{Scratch, command, guest, plugin, wasi_command, worldhost};
use serde_json::Value;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Traps where the input is `trap`; any other is its own answer.
fn traps(scratch: &Scratch) -> std::path::PathBuf {
    let body = "(if (i32.eq (i32.load (local.get $ptr)) (i32.const 0x70617274)) (then unreachable))
        (i32.store (i32.const 8) (local.get $ptr))
        (i32.store (i32.const 12) (local.get $len))
        (i32.const 8)";
    scratch.file("traps.wasm", plugin(body))
}

/// The value of a line that begins so.
#[track_caller]
fn value(text: &str, begin: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(begin));
    let line = line.unwrap_or_else(|| panic!("no {begin} in\n{text}"));
    line.trim().parse().unwrap()
}

#[test]
fn counts_are_in_the_file_when_all_is_done() {
    let scratch = Scratch::new();
    let file = scratch.path().join("worldhost.prom");
    let mut process = worldhost();
    process.args(["process", "--fresh", "--keep-going", "--metrics"]);
    process.arg(&file).arg(traps(&scratch));
    let output = process.args(["one", "trap", "two"]).output().unwrap();
    assert_eq!(output.status.code(), Some(134), "{output:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let calls = r#"worldhost_calls_total{export="process",outcome="#;
    assert_eq!(value(&text, &format!("{calls}\"ok\"}}")), 2.0);
    assert_eq!(value(&text, &format!("{calls}\"trap\"}}")), 1.0);
    assert_eq!(value(&text, "worldhost_instances_total"), 3.0);
    assert_eq!(value(&text, "worldhost_calls_in_flight"), 0.0);
    assert_eq!(value(&text, "worldhost_call_duration_seconds_count"), 3.0);
    assert!(value(&text, "worldhost_load_duration_seconds") > 0.0);
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(std::fs::read(traps(&scratch)).unwrap());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let component = text
        .lines()
        .find(|line| line.starts_with("worldhost_component{"));
    assert!(
        component.is_some_and(|line| line.contains(&digest)),
        "{text}"
    );
    // Another user gathers it, and nothing is left beside it.
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 2);
}

/// Options, a component and words for it, the exit code, and what came of the call.
type Run<'a> = (&'a [&'a str], &'a Path, &'a [&'a str], i32, &'a str);

#[test]
fn what_went_wrong_is_in_the_counts_of_each_command() {
    let scratch = Scratch::new();
    let file = scratch.path().join("counts");
    let endless = scratch.file(
        "endless.wasm",
        wasi_command("", "(loop (br 0)) (i32.const 0)"),
    );
    let traps = traps(&scratch);
    let runs: [Run<'_>; 3] = [
        (
            &["run", "--timeout", "200ms"],
            &endless,
            &[],
            124,
            "timeout",
        ),
        (&["call"], &traps, &["process(\"trap\")"], 134, "trap"),
        (&["run"], &guest("command"), &[], 0, "ok"),
    ];
    for (args, component, words, code, outcome) in runs {
        let mut command = worldhost();
        command.args(args).arg("--metrics").arg(&file);
        let output = command.arg(component).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let text = std::fs::read_to_string(&file).unwrap();
        let found = text
            .lines()
            .find(|line| line.contains(&format!("outcome=\"{outcome}\"")));
        assert!(
            found.is_some_and(|line| line.ends_with(" 1")),
            "{args:?}: {text}"
        );
    }
}

/// It is told before anything is done.
#[test]
fn a_file_that_cannot_be_is_refused() {
    let scratch = Scratch::new();
    for (file, why) in [
        (scratch.path().join("none/counts"), "there is no directory"),
        (scratch.path().to_path_buf(), "it is to be a file"),
    ] {
        let mut run = worldhost();
        run.args(["run", "--metrics"])
            .arg(&file)
            .arg(guest("command"));
        let output = run.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.contains("--metrics"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

fn page(socket: &Path, path: &str) -> Option<String> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    Some(text)
}

/// A process that is ended, whatever becomes of the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A guest that computes and never waits holds up no page.
#[test]
fn pages_tell_of_a_guest_that_computes() {
    let scratch = Scratch::new();
    let socket = scratch.path().join("admin.sock");
    let endless = scratch.file(
        "endless.wasm",
        wasi_command("", "(loop (br 0)) (i32.const 0)"),
    );
    let mut run = command();
    run.arg("run")
        .arg(format!("--admin-addr=unix:{}", socket.display()))
        .arg(endless);
    let run = run.stdin(Stdio::null()).spawn().unwrap();
    let _run = Ended(run);
    let asked = Instant::now();
    let text = loop {
        match page(&socket, "/metrics") {
            Some(text) if text.contains("worldhost_calls_in_flight 1") => break text,
            _ if asked.elapsed() > Duration::from_secs(60) => panic!("no page"),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert_eq!(value(&text, "worldhost_instances_total"), 1.0);
    assert!(
        page(&socket, "/healthz")
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
}

#[test]
fn the_socket_of_the_pages_goes_with_the_process() {
    let scratch = Scratch::new();
    let socket = scratch.path().join("admin.sock");
    let traps = traps(&scratch);
    for (args, words) in [
        (["run"], [guest("command"), "".into()]),
        (["call"], [traps, "process(\"trap\")".into()]),
    ] {
        let mut command = worldhost();
        command.args(args);
        command.arg(format!("--admin-addr=unix:{}", socket.display()));
        command.args(words).output().unwrap();
        assert!(!socket.exists(), "{args:?}");
    }
}

#[test]
fn lines_are_objects_where_a_machine_reads_them() {
    let scratch = Scratch::new();
    let traps = traps(&scratch);
    let said = |args: &[&str]| {
        let mut call = worldhost();
        call.args(["call", "-v"]).args(args).arg(&traps);
        let output = call.arg("process(\"trap\")").output().unwrap();
        assert_eq!(output.status.code(), Some(134), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let text = said(&[]);
    let line = said(&["--log-format", "json"]);
    let object: Value = serde_json::from_str(line.lines().last().unwrap()).unwrap();
    let message = object["message"].as_str().unwrap();
    assert!(
        text.contains(&format!("error: {message}\n")),
        "{text}\n{line}"
    );
    assert_eq!(
        (&object["level"], &object["code"]),
        (&"ERROR".into(), &134.into())
    );
    assert!(object["timestamp"].as_str().unwrap().contains('T'));
    // What is below the line of a person.
    let details = object["details"].as_array().unwrap();
    for detail in details {
        assert!(
            text.contains(&format!("  {}\n", detail.as_str().unwrap())),
            "{text}"
        );
    }
    assert!(!details.is_empty(), "{line}");
}
