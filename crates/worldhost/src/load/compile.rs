//! Compiling ahead of time: for the cache, and for a file of one's own.

use super::content::Content;
use super::source::Source;
use super::{code, expect, image, key};
use crate::cache::artifact;
use crate::engine::compiler::Compiler;
use crate::engine::config::Config;
use crate::engine::pool::Pool;
use crate::engine::settings::{compiling_engine, kind};
use crate::error::{Error, Result};

/// Compiles a component, for [`Runtime::load_compiled`] of a runtime with this
/// configuration: the same fuel and compiler, on a machine whose CPU can do what this
/// one can.
///
/// With a `target`, a triple such as `x86_64-unknown-linux-gnu`, the code is for
/// any machine of that kind.
///
/// # Errors
///
/// [`Error::Target`], and those of [`Runtime::load`] that are about the file.
///
/// [`Runtime::load`]: crate::Runtime::load
/// [`Runtime::load_compiled`]: crate::Runtime::load_compiled
pub fn ahead_of_time(config: &Config, source: &Source, target: Option<&str>) -> Result<Vec<u8>> {
    let bytes = component(config, source)?;
    let Content { digest, concurrent } = Content::of(bytes);
    let (&last, others) = config
        .compiler
        .in_order()
        .split_last()
        .unwrap_or((&Compiler::Cranelift, &[]));
    let with = |compiler| {
        let kind = kind(config, compiler, concurrent);
        let engine = compiling_engine(config, kind, target)?;
        let what = code::For {
            config,
            kind,
            engine: &engine,
            target,
        };
        let image = code::make(&what, source.name(), bytes)?;
        let key = key::of(&engine, compiler, &digest);
        let mut file = Vec::new();
        artifact::append(&mut file, &key, &image)
            .map_err(|error| Error::Host(error.to_string()))?;
        Ok(file)
    };
    let mut made = others.iter().filter_map(|&compiler| with(compiler).ok());
    made.next().map_or_else(|| with(last), Ok)
}

/// The compilers whose code of this component the cache has, the better one first; for
/// whatever use of it.
///
/// # Errors
///
/// [`Error::Host`] when an engine cannot be made on this machine.
pub fn cached(config: &Config, component: &[u8]) -> Result<Vec<Compiler>> {
    let Some(cache) = &config.cache else {
        return Ok(Vec::new());
    };
    let Content { digest, concurrent } = Content::of(component);
    let has = |compiler, config: &Config| -> Result<bool> {
        let engine = compiling_engine(config, kind(config, compiler, concurrent), None)?;
        Ok(cache.has(&key::of(&engine, compiler, &digest)))
    };
    let mut found = Vec::new();
    for compiler in [Compiler::Cranelift, Compiler::Winch] {
        for config in uses(config) {
            if has(compiler, &config)? {
                found.push(compiler);
                break;
            }
        }
    }
    Ok(found)
}

/// The configuration for each use of a component that has code of its own.
fn uses(config: &Config) -> impl Iterator<Item = Config> + '_ {
    let pools = [None, Some(Pool::new(1))];
    pools.into_iter().flat_map(|pool| {
        [false, true].map(|interruptible| Config {
            interruptible,
            pool: pool.clone(),
            ..config.clone()
        })
    })
}

/// Puts Cranelift's code of a component into the cache, for the next process that loads
/// it. What Winch made of it is removed.
///
/// Does nothing, and returns false, when there is no cache, the code is there
/// already, another process of this user is about this, or it was tried within
/// the last hour and came to nothing.
///
/// # Errors
///
/// Those of [`Runtime::load`](crate::Runtime::load) that are about the file.
pub fn optimize(config: &Config, source: &Source) -> Result<bool> {
    let Some(cache) = &config.cache else {
        return Ok(false);
    };
    let bytes = component(config, source)?;
    let Content { digest, concurrent } = Content::of(bytes);
    let engine = |compiler| compiling_engine(config, kind(config, compiler, concurrent), None);
    let better = engine(Compiler::Cranelift)?;
    let key = key::of(&better, Compiler::Cranelift, &digest);
    if cache.has(&key) {
        return Ok(false);
    }
    let Some(reservation) = cache.reserve(&key) else {
        return Ok(false);
    };
    if reservation.begin().is_err() {
        return Ok(false);
    }
    let image = image::compile(&better, Compiler::Cranelift, source.name(), bytes)?;
    cache.insert(&key, &image);
    cache.flush();
    if cache.has(&key) {
        reservation.done();
        let winch = engine(Compiler::Winch)?;
        cache.remove(&key::of(&winch, Compiler::Winch, &digest));
    }
    Ok(true)
}

/// The bytes of a component.
fn component<'a>(config: &Config, source: &'a Source) -> Result<&'a [u8]> {
    let bytes = source.bytes_within(&config.load)?;
    expect::expect_component(source.name(), bytes)?;
    Ok(bytes)
}
