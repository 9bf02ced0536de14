//! How a file or bytes become a component: out of the cache, or by a compiler.

use crate::cache::{Content, Digest, Identity, artifact, key};
use crate::component::{self, Component};
use crate::engine::{self, Kind};
use crate::{Cache, Compiler, Error, Result, Runtime, compile};
use std::fs::File;
use std::path::Path;
use wasmtime::Engine;
use wasmtime::component::Component as Compiled;

/// Where a component comes from.
pub(crate) struct Source {
    name: String,
    from: Origin,
}

enum Origin {
    File(File, Option<Identity>),
    Bytes(Vec<u8>),
}

impl Source {
    /// The file is opened here: who may not read it may not run it, in the cache or
    /// not.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = component::open(path)?;
        let identity = file.metadata().ok().and_then(|found| Identity::of(&found));
        Ok(Source {
            name: path.display().to_string(),
            from: Origin::File(file, identity),
        })
    }

    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        Source {
            name: "<bytes>".to_string(),
            from: Origin::Bytes(bytes),
        }
    }

    /// The component, if the cache has it and knows the file: no byte of the file is
    /// read, and it takes less than a millisecond. What fails here fails again in
    /// [`Source::load`], where the bytes are at hand to say why.
    pub(crate) fn known<T: Send + 'static>(&self, runtime: &Runtime<T>) -> Option<Component<T>> {
        let Origin::File(_, Some(identity)) = &self.from else {
            return None;
        };
        let cache = runtime.config().cache.as_ref()?;
        let content = cache.recall(identity)?;
        self.cached(runtime, cache, &content, None).ok()?
    }

    /// The component, whatever it takes.
    pub(crate) fn load<T: Send + 'static>(mut self, runtime: &Runtime<T>) -> Result<Component<T>> {
        let bytes = self.take_bytes()?;
        component::check_kind(&self.name, &bytes)?;
        let Some(cache) = &runtime.config().cache else {
            let concurrent = engine::is_concurrent(&bytes);
            return self.compile(runtime, &bytes, concurrent, None);
        };
        let content = Content::of(&bytes);
        let Content { digest, concurrent } = &content;
        let component = match self.cached(runtime, cache, &content, Some(&bytes))? {
            Some(component) => component,
            None => self.compile(runtime, &bytes, *concurrent, Some((cache, digest)))?,
        };
        if let Origin::File(file, Some(identity)) = &self.from {
            cache.memorize(file, identity, &content);
        }
        Ok(component)
    }

    fn take_bytes(&mut self) -> Result<Vec<u8>> {
        match &mut self.from {
            Origin::File(file, _) => component::read_all(Path::new(&self.name), file),
            Origin::Bytes(bytes) => Ok(std::mem::take(bytes)),
        }
    }

    /// The component, if the cache has code of one of the compilers.
    fn cached<T: Send + 'static>(
        &self,
        runtime: &Runtime<T>,
        cache: &Cache,
        Content { digest, concurrent }: &Content,
        bytes: Option<&[u8]>,
    ) -> Result<Option<Component<T>>> {
        for &compiler in runtime.config().compiler.will_do() {
            let linked = runtime.linked(runtime.config().kind(compiler, *concurrent))?;
            let key = key::of(&linked.engine, compiler, digest);
            let Some(file) = cache.find(&key) else {
                continue;
            };
            match map(&linked.engine, &file) {
                Ok(compiled) => {
                    let component = Component::new(runtime, linked, &self.name, bytes, compiled)?;
                    let component = note_better(runtime, component, cache, digest)?;
                    return Ok(Some(component));
                }
                Err(error) => cache.fail(Path::new(&key.to_string()), error),
            }
        }
        Ok(None)
    }

    fn compile<T: Send + 'static>(
        &self,
        runtime: &Runtime<T>,
        bytes: &[u8],
        concurrent: bool,
        cache: Option<(&Cache, &Digest)>,
    ) -> Result<Component<T>> {
        let compiler = match runtime.config().compiler {
            Compiler::Auto => Compiler::for_component(bytes),
            compiler => compiler,
        };
        let with = |compiler| {
            let linked = runtime.linked(runtime.config().kind(compiler, concurrent))?;
            let (compiled, kept) = self.compiled(&linked.engine, compiler, bytes, cache)?;
            Ok((linked, compiled, kept))
        };
        let (linked, compiled, kept) = match with(compiler) {
            // Winch knows fewer proposals: Cranelift tells whether it is valid.
            Err(Error::Invalid { .. }) if compiler == Compiler::Winch => with(Compiler::Cranelift)?,
            result => result?,
        };
        let component = Component::new(runtime, linked, &self.name, Some(bytes), compiled)?;
        match cache {
            // A cache that takes nothing would not take better code either.
            Some((cache, digest)) if kept => note_better(runtime, component, cache, digest),
            _ => Ok(component),
        }
    }

    /// What the compiler makes of it, and whether the cache keeps it: then it is
    /// mapped from there.
    fn compiled(
        &self,
        engine: &Engine,
        compiler: Compiler,
        bytes: &[u8],
        cache: Option<(&Cache, &Digest)>,
    ) -> Result<(Compiled, bool)> {
        let Some((cache, digest)) = cache else {
            let compiled = Compiled::from_binary(engine, bytes);
            let compiled = compiled.map_err(|error| Error::Invalid {
                name: self.name.clone(),
                message: component::why_invalid(&error),
            })?;
            return Ok((compiled, false));
        };
        let image = compile::image(engine, &self.name, bytes)?;
        let key = key::of(engine, compiler, digest);
        if let Some(file) = cache.insert(&key, &image)
            && let Ok(compiled) = map(engine, &file)
        {
            return Ok((compiled, true));
        }
        // SAFETY: the engine made the image a moment ago.
        let compiled = unsafe { Compiled::deserialize(engine, image) };
        Ok((compiled.map_err(Error::host)?, false))
    }
}

/// Where Winch only stands in for Cranelift, its code is to be had.
fn note_better<T: Send + 'static>(
    runtime: &Runtime<T>,
    component: Component<T>,
    cache: &Cache,
    digest: &Digest,
) -> Result<Component<T>> {
    let (wanted, kind) = (runtime.config().compiler, component.kind());
    if wanted != Compiler::Auto || kind.compiler != Compiler::Winch {
        return Ok(component);
    }
    let compiler = Compiler::Cranelift;
    let better = runtime.linked(Kind { compiler, ..kind })?;
    let key = key::of(&better.engine, compiler, digest);
    Ok(component.better(cache, key))
}

/// Maps an artifact that the cache opened. Where the file system does not let code
/// be mapped (`noexec`), the code is read into memory.
fn map(engine: &Engine, file: &File) -> wasmtime::Result<Compiled> {
    // SAFETY: nobody but this user can have written the file, or will: the cache
    // asked that of this open file. It has the length that was written and the key
    // of this engine; Wasmtime compares version and settings.
    unsafe {
        match Compiled::deserialize_file(engine, open_path(file)) {
            Ok(compiled) => Ok(compiled),
            Err(error) => match artifact::read(file) {
                Ok(image) => Compiled::deserialize(engine, image),
                Err(_) => Err(error),
            },
        }
    }
}

/// A path to the file that is open, and to no other.
#[cfg(unix)]
fn open_path(file: &File) -> std::path::PathBuf {
    use std::os::fd::AsRawFd;
    format!("/dev/fd/{}", file.as_raw_fd()).into()
}

/// Without Unix there is no cache to open a file from.
#[cfg(not(unix))]
fn open_path(_: &File) -> std::path::PathBuf {
    std::path::PathBuf::new()
}
