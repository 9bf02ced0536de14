//! `worldhost new`.

use super::wit::measured;
use crate::options::loading::Loading;
use crate::terminal::printing::print_wit;
use crate::terminal::{failure, overtime};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use worldhost::version;
use worldhost_dev::{Engine, Flavour, Language, Origin, Start};
use worldhost_wit::paths;

#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 made; 2 nothing was made.\n\nExamples:\n  \
    worldhost new my-host --wit world.wit        # on the crate worldhost\n  \
    worldhost new my-host --wit plugin.wasm      # for a component somebody handed you\n  \
    worldhost new my-host --wit wit --plain      # on wasmtime and wasmtime-wasi alone\n  \
    worldhost new my-host --wit wasi:http/proxy  # of a package\n  \
    worldhost new my-host --wit wit --guest rust # and a component beside it"
)]
pub struct New {
    /// The project's directory. What is there must be empty.
    dir: PathBuf,

    /// The world: a .wit file, a directory of WIT, a component, or a package, as in
    /// wasi:http@0.2.12 or acme:kv/host@1.0.0. Packages of WASI come from this command, and
    /// others are fetched by wkg; nothing else is.
    #[arg(long, value_name = "PATH|PACKAGE")]
    wit: PathBuf,

    /// The world [default: the only one, or the one in the package's name].
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// Take nothing but wasmtime, wasmtime-wasi, anyhow and tokio.
    #[arg(long)]
    plain: bool,

    /// Make a guest too, in `guest/`, to be built as its toolchain does it.
    #[arg(long, value_name = "LANGUAGE")]
    guest: Option<Guest>,

    /// The directory of the crate `worldhost` [default: that of the checkout which this
    /// command was built from, or the registry when it is gone].
    #[arg(long, value_name = "DIR", conflicts_with = "plain")]
    engine_path: Option<PathBuf>,

    #[command(flatten)]
    loading: Loading,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Guest {
    /// By wit-bindgen
    Rust,
    /// By componentize-py
    Python,
    /// By componentize-js
    Javascript,
    /// By wit-bindgen, and wasi-sdk or Zig
    C,
}

impl From<Guest> for Language {
    fn from(guest: Guest) -> Language {
        match guest {
            Guest::Rust => Language::Rust,
            Guest::Python => Language::Python,
            Guest::Javascript => Language::Javascript,
            Guest::C => Language::C,
        }
    }
}

impl New {
    pub fn execute(self) -> anyhow::Result<i32> {
        let limits = self.loading.limits();
        measured(&self.wit, &limits)?;
        let flavour = match self.plain {
            true => Flavour::Plain,
            false => Flavour::Worldhost(self.engine()?),
        };
        let start = Start {
            dir: &self.dir,
            wit: Origin::of(&self.wit),
            guest: self.guest.map(Language::from),
            world: self.world.as_deref(),
            flavour,
            wasmtime: version::WASMTIME.split('.').next().unwrap_or_default(),
        };
        let name = self.wit.display().to_string();
        let started = overtime::within(&name, &limits, || start.make())?;
        for note in &started.notes {
            failure::note(note);
        }
        let dir = paths::shown(&self.dir);
        let files = started.files.iter();
        let files = files.map(|file| format!("created  {}\n", dir.join(file).display()));
        let text: String = files.collect();
        let calls = match started.call {
            Some(call) => format!("It calls `{call}`. "),
            None => "It calls no export: none takes values that can be made up. ".into(),
        };
        let guest = self.guest.map_or("", |_| " && guest/build.sh");
        let next = format!("\n{calls}Next: cd {} && cargo test{guest}\n", dir.display());
        print_wit(&(text + &next))?;
        Ok(0)
    }

    fn engine(&self) -> anyhow::Result<Engine> {
        if let Some(path) = &self.engine_path {
            let found = path.canonicalize().ok();
            let found = found.filter(|path| path.join("Cargo.toml").is_file());
            let found = found.ok_or_else(|| worldhost_wit::Error::NotFound {
                path: path.join("Cargo.toml"),
            });
            return Ok(Engine::Path(found?));
        }
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../worldhost");
        Ok(match built_from.canonicalize() {
            Ok(path) if path.join("Cargo.toml").is_file() => Engine::Path(path),
            _ => Engine::Version(env!("CARGO_PKG_VERSION").into()),
        })
    }
}
