//! The to-do list, done as it is written, gives the host that the changed world needs.

mod support;

use support::Project;

const STORE: &str = "package acme:plugin@0.1.0;

interface store {
  record entry { key: string, value: list<u8> }
  variant store-error { missing(string), full }
  resource HTTP-conn {
    constructor(name: string);
    get: func(key: string) -> result<entry, store-error>;
    %type: static func() -> u32;
  }
  names: func() -> list<string>;
  later: async func(x: list<entry>) -> stream<u8>;
}
";

const QUEUE: &str = "package acme:plugin@0.1.0;

interface %type {
  use store.{HTTP-conn, entry};
  take: func(conn: borrow<HTTP-conn>) -> option<entry>;
  kinds: func() -> future<string>;
}
";

fn replace(project: &Project, file: &str, from: &str, to: &str) {
    let text = project.read(file);
    assert!(text.contains(from), "`{from}` is not in\n{text}");
    project.write(file, &text.replace(from, to));
}

fn add_interfaces(project: &Project) {
    project.write("wit/store.wit", STORE);
    project.write("wit/type.wit", QUEUE);
    let world = "import host;\n  import store;\n  import %type;\n  import now: func() -> u64;";
    replace(project, "wit/world.wit", "import host;", world);
}

/// What a project is told to become.
fn result(project: &Project, file: &str) -> String {
    let text = project.read(file);
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    text
}

#[test]
fn interfaces_that_are_new() {
    let project = Project::new(&[]);
    let review = project.review(add_interfaces);
    project.apply(&review);
    let imports = result(&project, "src/imports/mod.rs");
    for line in [
        "pub mod store;",
        "mod type_;",
        "impl PluginImports for State<Imports> {",
    ] {
        assert!(imports.contains(line), "{line}\n{imports}");
    }
}

#[test]
fn names_in_capitals_are_those_of_bindgen() {
    let project = Project::new(&[]);
    let review = project.review(|project| {
        add_interfaces(project);
        replace(project, "wit/world.wit", "world plugin", "world HTTP-shop");
    });
    let said = review.to_string();
    for part in [
        "\"acme:plugin/store.HTTP-conn\": crate::imports::store::HttpConn,",
        "pub struct HttpConn {}",
        "What a guest's handle to a `HTTP-conn` stands for.",
        "crate::bindings::HttpShop::add_to_linker_imports",
        "impl HttpShopImports for State<Imports>",
    ] {
        assert!(said.contains(part), "`{part}` is not in\n{said}");
    }
}

fn rename(project: &Project) {
    for file in ["world", "host"] {
        let file = format!("wit/{file}.wit");
        replace(project, &file, "acme:plugin@0.1.0", "shop:HTTP-kit@1.0.0");
    }
}

#[test]
fn a_package_that_was_renamed_keeps_its_files() {
    let project = Project::new(&[("tests/guests/Cargo.toml", "[package]\nname = \"guests\"\n")]);
    project.write(
        "tests/guests/src/lib.rs",
        "use acme::plugin::host; fn call_process() {}",
    );
    project.write(
        "tests/own.rs",
        "// acme:plugin/host\nfn f() { call_process(); }",
    );
    let review = project.review(rename);
    let said = review.to_string();
    assert!(!said.contains("* move"), "{said}");
    assert!(!said.contains("guests"), "{said}");
    assert!(said.contains("// shop:HTTP-kit/host"), "{said}");
    assert!(review.todo.as_ref().unwrap().files.is_empty(), "{said}");
    project.apply(&review);
    let imports = result(&project, "src/imports/mod.rs");
    assert!(
        imports.contains("use crate::bindings::shop::http_kit as wit;"),
        "{imports}"
    );
    assert!(
        imports.contains("    wit::host::add_to_linker::<_, HasSelf"),
        "{imports}"
    );
    let host = result(&project, "src/imports/host.rs");
    assert!(
        host.contains("use crate::bindings::shop::http_kit::host::Host;"),
        "{host}"
    );
    assert!(
        host.starts_with("//! `shop:HTTP-kit/host`, declared in"),
        "{host}"
    );
}

#[test]
fn a_package_a_world_and_an_interface_at_once() {
    let project = Project::new(&[]);
    let review = project.review(|project| {
        rename(project);
        replace(
            project,
            "wit/host.wit",
            "interface host",
            "interface logger",
        );
        replace(project, "wit/world.wit", "import host", "import logger");
        replace(project, "wit/world.wit", "world plugin", "world shop");
    });
    project.apply(&review);
    let imports = result(&project, "src/imports/mod.rs");
    for line in [
        "mod logger;",
        "use crate::bindings::shop::http_kit as wit;",
        "pub use logger::Log;",
        "wit::logger::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;",
    ] {
        assert!(imports.contains(line), "{line}\n{imports}");
    }
    assert!(!imports.contains(" host"), "{imports}");
    let logger = result(&project, "src/imports/logger.rs");
    assert!(
        logger.contains("use crate::bindings::shop::http_kit::logger::Host;"),
        "{logger}"
    );
    assert!(project.read("src/bindings.rs").contains("world: \"shop\""));
}

/// The keys of `with` and of the rules go with the package.
#[test]
fn a_resource_of_the_host_s_own_stays_mapped() {
    let project = Project::new(&[]);
    let review = project.review(add_interfaces);
    project.apply(&review);
    let review = project.review(|project| {
        rename(project);
        for file in ["store", "type"] {
            let file = format!("wit/{file}.wit");
            replace(project, &file, "acme:plugin@0.1.0", "shop:HTTP-kit@1.0.0");
        }
    });
    let said = review.to_string();
    assert!(!said.contains("pub struct"), "{said}");
    assert!(!said.contains("nothing in the world matches"), "{said}");
    project.apply(&review);
    let bindings = project.read("src/bindings.rs");
    let key = "\"shop:HTTP-kit/store.HTTP-conn\": crate::imports::store::HttpConn,";
    assert!(bindings.contains(key), "{bindings}");
    // And then there is nothing left to do.
    let bindgen = project.bindgen();
    assert!(
        bindgen
            .options
            .with
            .contains(&"shop:HTTP-kit/store.HTTP-conn".to_string())
    );
    let review = project.review(|_| {});
    assert!(review.is_empty(), "{review}");
}

/// And with the interface, which may be a word of Rust's, in another package or not, and
/// however `with` is written.
#[test]
fn a_resource_of_an_interface_that_was_renamed_stays_mapped() {
    for (one_line, package) in [(false, None), (true, None), (true, Some("shop:HTTP-kit"))] {
        let project = Project::new(&[]);
        let rules =
            "imports: { \"acme:plugin/store.names\": async | tracing, default: async | trappable }";
        let default = "imports: { default: async | trappable }";
        if one_line {
            replace(&project, "src/bindings.rs", "    with: {\n    },\n", "");
        }
        let review = project.review(add_interfaces);
        project.apply(&review);
        replace(&project, "src/bindings.rs", default, rules);
        let review = project.review(|project| {
            replace(
                project,
                "wit/store.wit",
                "interface store",
                "interface %mod",
            );
            replace(project, "wit/type.wit", "use store.", "use %mod.");
            replace(project, "wit/world.wit", "import store", "import %mod");
            for file in ["host", "store", "type", "world"] {
                let file = format!("wit/{file}.wit");
                replace(
                    project,
                    &file,
                    "acme:plugin",
                    package.unwrap_or("acme:plugin"),
                );
            }
        });
        let said = review.to_string();
        assert!(!said.contains("pub struct"), "{said}");
        assert!(!said.contains("nothing in the world matches"), "{said}");
        project.apply(&review);
        let bindings = project.read("src/bindings.rs");
        let interface = format!("{}/mod", package.unwrap_or("acme:plugin"));
        for part in [
            format!("\"{interface}.HTTP-conn\": crate::imports::mod_::HttpConn,"),
            format!("\"{interface}.names\": async | tracing,"),
        ] {
            assert!(bindings.contains(&part), "{part}\n{bindings}");
        }
        let own = result(&project, "src/imports/mod_.rs");
        assert!(own.contains("impl HostHttpConn for"), "{own}");
        let review = project.review(|_| {});
        assert!(review.is_empty(), "{review}");
    }
}

#[test]
fn an_interface_that_goes_leaves_no_line_behind() {
    let project = Project::new(&[]);
    let text = project.read("src/imports/mod.rs");
    let broken = text.replace(
        "(linker, |state| state)?;",
        "(linker, |state| {\n        state\n    })?;",
    );
    project.write("src/imports/mod.rs", &broken);
    let review = project.review(|project| {
        replace(project, "wit/world.wit", "  import host;\n", "");
    });
    project.apply(&review);
    let imports = project.read("src/imports/mod.rs");
    for gone in ["mod host", " host::", "as wit", "|state|"] {
        assert!(!imports.contains(gone), "{gone}\n{imports}");
    }
    result(&project, "src/imports/mod.rs");
    assert!(!project.path("src/imports/host.rs").exists());
}

#[test]
fn methods_and_a_resource_come_into_what_is_there() {
    let project = Project::new(&[]);
    let review = project.review(|project| {
        let more = "log: func(msg: string);\n  record line { text: string }\n  \
                    last: func() -> option<line>;\n  \
                    resource tail { next: func() -> line; }\n  \
                    wait: async func() -> line;";
        replace(project, "wit/host.wit", "log: func(msg: string);", more);
    });
    project.apply(&review);
    let host = result(&project, "src/imports/host.rs");
    assert_eq!(host.matches("impl Host for").count(), 1, "{host}");
    for part in [
        "pub struct Tail {}",
        "impl HostTail for",
        "HostTail, HostWithStore, Line}",
    ] {
        assert!(host.contains(part), "{part}\n{host}");
    }
    let imports = result(&project, "src/imports/mod.rs");
    assert!(imports.starts_with("pub mod host;"), "{imports}");
}
