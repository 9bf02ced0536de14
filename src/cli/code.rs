//! The options that say how a component becomes machine code, shared by every
//! subcommand that loads one.

use super::failure::{self, Usage};
use super::{optimize, progress};
use bytesize::ByteSize;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use worldhost::imports::{self, Imports};
use worldhost::{Cache, CacheNote, Compiler, Component, Config, Error, Runtime, Sandbox};

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
    trust_compiled: bool,

    /// Another process of ours has said already what there is to say.
    #[arg(skip)]
    pub quiet: bool,

    /// The cache of what was loaded.
    #[arg(skip)]
    used: OnceCell<Cache>,
}

/// The values of `--compiler`.
pub fn compilers(names: &'static [&str]) -> impl TypedValueParser<Value = Compiler> {
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

impl Code {
    /// The cache to load from, for a run in this sandbox. A guest that could write
    /// there is refused, and so is one that could write to a .cwasm file that is to be
    /// run; before anything is loaded.
    pub fn cache(
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
            false => usable_cache(verbose)?,
        };
        match &cache {
            Some(cache) => cache.check(sandbox)?,
            None if self.quiet => {}
            None => warn_of_later_runs(sandbox),
        }
        Ok(cache)
    }

    /// The component in the file, linked with this project's imports.
    pub async fn load(
        &self,
        config: &Config,
        path: &Path,
        verbose: bool,
    ) -> anyhow::Result<Component<Imports>> {
        let mut config = config.clone();
        config.compiler = self.compiler;
        // What is compiled ahead of time is for runs with a timeout too.
        config.alone &= !self.trust_compiled;
        let runtime = Runtime::with_config(&config, imports::add_to_linker)?;
        if self.trust_compiled {
            // SAFETY: the user vouches for the file.
            return Ok(unsafe { runtime.load_compiled(path) }.await?);
        }
        let loaded = progress::during("compiling", path, runtime.load(path)).await;
        if let Some(cache) = config.cache.clone() {
            warn(&cache, verbose);
            let _ = self.used.set(cache);
        }
        let component = loaded?;
        if component.can_optimize() {
            optimize::later(&config, path);
        }
        Ok(component)
    }

    /// Waits for what the cache still writes; the end of a component does it too.
    pub fn finish(&self) {
        self.used.get().inspect(|cache| cache.flush());
    }
}

/// The cache of this user, as the environment has it.
pub fn cache() -> anyhow::Result<Cache> {
    let dir = cache_dir().ok_or_else(|| {
        Usage("there is no home for a cache; name a directory with WORLDHOST_CACHE_DIR".into())
    })?;
    let cache = Cache::open(dir)?;
    let Some(size) = std::env::var_os("WORLDHOST_CACHE_SIZE") else {
        return Ok(cache);
    };
    let size = size.to_str().and_then(|size| size.parse::<ByteSize>().ok());
    let size = size.ok_or_else(|| {
        Usage("WORLDHOST_CACHE_SIZE is not a size; write it like this: 512MiB".into())
    })?;
    Ok(cache.max_bytes(size.as_u64()))
}

fn cache_dir() -> Option<PathBuf> {
    match std::env::var_os("WORLDHOST_CACHE_DIR") {
        Some(dir) if !dir.is_empty() => Some(dir.into()),
        _ => Cache::default_dir(),
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
    if let Some(cache) = cache_dir()
        && let Ok(Some(dir)) = sandbox.can_change(&cache)
    {
        failure::warn(format_args!(
            "a guest that writes to {} could put code into the cache {}, which later runs load \
             and run outside of any sandbox; {}",
            dir.display(),
            cache.display(),
            failure::later_advice(dir)
        ));
    }
}

/// The cache, if it can be used. That it cannot costs time alone, so it is said
/// only where someone should know, or asks.
fn usable_cache(verbose: bool) -> anyhow::Result<Option<Cache>> {
    match cache() {
        Ok(cache) => Ok(Some(cache)),
        Err(error) => {
            let error_of_ours = error.downcast_ref();
            let distrusted = matches!(error_of_ours, Some(Error::Distrusted { .. }));
            if error.is::<Usage>() && std::env::var_os("WORLDHOST_CACHE_SIZE").is_some() {
                return Err(error);
            }
            if distrusted || verbose {
                failure::warn(failure::line(&error));
            }
            Ok(None)
        }
    }
}

fn warn(cache: &Cache, verbose: bool) {
    for note in cache.take_notes() {
        if verbose || matches!(note, CacheNote::Refused(_)) {
            failure::warn(note);
        }
    }
}
