//! `worldhost inspect`.

use super::style::{DIM, NAME};
use clap::Args;
use std::path::PathBuf;
use worldhost::inspect::{self, Inspection};

/// Show what is in a component: its world, size, toolchain and functions.
#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost inspect plugin.wasm
  worldhost inspect --wit plugin.wasm > plugin.wit
  worldhost inspect --json plugin.wasm | jq -r '.wasi[]'

With --json, one object: component, size in bytes, imports, exports, wasi (its
releases), producers (role, name, version), functions (interface, name,
signature) and wit.")]
pub struct Inspect {
    /// Print only its world, as WIT.
    #[arg(long, conflicts_with = "json")]
    wit: bool,

    /// Print all of it as a JSON object.
    #[arg(long)]
    json: bool,

    /// The component, a .wasm file.
    component: PathBuf,
}

impl Inspect {
    pub fn execute(self) -> anyhow::Result<i32> {
        let bytes = worldhost::read(&self.component)?;
        let found = inspect::inspect(&self.component.display().to_string(), &bytes)?;
        let text = match () {
            () if self.wit => found.wit,
            () if self.json => serde_json::to_string(&found)? + "\n",
            () => in_words(&found),
        };
        super::print_styled(&text)?;
        Ok(0)
    }
}

fn in_words(found: &Inspection) -> String {
    let mut text = format!("{NAME}{}{NAME:#}\n", found.component);
    let mut line = |name: &str, value: String| {
        text += &format!("  {DIM}{name:<10}{DIM:#} {value}\n");
    };
    let size = bytesize::ByteSize(found.size as u64);
    line("size", format!("{size} ({} bytes)", found.size));
    line("WASI", none_or(found.wasi.join(", ")));
    let tools: Vec<String> = found
        .producers
        .iter()
        .map(|tool| {
            format!("{} {}", tool.name, tool.version)
                .trim_end()
                .to_string()
        })
        .collect();
    line("made with", none_or(tools.join(", ")));
    let functions: Vec<String> = found
        .functions
        .iter()
        .map(|function| {
            let name = &function.name;
            match &function.interface {
                Some(interface) => format!("{interface}#{name}: {}", function.signature),
                None => format!("{name}: {}", function.signature),
            }
        })
        .collect();
    line("exports", none_or(functions.join("\n             ")));
    text += "\n";
    text += &found.wit;
    text
}

fn none_or(text: String) -> String {
    if text.is_empty() { "none".into() } else { text }
}
