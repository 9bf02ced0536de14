//! `Cargo.toml` of a new project.

use super::plan::{Engine, Flavour, Plan};
use std::path::Path;

/// Names that a package cannot have, or that would hide a crate.
const TAKEN: [&str; 9] = [
    "test",
    "core",
    "std",
    "alloc",
    "build",
    "wasmtime",
    "worldhost",
    "tokio",
    "anyhow",
];

/// A name for a package in this directory.
pub(super) fn name(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let name = name.trim_matches('-');
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic());
    match plain && !TAKEN.contains(&name) {
        true => name.to_string(),
        false => format!("host-{name}").trim_end_matches('-').to_string(),
    }
}

pub(super) fn text(plan: &Plan<'_>) -> String {
    let name = &plan.name;
    let dependencies = match plan.flavour {
        Flavour::Worldhost(engine) => worldhost(plan, engine),
        Flavour::Plain => bare(plan),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\n{dependencies}\n\
         # It stands for itself; without this line it is of a workspace around it.\n[workspace]\n"
    )
}

const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";

fn worldhost(plan: &Plan<'_>, engine: &Engine) -> String {
    let engine = match engine {
        Engine::Version(version) => format!("\"{version}\""),
        Engine::Path(path) => {
            // A text of JSON is one of TOML.
            let path = serde_json::Value::from(path.to_string_lossy());
            format!("{{ path = {path} }}")
        }
    };
    let wasmtime = plan.wasmtime;
    let mut text = format!(
        "worldhost = {engine}\n# bindgen! writes paths into it.\nwasmtime = {{ version = \"{wasmtime}\", \
         default-features = false, features = [\"component-model\", \"async\"] }}\n"
    );
    let line = plan.wasi.line();
    let mut wasi = |krate: &str| {
        text += &format!(
            "{krate} = {{ version = \"{wasmtime}\", default-features = false, features = [\"{line}\"] }}\n"
        );
    };
    if plan.wasi.is_there() {
        wasi("wasmtime-wasi");
    }
    if plan.wasi.has_http() {
        wasi("wasmtime-wasi-http");
    }
    text + TOKIO
}

fn bare(plan: &Plan<'_>) -> String {
    let wasmtime = plan.wasmtime;
    let takes = match plan.wasi.is_p3 {
        true => format!("{{ version = \"{wasmtime}\", features = [\"p3\"] }}"),
        false => format!("\"{wasmtime}\""),
    };
    let http = match plan.wasi.has_http() {
        true => format!("wasmtime-wasi-http = {takes}\nhttp = \"1\"\n"),
        false => String::new(),
    };
    format!("wasmtime = \"{wasmtime}\"\nwasmtime-wasi = {takes}\n{http}anyhow = \"1\"\n{TOKIO}")
}

#[cfg(test)]
mod tests {
    use super::name;
    use std::path::Path;

    #[test]
    fn a_directory_names_the_package() {
        for (dir, package) in [
            ("/x/my-host", "my-host"),
            ("/x/My Host!", "my-host"),
            ("/x/2048", "host-2048"),
            ("/x/wasmtime", "host-wasmtime"),
            ("/", "host"),
        ] {
            assert_eq!(name(Path::new(dir)), package);
        }
    }
}
