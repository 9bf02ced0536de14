//! A world as it is made, before it is text.

use super::Random;
use std::fmt::Write;

#[derive(Clone, Debug)]
pub struct Model {
    /// The first is the world's own.
    pub packages: Vec<Package>,
    pub world: String,
    pub imports: Vec<(usize, usize)>,
    pub exports: Vec<(usize, usize)>,
    pub import_functions: Vec<Function>,
    pub export_functions: Vec<Function>,
}

#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: (u64, u64, u64),
    pub interfaces: Vec<Interface>,
}

#[derive(Clone, Debug, Default)]
pub struct Interface {
    pub name: String,
    pub types: Vec<(String, Kind)>,
    pub functions: Vec<Function>,
    pub unstable: bool,
    pub docs: u64,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Record(Vec<(String, String)>),
    Variant(Vec<(String, Option<String>)>),
    Enum(Vec<String>),
    Flags(Vec<String>),
    Alias(String),
    Resource(Vec<Function>),
    /// The interface, with its package, and the type's name there.
    Use(usize, usize, String),
}

#[derive(Clone, Debug, Default)]
pub struct Function {
    pub name: String,
    pub params: Vec<(String, String)>,
    pub result: Option<String>,
    pub is_async: bool,
    /// Of a resource: `constructor`, `static`, or nothing.
    pub of: &'static str,
    pub unstable: bool,
    pub docs: u64,
}

/// Names that something may go wrong with, and others.
const NAMES: [&str; 64] = [
    "kv",
    "store",
    "type",
    "match",
    "crate",
    "mod",
    "lib",
    "super",
    "use",
    "fn",
    "gen",
    "async",
    "resource",
    "string",
    "vec",
    "HTTP-conn",
    "HTTP-shop",
    "URL",
    "item",
    "entry",
    "get",
    "set",
    "error",
    "state",
    "imports",
    "main",
    "linker",
    "t2",
    "box",
    "some",
    "list-it",
    "url",
    "test",
    "try",
    "abstract",
    "final",
    "send",
    "from-x",
    "move",
    "ref",
    "loop",
    "where",
    "bucket",
    "level",
    "log",
    "self-test",
    "data",
    "has-self",
    "d",
    "drop-it",
    "new-one",
    "static",
    "impl",
    "bindings",
    "host-world",
    "wasmtime",
    "core",
    "std",
    "clone",
    "default",
    "union",
    "dyn",
    "await",
    "in",
];

const PRIMITIVES: [&str; 13] = [
    "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
];

impl Model {
    pub fn random(random: &mut Random) -> Model {
        let mut model = Model {
            packages: vec![Package::empty("acme:app")],
            world: name(random),
            imports: Vec::new(),
            exports: Vec::new(),
            import_functions: Vec::new(),
            export_functions: vec![Function {
                name: "go".into(),
                ..Function::default()
            }],
        };
        for other in ["acme:kv", "other:kv", "acme:types"] {
            if random.one_in(2) {
                model.packages.push(Package::empty(other));
            }
        }
        for package in (0..model.packages.len()).rev() {
            for _ in 0..1 + random.below(3) {
                let interface = model.interface(random, package);
                model.packages[package].interfaces.push(interface);
                let id = (package, model.packages[package].interfaces.len() - 1);
                if random.one_in(4) {
                    model.exports.push(id);
                } else if !random.one_in(4) {
                    model.imports.push(id);
                }
            }
        }
        for _ in 0..random.below(2) {
            let function = function(random, &[], "");
            model.import_functions.push(function);
        }
        model
    }

    /// A new interface of a package, which may use those of later packages.
    pub fn interface(&self, random: &mut Random, package: usize) -> Interface {
        let mut interface = Interface {
            name: name(random),
            unstable: random.one_in(8),
            ..Interface::default()
        };
        for _ in 0..random.below(4) {
            let (name, kind) = self.kind(random, package, &interface);
            interface.types.push((name, kind));
        }
        let names = interface.names();
        for _ in 0..1 + random.below(3) {
            let function = function(random, &names, "");
            interface.functions.push(function);
        }
        interface
    }

    pub fn kind(&self, random: &mut Random, package: usize, of: &Interface) -> (String, Kind) {
        let names = of.names();
        let members = 1 + random.below(3);
        let kind = match random.below(8) {
            0 | 1 => Kind::Record(
                (0..members)
                    .map(|_| (name(random), ty(random, &names)))
                    .collect(),
            ),
            2 => Kind::Variant(
                (0..members)
                    .map(|_| {
                        let with = random.one_in(2);
                        (name(random), with.then(|| ty(random, &names)))
                    })
                    .collect(),
            ),
            3 => Kind::Enum((0..members).map(|_| name(random)).collect()),
            4 => Kind::Flags((0..members).map(|_| name(random)).collect()),
            5 => Kind::Alias(ty(random, &names)),
            6 => {
                let mut functions = Vec::new();
                if random.one_in(2) {
                    functions.push(function(random, &names, "constructor"));
                }
                for _ in 0..random.below(3) {
                    let of = *random.pick(&["method", "method", "static"]);
                    functions.push(function(random, &names, of));
                }
                Kind::Resource(functions)
            }
            _ => {
                let later = package + 1..self.packages.len();
                let all: Vec<_> = later
                    .flat_map(|p| (0..self.packages[p].interfaces.len()).map(move |i| (p, i)))
                    .flat_map(|(p, i)| {
                        let types = &self.packages[p].interfaces[i].types;
                        types.iter().map(move |(name, _)| (p, i, name.clone()))
                    })
                    .collect();
                match all.is_empty() {
                    true => Kind::Alias("u32".into()),
                    false => {
                        let (p, i, name) = random.pick(&all).clone();
                        Kind::Use(p, i, name)
                    }
                }
            }
        };
        (name(random), kind)
    }

    /// All of it, as one file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (i, package) in self.packages.iter().enumerate() {
            let (a, b, c) = package.version;
            let head = format!("package {}@{a}.{b}.{c}", package.name);
            match i {
                0 => writeln!(text, "{head};\n").unwrap(),
                _ => writeln!(text, "{head} {{").unwrap(),
            }
            for interface in &package.interfaces {
                self.print(interface, &mut text);
            }
            if i > 0 {
                text.push_str("}\n\n");
            }
        }
        writeln!(text, "world %{} {{", self.world).unwrap();
        for (word, all) in [("import", &self.imports), ("export", &self.exports)] {
            for (package, interface) in all {
                writeln!(text, "  {word} {};", self.path(*package, *interface)).unwrap();
            }
        }
        let functions = [
            ("import", &self.import_functions),
            ("export", &self.export_functions),
        ];
        for (word, all) in functions {
            for function in all {
                let shown = function.text();
                writeln!(text, "  {word} {shown}").unwrap();
            }
        }
        text.push_str("}\n");
        text
    }

    fn path(&self, package: usize, interface: usize) -> String {
        let of = &self.packages[package];
        let name = &of.interfaces[interface].name;
        match package {
            0 => format!("%{name}"),
            _ => {
                let (a, b, c) = of.version;
                format!("{}/%{name}@{a}.{b}.{c}", of.name)
            }
        }
    }

    fn print(&self, interface: &Interface, text: &mut String) {
        if interface.docs > 0 {
            writeln!(text, "/// Documentation {}.", interface.docs).unwrap();
        }
        if interface.unstable {
            writeln!(text, "@unstable(feature = fast)").unwrap();
        }
        writeln!(text, "interface %{} {{", interface.name).unwrap();
        for (name, kind) in &interface.types {
            let list = |all: &[String]| {
                let all: Vec<String> = all.iter().map(|name| format!("%{name}")).collect();
                all.join(", ")
            };
            let line = match kind {
                Kind::Record(fields) => {
                    let all: Vec<String> =
                        fields.iter().map(|(n, ty)| format!("%{n}: {ty}")).collect();
                    format!("record %{name} {{ {} }}", all.join(", "))
                }
                Kind::Variant(cases) => {
                    let all = cases.iter().map(|(name, ty)| match ty {
                        Some(ty) => format!("%{name}({ty})"),
                        None => format!("%{name}"),
                    });
                    format!(
                        "variant %{name} {{ {} }}",
                        all.collect::<Vec<_>>().join(", ")
                    )
                }
                Kind::Enum(cases) => format!("enum %{name} {{ {} }}", list(cases)),
                Kind::Flags(flags) => format!("flags %{name} {{ {} }}", list(flags)),
                Kind::Alias(ty) => format!("type %{name} = {ty};"),
                Kind::Resource(functions) => {
                    let all: Vec<String> = functions.iter().map(Function::text).collect();
                    format!("resource %{name} {{ {} }}", all.join(" "))
                }
                Kind::Use(package, interface, ty) => {
                    let path = self.path(*package, *interface);
                    match ty == name {
                        true => format!("use {path}.{{%{ty}}};"),
                        false => format!("use {path}.{{%{ty} as %{name}}};"),
                    }
                }
            };
            writeln!(text, "  {line}").unwrap();
        }
        for function in &interface.functions {
            writeln!(text, "  {}", function.text()).unwrap();
        }
        text.push_str("}\n");
    }
}

impl Package {
    fn empty(name: &str) -> Package {
        Package {
            name: name.into(),
            version: (1, 0, 0),
            interfaces: Vec::new(),
        }
    }
}

impl Interface {
    /// Its types, as others may name them.
    pub fn names(&self) -> Vec<String> {
        self.types
            .iter()
            .map(|(name, _)| format!("%{name}"))
            .collect()
    }
}

impl Function {
    fn text(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|(name, ty)| format!("%{name}: {ty}"))
            .collect();
        let params = params.join(", ");
        let docs = match self.docs {
            0 => String::new(),
            n => format!("\n  /// Documentation {n}.\n  "),
        };
        let gate = if self.unstable {
            "@unstable(feature = quick) "
        } else {
            ""
        };
        if self.of == "constructor" {
            return format!("{docs}{gate}constructor({params});");
        }
        let is_static = if self.of == "static" { "static " } else { "" };
        let is_async = if self.is_async { "async " } else { "" };
        let result = match &self.result {
            Some(ty) => format!(" -> {ty}"),
            None => String::new(),
        };
        let name = &self.name;
        format!("{docs}{gate}%{name}: {is_static}{is_async}func({params}){result};")
    }
}

pub fn name(random: &mut Random) -> String {
    random.pick(&NAMES).to_string()
}

/// A type of these names, or of none.
pub fn ty(random: &mut Random, names: &[String]) -> String {
    match random.below(14) {
        0..5 if !names.is_empty() => random.pick(names).clone(),
        0..8 => random.pick(&PRIMITIVES).to_string(),
        8 => format!("list<{}>", ty(random, names)),
        9 => format!("option<{}>", ty(random, names)),
        10 => format!("tuple<{}, {}>", ty(random, names), ty(random, names)),
        11 => format!("result<{}, {}>", ty(random, names), ty(random, names)),
        12 => format!("result<_, {}>", ty(random, names)),
        _ => "list<u8>".into(),
    }
}

pub fn function(random: &mut Random, names: &[String], of: &'static str) -> Function {
    Function {
        name: name(random),
        params: (0..random.below(3))
            .map(|_| (name(random), ty(random, names)))
            .collect(),
        result: (!random.one_in(3)).then(|| ty(random, names)),
        is_async: of != "constructor" && random.one_in(6),
        of,
        unstable: random.one_in(8),
        docs: u64::from(random.one_in(6)),
    }
}
