//! `worldhost compile`, and running what it made.

use crate::support::{Scratch, guest, one_line, plugin, worldhost};
use std::path::Path;

#[track_caller]
fn compile(args: &[&str], component: &Path, output: &Path) {
    worldhost()
        .arg("compile")
        .args(args)
        .arg(component)
        .arg("-o")
        .arg(output)
        .assert()
        .success()
        .stdout("")
        .stderr("");
}

#[track_caller]
fn fails(args: &[&str], file: &Path, code: i32, parts: &[&str]) {
    let output = worldhost().args(args).arg(file).output().unwrap();
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line}");
    for part in parts {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
    assert_eq!(output.stdout, b"");
}

#[test]
fn compiled_code_runs_only_for_those_who_trust_it() {
    let scratch = Scratch::new();
    let component = scratch.file("tool.wasm", std::fs::read(guest("command")).unwrap());
    // Without -o it is beside the component.
    worldhost()
        .arg("compile")
        .arg(&component)
        .assert()
        .success();
    let code = component.with_extension("cwasm");
    fails(
        &["run"],
        &code,
        126,
        &[
            "tool.cwasm is compiled code",
            "without being checked",
            "--trust-compiled",
        ],
    );
    worldhost()
        .args(["run", "--trust-compiled"])
        .arg(&code)
        .args(["args", "a b"])
        .assert()
        .success()
        .stdout("a b\n")
        .stderr("");
}

#[test]
fn both_compilers_code_is_run() {
    let scratch = Scratch::new();
    for compiler in ["cranelift", "winch"] {
        let code = scratch.path().join(compiler);
        compile(&["--compiler", compiler], &guest("plugin-rust"), &code);
        worldhost()
            .args(["process", "--trust-compiled"])
            .arg(&code)
            .arg("hello")
            .assert()
            .success()
            .stdout("HELLO\n");
    }
    let sizes =
        ["cranelift", "winch"].map(|name| scratch.path().join(name).metadata().unwrap().len());
    assert_ne!(sizes[0], sizes[1]);
}

#[test]
fn code_of_another_configuration_is_refused() {
    let scratch = Scratch::new();
    let code = scratch.path().join("fuel.cwasm");
    compile(&["--fuel"], &guest("command"), &code);
    fails(
        &["run", "--trust-compiled"],
        &code,
        126,
        &["is not compiled for this host", "fuel", "worldhost compile"],
    );
    worldhost()
        .args(["run", "--trust-compiled", "--fuel", "100000000"])
        .arg(&code)
        .args(["args", "a"])
        .assert()
        .success()
        .stdout("a\n");
}

#[test]
fn code_that_is_cut_off_and_what_is_no_code() {
    let scratch = Scratch::new();
    let code = scratch.path().join("tool.cwasm");
    compile(&[], &guest("command"), &code);
    let whole = std::fs::read(&code).unwrap();
    for keep in [0, 1, whole.len() / 2, whole.len() - 1] {
        let cut = scratch.file("cut.cwasm", &whole[..keep]);
        fails(&["run", "--trust-compiled"], &cut, 126, &["it is cut off"]);
    }
    fails(
        &["run", "--trust-compiled"],
        &guest("command"),
        126,
        &["is not compiled for this host", "worldhost compile"],
    );
    let missing = scratch.path().join("none.cwasm");
    fails(
        &["run", "--trust-compiled"],
        &missing,
        127,
        &["no such file"],
    );
    fails(&["run", "--trust-compiled"], scratch.path(), 126, &[]);
}

#[test]
fn a_target_is_this_kind_of_machine_or_refused() {
    let scratch = Scratch::new();
    let output = scratch.path().join("out.cwasm");
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        compile(&["--target", &target], &guest("command"), &output);
        worldhost()
            .args(["run", "--trust-compiled"])
            .arg(&output)
            .args(["args", "portable"])
            .assert()
            .success()
            .stdout("portable\n");
    }
    let foreign = match std::env::consts::ARCH {
        "riscv64" => "x86_64-unknown-linux-gnu",
        _ => "riscv64gc-unknown-linux-gnu",
    };
    for target in [foreign, "toaster"] {
        fails(
            &["compile", "--target", target],
            &guest("command"),
            2,
            &["cannot compile for", target],
        );
    }
}

#[test]
fn what_cannot_be_compiled_or_written() {
    let scratch = Scratch::new();
    let text = scratch.file("text.wasm", "hello");
    fails(&["compile"], &text, 126, &["is not WebAssembly"]);
    fails(
        &["compile"],
        &scratch.path().join("none.wasm"),
        127,
        &["no such file"],
    );
    let small = scratch.file("small.wasm", plugin("(i32.const 8)"));
    let nowhere = scratch.path().join("no/where.cwasm");
    fails(
        &["compile", "-o", nowhere.to_str().unwrap()],
        &small,
        125,
        &["cannot write"],
    );
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// Of all that it had written when it was told to end.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_leaves_nothing_of_code_that_is_being_written() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new();
    let component = scratch.file("large.wasm", crate::support::bombs::large());
    let dir = scratch.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    for (name, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        let mut caught = false;
        // It may be done before it is told.
        for _ in 0..5 {
            let mut child = crate::support::command()
                .args(["compile", "--compiler", "winch", "-o"])
                .arg(dir.join("code.cwasm"))
                .arg(&component)
                .spawn()
                .unwrap();
            let files = format!("/proc/{}/fd", child.id());
            let writes = || {
                let files = std::fs::read_dir(&files).into_iter().flatten();
                let mut open = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
                open.any(|file| file.starts_with(&dir))
            };
            while !writes() && child.try_wait().unwrap().is_none() {
                std::hint::spin_loop();
            }
            let id = child.id().to_string();
            let _ = std::process::Command::new("kill")
                .args([&format!("-{name}"), &id])
                .status();
            let ended = child.wait().unwrap();
            if ended.signal() == Some(number) {
                caught = true;
                let left: Vec<_> = std::fs::read_dir(&dir).unwrap().collect();
                assert!(left.is_empty(), "{name}: {left:?}");
                break;
            }
            assert!(ended.success(), "{name}: {ended}");
            std::fs::remove_file(dir.join("code.cwasm")).unwrap();
        }
        assert!(caught, "{name}: it is always done before");
    }
}
