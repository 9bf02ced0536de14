//! What a component may touch: nothing that was not granted, and what was
//! granted for real: files on disk, sockets on loopback.

use crate::support::{Scratch, guest, worldhost};
use assert_cmd::Command;
use predicates::prelude::*;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn run(options: &[&str], name: &str) -> Command {
    let mut command = worldhost();
    command.arg("run").args(options).arg(guest(name));
    command
}

#[test]
fn the_environment_is_empty_by_default() {
    run(&[], "command")
        .arg("envs")
        .env("SECRET", "s")
        .assert()
        .success()
        .stdout("");
}

#[test]
fn variables_are_set_passed_on_or_all_inherited() {
    run(
        &[
            "--env", "A=1", "--env", "B", "--env", "C=x=y", "--env", "D=",
        ],
        "command",
    )
    .arg("envs")
    .env("B", "from here")
    .assert()
    .success()
    .stdout("A=1\nB=from here\nC=x=y\nD=\n");
    run(&["--inherit-env", "--env", "B=2"], "command")
        .args(["env", "B"])
        .env("B", "1")
        .assert()
        .success()
        .stdout("2\n");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_unicode_is_left_out_not_a_panic() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"\xff");
    run(&["--inherit-env"], "command")
        .args(["env", "ODD"])
        .env("ODD", odd)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("panicked").not());
    run(&["--env", "ODD"], "command")
        .env("ODD", odd)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--env ODD=VALUE"));
}

#[test]
fn a_file_is_out_of_reach_without_a_grant() {
    let scratch = Scratch::new();
    let file = scratch.file("in.txt", "secret");
    run(&[], "command")
        .arg("cat")
        .arg(&file)
        .assert()
        .failure()
        .stdout("");
}

#[test]
fn a_directory_is_preopened_under_its_name_or_another() {
    let scratch = Scratch::new();
    let file = scratch.file("in.txt", "text\n");
    let dir = scratch.path().to_str().unwrap();
    run(&["--dir", dir], "command")
        .arg("cat")
        .arg(&file)
        .assert()
        .success()
        .stdout("text\n");

    let as_data = format!("{dir}::/data");
    run(&["--dir", &as_data], "command")
        .args(["write", "/data/out.txt", "written"])
        .assert()
        .success();
    let written = std::fs::read_to_string(scratch.path().join("out.txt")).unwrap();
    assert_eq!(written.trim_end(), "written");
}

#[test]
fn a_read_only_directory_can_be_read_and_not_written() {
    let scratch = Scratch::new();
    scratch.file("in.txt", "text\n");
    let as_data = format!("{}::/data", scratch.path().display());
    run(&["--dir-ro", &as_data], "command")
        .args(["cat", "/data/in.txt"])
        .assert()
        .success()
        .stdout("text\n");
    for path in ["/data/new.txt", "/data/in.txt"] {
        run(&["--dir-ro", &as_data], "command")
            .args(["write", path, "overwritten"])
            .assert()
            .failure();
    }
    assert!(!scratch.path().join("new.txt").exists());
    assert_eq!(
        std::fs::read(scratch.path().join("in.txt")).unwrap(),
        b"text\n"
    );
}

#[cfg(unix)]
#[test]
fn no_path_leads_out_of_a_preopened_directory() {
    let scratch = Scratch::new();
    scratch.file("secret", "secret");
    let inside = scratch.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::os::unix::fs::symlink("../secret", inside.join("link")).unwrap();
    std::os::unix::fs::symlink(scratch.path(), inside.join("up")).unwrap();
    let as_data = format!("{}::/data", inside.display());
    for path in ["/data/../secret", "/data/link", "/data/up/secret"] {
        run(&["--dir", &as_data], "command")
            .args(["cat", path])
            .assert()
            .failure()
            .stdout("");
    }
}

#[test]
fn plugins_take_the_same_grants() {
    let scratch = Scratch::new();
    scratch.file("in.txt", "text");
    let as_data = format!("{}::/data", scratch.path().display());
    let process = |options: &[&str]| {
        let mut command = worldhost();
        command
            .arg("process")
            .args(options)
            .arg(guest("plugin-rust"));
        command.args(["env:GREETING", "file:/data/in.txt"]);
        let output = command.assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    };
    let granted = process(&["--env", "GREETING=hi", "--dir-ro", &as_data]);
    assert_eq!(granted, "hi\ntext\n");
    let denied = process(&[]);
    assert_eq!(denied.matches("error: ").count(), 2, "{denied}");
}

/// A server on loopback that answers each line with `pong`, and its port.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let mut line = String::new();
            let mut reader = BufReader::new(stream);
            reader.read_line(&mut line).unwrap();
            assert_eq!(line, "ping\n");
            reader.get_mut().write_all(b"pong\n").unwrap();
        }
    });
    port
}

#[test]
fn a_connection_is_refused_unless_its_place_is_granted() {
    let port = server();
    let place = format!("127.0.0.1:{port}");
    let denied: &[&[&str]] = &[
        &[],
        &["--allow-net", "127.0.0.1:1"],
        &["--allow-net", "127.0.0.2:*"],
    ];
    for options in denied {
        run(options, "connect")
            .arg(&place)
            .assert()
            .code(1)
            .stdout("")
            .stderr(predicate::str::contains("access-denied"));
    }
    let by_name = format!("localhost:{port}");
    let granted: &[&[&str]] = &[
        &["--allow-net", &place],
        &["--allow-net", "127.0.0.1:*"],
        &["--allow-net", &by_name],
        &["--inherit-network"],
    ];
    for options in granted {
        run(options, "connect")
            .arg(&place)
            .assert()
            .success()
            .stdout("pong\n");
    }
}

#[test]
fn an_outgoing_request_links_always_and_is_sent_only_when_granted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            reader.get_mut().write_all(answer).unwrap();
        }
    });
    let authority = format!("127.0.0.1:{port}");
    for options in [&[][..], &["--allow-net", "127.0.0.1:1"]] {
        run(options, "fetch")
            .args([&authority, "/"])
            .assert()
            .code(1)
            .stdout("")
            .stderr(predicate::str::contains("RequestDenied"));
    }
    for options in [&["--allow-net", &authority][..], &["--inherit-network"]] {
        run(options, "fetch")
            .args([&authority, "/"])
            .assert()
            .success()
            .stdout("200\n");
    }
}

/// A named pipe takes a thread that waits for its other end, for ever. There are hundreds
/// of tries here, in one process, and as many threads at the most.
#[cfg(unix)]
#[test]
fn only_files_and_directories_are_opened() {
    let scratch = Scratch::new();
    let dir = scratch.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    std::fs::create_dir(dir.join("subd")).unwrap();
    std::fs::write(dir.join("file"), "here\n").unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(dir.join("pipe"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("pipe", dir.join("link")).unwrap();

    // Its input is a name; it answers with the number of the error, as a character.
    let opens = crate::support::plugin_with(
        r#"(import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $dirs (param i32)))
           (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
               (func $open (param i32 i32 i32 i32 i32 i32 i32)))"#,
        "(call $dirs (i32.const 8))
         (call $open (i32.load (i32.load (i32.const 8))) (i32.const 1)
             (local.get $ptr) (local.get $len) (i32.const 0) (i32.const 1) (i32.const 16))
         (i32.store8 (i32.const 32) (i32.const 111))
         (if (i32.load8_u (i32.const 16)) (then
             (i32.store8 (i32.const 32) (i32.add (i32.const 65) (i32.load8_u (i32.const 20))))))
         (i32.store (i32.const 24) (i32.const 32))
         (i32.store (i32.const 28) (i32.const 1))
         (global.set $free (i32.const 65536))
         (i32.const 24)",
    );
    let opens = scratch.file("opens.wasm", opens);
    let mut inputs = ["pipe", "link"].repeat(300);
    inputs.extend(["file", "subd", "none"]);
    for options in [&[][..], &["--fresh"]] {
        let mut command = worldhost();
        command
            .args(["process", "--timeout", "20s", "--dir-ro"])
            .arg(&dir);
        command.args(options).arg(&opens).args(&inputs);
        command.timeout(std::time::Duration::from_secs(60));
        // After `A` for the first error, no-entry has `U`, and not-permitted a backtick.
        let expected = "`\n".repeat(600) + "o\no\nU\n";
        command.assert().success().stdout(expected);
    }

    for guest in ["command", "command-p3"] {
        let cat = |name: &str| {
            let mut command = worldhost();
            command.args(["run", "--timeout", "20s", "--dir-ro"]);
            command.arg(format!("{}::/d", dir.display()));
            command
                .arg(crate::support::guest(guest))
                .args(["cat", &format!("/d/{name}")]);
            command.assert()
        };
        cat("file").success().stdout("here\n");
        for name in ["pipe", "link"] {
            cat(name).code(1);
        }
    }
}
