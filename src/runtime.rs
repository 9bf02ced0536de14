//! The engine and the linker: made once, shared by every component.

use crate::component::{self, Component};
use crate::engine::{Imports, Kind, Linked};
use crate::source::Source;
use crate::{Compiler, Config, Error, Result, State};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use wasmtime::Engine;
use wasmtime::component::Linker;

/// An engine and a linker that has all of WASI and the embedder's interfaces.
///
/// `T` is the embedder's own data in each store's [`State`]. Cheap to clone.
pub struct Runtime<T: 'static> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: 'static> {
    config: Config,
    imports: Box<Imports<T>>,
    /// Those of each compiler, first without and then with concurrency. The first is
    /// there from the beginning, the others are made when they are needed.
    engines: [OnceLock<Arc<Linked<T>>>; 4],
}

impl<T: 'static> Clone for Runtime<T> {
    fn clone(&self) -> Self {
        Runtime {
            inner: self.inner.clone(),
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

    /// A runtime with an engine of your configuration. `imports` is called once for
    /// each linker: of each compiler that is used, and with the rest of WASI.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::new`].
    pub fn with_config(
        config: &Config,
        imports: impl Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let mut config = config.clone();
        let mut kind = config.first();
        let mut linked = Linked::new(&config, kind, &imports);
        // Interfaces with `async` functions can only be linked with concurrency.
        if linked.is_err() && !kind.concurrent {
            config.concurrent = true;
            kind = config.first();
            linked = Linked::new(&config, kind, &imports);
        }
        let runtime = Runtime {
            inner: Arc::new(Inner {
                config,
                imports: Box::new(imports),
                engines: Default::default(),
            }),
        };
        let _ = runtime.slot(kind).set(linked?);
        Ok(runtime)
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
        self.load_source(Source::open(path.as_ref())?).await
    }

    /// Compiles a component that is in memory and links it; or takes its code from
    /// the cache.
    ///
    /// # Errors
    ///
    /// [`Error::NotWasm`], [`Error::CoreModule`] or [`Error::Invalid`] by what
    /// the bytes are, and [`Error::Link`] when the component imports what this
    /// runtime does not offer.
    pub async fn load_bytes(&self, bytes: impl Into<Vec<u8>>) -> Result<Component<T>> {
        self.load_source(Source::bytes(bytes.into())).await
    }

    async fn load_source(&self, source: Source) -> Result<Component<T>> {
        if let Some(component) = source.known(self) {
            return Ok(component);
        }
        let runtime = self.clone();
        tokio::task::spawn_blocking(move || source.load(&runtime))
            .await
            .map_err(|panic| Error::Host(format!("the compiler failed: {panic}")))?
    }

    /// Links code that [`Config::compile`] made.
    ///
    /// # Safety
    ///
    /// The code runs with all the rights of this process, whatever the sandbox
    /// grants. The caller vouches for it: it is what `Config::compile` wrote, and
    /// nobody can change the file while the component is in use. That its own guests
    /// cannot is seen to: see [`Component::store`].
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] and [`Error::Read`]; [`Error::Stale`] when the code is of
    /// another version, configuration or kind of machine, or the file is cut off;
    /// and [`Error::Link`].
    pub async unsafe fn load_compiled(&self, path: impl AsRef<Path>) -> Result<Component<T>> {
        let path = path.as_ref();
        // SAFETY: the caller vouches for the file.
        unsafe { component::load_compiled(self, path) }
    }

    /// The engine that knows most, for what this crate does not wrap: with the
    /// component model's concurrency, and with [`Compiler::Auto`], Cranelift's. A
    /// component has its own.
    pub fn engine(&self) -> &Engine {
        &self.full().engine
    }

    /// The linker of [`Runtime::engine`], for what this crate does not wrap.
    pub fn linker(&self) -> &Linker<State<T>> {
        let full = self.full();
        // It was made once without an error: the rest of WASI adds none.
        full.all(self.imports()).unwrap_or(&full.small)
    }

    fn full(&self) -> &Linked<T> {
        let first = self.config().first();
        let full = Kind {
            concurrent: true,
            ..first
        };
        let linked = self.linked(full).or_else(|_| self.linked(first));
        linked.expect("the first engine was made with the runtime")
    }

    pub(crate) fn imports(&self) -> &Imports<T> {
        &*self.inner.imports
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The engine of one kind, and its linker.
    pub(crate) fn linked(&self, kind: Kind) -> Result<&Arc<Linked<T>>> {
        let slot = self.slot(kind);
        if let Some(linked) = slot.get() {
            return Ok(linked);
        }
        let linked = Linked::new(self.config(), kind, self.imports())?;
        Ok(slot.get_or_init(|| linked))
    }

    fn slot(&self, kind: Kind) -> &OnceLock<Arc<Linked<T>>> {
        let winch = kind.compiler == Compiler::Winch;
        &self.inner.engines[2 * usize::from(winch) + usize::from(kind.concurrent)]
    }
}
