//! `worldhost new`: a project of a world, on the engine's crate or on Wasmtime alone, that
//! compiles without a warning and whose program calls a component.

use crate::made::{FLAVOURS, new, shop};
use crate::project::{Project, Said};
use crate::rustc::RUSTC;
use std::process::Command;

/// Compiles the program, with warnings for errors, and runs it as its own test does.
#[track_caller]
fn runs(at: &Project, dir: &str, says: &str) {
    let dir = at.path(dir);
    RUSTC.program(&dir);
    let output = Command::new(dir.join("program"))
        .current_dir(&dir)
        .output()
        .unwrap();
    Said::of(&output).has(0, &[says]);
    let test = std::fs::read_to_string(dir.join("tests/guest.rs")).unwrap();
    let word = says.split(": ").next().unwrap();
    assert!(test.contains(word), "{test}");
}

#[test]
fn of_this_project_s_own_world() {
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/wit");
    for flavour in FLAVOURS {
        let at = Project::empty();
        let made = new(
            &at,
            &[&["host", "--wit", wit, "--world", "plugin"], flavour].concat(),
        );
        made.has(
            0,
            &["created  host/src/imports/host.rs", "It calls `process`"],
        );
        runs(&at, "host", "process: \"\"");
        // WASI is whole, so that what it is locked to is known.
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/wkg.lock"));
        assert_eq!(at.read("host/wkg.lock"), lock.unwrap());
    }
}

#[test]
fn of_a_text_with_a_resource_whose_wasi_is_not_beside_it() {
    for flavour in FLAVOURS {
        let at = Project::empty();
        at.write("shop.wit", &shop());
        let made = new(&at, &[&["host", "--wit", "shop.wit"], flavour].concat());
        made.has(
            0,
            &[
                "created  host/wit/deps/wasi-cli-",
                "It calls `acme.shop.orders.place`",
            ],
        );
        runs(&at, "host", "acme.shop.orders.place: Ok(0)");
        let store = at.read("host/src/imports/store.rs");
        assert!(store.contains("declared in `wit/shop.wit`"), "{store}");
    }
}

#[test]
fn of_a_component_that_somebody_handed_over() {
    let at = Project::empty();
    at.write("shop.wit", &shop());
    new(&at, &["first", "--wit", "shop.wit"]).has(0, &[]);
    for flavour in FLAVOURS {
        let args = ["host", "--wit", "first/tests/guest.wasm"];
        let made = new(&at, &[&args, flavour].concat());
        made.has(
            0,
            &[
                "created  host/src/imports/store.rs",
                "no wkg.lock: the digest of acme:shop@1.2.0",
            ],
        );
        runs(&at, "host", "acme.shop.orders.place: Ok(0)");
        at.remove("host");
    }
}

/// Exports alone, and nothing of WASI; then a first import comes.
#[test]
fn a_later_change_is_followed() {
    for flavour in FLAVOURS {
        let at = Project::empty();
        let text = "package acme:calc;\nworld calc {\n  export add: func(a: s32) -> s32;\n}\n";
        at.write("calc.wit", text);
        new(&at, &[&["host", "--wit", "calc.wit"], flavour].concat()).has(0, &[]);
        runs(&at, "host", "add: 0");
        at.remove("calc.wit");
        at.commit();
        let more = "interface log { resource line { text: func() -> string; } say: func(s: string); }\nworld calc {\n  import log;\n";
        at.edit("host/wit/calc.wit", "world calc {\n", more);
        let wit = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
            command.current_dir(at.path("host")).arg("wit").args(args);
            Said::of(&command.output().unwrap())
        };
        wit(&["apply"]).has(0, &["created  src/imports/log.rs"]);
        runs(&at, "host", "add: 0");
        wit(&["apply", "--check"]).has(0, &["nothing to write"]);
    }
}

/// The component of the test is of the world as it was, until it is made anew.
#[test]
fn after_a_break_the_component_of_the_test_is_made_anew() {
    let at = Project::empty();
    let text = "package acme:calc;\ninterface log { say: func(s: string); }\nworld calc {\n  import log;\n  export add: func(a: s32) -> s32;\n}\n";
    at.write("calc.wit", text);
    new(&at, &["host", "--wit", "calc.wit", "--plain"]).has(0, &[]);
    at.remove("calc.wit");
    at.commit();
    at.edit("host/wit/calc.wit", "s: string", "s: string, level: u8");
    let wit = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
        command.current_dir(at.path("host")).arg("wit").args(args);
        Said::of(&command.output().unwrap())
    };
    wit(&["apply"]).has(0, &["changed  src/imports/log.rs"]);
    RUSTC.program(&at.path("host"));
    let run = || {
        let mut program = Command::new(at.path("host/program"));
        Said::of(&program.current_dir(at.path("host")).output().unwrap())
    };
    assert_ne!(run().code, 0);
    for file in ["host/tests/guest.rs", "host/README.md"] {
        assert!(
            at.read(file)
                .contains("worldhost wit guest tests/guest.wasm")
        );
    }
    wit(&["guest", "tests/guest.wasm"]).has(0, &[]);
    run().has(0, &["add: 0"]);
}

#[test]
fn of_a_package_that_the_command_carries() {
    for flavour in FLAVOURS {
        let mut first = None;
        for (package, world) in [("wasi:http/proxy", None), ("wasi:http@P2", Some("proxy"))] {
            let at = Project::empty();
            let package = package.replace("P2", worldhost_wit::WASI_P2);
            let world = world.map(|world| ["--world", world]);
            let args = [&["host", "--wit", &package], flavour].concat();
            let args = [&args[..], world.as_ref().map_or(&[], |all| &all[..])].concat();
            new(&at, &args).has(0, &["created  host/wit/deps/wasi-http-"]);
            let wit = at.read("host/wit/world.wit");
            let include = format!("include wasi:http/proxy@{};", worldhost_wit::WASI_P2);
            assert!(wit.contains(&include), "{wit}");
            assert!(at.read("host/wkg.lock").contains("wasi:http"));
            // Both ways to name it make the same.
            let main = at.read("host/src/main.rs");
            if world.is_none() {
                runs(&at, "host", "instantiated");
                first = Some(main);
            } else {
                assert_eq!(Some(main), first);
            }
        }
    }
    let at = Project::empty();
    new(&at, &["host", "--wit", "wasi:http"]).has(2, &["imports", "proxy", "--world"]);
    new(&at, &["host", "--wit", "wasi:http/proxies"]).has(2, &["proxies", "proxy"]);
    new(&at, &["host", "--wit", "wasi:http@1"]).has(2, &["wasi:http@1", "version"]);
    let left: Vec<_> = std::fs::read_dir(at.path("")).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_async_export_is_called_too() {
    for flavour in FLAVOURS {
        let at = Project::empty();
        let text =
            "package acme:wait;\nworld wait {\n  export go: async func(n: u32) -> string;\n}\n";
        at.write("wait.wit", text);
        new(&at, &[&["host", "--wit", "wait.wit"], flavour].concat()).has(0, &[]);
        runs(&at, "host", "go: \"\"");
    }
}

#[test]
fn what_is_there_stays() {
    let at = Project::empty();
    at.write("shop.wit", &shop());
    at.write("host/mine.txt", "mine");
    new(&at, &["host", "--wit", "shop.wit"]).has(2, &["host is there and is not empty"]);
    std::fs::create_dir(at.path("empty")).unwrap();
    new(&at, &["empty", "--wit", "shop.wit"]).has(0, &[]);
    assert_eq!(at.read("host/mine.txt"), "mine");
}

/// And nothing is left of what was begun.
#[test]
fn what_cannot_be_made_is_told_why() {
    let at = Project::empty();
    at.write(
        "other.wit",
        "package a:b;\nworld w { import c:d/e@1.0.0; }\n",
    );
    new(&at, &["host", "--wit", "other.wit"]).has(2, &["c:d@1.0.0", "deps/"]);
    at.write("two.wit", "package a:b;\nworld v {}\nworld w {}\n");
    new(&at, &["host", "--wit", "two.wit"]).has(2, &["--world"]);
    new(&at, &["host", "--wit", "none.wit"]).has(2, &["none.wit"]);
    let left: Vec<_> = std::fs::read_dir(at.path("")).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
