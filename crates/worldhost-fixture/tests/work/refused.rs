//! What is wrong before any server is asked.

use crate::support::{Scratch, guest, one_line, worldhost};

#[track_caller]
fn line(code: i32, args: &[&str], component: &std::path::Path) -> String {
    let mut command = worldhost();
    command.args([
        "work",
        "--nats",
        "nats://127.0.0.1:1",
        "--stream",
        "S",
        "--consumer",
        "c",
    ]);
    for name in [
        "NATS_CREDS",
        "NATS_NKEY",
        "NATS_USER",
        "NATS_PASSWORD",
        "NATS_TOKEN",
    ] {
        command.env_remove(name);
    }
    let output = command.args(args).arg(component).assert().code(code);
    one_line(&output.get_output().stderr)
}

#[test]
fn a_server_that_is_not_there_is_told_by_its_address() {
    let said = line(125, &[], &guest("plugin-rust"));
    assert!(
        said.contains("cannot connect to nats://127.0.0.1:1"),
        "{said}"
    );
}

#[test]
fn a_component_without_the_export_is_told_before() {
    let said = line(126, &[], &guest("command"));
    assert!(said.contains("process"), "{said}");
}

#[test]
fn an_export_must_take_what_the_payloads_are() {
    let scratch = Scratch::new();
    let wit = "package test:work; world guest { export add: func(a: u32, b: u32) -> u32; }";
    let core = r#"(module (func (export "add") (param i32 i32) (result i32) (i32.const 1)))"#;
    let component = scratch.file("add.wasm", crate::support::component(wit, "guest", core));
    let said = line(125, &["--export", "add"], &component);
    assert!(
        said.contains("takes (u32, u32)") && said.contains("--payload json"),
        "{said}"
    );
    let said = line(2, &["--export", "ad"], &component);
    assert!(said.contains("add"), "{said}");
}

#[test]
fn credentials_are_given_once_and_can_be_read() {
    let plugin = guest("plugin-rust");
    let said = line(2, &["--creds", "a.creds", "--nkey", "b.nk"], &plugin);
    assert!(said.contains("several credentials"), "{said}");
    let said = line(125, &["--creds", "/nowhere/a.creds"], &plugin);
    assert!(said.contains("/nowhere/a.creds"), "{said}");
}
