//! `worldhost inspect`.

use crate::options::cache;
use crate::options::loading::Loading;
use crate::options::proposals::Switches;
use crate::options::source::Fetching;
use crate::terminal::notes::{notes, unseen_in_words};
use crate::terminal::printing::print_styled;
use crate::terminal::style::{DIM, NAME};
use crate::terminal::{failure, json, on_lacks, overtime};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use worldhost::{Compiler, Config, Proposals, compile, printable, printable_lines};
use worldhost_check::{Inspection, inspect};

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost inspect plugin.wasm
  worldhost inspect --wit plugin.wasm > plugin.wit
  worldhost inspect --json plugin.wasm | jq -r '.wasi[]'

With --json, one object: component, size in bytes, imports, exports, wasi (its
releases), producers (role, name, version), functions (interface, name,
signature), lacks (proposal, words, optional: the proposals that it uses and that
are off), unseen (side, name, kind, reason: what WIT cannot show), meant (export,
others: which of several versions), wit, cached: the compilers whose code of it is in
the cache, and adapted: whether the file is a core module that it was made of.")]
pub struct Inspect {
    /// Print only its world, as WIT.
    #[arg(long, conflicts_with = "json")]
    wit: bool,

    /// Print all of it as a JSON object.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    switches: Switches,

    #[command(flatten)]
    loading: Loading,

    #[command(flatten)]
    fetching: Fetching,

    /// The component: a .wasm file, or a source in a registry.
    component: PathBuf,
}

impl Inspect {
    pub fn execute(self) -> anyhow::Result<i32> {
        let limits = self.loading.limits();
        let found = self
            .fetching
            .find_blocking(&self.component, None, &limits)?;
        let source = found.open(&limits)?;
        let bytes = source.bytes_within(&limits)?;
        let proposals = self.switches.proposals();
        let found = overtime::within(source.name(), &limits, || {
            inspect(source.name(), bytes, &proposals)
        })?;
        let cached = || cached(bytes, proposals);
        let adapted = source.is_adapted()?;
        if self.wit {
            for unseen in &found.unseen {
                failure::warn(format_args!(
                    "WIT has no words for {}",
                    unseen_in_words(unseen)
                ));
            }
        }
        let text = match () {
            () if self.wit => printable_lines(&found.wit).into_owned(),
            () if self.json => in_json(found, cached()?, adapted)?,
            () => in_words(&found, &cached()?, adapted),
        };
        print_styled(&text)?;
        Ok(0)
    }
}

/// The compilers whose code a run would find in the cache, with a timeout or without;
/// none where there is no cache to be used.
fn cached(component: &[u8], proposals: Proposals) -> worldhost::Result<Vec<String>> {
    let mut config = Config::default();
    config.cache = cache::required().ok();
    config.proposals = proposals;
    let compilers = compile::cached(&config, component)?;
    Ok(compilers.iter().map(Compiler::to_string).collect())
}

fn in_json(found: Inspection, cached: Vec<String>, adapted: bool) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Json {
        #[serde(flatten)]
        found: Inspection,
        cached: Vec<String>,
        adapted: bool,
    }
    json::line(&Json {
        found,
        cached,
        adapted,
    })
}

fn in_words(found: &Inspection, cached: &[String], adapted: bool) -> String {
    let mut text = format!("{NAME}{}{NAME:#}\n", printable(&found.component));
    let mut line = |name: &str, value: String| {
        text += &format!("  {DIM}{name:<10}{DIM:#} {}\n", printable_lines(&value));
    };
    if adapted {
        line("made of", "a core module".into());
    }
    let size = bytesize::ByteSize(found.size as u64);
    line("size", format!("{size} ({} bytes)", found.size));
    line("WASI", none_or(found.wasi.join(", ")));
    let tools: Vec<String> = found
        .producers
        .iter()
        .map(|tool| {
            let tool = format!("{} {}", tool.name, tool.version);
            printable(tool.trim_end()).into_owned()
        })
        .collect();
    line("made with", none_or(tools.join(", ")));
    let functions: Vec<String> = found
        .functions
        .iter()
        .map(|function| {
            let name = &function.name;
            let line = match &function.interface {
                Some(interface) => format!("{interface}#{name}: {}", function.signature),
                None => format!("{name}: {}", function.signature),
            };
            printable(&line).into_owned()
        })
        .collect();
    for lack in &found.lacks {
        let words = format!(
            "{} ({}), off here; {}",
            lack.words,
            lack.proposal,
            on_lacks(&[lack])
        );
        line("uses", words);
    }
    line("compiled", in_cache(cached));
    line("exports", none_or(functions.join("\n             ")));
    text += &notes(&found.unseen, &found.meant);
    text += "\n";
    text += &printable_lines(&found.wit);
    text
}

fn in_cache(cached: &[String]) -> String {
    match cached {
        [] => "not yet".into(),
        _ => format!("by {}, in the cache", cached.join(" and ")),
    }
}

fn none_or(text: String) -> String {
    if text.is_empty() { "none".into() } else { text }
}
