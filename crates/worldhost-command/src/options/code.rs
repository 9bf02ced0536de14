//! The options that say how a component becomes machine code, shared by every
//! subcommand that loads one.

use super::proposals::Switches;
use super::source::{self, Fetching, Found};
use super::{apart, background, cache};
use crate::project::{Names, Project};
use crate::terminal::{explained, failure, later_advice, progress};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use worldhost::{
    Cache, CacheNote, Compiler, Component, Config, Error, LoadLimits, Pin, Runtime, Sandbox, Source,
};

#[derive(Args)]
pub struct Code {
    /// Who compiles: cranelift makes fast code slowly, winch slow code fast; auto has
    /// winch do the first run of a large component, and cranelift, in the
    /// background, the later ones.
    #[arg(long, default_value = "auto", value_parser = compilers(&["auto", "cranelift", "winch"]), help_heading = "Code")]
    compiler: Compiler,

    /// Keep no compiled code for the next run, use none, and compile nothing in the
    /// background.
    #[arg(long, help_heading = "Code")]
    no_cache: bool,

    /// Run a .cwasm file. Nothing holds it in a sandbox but the trust in who compiled
    /// it.
    #[arg(long, help_heading = "Code")]
    pub trust_compiled: bool,

    /// What the component's file has to be: sha256:HEX, as sha256sum prints HEX. Another
    /// one is not loaded, now or later.
    #[arg(
        long,
        value_name = "DIGEST",
        conflicts_with = "trust_compiled",
        help_heading = "Code"
    )]
    digest: Option<Pin>,

    #[command(flatten)]
    fetching: Fetching,

    #[command(flatten)]
    switches: Switches,

    /// The cache of what was loaded.
    #[arg(skip)]
    used: OnceCell<Cache>,

    /// What better code is to be had for.
    #[arg(skip)]
    better: Cell<Option<(Config, PathBuf)>>,
}

/// The values of `--compiler`.
pub fn compilers(names: &'static [&str]) -> impl TypedValueParser<Value = Compiler> {
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

impl Code {
    /// The cache to load from, for a run in this sandbox. A guest that could write
    /// there is refused, and so is one that could write to a .cwasm file that is to be
    /// run; before anything is loaded.
    pub fn cache<P: Project>(
        &self,
        sandbox: &Sandbox,
        component: &Path,
        verbose: bool,
    ) -> anyhow::Result<Option<Cache>> {
        if self.trust_compiled && component.exists() {
            refuse_to_expose(component, sandbox)?;
        }
        let cache = match self.no_cache || self.trust_compiled {
            true => None,
            false => usable_cache(Names::of::<P>(), verbose)?,
        };
        match &cache {
            Some(cache) => cache.check(sandbox)?,
            None => warn_of_later_runs(sandbox),
        }
        Ok(cache)
    }

    /// The configuration, with what these options say of it.
    pub fn config(&self, mut config: Config) -> Config {
        config.compiler = self.compiler;
        config.proposals = self.switches.proposals();
        config.apart = Some(apart::apart());
        // What is compiled ahead of time is for runs with a timeout too.
        config.interruptible |= self.trust_compiled;
        config
    }

    /// Finds COMPONENT: the one that is meant, where that is said.
    pub async fn find(&self, component: &Path, limits: &LoadLimits) -> anyhow::Result<Found> {
        if self.trust_compiled {
            let otherwise = "what comes of a registry is compiled here";
            source::expect_file(component, "--trust-compiled", otherwise)?;
        }
        self.fetching.find(component, self.digest, limits).await
    }

    /// The component, linked with this project's imports.
    pub async fn load<P: Project>(
        &self,
        config: &Config,
        found: &Found,
        source: &Source,
        verbose: bool,
    ) -> anyhow::Result<Component<P::Data>> {
        let config = self.config(config.clone());
        let runtime = Runtime::with_config(&config, P::add_to_linker)?;
        if self.trust_compiled {
            // SAFETY: the user vouches for the file.
            return Ok(unsafe { runtime.load_compiled(&found.file) }.await?);
        }
        let loading = runtime.load_source(source);
        let loaded = progress::during("compiling", &found.name, loading).await;
        if let Some(cache) = config.cache.clone() {
            warn(&cache, verbose);
            let _ = self.used.set(cache);
        }
        let loaded = loaded.map_err(|error| explained::link::<P>(error, &runtime, source))?;
        if loaded.can_optimize() {
            self.better.set(Some((config, found.file.clone())));
        }
        Ok(loaded)
    }

    /// The component did what it was to do, once at least: now its later runs may have
    /// better code. Of one that does not, nobody compiles anything twice.
    pub fn went_well(&self) {
        if let Some((config, component)) = self.better.take() {
            background::later(&config, &component);
        }
    }

    /// Waits for what the cache still writes; the end of a component does it too.
    pub fn finish(&self) {
        self.used.get().inspect(|cache| cache.flush());
    }
}

fn refuse_to_expose(file: &Path, sandbox: &Sandbox) -> worldhost::Result<()> {
    match sandbox.can_change(file)? {
        None => Ok(()),
        Some(dir) => Err(Error::Exposed {
            dir: dir.into(),
            code: file.into(),
        }),
    }
}

/// This run loads nothing from the cache. What a guest puts there, a later one would.
fn warn_of_later_runs(sandbox: &Sandbox) {
    if let Some(cache) = cache::dir()
        && let Ok(Some(dir)) = sandbox.can_change(&cache)
    {
        failure::warn(format_args!(
            "a guest that writes to {} could put code into the cache {}, which later runs load \
             and run outside of any sandbox; {}",
            dir.display(),
            cache.display(),
            later_advice(dir)
        ));
    }
}

/// The cache, if it can be used. That it cannot costs time alone; what the user said of
/// it and is wrong is an error.
fn usable_cache(project: Names, verbose: bool) -> anyhow::Result<Option<Cache>> {
    let max_bytes = cache::max_bytes()?;
    Ok(or_none(
        cache::open(cache::dir(), max_bytes),
        project,
        verbose,
    ))
}

/// Why there is none is said only where someone should know, or asks.
fn or_none(cache: anyhow::Result<Cache>, project: Names, verbose: bool) -> Option<Cache> {
    let error = match cache {
        Ok(cache) => return Some(cache),
        Err(error) => error,
    };
    let distrusted = matches!(error.downcast_ref(), Some(Error::Distrusted { .. }));
    if distrusted || verbose {
        failure::warn(failure::line(&error, project));
    }
    None
}

fn warn(cache: &Cache, verbose: bool) {
    for note in cache.take_notes() {
        if verbose || matches!(note, CacheNote::Refused(_)) {
            failure::warn(note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_home_there_is_no_cache_and_no_error() {
        let project = Names {
            world: "shop",
            export: "serve",
        };
        let opened = cache::open(None, Some(1 << 20));
        assert!(or_none(opened, project, false).is_none());
    }
}
