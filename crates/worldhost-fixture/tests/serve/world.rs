//! Which components are served, and what is said of the others.

use crate::client::fetch;
use crate::server::Server;
use crate::support::{self, Scratch, guest, one_line, worldhost};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;
use worldhost_wit::Offer;

/// All of WASI's text and this host's own.
fn resolve() -> Resolve {
    let wit = |name: &str| {
        let path = support::root()
            .join("crates/worldhost-fixture/wit")
            .join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let mut resolve = Offer::new(&[]).unwrap().resolve().clone();
    let own = wit("host.wit");
    resolve.push_source("host.wit", &own).unwrap();
    resolve
}

/// A handler that tells the host's own interface of each request, and answers 204.
fn with_own_interface() -> Vec<u8> {
    let mut resolve = resolve();
    let wit = "package test:app; world app {
        import worldhost:plugin/host@0.1.0;
        import wasi:http/types@0.2.12;
        export wasi:http/incoming-handler@0.2.12;
    }";
    let package = resolve.push_source("app.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("app")).unwrap();
    let core = r#"(module
        (import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))
        (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
        (import "wasi:http/types@0.2.12" "[constructor]outgoing-response"
            (func $response (param i32) (result i32)))
        (import "wasi:http/types@0.2.12" "[method]outgoing-response.set-status-code"
            (func $status (param i32 i32) (result i32)))
        (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
            (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 16) "a request")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $in i32) (param $out i32)
            (local $response i32)
            (call $log (i32.const 16) (i32.const 9))
            (local.set $response (call $response (call $fields)))
            (drop (call $status (local.get $response) (i32.const 204)))
            (call $set (local.get $out) (i32.const 0) (local.get $response)
                (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    )"#;
    let mut module = wat::parse_str(core).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

#[tokio::test]
async fn a_handler_may_import_the_host_s_own_interfaces() {
    let scratch = Scratch::new();
    let file = scratch.file("app.wasm", with_own_interface());
    let server = Server::of_file(&file, &[]);
    assert_eq!(fetch(server.address, "/").await.status, 204);
    server.said("a request");
    let checked = worldhost().arg("check").arg(&file).assert().success();
    let said = String::from_utf8_lossy(&checked.get_output().stdout).into_owned();
    assert!(said.contains("fits wasi:http/proxy"), "{said}");
}

#[test]
fn a_handler_is_checked_against_its_world() {
    for (name, world) in [("web", "wasi:http/proxy"), ("web-p3", "wasi:http/service")] {
        let checked = worldhost().arg("check").arg(guest(name)).assert().success();
        let said = String::from_utf8_lossy(&checked.get_output().stdout).into_owned();
        assert!(said.contains(&format!("fits {world}")), "{said}");
    }
}

#[track_caller]
fn refused(component: &std::path::Path, code: i32) -> String {
    let mut serve = worldhost();
    let serve = serve
        .args(["serve", "--addr", "127.0.0.1:0"])
        .arg(component);
    let refused = serve.assert().failure().code(code);
    one_line(&refused.get_output().stderr)
}

#[test]
fn what_handles_no_requests_is_told_by_what_it_is() {
    let line = refused(&guest("command"), 126);
    assert!(
        line.contains("does not export wasi:http/incoming-handler"),
        "{line}"
    );
    assert!(line.contains("worldhost run"), "{line}");
    let line = refused(&guest("plugin-rust"), 126);
    assert!(line.contains("worldhost process"), "{line}");
    let line = refused(&guest("inventory"), 126);
    assert!(
        line.contains("cannot be linked") || line.contains("worldhost call"),
        "{line}"
    );
    refused(std::path::Path::new("no-such.wasm"), 127);
    let run = worldhost().arg("run").arg(guest("web")).assert().failure();
    let line = one_line(&run.get_output().stderr);
    assert!(line.contains("worldhost serve"), "{line}");
}
