//! The engines and their linkers: made once, shared by every component.

use crate::engine::config::Config;
use crate::engine::engines::Engines;
use crate::engine::proposals::Proposals;
use crate::error::{Error, Result};
use crate::load::component::Component;
use crate::load::expect::expect_component;
use crate::load::loader::Loader;
use crate::load::measure::measure;
use crate::load::source::Source;
use crate::load::{code, link, refusal, strip};
use crate::policy::load_limits::LoadLimits;
use crate::span;
use crate::state::data::State;
use std::path::Path;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, Linker};

/// Engines, and linkers that have all of WASI and the embedder's interfaces.
///
/// `T` is the embedder's own data in each store's [`State`]. Cheap to clone.
pub struct Runtime<T: 'static> {
    engines: Arc<Engines<T>>,
}

impl<T: 'static> Clone for Runtime<T> {
    fn clone(&self) -> Self {
        Runtime {
            engines: self.engines.clone(),
        }
    }
}

impl<T: Send + 'static> Runtime<T> {
    /// A runtime with the default [`Config`].
    ///
    /// WASI 0.2 is linked first; then `imports` adds the embedder's own interfaces, by
    /// the `add_to_linker` functions that `bindgen!` generated for them. WASI 0.3 and
    /// `wasi:http` are there for components that import them.
    ///
    /// # Errors
    ///
    /// When the engine cannot be made on this machine, or with the error of
    /// `imports`.
    pub fn new(
        imports: impl Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::with_config(&Config::default(), imports)
    }

    /// A runtime with engines of your configuration. `imports` is called once for
    /// each linker: of each kind of engine that is used, and with the rest of WASI.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::new`].
    pub fn with_config(
        config: &Config,
        imports: impl Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let engines = Engines::new(config, Arc::new(imports))?;
        Ok(Runtime {
            engines: Arc::new(engines),
        })
    }

    /// Compiles the component in the file and links it; or takes its code from the
    /// cache, if there is one in the [`Config`].
    ///
    /// Compiling runs on all cores, beside the executor and not on it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Read`], [`Error::Compiled`], and those of
    /// [`Runtime::load_bytes`].
    pub async fn load(&self, path: impl AsRef<Path>) -> Result<Component<T>> {
        self.load_source(&Source::open(path)?).await
    }

    /// Compiles a component that is in memory and links it; or takes its code from
    /// the cache.
    ///
    /// # Errors
    ///
    /// [`Error::NotWasm`], [`Error::CoreModule`], [`Error::WitPackage`] or
    /// [`Error::Invalid`] by what the bytes are; [`Error::Lacks`] and [`Error::Refused`]
    /// for a component that is valid and not for this host; and [`Error::Link`] when the component imports what this
    /// runtime does not offer.
    pub async fn load_bytes(&self, bytes: impl Into<Vec<u8>>) -> Result<Component<T>> {
        let source = Source::from_bytes("<bytes>", bytes);
        self.load_source(&source).await
    }

    /// As [`Runtime::load`], of what is open already.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::load`].
    pub async fn load_source(&self, source: &Source) -> Result<Component<T>> {
        self.load_by(source, |engines| Loader::new(engines)).await
    }

    /// As [`Runtime::load_source`], for many instances that live for a short time: they
    /// are made in the slots of a [`Pool`](crate::Pool), and their code is such that
    /// threads do not wait for each other ([`Bounds`](crate::Bounds)).
    ///
    /// # Errors
    ///
    /// As for [`Runtime::load`].
    pub async fn load_fresh(&self, source: &Source) -> Result<Component<T>> {
        self.load_by(source, |engines| Loader::fresh(engines)).await
    }

    async fn load_by(
        &self,
        source: &Source,
        loader: impl Fn(&Engines<T>) -> Loader<'_, T> + Send + 'static,
    ) -> Result<Component<T>> {
        let span = span::load(source.name());
        if let Some(component) = span.in_scope(|| loader(&self.engines).known(source)) {
            let loaded = Ok(component);
            span::end(&span, &loaded);
            return loaded;
        }
        let (engines, source) = (self.engines.clone(), source.clone());
        let load = move || {
            let loaded = span.in_scope(|| loader(&engines).load(&source));
            span::end(&span, &loaded);
            loaded
        };
        tokio::task::spawn_blocking(load)
            .await
            .map_err(|panic| Error::Host(format!("the compiler failed: {panic}")))?
    }

    /// What [`Runtime::load`] would say of a component, found out without compiling its
    /// code: it is validated, and all else of it is compiled and linked. `name` is what
    /// errors call it.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::load_bytes`].
    pub fn accepts(&self, name: &str, component: &[u8]) -> Result<()> {
        measure(name, component, &self.engines.config.load)?;
        expect_component(name, component)?;
        let full = self.engines.full();
        let verdict = refusal::verdict(component, self.proposals().flags());
        if let Some(error) = refusal::error(verdict, name) {
            return Err(error);
        }
        let compiled = self.outline(name, component)?;
        match full.link(&compiled) {
            Ok(_) => Ok(()),
            Err(error) => Err(link::explain(&self.engines, name, &compiled, &error)),
        }
    }

    /// A component as [`Runtime::engine`] has it, without the code of its functions: for
    /// what its types tell. It is to be valid.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::load_bytes`].
    pub fn outline(&self, name: &str, component: &[u8]) -> Result<Compiled> {
        let full = self.engines.full();
        // What is valid can be taken apart.
        let stripped = strip::without_code(component);
        let stripped = stripped.as_deref().unwrap_or(component);
        let what = code::For {
            config: &self.engines.config,
            kind: full.kind,
            engine: &full.engine,
            target: None,
        };
        code::compiled(&what, name, stripped)
    }

    /// Links code that [`compile::ahead_of_time`](crate::compile::ahead_of_time) made.
    ///
    /// # Safety
    ///
    /// The code runs with all the rights of this process, whatever the sandbox
    /// grants. The caller vouches for it: it is what `ahead_of_time` wrote, and
    /// nobody can change the file while the component is in use. That its own guests
    /// cannot is seen to: see [`Component::store`].
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] and [`Error::Read`]; [`Error::Stale`] when the code is of
    /// another version, configuration or kind of machine, or the file is cut off;
    /// and [`Error::Link`].
    pub async unsafe fn load_compiled(&self, path: impl AsRef<Path>) -> Result<Component<T>> {
        let span = span::load(&path.as_ref().display().to_string());
        // SAFETY: the caller vouches for the file.
        let load = || unsafe { Loader::new(&self.engines).load_compiled(path.as_ref()) };
        let loaded = span.in_scope(load);
        span::end(&span, &loaded);
        loaded
    }

    /// The engine that knows most, for what this crate does not wrap: with the
    /// component model's concurrency, and with [`Compiler::Auto`](crate::Compiler::Auto),
    /// Cranelift's. A component has its own.
    pub fn engine(&self) -> &Engine {
        &self.engines.full().engine
    }

    /// The linker of [`Runtime::engine`], for what this crate does not wrap.
    pub fn linker(&self) -> &Linker<State<T>> {
        self.engines.full().linker()
    }

    /// The proposals that its components may use.
    pub fn proposals(&self) -> &Proposals {
        &self.engines.config.proposals
    }

    /// How much a component may be: [`Config::load`].
    pub fn load_limits(&self) -> &LoadLimits {
        &self.engines.config.load
    }

    /// Whether a component that imports an instance of this name, such as
    /// `wasi:cli/stdin@0.2.3`, finds one here, by the linker's rules for versions.
    pub fn offers(&self, import: &str) -> bool {
        link::has_instance(self.linker(), import)
    }
}
