//! Findings as reviews, scripts and test reports take them: each has a rule that the docs
//! explain, a place, a level, and can be accepted with a reason.

use crate::project::{Project, WORKSPACE};
use serde_json::Value;
use std::collections::BTreeSet;
use worldhost_wit::Rule;

const SHOP: &str = "package acme:shop@1.0.0;

interface stock {
  find: func(name: string) -> u32;
  all: func() -> list<string>;
}

world shop {
  import stock;
  export run: func();
}
";

fn shop(edit: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    project.write("old/shop.wit", SHOP);
    project.write("wit/shop.wit", SHOP);
    for (from, to) in edit {
        project.edit("wit/shop.wit", from, to);
    }
    project
}

fn docs(file: &str) -> String {
    std::fs::read_to_string(format!("{WORKSPACE}/docs/{file}")).unwrap()
}

#[test]
fn the_docs_have_every_rule_and_no_other() {
    let text = docs("wit-rules.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let documented: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(documented.len(), rows.len(), "a rule is there twice");
    let known: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(documented, known);
    // What, why, and what to do: none is empty.
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
    }
}

/// JSON of everything that there is, beside its schema.
#[test]
fn the_json_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(&docs("wit-findings.schema.json")).unwrap();
    let broken = shop(&[("name: string", "name: u8")]);
    let documented = shop(&[("  all:", "  /// All of it.\n  all:")]);
    let same = shop(&[]);
    let with_host = Project::committed();
    with_host.edit("wit/host.wit", "x: s32", "x: s64");
    let unlocked = Project::copy();
    unlocked.remove("wkg.lock");
    unlocked.edit("wit/host.wit", "x: s32", "x: s23");
    let several = Project::empty();
    several.write("Cargo.toml", "[package]\nname = \"host\"\n");
    several.write("wit/shop.wit", SHOP);
    several.commit();
    several.write(
        "wit/shop.wit",
        &(SHOP.to_string() + "world two { export go: func(); }"),
    );
    several.write(
        "src/lib.rs",
        "mod a { wasmtime::component::bindgen!({ world: \"shop\" }); }
         mod b { wasmtime::component::bindgen!({ world: \"two\" }); }",
    );
    for (project, args) in [
        (&broken, &["diff", "old"][..]),
        (&documented, &["diff", "old"]),
        (&same, &["diff", "old"]),
        (&same, &["lint"]),
        (&with_host, &["diff"]),
        (&with_host, &["lint"]),
        (&with_host, &["verify"]),
        (&unlocked, &["verify"]),
        (&several, &["diff"]),
    ] {
        let said = project.wit(&[args, &["--format", "json"]].concat());
        let json: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
        let wrong = crate::schema::violations(&schema, &json);
        assert!(wrong.is_empty(), "{args:?}: {wrong:#?}");
        assert_eq!(said.out, project.wit(&[args, &["--json"]].concat()).out);
    }
    // And what is not so is seen.
    let mut json: Value =
        serde_json::from_str(&broken.wit(&["diff", "old", "--json"]).out).unwrap();
    json["subjects"][0]["findings"][0]["level"] = "bad".into();
    json["version"] = 2.into();
    assert_eq!(crate::schema::violations(&schema, &json).len(), 2);
}

#[test]
fn each_finding_has_its_place() {
    let project = shop(&[
        ("name: string", "name: u8"),
        ("  all: func() -> list<string>;\n", ""),
    ]);
    project.wit(&["diff", "old"]).has(
        3,
        &[
            "changed import function acme:shop/stock.find  [BREAKING]  import-function-changed",
            "at wit/shop.wit:4:3",
            // What is gone was taken from here.
            "removed import function acme:shop/stock.all  [BREAKING]  import-function-removed",
            "at wit/shop.wit:3:11",
        ],
    );
    project.wit(&["diff", "old", "--format", "github"]).has(
        3,
        &[
            "::error title=import-function-changed,file=wit/shop.wit,line=4,col=3::changed import",
            "::error title=version-too-low,file=wit/shop.wit,line=",
            "acme:shop is 1.0.0 and should be 2.0.0.",
        ],
    );
    let junit = project.wit(&["diff", "old", "--format", "junit"]);
    junit.has(
        3,
        &[
            "<testsuite name=\"wit: no bindgen! reads it\" tests=\"3\" failures=\"3\"",
            "name=\"import-function-removed acme:shop/stock.all\" file=\"wit/shop.wit\" line=\"3\"",
            "<failure message=\"changed import function acme:shop/stock.find, from `find: \
             func(name: string) -&gt; u32;` to",
        ],
    );
    shop(&[])
        .wit(&["diff", "old", "--format", "junit"])
        .has(0, &["tests=\"1\" failures=\"0\"", "name=\"nothing found\""]);
}

#[test]
fn what_is_ignored_does_not_count_and_is_listed() {
    let project = shop(&[
        ("name: string", "name: u8"),
        ("func() -> list<string>", "func()"),
    ]);
    let ignore = |rules: &[&str]| {
        let rules = rules.iter().flat_map(|rule| ["--ignore", rule]);
        let args: Vec<&str> = ["diff", "old"].into_iter().chain(rules).collect();
        project.wit(&args)
    };
    ignore(&["import-function-changed"]).has(1, &["[BREAKING, accepted: ignored]"]);
    ignore(&["import-function-changed:acme:shop/stock.find"]).has(3, &["accepted: ignored"]);
    ignore(&[
        "import-function-changed:acme:shop/stock.find",
        "import-function-changed:acme:shop/stock.all",
    ])
    .has(1, &["Existing components"]);
    ignore(&["import-function-removed"]).has(3, &[]);
    ignore(&["import-function-chnged"]).has(2, &["there is no rule `import-function-chnged`"]);
}

#[test]
fn a_comment_accepts_one_finding_with_a_reason() {
    let project = shop(&[(
        "  find: func(name: string)",
        "  // worldhost: accept import-function-changed because nobody calls it\n  \
             /// Documented.\n  find: func(name: u8)",
    )]);
    project.wit(&["diff", "old"]).has(
        1,
        &[
            "[BREAKING, accepted: nobody calls it]",
            "documented import function acme:shop/stock.find",
        ],
    );
    let github = project.wit(&["diff", "old", "--format", "github"]);
    github
        .has(1, &["::notice title=documentation-changed"])
        .lacks("import-function-changed");
    project
        .wit(&["diff", "old", "--format", "junit"])
        .has(1, &["<skipped message=\"nobody calls it\"/>"]);
    // It is about this item alone.
    project.edit("wit/shop.wit", "func() -> list<string>", "func()");
    project
        .wit(&["diff", "old"])
        .has(3, &["accepted: nobody calls it"]);
    // One that says no reason accepts nothing, and is told.
    project.edit("wit/shop.wit", " because nobody calls it", "");
    project
        .wit(&["diff", "old"])
        .has(3, &["it is accepted without a reason"]);
}

#[test]
fn a_changelog_has_an_entry() {
    let project = shop(&[
        ("name: string", "name: u8"),
        ("  all:", "  more: func();\n  /// All.\n  all:"),
        ("  export run: func();\n", ""),
    ]);
    let said = project.wit(&["diff", "old", "--changelog"]);
    assert_eq!(
        said.out,
        "## acme:shop 2.0.0

### Breaking

- Changed import function `acme:shop/stock.find`: `find: func(name: string) -> u32` is \
         `find: func(name: u8) -> u32`

### Added

- Added import function `acme:shop/stock.more`: `more: func()`

### Removed

- Removed export function `run`

### Changed

- Documented import function `acme:shop/stock.all`
"
    );
    assert_eq!(shop(&[]).wit(&["diff", "old", "--changelog"]).out, "");
}

/// What verifying finds is told, and ignored, in the same ways.
#[test]
fn a_problem_of_verify_is_a_finding_too() {
    let project = Project::copy();
    project.edit("wit/host.wit", "x: s32", "x: s23");
    project
        .wit(&["verify"])
        .has(1, &["problem  wit: ", "[text-refused]"]);
    project.wit(&["verify", "--format", "github"]).has(
        1,
        &["::error title=text-refused,file=wit/host.wit,line=9,col="],
    );
    let junit = project.wit(&["verify", "--format", "junit"]);
    junit.has(1, &["failures=\"1\"", "type=\"text-refused\""]);
    project
        .wit(&["verify", "--ignore", "text-refused"])
        .has(0, &["[text-refused] (accepted: ignored)"]);
}
