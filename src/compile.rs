//! Compiling ahead of time: for the cache, and for a file of one's own.

use crate::cache::{Content, artifact, key};
use crate::{Compiler, Config, Error, Result, component};
use std::path::Path;
use wasmtime::Engine;

impl Config {
    /// Compiles the component in the file, for [`Runtime::load_compiled`] of a
    /// runtime with this configuration: the same fuel and compiler, on a machine
    /// whose CPU can do what this one can.
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
    pub fn compile(&self, path: impl AsRef<Path>, target: Option<&str>) -> Result<Vec<u8>> {
        let (name, bytes) = read(path.as_ref())?;
        let Content { digest, concurrent } = Content::of(&bytes);
        let mut refused = None;
        for &compiler in self.compiler.in_order() {
            let engine = self.compiling_engine(self.kind(compiler, concurrent), target)?;
            match image(&engine, &name, &bytes) {
                Ok(image) => {
                    let key = key::of(&engine, compiler, &digest);
                    let mut file = Vec::new();
                    artifact::append(&mut file, &key, &image)
                        .map_err(|error| Error::Host(error.to_string()))?;
                    return Ok(file);
                }
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.expect("there is a compiler in each order"))
    }

    /// The compilers whose code of this component the cache has, the better one first:
    /// [`Config::alone`] or not.
    ///
    /// # Errors
    ///
    /// [`Error::Host`] when an engine cannot be made on this machine.
    pub fn cached(&self, component: &[u8]) -> Result<Vec<Compiler>> {
        let Some(cache) = &self.cache else {
            return Ok(Vec::new());
        };
        let Content { digest, concurrent } = Content::of(component);
        let has = |compiler, alone| -> Result<bool> {
            let config = Config {
                alone,
                ..self.clone()
            };
            let engine = config.compiling_engine(config.kind(compiler, concurrent), None)?;
            Ok(cache.has(&key::of(&engine, compiler, &digest)))
        };
        let mut found = Vec::new();
        for compiler in [Compiler::Cranelift, Compiler::Winch] {
            if has(compiler, true)? || has(compiler, false)? {
                found.push(compiler);
            }
        }
        Ok(found)
    }

    /// Puts Cranelift's code of the component in the file into the cache, for the
    /// next process that loads it. What Winch made of it is removed.
    ///
    /// Does nothing, and returns false, when there is no cache, the code is there
    /// already, another process of this user is about this, or it was tried within
    /// the last hour and came to nothing.
    ///
    /// # Errors
    ///
    /// Those of [`Runtime::load`](crate::Runtime::load) that are about the file.
    pub fn optimize(&self, path: impl AsRef<Path>) -> Result<bool> {
        let Some(cache) = &self.cache else {
            return Ok(false);
        };
        let (name, bytes) = read(path.as_ref())?;
        let Content { digest, concurrent } = Content::of(&bytes);
        let kind = |compiler| self.kind(compiler, concurrent);
        let engine = self.compiling_engine(kind(Compiler::Cranelift), None)?;
        let key = key::of(&engine, Compiler::Cranelift, &digest);
        if cache.has(&key) {
            return Ok(false);
        }
        let Some(reservation) = cache.reserve(&key) else {
            return Ok(false);
        };
        if reservation.begin().is_err() {
            return Ok(false);
        }
        let image = image(&engine, &name, &bytes)?;
        cache.insert(&key, &image);
        cache.flush();
        if cache.has(&key) {
            reservation.done();
            let winch = self.compiling_engine(kind(Compiler::Winch), None)?;
            cache.remove(&key::of(&winch, Compiler::Winch, &digest));
        }
        Ok(true)
    }
}

/// The bytes of a component in a file, and its name.
fn read(path: &Path) -> Result<(String, Vec<u8>)> {
    let name = path.display().to_string();
    let bytes = component::read(path)?;
    component::check_kind(&name, &bytes)?;
    Ok((name, bytes))
}

/// The machine code of a component, as an ELF image.
pub(crate) fn image(engine: &Engine, name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    engine
        .precompile_component(bytes)
        .map_err(|error| Error::Invalid {
            name: name.to_string(),
            message: component::why_invalid(&error),
        })
}
