//! `worldhost wit verify` in projects whose packages came by other ways: from a directory,
//! by wit-deps, as WebAssembly, by hand, by publishers of their own. Nothing is called
//! wrong that may be right.

use crate::project::Project;
use sha2::{Digest, Sha256};
use std::fs;
use wit_component::encode;
use wit_parser::Resolve;

const DB: &str = "package demo:db;\n\ninterface sql {\n  run: func(q: string) -> u32;\n}\n";
const HOST: &str = "package demo:plug@0.1.0;\n\nworld plug {\n  import demo:db/sql;\n}\n";
const BINDGEN: &str = "wasmtime::component::bindgen!({ path: \"wit\", world: \"plug\" });\n";

/// A project of one package beside its own.
fn demo() -> Project {
    let project = Project::empty();
    project
        .write(
            "Cargo.toml",
            "[package]\nname = \"host\"\nversion = \"0.1.0\"\n",
        )
        .write("src/lib.rs", BINDGEN)
        .write("wit/world.wit", HOST)
        .write("wit/deps/demo-db/package.wit", DB);
    project
}

fn locked(name: &str, version: &str, registry: &str, digest: &str) -> String {
    format!(
        "version = 1\n\n[[packages]]\nname = \"{name}\"\nregistry = \"{registry}\"\n\n\
         [[packages.versions]]\nrequirement = \"={version}\"\nversion = \"{version}\"\n\
         digest = \"{digest}\"\n"
    )
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// The package in binary form, as no wkg publishes it.
fn encoded(text: &str) -> Vec<u8> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve.push_str("package.wit", text).unwrap();
    encode(&resolve, package).unwrap()
}

#[test]
fn an_override_is_the_text_that_it_names() {
    let project = demo();
    project
        .write(
            "wkg.toml",
            "[overrides]\n\"demo:db\" = { path = \"./db/wit/\" }\n",
        )
        .write("db/wit/db.wit", &DB.replace("  run", "\n    run"));
    let ok = "ok       demo:db  the text of db/wit, which wkg.toml names";
    // With no lock, with an empty one, and with one that has something else.
    for lock in [None, Some("version = 1\npackages = []\n")] {
        if let Some(lock) = lock {
            project.write("wkg.lock", lock);
        }
        let said = project.wit(&["verify", "--strict"]);
        said.has(0, &[ok, "1 package is what wkg.toml names"]);
    }
    project.edit("db/wit/db.wit", "q: string", "query: string");
    project.wit(&["verify"]).has(
        1,
        &[
            "problem  demo:db: wit/deps/demo-db is not the text of db/wit, which wkg.toml names; \
             copy it again: wkg fetch wit",
        ],
    );
    project.remove("db");
    project.wit(&["verify"]).has(
        3,
        &["unknown  demo:db: wkg.toml takes it from db/wit, where nothing is"],
    );
    project.wit(&["verify", "--strict"]).has(1, &[]);
    project.write("wkg.toml", "overrides = 1\n");
    project
        .wit(&["verify"])
        .has(2, &["wkg.toml", "invalid type"]);
}

#[test]
fn an_override_of_the_version_alone_is_locked() {
    let project = demo();
    project.write(
        "wkg.toml",
        "[overrides]\n\"demo:db\" = { version = \"1\" }\n",
    );
    project.wit(&["verify"]).has(
        1,
        &[
            "problem  wkg.lock: there is none",
            "write it: wkg fetch wit",
        ],
    );
}

#[test]
fn without_a_lock_only_a_release_of_wasi_is_known() {
    let project = demo();
    let unknown = "unknown  demo:db: no lock says what it should be: there is no wkg.lock";
    let said = project.wit(&["verify"]);
    said.has(
        3,
        &[
            unknown,
            "no package was proved; 1 thing cannot be checked offline",
        ],
    );
    said.lacks("problem");
    // The releases of WASI can be told without a lock.
    let whole = Project::copy();
    for own in ["wkg.lock", "scripts"] {
        whole.remove(own);
    }
    let random = "ok       wasi:random@0.2.12  sha256:27a883ca86f062bf8010a86e0d56a2bc0238125d\
                  065f6a4b41a0c3a9d8de66f3, as it was released";
    whole.wit(&["verify"]).has(0, &[random]);
    whole.edit("wit/deps/wasi-random-0.2.12/package.wit", "/// ", "/// x");
    whole
        .wit(&["verify"])
        .has(3, &["unknown  wasi:random@0.2.12: no lock says"]);
}

/// Its lock and digests were written by wit-deps 0.6.0.
#[test]
fn wit_deps_has_a_lock_of_its_own() {
    let project = Project::empty();
    project
        .write("wit/deps.toml", "db = \"./db\"\n")
        .write("wit/deps.lock", include_str!("vendors/deps.lock"))
        .write("wit/world.wit", HOST)
        .write("wit/deps/db/package.wit", DB)
        .write("wit/deps/db/notes.txt", "not locked");
    project
        .wit(&["verify", "--strict"])
        .has(0, &["ok       demo:db  sha256:"]);

    project.edit("wit/deps/db/package.wit", "q: string", "query: string");
    project.wit(&["verify"]).has(
        1,
        &[
            "problem  demo:db: wit/deps/db is not the text that wit/deps.lock locks",
            "or fetch: wit-deps",
        ],
    );
    project.write(
        "wit/deps.lock",
        "[other]\nsha256 = \"00\"\nsha512 = \"00\"\n",
    );
    project.wit(&["verify"]).has(
        1,
        &["wit/deps.lock does not have it; name it in wit/deps.toml, then wit-deps"],
    );
    project.write("wit/deps.lock", "db = 1\n");
    project.wit(&["verify"]).has(
        1,
        &["problem  wit/deps.lock: ", "rm wit/deps.lock && wit-deps"],
    );
    project.remove("wit/deps.lock");
    project.wit(&["verify"]).has(
        1,
        &[
            "problem  wit/deps.lock: there is none",
            "write it: wit-deps",
        ],
    );
    project.remove("wit/deps");
    let missing = "problem  demo:db: it is not in wit/deps; fetch it: wit-deps";
    project.wit(&["verify"]).has(1, &[missing]);
}

/// `wkg fetch --type wasm` writes what the registry has.
#[test]
fn a_package_as_webassembly_is_its_own_proof() {
    let project = demo();
    let bytes = encoded(&DB.replace("db;", "db@1.0.0;"));
    project
        .edit("wit/world.wit", "demo:db/sql", "demo:db/sql@1.0.0")
        .remove("wit/deps")
        .write("wit/deps/.keep", "");
    fs::write(project.path("wit/deps/demo-db-1.0.0.wasm"), &bytes).unwrap();
    let lock = |digest: &str| {
        project.write("wkg.lock", &locked("demo:db", "1.0.0", "acme.dev", digest));
        project.wit(&["verify", "--strict"])
    };
    lock(&digest(&bytes)).has(0, &["ok       demo:db@1.0.0  sha256:"]);
    lock("sha256:00").has(
        1,
        &[
            "is not the text that wkg.lock locks",
            "the lock has sha256:00",
        ],
    );
}

/// A digest that follows from tools and metadata which are not known says nothing, unless
/// wkg's cache has what it is of.
#[test]
fn a_publisher_of_its_own_is_not_called_wrong() {
    let project = demo();
    let text = DB.replace("db;", "db@1.0.0;");
    let bytes = encoded(&text);
    project
        .edit("wit/world.wit", "demo:db/sql", "demo:db/sql@1.0.0")
        .write("wit/deps/demo-db/package.wit", &text)
        .write(
            "wkg.lock",
            &locked("demo:db", "1.0.0", "acme.dev", &digest(&bytes)),
        );
    let said = project.wit(&["verify"]);
    said.has(
        3,
        &[
            "unknown  demo:db@1.0.0: whether wit/deps/demo-db is the text that wkg.lock locks \
             cannot be told offline: no wkg from 0.10.0 to 0.16.1 makes sha256:",
            "fetch, which fills the cache, and look again: wkg fetch wit",
        ],
    );
    said.lacks("problem");
    let json = project.wit(&["verify", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.has(3, &[]).out).unwrap();
    let report = &json["subjects"][0]["report"];
    assert_eq!(report["unchecked"].as_array().unwrap().len(), 1);

    fs::create_dir(project.path("wkg-cache")).unwrap();
    let cached = project.path("wkg-cache").join(digest(&bytes));
    // What is not what its name says is no proof.
    fs::write(&cached, b"other").unwrap();
    project.wit(&["verify"]).has(3, &[]);
    fs::write(&cached, &bytes).unwrap();
    project.wit(&["verify"]).has(0, &["which wkg's cache has"]);
    project.edit("wit/deps/demo-db/package.wit", "q: string", "query: string");
    project
        .wit(&["verify"])
        .has(1, &["is not the text that wkg.lock locks"]);
}

/// Packages of WASI that no Wasmtime links may be of any version.
#[test]
fn wasi_outside_of_the_core() {
    let project = demo();
    for (name, version) in [
        ("config", "0.2.0-rc.1"),
        ("webgpu", "0.0.1"),
        ("keyvalue", "0.2.0-draft2"),
    ] {
        let text = DB.replace("demo:db", &format!("wasi:{name}@{version}"));
        project
            .write(
                "wit/world.wit",
                &HOST.replace("demo:db/sql", &format!("wasi:{name}/sql@{version}")),
            )
            .remove("wit/deps")
            .write(&format!("wit/deps/{name}.wit"), &text)
            .write(
                "wkg.lock",
                &locked(&format!("wasi:{name}"), version, "wasi.dev", "sha256:00"),
            );
        let said = project.wit(&["verify"]);
        said.has(3, &[&format!("unknown  wasi:{name}@{version}: whether")]);
        said.lacks("this host links").lacks("problem");
    }
}

#[test]
fn the_lock_is_where_wkg_has_it() {
    let text = DB.replace("db;", "db@1.0.0;");
    let project = |at: &str, toml: bool| {
        let lock = locked("demo:db", "1.0.0", "acme.dev", "sha256:00");
        let project = demo();
        project
            .edit("wit/world.wit", "demo:db/sql", "demo:db/sql@1.0.0")
            .write("wit/deps/demo-db/package.wit", &text)
            .write(&format!("{at}wkg.lock"), &lock);
        if toml {
            project.write("wkg.toml", "");
        }
        fs::create_dir(project.path("host")).unwrap();
        for part in ["Cargo.toml", "src", "wit"] {
            fs::rename(project.path(part), project.path("host").join(part)).unwrap();
        }
        project
    };
    // Around the package, with a manifest and without one; and in the WIT itself.
    for (at, toml, said) in [
        ("", false, "wkg.lock locks"),
        ("", true, "wkg.lock locks"),
        ("wit/", false, "host/wit/wkg.lock locks"),
    ] {
        let found = project(at, toml).wit(&["verify", "--wit", "host/wit"]);
        found.has(3, &[said]);
    }
}

/// A package may use the one that it is vendored for, and several may be in one file.
#[test]
fn packages_that_hang_together_are_read() {
    let project = demo();
    let nested = "package demo:db;\n\ninterface sql {\n  use demo:plug/types@0.1.0.{row};\n  \
                  run: func() -> row;\n}\n\npackage demo:more {\n  interface more { go: func(); }\n}\n";
    project
        .write("wit/deps/demo-db/package.wit", nested)
        .write(
            "wit/world.wit",
            &HOST.replace("  import demo:db/sql;", "  import types;"),
        )
        .write(
            "wit/types.wit",
            "package demo:plug@0.1.0;\n\ninterface types {\n  record row { id: u32 }\n}\n",
        );
    let said = project.wit(&["verify"]);
    said.has(3, &["unknown  demo:db, demo:more: no lock says"]);
}

/// What only another package names is not locked by wkg, and can be named by what it has.
#[test]
fn a_package_that_is_not_named_is_told_how() {
    let project = demo();
    let more = "package demo:more@0.2.0;\n\ninterface extra {\n  record row { id: u32 }\n}\n";
    let digest = digest(&encoded(DB));
    project
        .write("wit/deps/demo-more/package.wit", more)
        .write("wkg.lock", &locked("demo:db", "1.0.0", "acme.dev", &digest));
    project.wit(&["verify"]).has(
        1,
        &[
            "problem  demo:more@0.2.0: wkg.lock does not have it; name the package in a world, \
             such as `import demo:more/extra@0.2.0;`",
            "problem  demo:db: wkg.lock has it in version 1.0.0 only",
        ],
    );
}
