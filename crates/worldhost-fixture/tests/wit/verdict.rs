//! The verdict of `worldhost wit diff` on every kind of change: it agrees with the
//! semver check of the WIT tooling.

use crate::project::Project;

const SHOP: &str = "package acme:shop@1.2.0;

interface stock {
  record item { name: string, count: u32 }
  variant trouble { gone(string), closed }
  flags access { look, take }
  enum size { small, large }
  type names = list<string>;
  resource shelf {
    constructor(size: size);
    get: func(name: string) -> option<item>;
    open: static func(how: access) -> shelf;
  }
  find: func(name: string) -> result<item, trouble>;
  all: func() -> names;
}

interface hooks {
  use stock.{item};
  record sale { item: item, price: f64 }
  sold: func(what: sale);
}

world shop {
  import stock;
  import now: func() -> u64;
  export hooks;
  export run: func(days: u32) -> u32;
}
";

/// One edit of the shop, and what is said about it.
struct Case {
    edit: (&'static str, &'static str),
    code: i32,
    loads: bool,
    says: &'static [&'static str],
}

const fn case(
    from: &'static str,
    to: &'static str,
    code: i32,
    loads: bool,
    says: &'static [&'static str],
) -> Case {
    Case {
        edit: (from, to),
        code,
        loads,
        says,
    }
}

/// A change is breaking exactly if the semver check of the WIT tooling says so, and
/// components load exactly if Wasmtime's linker takes them.
#[test]
fn every_kind_of_change_has_its_verdict() {
    let cases = [
        case("", "", 0, true, &["No change."]),
        case(
            "interface stock",
            "/// Documented.\ninterface stock",
            1,
            true,
            &[
                "documented import interface acme:shop/stock",
                "should be 1.2.1",
            ],
        ),
        // What is said beside the types, which the bindings have too.
        case(
            "  all: func",
            "  /// Documented.\n  all: func",
            1,
            true,
            &["documented import function acme:shop/stock.all"],
        ),
        case(
            "count: u32 }",
            "/// Documented.\n count: u32 }",
            1,
            true,
            &["documented import record acme:shop/stock.item"],
        ),
        case(
            "  all: func",
            "  @since(version = 1.2.0)\n  all: func",
            1,
            true,
            &[
                "gated import function acme:shop/stock.all",
                "+ @since(version = 1.2.0)",
            ],
        ),
        case(
            "  all: func",
            "  @since(version = 1.0.0) @deprecated(version = 1.2.0)\n  all: func",
            1,
            true,
            &["+ @since(version = 1.0.0) @deprecated(version = 1.2.0)"],
        ),
        case(
            "  sold: func",
            "  @unstable(feature = fast)\n  sold: func",
            1,
            true,
            &["gated export function acme:shop/hooks.sold"],
        ),
        // Functions of an import: old components do not ask for more.
        case(
            "  all: func",
            "  sum: func() -> u32;\n  all: func",
            1,
            true,
            &[
                "added import function acme:shop/stock.sum",
                "async fn sum(&mut self) -> u32",
                "should be 1.3.0",
            ],
        ),
        case(
            "  all: func() -> names;\n",
            "",
            3,
            false,
            &[
                "removed import function acme:shop/stock.all  [BREAKING]",
                "remove from Host: async fn all",
                "should be 2.0.0",
            ],
        ),
        case(
            "find: func(name: string)",
            "find: func(name: list<u8>)",
            3,
            false,
            &[
                "- find: func(name: string) -> result<item, trouble>;",
                "+ find: func(name: list<u8>)",
            ],
        ),
        case(
            "find: func(name: string)",
            "find: func(title: string)",
            3,
            true,
            &[
                "BREAKING for other tools",
                "only names of parameters changed",
                "still load in this host",
            ],
        ),
        case(
            "find: func",
            "find: async func",
            3,
            false,
            &["+ find: async func"],
        ),
        // Functions of an export: old components do not have more.
        case(
            "  sold: func",
            "  lost: func();\n  sold: func",
            3,
            false,
            &[
                "added export function acme:shop/hooks.lost  [BREAKING]",
                "existing components do not export it",
                "call_lost is new",
            ],
        ),
        case(
            "  sold: func(what: sale);\n",
            "",
            1,
            true,
            &[
                "removed export function acme:shop/hooks.sold  [compatible]",
                "call_sold is gone",
            ],
        ),
        case(
            "export run: func(days: u32)",
            "export run: func(days: u64)",
            3,
            false,
            &["changed export function run", "call_run has another type"],
        ),
        case(
            "import now: func() -> u64;",
            "import now: func() -> u32;",
            3,
            false,
            &["changed import function now"],
        ),
        // Types, and through them the functions that are written as before.
        case(
            "count: u32 }",
            "count: u32, price: f64 }",
            3,
            false,
            &[
                "changed import record acme:shop/stock.item  [BREAKING]",
                "export acme:shop/hooks.sold",
                "import acme:shop/stock.find",
                "import acme:shop/stock.shelf.get",
                "Existing components will not load.",
                "stock::Item is made or taken apart",
            ],
        ),
        case(
            "closed }",
            "closed, burnt }",
            3,
            false,
            &["changed import variant acme:shop/stock.trouble"],
        ),
        case(
            "look, take }",
            "look, take, put }",
            3,
            false,
            &["changed import flags acme:shop/stock.access"],
        ),
        case(
            "small, large }",
            "small, medium, large }",
            3,
            false,
            &[
                "changed import enum acme:shop/stock.size",
                "shelf.constructor",
            ],
        ),
        case(
            "type names = list<string>;",
            "type names = list<u8>;",
            3,
            false,
            &["changed import type acme:shop/stock.names"],
        ),
        case(
            "all: func() -> names",
            "all: func() -> list<string>",
            1,
            true,
            &["the same types, named otherwise"],
        ),
        case(
            "  record item",
            "  record spare { n: u8 }\n  record item",
            1,
            true,
            &["added import record acme:shop/stock.spare"],
        ),
        case(
            "  record sale",
            "  record spare { n: u8 }\n  record sale",
            3,
            true,
            &[
                "added export record acme:shop/hooks.spare",
                "BREAKING for other tools",
            ],
        ),
        // Resources.
        case(
            "    get: func",
            "    put: func(item: item);\n    get: func",
            1,
            true,
            &[
                "added import method acme:shop/stock.shelf.put",
                "add to HostShelf: async fn put(&mut self, self_: Resource<Shelf>, item: Item)",
            ],
        ),
        case(
            "    open: static func(how: access) -> shelf;\n",
            "",
            3,
            false,
            &["removed import method acme:shop/stock.shelf.open"],
        ),
        // Interfaces.
        case(
            "  import stock;",
            "  import stock;\n  import extra: interface { more: func(); }",
            1,
            true,
            &[
                "added import interface extra",
                "create src/imports/extra.rs",
            ],
        ),
        case(
            "  export hooks;",
            "  export hooks;\n  export extra: interface { more: func(); }",
            3,
            false,
            &["added export interface extra  [BREAKING]"],
        ),
        case(
            "  export hooks;\n",
            "",
            1,
            true,
            &["removed export interface acme:shop/hooks@1.2.0"],
        ),
        case(
            "  import now: func() -> u64;\n",
            "",
            3,
            false,
            &["removed import function now"],
        ),
        case(
            "  export run: func(days: u32) -> u32;\n",
            "",
            1,
            true,
            &["removed export function run"],
        ),
        // The whole.
        case(
            "world shop",
            "world store",
            1,
            true,
            &[
                "world shop is now store",
                "- fn f() { Shop; }",
                "+ fn f() { Store; }",
            ],
        ),
    ];
    let wrong: Vec<String> = cases.iter().flat_map(Case::wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

impl Case {
    /// What is not as it should be.
    fn wrong(&self) -> Vec<String> {
        let project = Project::empty();
        project.write("old/shop.wit", SHOP);
        project.write("wit/shop.wit", &SHOP.replacen(self.edit.0, self.edit.1, 1));
        project.write(
            "src/lib.rs",
            "wasmtime::component::bindgen!({ imports: { default: async } });\nfn f() { Shop; }",
        );
        let said = project.wit(&["diff", "old"]);
        let json = project.wit(&["diff", "old", "--json"]).out;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        let review = &json["subjects"][0]["review"];
        let verdict = &review["verdict"];
        let changes = review["changes"].as_array().cloned().unwrap_or_default();
        let breaking = changes.iter().any(|change| change["effect"] == "breaking");
        let mut wrong = Vec::new();
        let mut check = |right: bool, what: &str| {
            if !right {
                wrong.push(format!("{:?}: {what}\n{}{}", self.edit, said.out, said.err));
            }
        };
        check(said.code == self.code, &format!("exit code {}", said.code));
        check(
            verdict["loads"] == self.loads,
            "whether old components load",
        );
        check(
            verdict["compatible"] == (self.code != 3),
            "whether it is compatible",
        );
        check(breaking == (self.code == 3), "the changes seen alone");
        check(verdict["proved"] == true, "whether a linker was asked");
        check(
            changes.iter().all(|change| change["proved"] == true),
            "whether a linker says so of every change",
        );
        check(
            verdict["semver_check"].is_string() == (self.code == 3),
            "the tooling's own check",
        );
        for part in self.says {
            check(said.out.contains(part), &format!("`{part}` is not said"));
        }
        wrong
    }
}

#[test]
fn a_moved_type_is_no_break() {
    let project = Project::empty();
    project.write("old/shop.wit", SHOP);
    let moved = SHOP.replace(
        "  record item { name: string, count: u32 }\n",
        "  use goods.{item};\n",
    );
    let moved = moved + "\ninterface goods {\n  record item { name: string, count: u32 }\n}\n";
    project.write("wit/shop.wit", &moved);
    project.wit(&["diff", "old"]).has(
        1,
        &[
            "moved import record acme:shop/stock.item  [compatible]",
            "+ use goods.{item};",
            "Existing components still load.",
        ],
    );
}
