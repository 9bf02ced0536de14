//! How a source becomes a component: out of the cache, or by a compiler.

use super::component::Component;
use super::content::{self, Content};
use super::identity::Identity;
use super::source::{self, Source};
use super::{code, expect, image, key};
use crate::cache::Cache;
use crate::cache::artifact::{self, Unfit};
use crate::cache::digest::Digest;
use crate::engine::compiler::Compiler;
use crate::engine::engines::Engines;
use crate::engine::kind::{Kind, Made};
use crate::engine::linked::Linked;
use crate::engine::settings;
use crate::error::{Error, Result};
use crate::policy::place::Place;
use crate::span;
use crate::wording;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use tracing::Span;
use wasmtime::component::Component as Compiled;

/// What loads for one runtime.
pub(crate) struct Loader<'a, T: 'static> {
    engines: &'a Engines<T>,
    /// How instances are to be made.
    instances: Made,
}

/// Code, and the engine that it is for.
struct Code<'a, T: 'static> {
    linked: &'a Arc<Linked<T>>,
    compiled: Compiled,
}

impl<'a, T: Send + 'static> Loader<'a, T> {
    /// As the configuration has it.
    pub(crate) fn new(engines: &'a Engines<T>) -> Self {
        let instances = settings::first(&engines.config).instances;
        Loader { engines, instances }
    }

    /// For many instances that live for a short time.
    pub(crate) fn fresh(engines: &'a Engines<T>) -> Self {
        Loader {
            engines,
            instances: Made::InPool,
        }
    }

    /// The component, if the cache has it and knows the file: no byte of the file is
    /// read, and it takes less than a millisecond. What fails here fails again in
    /// [`Loader::load`], where the bytes are at hand to say why.
    pub(crate) fn known(&self, source: &Source) -> Option<Component<T>> {
        let (_, identity) = source.identity()?;
        let cache = self.engines.config.cache.as_ref()?;
        let content = Content::parse(&cache.recall(identity)?)?;
        self.cached(source, cache, &content).ok()?
    }

    /// The component, whatever it takes.
    pub(crate) fn load(&self, source: &Source) -> Result<Component<T>> {
        let bytes = source.bytes_within(&self.engines.config.load)?;
        expect::expect_component(source.name(), bytes)?;
        let Some(cache) = &self.engines.config.cache else {
            let concurrent = content::is_concurrent(bytes);
            // It takes its time, and nobody else asks for it.
            let digest = (!Span::current().is_disabled()).then(|| Digest::of(bytes));
            digest.iter().for_each(span::digest);
            return self.compile(source, bytes, (concurrent, digest), None);
        };
        let content = Content::of(bytes);
        let Content { digest, concurrent } = &content;
        let component = match self.cached(source, cache, &content)? {
            Some(component) => component,
            None => self.compile(source, bytes, (*concurrent, Some(*digest)), Some(cache))?,
        };
        if let Some((file, identity)) = source.identity() {
            cache.memorize(file, identity, &content.to_string());
        }
        Ok(component)
    }

    /// The component, if the cache has code of one of the compilers.
    fn cached(
        &self,
        source: &Source,
        cache: &Cache,
        content: &Content,
    ) -> Result<Option<Component<T>>> {
        let Content { digest, concurrent } = content;
        span::digest(digest);
        for &compiler in self.engines.config.compiler.will_do() {
            let linked = self.linked(compiler, *concurrent)?;
            let key = key::of(&linked.engine, compiler, digest);
            let Some(file) = cache.find(&key) else {
                continue;
            };
            match self.map(linked, &file)? {
                Ok(code) => {
                    let component = self.component(source, Some(*digest), code)?;
                    return self.note_better(component, cache, digest).map(Some);
                }
                Err(error) => cache.fail(Path::new(&key.to_string()), error),
            }
        }
        Ok(None)
    }

    fn compile(
        &self,
        source: &Source,
        bytes: &[u8],
        (concurrent, digest): (bool, Option<Digest>),
        cache: Option<&Cache>,
    ) -> Result<Component<T>> {
        let compiler = match self.engines.config.compiler {
            Compiler::Auto => Compiler::for_component(bytes),
            compiler => compiler,
        };
        let cache = cache.zip(digest.as_ref());
        let with = |compiler| self.compiled(source, bytes, (compiler, concurrent), cache);
        let (code, kept) = match with(compiler) {
            // Winch knows fewer proposals: Cranelift tells what is in the way.
            Err(Error::Refused { .. }) if compiler == Compiler::Winch => with(Compiler::Cranelift)?,
            result => result?,
        };
        let component = self.component(source, digest, code)?;
        match cache {
            // A cache that takes nothing would not take better code either.
            Some((cache, digest)) if kept => self.note_better(component, cache, digest),
            _ => Ok(component),
        }
    }

    /// What the compiler makes of it, and whether the cache keeps it: then it is
    /// mapped from there.
    fn compiled(
        &self,
        source: &Source,
        bytes: &[u8],
        (compiler, concurrent): (Compiler, bool),
        cache: Option<(&Cache, &Digest)>,
    ) -> Result<(Code<'a, T>, bool)> {
        let linked = self.linked(compiler, concurrent)?;
        let what = code::For {
            config: &self.engines.config,
            kind: linked.kind,
            engine: &linked.engine,
            target: None,
        };
        let image = code::make(&what, source.name(), bytes)?;
        if let Some((cache, digest)) = cache
            && let Some(file) = cache.insert(&key::of(&linked.engine, compiler, digest), &image)
            && let Ok(code) = self.map(linked, &file)?
        {
            return Ok((code, true));
        }
        let taken = self.fitting(linked, |linked| image::take(&linked.engine, &image))?;
        Ok((taken.map_err(Error::host)?, false))
    }

    fn map(
        &self,
        linked: &'a Arc<Linked<T>>,
        file: &File,
    ) -> Result<wasmtime::Result<Code<'a, T>>> {
        self.fitting(linked, |linked| image::map(&linked.engine, file))
    }

    /// Code for this engine; or, when it does not fit the slots of its pool, for the one
    /// that takes the same code and has none.
    fn fitting(
        &self,
        linked: &'a Arc<Linked<T>>,
        take: impl Fn(&Linked<T>) -> wasmtime::Result<Compiled>,
    ) -> Result<wasmtime::Result<Code<'a, T>>> {
        let taken = take(linked);
        let fits = |compiled: &Compiled| linked.places.taken_by(compiled).is_some();
        if linked.kind.instances != Made::InPool || taken.as_ref().is_ok_and(fits) {
            return Ok(taken.map(|compiled| Code { linked, compiled }));
        }
        let linked = self.engines.linked(Kind {
            instances: Made::OneByOne,
            ..linked.kind
        })?;
        Ok(take(linked).map(|compiled| Code { linked, compiled }))
    }

    fn linked(&self, compiler: Compiler, concurrent: bool) -> Result<&'a Arc<Linked<T>>> {
        let kind = settings::kind(&self.engines.config, compiler, concurrent);
        self.engines.linked(Kind {
            instances: self.instances,
            ..kind
        })
    }

    fn component(
        &self,
        source: &Source,
        digest: Option<Digest>,
        code: Code<'_, T>,
    ) -> Result<Component<T>> {
        let name = source.name().to_string();
        self.identified(Identity { name, digest }, code)
    }

    fn identified(
        &self,
        identity: Identity,
        Code { linked, compiled }: Code<'_, T>,
    ) -> Result<Component<T>> {
        let cache = self.engines.config.cache.as_ref();
        let place = cache.map(|cache| cache.place().clone());
        Component::new(self.engines, linked, identity, compiled, place)
    }

    /// Where Winch only stands in for Cranelift, its code is to be had.
    fn note_better(
        &self,
        component: Component<T>,
        cache: &Cache,
        digest: &Digest,
    ) -> Result<Component<T>> {
        let kind = component.kind();
        if self.engines.config.compiler != Compiler::Auto || kind.compiler != Compiler::Winch {
            return Ok(component);
        }
        let compiler = Compiler::Cranelift;
        let better = self.engines.linked(Kind { compiler, ..kind })?;
        let key = key::of(&better.engine, compiler, digest);
        Ok(component.better(cache, key))
    }

    /// Links code that was compiled to a file.
    ///
    /// # Safety
    ///
    /// The caller vouches for the file.
    pub(crate) unsafe fn load_compiled(&self, path: &Path) -> Result<Component<T>> {
        let name = path.display().to_string();
        let stale = |message| Error::Stale {
            name: name.clone(),
            message,
        };
        artifact::is_whole(&source::regular(path)?).map_err(|unfit| match unfit {
            Unfit::Damaged(why) => stale(format!("it {why}")),
            Unfit::Distrusted(why) => stale(format!("it {why}")),
            Unfit::Missing => Error::NotFound { path: path.into() },
            Unfit::Unreadable(source) => Error::Read {
                path: path.into(),
                source,
            },
        })?;
        let mut refused = String::new();
        for kind in settings::kinds(&self.engines.config) {
            let linked = self.engines.linked(kind)?;
            // SAFETY: the caller vouches for the file.
            match unsafe { Compiled::deserialize_file(&linked.engine, path) } {
                Ok(compiled) => {
                    let code = Code { linked, compiled };
                    let (name, digest) = (name.clone(), None);
                    let identity = Identity { name, digest };
                    return Ok(self.identified(identity, code)?.out_of(Place::new(path)));
                }
                // One of the engines is most like the one that it is for: it tells what
                // else is wrong.
                Err(error) if refused.is_empty() || wording::is_other_kind(&refused) => {
                    refused = error.root_cause().to_string();
                }
                Err(_) => {}
            }
        }
        Err(stale(refused))
    }
}
