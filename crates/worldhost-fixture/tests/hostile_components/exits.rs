//! What ends itself, with each code and at each place.

use crate::guests::{Guest, does};
use crate::matrix::{Hostile, hostile};

const EXIT: &str = r#"
    (import "wasi:cli/exit@0.2.12" "exit" (func $exit (param i32)))
    (import "wasi:cli/exit@0.2.12" "exit-with-code" (func $code (param i32)))"#;

/// What `process` says of it.
const SAYS: &str = "before it gave a result";

pub fn all() -> Vec<Hostile> {
    let code = |code: u8| does(EXIT, &format!("(call $code (i32.const {code}))"));
    let start = |code: u8| {
        let fields = format!("{EXIT} (start $s) (func $s (call $code (i32.const {code})))");
        does(&fields, "unreachable")
    };
    let failed = Guest {
        run: "(i32.const 1)",
        ..Guest::default()
    };
    vec![
        hostile(
            "as-a-success",
            does(EXIT, "(call $exit (i32.const 0))"),
            0,
            "",
        )
        .in_process(134, SAYS),
        hostile(
            "as-a-failure",
            does(EXIT, "(call $exit (i32.const 1))"),
            1,
            "",
        )
        .in_process(1, SAYS),
        hostile("with-0", code(0), 0, "").in_process(134, SAYS),
        // What the host has for itself is the guest's own as well.
        hostile("with-124", code(124), 124, "").in_process(124, SAYS),
        hostile("with-125", code(125), 125, "").in_process(125, SAYS),
        hostile("with-255", code(255), 255, "").in_process(255, SAYS),
        hostile("at-the-start", start(7), 7, "").in_process(7, SAYS),
        hostile("at-the-start-as-a-success", start(0), 0, "")
            .or(134, SAYS)
            .in_process(134, SAYS),
        hostile("by-an-error", failed.build(), 1, "")
            .or(0, "")
            .in_process(0, ""),
    ]
}
