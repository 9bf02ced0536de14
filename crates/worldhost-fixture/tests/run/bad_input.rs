//! Everything a user can get wrong: one line that says what, where and what to
//! do next, and an exit code of its own.

use crate::support::{Scratch, component, component_in, guest, one_line, plugin, worldhost};

/// Runs the command, which must fail with the code and print one error line that
/// has all the parts.
#[track_caller]
fn fails(args: &[&str], code: i32, parts: &[&str]) {
    let output = worldhost().args(args).output().unwrap();
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line}");
    for part in parts {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
    assert!(!line.contains("os error 2): "), "said twice: {line}");
    assert_eq!(output.stdout, b"");
}

#[test]
fn a_missing_file() {
    for subcommand in ["run", "process"] {
        fails(
            &[subcommand, "no/such.wasm"],
            127,
            &["no such file: no/such.wasm", "check the path"],
        );
    }
}

#[test]
fn a_directory() {
    fails(
        &["run", "tests"],
        126,
        &["cannot read tests", "name the .wasm file in it"],
    );
}

#[test]
fn what_is_no_wasm() {
    let scratch = Scratch::new();
    let cases: &[(&str, &[u8], &[&str])] = &[
        (
            "text",
            b"hello there\n",
            &["is not WebAssembly", "plain text", "toolchain"],
        ),
        ("empty", b"", &["is not WebAssembly", "it is empty"]),
        (
            "binary",
            b"\x7fELF\x02\x01\x01\xff",
            &["is not WebAssembly", "does not begin with"],
        ),
        ("short", b"\0asm", &["is not WebAssembly", "cut off"]),
        (
            "component.wat",
            b"(component)",
            &["WebAssembly text", "wasm-tools parse"],
        ),
    ];
    for (name, bytes, parts) in cases {
        let path = scratch.file(name, bytes);
        fails(&["run", path.to_str().unwrap()], 126, parts);
    }
}

#[test]
fn a_truncated_component() {
    let scratch = Scratch::new();
    let whole = std::fs::read(guest("plugin-rust")).unwrap();
    for keep in [9, 100, whole.len() / 2, whole.len() - 1] {
        let path = scratch.file("cut.wasm", &whole[..keep]);
        fails(
            &["process", path.to_str().unwrap(), "x"],
            126,
            &[
                "is not a valid component",
                "the file is cut off",
                "wasm-tools validate",
            ],
        );
    }
}

#[test]
fn a_core_module() {
    let scratch = Scratch::new();
    let plain = scratch.file("plain.wasm", wat::parse_str("(module)").unwrap());
    fails(
        &["run", plain.to_str().unwrap()],
        126,
        &["is a core WebAssembly module", "wasm-tools component new"],
    );
}

#[test]
fn a_component_without_the_export() {
    let plugin = guest("plugin-rust");
    fails(
        &["run", plugin.to_str().unwrap()],
        126,
        &[
            "does not export wasi:cli/run",
            "it exports process",
            "worldhost process",
        ],
    );
    let command = guest("command");
    fails(
        &["process", command.to_str().unwrap(), "x"],
        126,
        &[
            "does not export process",
            "wasi:cli/run@0.2.12",
            "worldhost run",
        ],
    );
    let scratch = Scratch::new();
    let neither = component(
        "package test:other; world other { export greet: func(); }",
        "other",
        r#"(module (func (export "greet")))"#,
    );
    let neither = scratch.file("other.wasm", neither);
    for (subcommand, wanted) in [("run", "wasi:cli/run"), ("process", "process")] {
        fails(
            &[subcommand, neither.to_str().unwrap()],
            126,
            &[
                &format!("does not export {wanted}"),
                "it exports greet",
                "build it for a world",
            ],
        );
    }
}

#[test]
fn process_with_another_type() {
    let scratch = Scratch::new();
    let other = component(
        "package test:other; world other { export process: func(input: u32) -> u32; }",
        "other",
        r#"(module (func (export "process") (param i32) (result i32) (local.get 0)))"#,
    );
    let other = scratch.file("other.wasm", other);
    fails(
        &["process", other.to_str().unwrap(), "x"],
        126,
        &["does not fit the world", "process", "wit/"],
    );
}

#[test]
fn imports_that_nothing_provides() {
    let scratch = Scratch::new();
    let wit = "package test:wants;
        interface first { a: func(); }
        interface second { b: func(); }
        world wants { import first; import second; export process: func(input: string) -> string; }";
    let core = r#"(module
        (import "test:wants/first" "a" (func))
        (import "test:wants/second" "b" (func))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "process") (param i32 i32) (result i32) unreachable))"#;
    let wants = scratch.file("wants.wasm", component(wit, "wants", core));
    fails(
        &["process", wants.to_str().unwrap(), "x"],
        126,
        &[
            "nothing provides",
            "test:wants/first",
            "test:wants/second",
            "src/imports/",
        ],
    );
}

#[test]
fn a_wasi_version_that_this_host_does_not_have() {
    let dir = tempfile::TempDir::new().unwrap();
    let package = dir.path().join("deps/cli");
    std::fs::create_dir_all(&package).unwrap();
    std::fs::write(
        package.join("cli.wit"),
        "package wasi:cli@0.4.0; interface environment { get-arguments: func() -> list<string>; }
         interface run { run: func() -> result; }",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("world.wit"),
        "package test:newer; world newer {
            import wasi:cli/environment@0.4.0; export wasi:cli/run@0.4.0; }",
    )
    .unwrap();
    let core = r#"(module
        (import "wasi:cli/environment@0.4.0" "get-arguments" (func (param i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "wasi:cli/run@0.4.0#run") (result i32) (i32.const 0)))"#;
    let scratch = Scratch::new();
    let newer = scratch.file("newer.wasm", component_in(&dir, "newer", core));
    fails(
        &["run", newer.to_str().unwrap()],
        126,
        &[
            "wasi:cli/environment@0.4.0",
            "WASI 0.2.12 and 0.3.0",
            "build it against WASI",
        ],
    );
}

#[test]
fn a_preopen_that_is_not_there() {
    let command = guest("command");
    for option in ["--dir", "--dir-ro"] {
        for dir in ["no/such/dir", "no/such/dir::/data", "Cargo.toml"] {
            fails(
                &["run", option, dir, command.to_str().unwrap()],
                2,
                &["cannot open directory", "create the directory"],
            );
        }
    }
}

#[test]
fn malformed_options() {
    let command = guest("command");
    let cases: &[(&[&str], &str)] = &[
        (&["--env", "=value"], "has no name"),
        (
            &["--env", "WORLDHOST_NOT_SET"],
            "--env WORLDHOST_NOT_SET=VALUE",
        ),
        (&["--dir", "::/data"], "write HOST or HOST::GUEST"),
        (&["--dir", "tests::"], "write HOST or HOST::GUEST"),
        (&["--allow-net", "localhost"], "has no port"),
        (&["--allow-net", "::1:80"], "[ADDRESS]:PORT"),
        (&["--max-memory", "lots"], "--max-memory <SIZE>"),
        (&["--timeout", "soon"], "--timeout <TIME>"),
        (&["--fuel", "much"], "--fuel <UNITS>"),
    ];
    for (options, part) in cases {
        let mut args = vec!["run"];
        args.extend(*options);
        args.push(command.to_str().unwrap());
        fails(&args, 2, &[part]);
    }
}

#[test]
fn a_trap_while_the_component_is_instantiated() {
    let scratch = Scratch::new();
    let broken =
        crate::support::plugin_with("(func $boom unreachable) (start $boom)", "unreachable");
    let broken = scratch.file("broken.wasm", broken);
    fails(
        &["process", broken.to_str().unwrap(), "x"],
        134,
        &["instantiation trapped", "`unreachable`"],
    );
}

#[test]
fn an_answer_that_breaks_the_canonical_abi() {
    let scratch = Scratch::new();
    let cases = [
        ("out of bounds", "(i32.const -4)"),
        (
            "a string out of bounds",
            "(i32.store (i32.const 8) (i32.const 65536)) (i32.store (i32.const 12) (i32.const -1)) (i32.const 8)",
        ),
        (
            "no UTF-8",
            "(i32.store8 (i32.const 0) (i32.const 255)) (i32.store (i32.const 12) (i32.const 1)) (i32.const 8)",
        ),
        ("a misaligned pointer", "(i32.const 9)"),
    ];
    for (what, body) in cases {
        let path = scratch.file("odd.wasm", plugin(body));
        let output = worldhost()
            .arg("process")
            .arg(path)
            .arg("x")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(134), "{what}");
        let line = one_line(&output.stderr);
        assert!(
            line.starts_with("error: input 1: process trapped: "),
            "{what}: {line}"
        );
    }
}
