//! What nothing proves is said, and what cannot be checked is no verdict.

use crate::project::Project;

const SHOP: &str = "package acme:shop@1.2.0;

interface stock {
  all: func() -> list<string>;
}

world shop {
  import stock;
  export run: func(days: u32) -> u32;
}
";

/// A gate is for the host to open: that it is shut is nothing a linker knows.
#[test]
fn what_becomes_unstable_is_a_break_that_is_not_proved() {
    let project = Project::empty();
    project.write("old/shop.wit", SHOP);
    let gated = SHOP.replace("  all: func", "  @unstable(feature = fast)\n  all: func");
    project.write("wit/shop.wit", &gated);
    project.wit(&["diff", "old"]).has(
        3,
        &[
            "gated import function acme:shop/stock.all  [BREAKING]",
            "+ @unstable(feature = fast)",
            "a host links it only where it turns the feature `fast` on",
            "not proved: this is no question for a linker",
        ],
    );
    // The other way it is none.
    project.write("old/shop.wit", &gated);
    let stable = SHOP.replace("  all: func", "  @since(version = 1.2.0)\n  all: func");
    project.write("wit/shop.wit", &stable);
    project.write("Cargo.toml", "[package]\nname = \"host\"\n");
    project.write(
        "src/lib.rs",
        "wasmtime::component::bindgen!({ path: \"wit\" });",
    );
    project.wit(&["diff", "old"]).has(
        1,
        &[
            "- @unstable(feature = fast)",
            "+ @since(version = 1.2.0)",
            "it needs no feature any more",
            "* acme::shop::stock::add_to_linker",
            "should be 1.3.0",
        ],
    );
}

/// The tooling's check has no answer where a world has what it does not know; that is no
/// verdict.
#[test]
fn what_the_tooling_does_not_know_is_no_break() {
    for ty in [
        "list<u8, 4>",
        "map<string, u32>",
        "error-context",
        "stream<u8>",
        "future<string>",
    ] {
        let project = Project::empty();
        project.write("old/shop.wit", SHOP);
        let more = format!("  more: func(it: {ty});\n  all: func");
        let with = SHOP.replace("  all: func", &more);
        project.write("wit/shop.wit", &with);
        project.wit(&["diff", "old"]).has(
            1,
            &[
                "added import function acme:shop/stock.more  [compatible]",
                "Existing components still load.",
                "Proved: Wasmtime's linker was asked",
                "should be 1.3.0",
            ],
        );
        // And one that breaks is one.
        project.write("old/shop.wit", &with);
        project.write("wit/shop.wit", &with.replace("(it: ", "(it: u8, other: "));
        let said = project.wit(&["diff", "old"]);
        said.has(
            3,
            &[
                "changed import function acme:shop/stock.more  [BREAKING]",
                "Proved: Wasmtime's linker was asked",
            ],
        );
        project.write("wit/shop.wit", &with);
        project.wit(&["diff", "old"]).has(0, &["No change."]);
    }
}
