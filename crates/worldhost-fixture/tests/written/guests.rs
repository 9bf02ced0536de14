//! The guest beside a new project, as its toolchain builds it, in the host that was made.

use crate::made::{new, shop};
use crate::project::{Project, Said, WORKSPACE};
use crate::rustc::RUSTC;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every way in which an export can be: the world's own, of an interface, of a resource.
fn guest(language: &str) -> Project {
    let at = Project::empty();
    let more = "interface tools {
  resource tool {
    constructor(name: string);
    use-it: func(on: list<u8>, other: borrow<tool>) -> result<_, string>;
    best: static func() -> tool;
  }
  find: func(name: option<string>) -> option<tool>;
}

world shop {";
    let text = shop().replace("world shop {", more);
    let text = text.replace(
        "  export orders;",
        "  export orders;\n  export tools;\n  export open-up: func(%type: string) -> tuple<u8>;",
    );
    at.write("shop.wit", &text);
    let made = new(
        &at,
        &["host", "--wit", "shop.wit", "--plain", "--guest", language],
    );
    made.has(0, &["created  host/guest/build.sh", "guest/build.sh\n"]);
    assert!(at.read("host/README.md").contains("## The guest"));
    at
}

#[test]
fn each_export_has_a_function_to_be_written() {
    let has = |language: &str, file: &str, lines: &[&str]| {
        let text = guest(language).read(&format!("host/guest/{file}"));
        for line in lines {
            assert!(text.contains(line), "`{line}` is not in\n{text}");
        }
    };
    has(
        "rust",
        "src/lib.rs",
        &[
            "    fn open_up(type_: String) -> (u8,) {\n        todo!()",
            "impl exports::acme::shop::orders::Guest for Component {",
            "    fn place(order: exports::acme::shop::orders::Order, by: (String, char)) -> Result<u32, String> {",
            "    type Tool = ToolsTool;",
            "    fn use_it(&self, on: Vec<u8>, other: exports::acme::shop::tools::ToolBorrow<'_>) -> Result<(), String> {",
            "    fn new(name: String) -> Self {",
            "export!(Component);",
        ],
    );
    has(
        "python",
        "app.py",
        &[
            "class WitWorld(wit_world.WitWorld):\n    def open_up(self, type):",
            "class Orders(exports.Orders):\n    def place(self, order, by):\n        raise NotImplementedError",
        ],
    );
    has(
        "python",
        "tools.py",
        &[
            "from wit_world.exports import tools",
            "class Tool(tools.Tool):\n    def __init__(self, name):",
            "    @classmethod\n    def best(cls):",
        ],
    );
    has(
        "javascript",
        "guest.js",
        &[
            "export function openUp(type) {",
            "export const orders = {\n  place(order, by) {",
            "  Tool: class Tool {\n    constructor(name) {",
            "    static best() {",
        ],
    );
    has(
        "c",
        "build.sh",
        &["c ../wit --world shop --out-dir bindings"],
    );
}

/// A file of the tools that `scripts/build-guests.sh` fetches.
#[track_caller]
fn tool(path: &str, group: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let tools = Path::new(WORKSPACE).join(target).join("guest-tools");
    // By its own name: where Python's leads is a Python without what was installed here.
    let found = tools.canonicalize().unwrap_or(tools).join(path);
    assert!(found.exists(), "needs scripts/build-guests.sh {group}");
    found
}

/// Builds the guest with a directory of programs before the others, and runs it: it has all
/// that the host asks for, and what it is called for is not written yet.
#[track_caller]
fn built(at: &Project, programs: &Path, more: &[(&str, String)], says: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs.to_path_buf()).chain(std::env::split_paths(&path));
    let mut build = Command::new(at.path("host/guest/build.sh"));
    build.env("PATH", std::env::join_paths(path).unwrap());
    build.envs(more.iter().map(|(name, value)| (name, value)));
    Said::of(&build.output().unwrap()).has(0, &[]);
    let fixture = env!("CARGO_BIN_EXE_worldhost-fixture");
    let wasm = at.path("host/guest/guest.wasm");
    let mut call = Command::new(fixture);
    call.args(["wit", "diff"])
        .arg(&wasm)
        .current_dir(at.path("host"));
    let said = Said::of(&call.output().unwrap());
    assert!(said.code < 2, "{said:?}");
    RUSTC.program(&at.path("host"));
    let mut run = Command::new(at.path("host/program"));
    let run = run.current_dir(at.path("host")).arg("guest/guest.wasm");
    let said = Said::of(&run.output().unwrap());
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.err.contains(says), "{said:?}");
}

mod needs_python {
    use super::{built, guest, tool};
    use crate::made::{FLAVOURS, new};
    use crate::project::{Project, Said};
    use crate::rustc::RUSTC;
    use std::process::Command;

    #[test]
    #[ignore = "needs Python's toolchain: scripts/build-guests.sh python"]
    fn a_guest_in_python_is_built_and_called() {
        let at = guest("python");
        let program = tool("py/bin/componentize-py", "python");
        built(&at, program.parent().unwrap(), &[], "wasm trap");
    }

    /// Nobody has its WIT: the component is all there is.
    #[test]
    #[ignore = "needs Python's toolchain: scripts/build-guests.sh python"]
    fn a_component_in_python_alone_is_enough_for_its_host() {
        let component = tool("../guests/plugin-python.wasm", "python");
        let name = component.to_str().unwrap();
        for flavour in FLAVOURS {
            let at = Project::empty();
            let made = new(&at, &[&["host", "--wit", name], flavour].concat());
            made.has(0, &["It calls `process`"]);
            let file = "host/src/imports/host.rs";
            let [log, compute] = ["Ok(())", "Ok(Ok(x))"].map(|body| ("todo!()", body));
            let written = [log, compute]
                .iter()
                .fold(at.read(file), |text, (todo, body)| {
                    assert!(text.contains(todo), "{text}");
                    text.replacen(todo, body, 1)
                });
            at.write(file, &written);
            let dir = at.path("host");
            RUSTC.program(&dir);
            // To compile it takes a while, and once is enough.
            if flavour == FLAVOURS[0] {
                let mut run = Command::new(dir.join("program"));
                let said = Said::of(&run.current_dir(&dir).arg(&component).output().unwrap());
                said.has(0, &["process: \"\""]);
            }
        }
    }
}

mod needs_javascript {
    use super::{built, guest, tool};

    #[test]
    #[ignore = "needs JavaScript's toolchain: scripts/build-guests.sh javascript"]
    fn a_guest_in_javascript_is_built_and_called() {
        let at = guest("javascript");
        // What `npm install` would put beside it.
        let modules = tool("js/node_modules", "javascript");
        std::os::unix::fs::symlink(&modules, at.path("host/guest/node_modules")).unwrap();
        built(&at, &modules.join(".bin"), &[], "wasm trap");
    }
}

mod needs_wit_bindgen {
    use super::{built, guest, tool};
    use std::path::Path;

    #[test]
    #[ignore = "needs wit-bindgen on PATH, and Zig: scripts/build-guests.sh zig"]
    fn a_guest_in_c_is_built_and_called() {
        let at = guest("c");
        let python = tool("py/bin/python", "zig");
        let more = [
            (
                "CC",
                format!("{} -m ziglang cc -target wasm32-wasi", python.display()),
            ),
            (
                "WORLDHOST",
                env!("CARGO_BIN_EXE_worldhost-fixture").to_string(),
            ),
        ];
        built(&at, Path::new("/usr/bin"), &more, "wasm trap");
        assert!(at.read("host/guest/guest.c").contains("open_up"));
    }
}

mod needs_crates {
    use super::guest;
    use crate::project::Said;
    use std::process::Command;

    /// rustc compares it with the traits that wit-bindgen makes; for that, no target is needed.
    #[test]
    #[ignore = "needs crates.io, for wit-bindgen"]
    fn a_guest_in_rust_compiles_without_a_warning() {
        let at = guest("rust");
        let mut check = Command::new(env!("CARGO"));
        check.args(["check"]).current_dir(at.path("host/guest"));
        check
            .env("CARGO_TARGET_DIR", at.path("target"))
            .env("RUSTFLAGS", "-D warnings");
        Said::of(&check.output().unwrap()).has(0, &[]);
    }
}
