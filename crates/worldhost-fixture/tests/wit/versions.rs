//! Each package that changes gets its own advice, and the version of the world's package
//! excuses no break in another.

use crate::project::Project;

const NESTED: &str = "package root:app@0.1.0;

package dep:types@1.0.0 {
  interface t { type id = u64; record user { id: id, name: string } }
}

package dep:api@1.1.0 {
  interface users { use dep:types/t@1.0.0.{user}; find: func(name: string) -> option<user>; }
}

package dep:other@3.0.0 {
  interface o { f: func(); }
}

world w { import dep:api/users@1.1.0; import dep:other/o@3.0.0; export run: func(); }
";

fn project(old: &str, new: &str) -> Project {
    let project = Project::empty();
    project.write("old/all.wit", old);
    project.write("wit/all.wit", new);
    project
}

#[test]
fn packages_that_components_name_are_told_their_versions() {
    let grown = NESTED.replace("name: string }", "name: string, admin: bool }");
    let project = project(NESTED, &grown);
    let said = project.wit(&["diff", "old"]);
    said.has(
        3,
        &[
            "Version: root:app is 0.1.0 and should be 0.2.0.",
            "Version: dep:types is 1.0.0 and should be 2.0.0.",
            "Version: dep:api is 1.1.0 and should be 2.0.0.",
        ],
    )
    .lacks("dep:other is");
    // The root alone excuses nothing.
    let root = grown.replace("root:app@0.1.0", "root:app@0.2.0");
    project.write("wit/all.wit", &root);
    project.wit(&["diff", "old", "--versioned"]).has(
        3,
        &[
            "Version: root:app is 0.2.0, as it should be.",
            "Version: dep:types is 1.0.0 and should be 2.0.0.",
        ],
    );
    let all = root
        .replace("dep:types@1.0.0", "dep:types@2.0.0")
        .replace("dep:types/t@1.0.0", "dep:types/t@2.0.0")
        .replace("dep:api@1.1.0", "dep:api@2.0.0")
        .replace("dep:api/users@1.1.0", "dep:api/users@2.0.0");
    project.write("wit/all.wit", &all);
    project
        .wit(&["diff", "old", "--versioned"])
        .has(1, &["Version: dep:api is 2.0.0, as it should be."]);
    project.wit(&["diff", "old"]).has(3, &[]);
}

#[test]
fn what_is_added_to_a_dependency_under_the_same_version_is_told() {
    let more = NESTED.replace("f: func();", "f: func(); g: func();");
    let project = project(NESTED, &more);
    project.wit(&["diff", "old"]).has(
        1,
        &[
            "Version: root:app is 0.1.0 and should be 0.1.1.",
            "Version: dep:other is 3.0.0 and should be 3.1.0.",
        ],
    );
}

/// What the world alone comes to import is no change of the package that has it.
#[test]
fn an_interface_that_was_there_changes_the_world_alone() {
    let old = NESTED.replace(
        "interface o { f: func(); }",
        "interface o { f: func(); } interface p { f: func(); }",
    );
    let new = old.replace(
        "import dep:other/o@3.0.0;",
        "import dep:other/o@3.0.0; import dep:other/p@3.0.0;",
    );
    let said = project(&old, &new).wit(&["diff", "old"]);
    said.has(1, &["Version: root:app is 0.1.0 and should be 0.1.1."])
        .lacks("dep:other is");
    // One that is new changes both.
    let said = project(NESTED, &new).wit(&["diff", "old"]);
    said.has(1, &["Version: dep:other is 3.0.0"]);
}

#[test]
fn two_versions_of_one_interface_are_told_apart() {
    let old = NESTED.replace(
        "import dep:other/o@3.0.0;",
        "import dep:other/o@3.0.0; import dep:other/o@4.0.0;",
    ) + "package dep:other@4.0.0 { interface o { f: func(); } }\n";
    let new = old.replace(
        "package dep:other@4.0.0 { interface o { f: func(); } }",
        "package dep:other@4.0.0 { interface o { f: func() -> u8; } }",
    );
    let said = project(&old, &new).wit(&["diff", "old"]);
    said.has(
        3,
        &[
            "changed import function dep:other/o@4.0.0.f  [BREAKING]",
            "Version: dep:other is 4.0.0 and should be 5.0.0.",
            "Proved: Wasmtime's linker was asked",
        ],
    )
    .lacks("dep:other is 3.0.0");
}

#[test]
fn a_world_that_is_gone_is_said_to_be_gone() {
    let other = NESTED.replace("world w {", "world v {").replace(
        "export run: func();",
        "export go: func(); export stop: func();",
    );
    let project = project(NESTED, &other);
    project.write("Cargo.toml", "[package]\nname = \"host\"\n");
    project.write(
        "src/lib.rs",
        "wasmtime::component::bindgen!({ path: \"wit\", world: \"w\" });",
    );
    project
        .wit(&["diff", "old"])
        .has(2, &["world `w` is gone", "has the world v"]);
    project.wit(&["apply", "old"]).has(2, &["is gone"]);
    assert!(project.read("src/lib.rs").contains("world: \"w\""));
    // With the exports that it had it is the same.
    project.write("wit/all.wit", &NESTED.replace("world w {", "world v {"));
    project.wit(&["diff", "old"]).has(
        1,
        &[
            "world w is now v",
            "+ wasmtime::component::bindgen!({ path: \"wit\", world: \"v\" });",
        ],
    );
}

/// One of several that was not there before is left out, and the others are answered.
#[test]
fn a_world_that_is_new_is_left_out_among_several() {
    let project = Project::empty();
    project.write("Cargo.toml", "[package]\nname = \"host\"\n");
    project.write("wit/all.wit", NESTED);
    let bindgen = |world: &str| {
        format!(
            "mod {world} {{ wasmtime::component::bindgen!({{ path: \"wit\", world: \"{world}\" }}); }}\n"
        )
    };
    project.write("src/lib.rs", &bindgen("w"));
    project.commit();
    let with = NESTED.to_string() + "world fresh { export start: func(); }\n";
    project.write("wit/all.wit", &with);
    project.write("src/lib.rs", &(bindgen("w") + &bindgen("fresh")));
    project.wit(&["diff"]).has(
        0,
        &[
            "No change.",
            "left out: bindgen! at src/lib.rs:2 (world fresh)",
            "world `fresh` is new",
        ],
    );
    project.wit(&["apply"]).has(0, &["left out: "]);
    project
        .wit(&["diff", "--world", "fresh"])
        .has(2, &["world `fresh` is new"]);
}
