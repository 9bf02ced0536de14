//! `worldhost wit lint`: what breaks later.

use crate::project::Project;

fn lint(text: &str) -> Project {
    let project = Project::empty();
    project.write("wit/a.wit", text);
    project
}

#[track_caller]
fn finds(text: &str, code: i32, parts: &[&str]) {
    lint(text).wit(&["lint"]).has(code, parts);
}

#[test]
fn a_sound_package_has_nothing() {
    let text = "package a:b@1.0.0;
@since(version = 1.0.0)
interface i {
  @since(version = 1.0.0)
  variant trouble { closed, other(string) }
  @since(version = 1.0.0)
  resource r {
    @since(version = 1.0.0)
    get: func() -> result<u8, trouble>;
  }
  @since(version = 1.0.0)
  f: func();
}
world w { import i; }
";
    finds(text, 0, &["Nothing found."]);
}

#[test]
fn a_package_without_a_version() {
    finds(
        "package a:b;\ninterface i { f: func(); }\nworld w { import i; }\n",
        1,
        &[
            "wit/a.wit:2:11: warning: package a:b has no version",
            "[package-without-version]",
        ],
    );
}

/// Once where nothing is said at all, else of each item.
#[test]
fn an_item_that_says_not_since_when() {
    let bare = "package a:b@1.0.0;\ninterface i { f: func(); g: func(); }\nworld w { import i; }\n";
    let project = lint(bare);
    let said = project.wit(&["lint"]);
    said.has(
        0,
        &["wit/a.wit:2:11: note: a:b/i says not since when it is there"],
    )
    .lacks("a:b/i.f");
    project.wit(&["lint", "--strict"]).has(1, &[]);
    let some = bare
        .replace("interface", "@since(version = 1.0.0)\ninterface")
        .replace("f: func", "@since(version = 1.0.0) f: func");
    let said = lint(&some).wit(&["lint"]);
    said.has(0, &["note: a:b/i.g says not"]).lacks("a:b/i.f");
}

#[test]
fn a_variant_that_cannot_grow() {
    let text = "package a:b@1.0.0;
interface i {
  variant v { x(string), y }
  enum e { x, y }
  variant open { x, other(string) }
  f: func(e: e, o: open) -> result<_, v>;
}
world w { import i; }
";
    let said = lint(text).wit(&["lint"]);
    said.has(
        0,
        &[
            "wit/a.wit:3:11: note: a:b/i.v cannot grow",
            "wit/a.wit:4:8: note: a:b/i.e cannot grow",
        ],
    )
    .lacks("a:b/i.open");
}

#[test]
fn names_that_collide_in_rust() {
    let text = "package a:b@1.0.0;
interface i {
  resource r { drop: func(); one-x: func(); ONE-x: func(); }
  record %option { a-b: u8, A-b: u8 }
  type host = u8;
  type HTTP-x = u8;
  type http-x = u8;
  f: func(a: %option, b: host, c: HTTP-x, d: http-x, r: r);
}
world w { import i; export yield: func(); }
";
    finds(
        text,
        1,
        &[
            "wit/a.wit:3:16: error: a:b/i.r.drop: in Rust every resource has a `drop` already",
            "a:b/i.r.ONE-x: in Rust it is `one_x`, and so is `r.one-x`",
            "warning: a:b/i.option: in Rust it hides `Option`",
            "a:b/i.option: `A-b` is `a_b` in Rust, and so is `a-b`",
            "a:b/i.host: `host` is `Host` in Rust, and so is the trait `Host` of the interface",
            "a:b/i.http-x: `http-x` is `HttpX` in Rust, and so is `HTTP-x`",
            "w: yield: `yield` is a word of Rust that bindgen! does not escape",
            "[name-collides-in-rust]",
        ],
    );
}

#[test]
fn types_that_nobody_has() {
    let text = "package a:b@1.0.0;
interface i {
  record used { p: part }
  record part { a: u8 }
  record unused { a: u8 }
  record lent { a: u8 }
  f: func(a: used);
}
interface j { use i.{lent}; g: func(a: lent); }
interface alone { f: func(); }
world w { import i; import j; }
";
    let said = lint(text).wit(&["lint"]);
    said.has(
        1,
        &[
            "wit/a.wit:5:10: warning: a:b/i.unused is in no function",
            "a:b/alone is in no world",
            "[interface-in-no-world]",
        ],
    )
    .lacks("a:b/i.part is")
    .lacks("a:b/i.lent is");
}

#[test]
fn what_others_wrote_is_not_looked_at_and_what_is_accepted_does_not_count() {
    let project = lint(
        "package a:b@1.0.0;
interface i { f: func(); }
interface j {
  // worldhost: accept type-unused because it is there for the next release
  record spare { a: u8 }
  g: func();
}
world w { import i; import j; import c:d/i; }
",
    );
    project.write(
        "wit/deps/c.wit",
        "package c:d;\ninterface i { record x { a: u8 } f: func(); }\n",
    );
    let said = project.wit(&["lint"]);
    said.has(0, &["(accepted: it is there for the next release)"])
        .lacks("c:d");
    project
        .wit(&["lint", "--strict", "--ignore", "item-without-since"])
        .has(0, &["(accepted: ignored)"]);
}
