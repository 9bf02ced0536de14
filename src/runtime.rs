//! The engine and the linker: made once, shared by every component.

use crate::component::{self, Component};
use crate::source::Source;
use crate::{Compiler, Config, Error, Result, State};
use std::path::Path;
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, InstancePre, Linker};

/// An engine and a linker that has all of WASI and the embedder's interfaces.
///
/// `T` is the embedder's own data in each store's [`State`]. Cheap to clone.
pub struct Runtime<T: 'static> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: 'static> {
    config: Config,
    imports: Box<Imports<T>>,
    main: Arc<Linked<T>>,
    /// The other compiler's, made when it is needed.
    other: OnceLock<Arc<Linked<T>>>,
}

type Imports<T> = dyn Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync;

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
        let main = Linked::new(config, config.compiler.in_order()[0], &imports)?;
        Ok(Runtime {
            inner: Arc::new(Inner {
                config: config.clone(),
                imports: Box::new(imports),
                main: Arc::new(main),
                other: OnceLock::new(),
            }),
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
    /// nobody can change the file while the component is in use.
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

    /// The engine, for what this crate does not wrap. With [`Compiler::Auto`], it
    /// is Cranelift's; a component has its own.
    pub fn engine(&self) -> &Engine {
        &self.inner.main.engine
    }

    /// The linker of [`Runtime::engine`], for what this crate does not wrap.
    pub fn linker(&self) -> &Linker<State<T>> {
        let inner = &self.inner;
        // It was made once without an error: the rest of WASI adds none.
        let all = inner.main.all(&*inner.imports);
        all.unwrap_or(&inner.main.small)
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The engine of one compiler, and its linker.
    pub(crate) fn linked(&self, compiler: Compiler) -> Result<&Arc<Linked<T>>> {
        let inner = &self.inner;
        if inner.main.compiler == compiler {
            return Ok(&inner.main);
        }
        if let Some(other) = inner.other.get() {
            return Ok(other);
        }
        let other = Linked::new(&inner.config, compiler, &*inner.imports)?;
        Ok(inner.other.get_or_init(|| Arc::new(other)))
    }
}

/// One compiler's engine, with everything that a component can import.
pub(crate) struct Linked<T: 'static> {
    pub(crate) compiler: Compiler,
    pub(crate) engine: Engine,
    /// WASI 0.2 and the embedder's own: enough for most.
    small: Linker<State<T>>,
    /// WASI 0.3 and HTTP too, which took half the time that linking takes.
    all: OnceLock<Linker<State<T>>>,
    ticker: Once,
}

impl<T: Send + 'static> Linked<T> {
    fn new(config: &Config, compiler: Compiler, imports: &Imports<T>) -> Result<Self> {
        let build = || {
            let engine = config.engine(compiler)?;
            let mut small = Linker::new(&engine);
            wasmtime_wasi::p2::add_to_linker_async(&mut small)?;
            imports(&mut small)?;
            Ok((engine, small))
        };
        let (engine, small) = build().map_err(Error::host)?;
        Ok(Linked {
            compiler,
            engine,
            small,
            all: OnceLock::new(),
            ticker: Once::new(),
        })
    }

    /// Resolves the imports of a component.
    pub(crate) fn link(
        &self,
        runtime: &Runtime<T>,
        compiled: &Compiled,
    ) -> wasmtime::Result<InstancePre<State<T>>> {
        // What a component finds here, it would find in the other too.
        match self.small.instantiate_pre(compiled) {
            Ok(pre) => Ok(pre),
            Err(_) => self.all(&*runtime.inner.imports)?.instantiate_pre(compiled),
        }
    }

    /// A component may import both versions of WASI at once (Python's 0.3 components
    /// do), so both are in one linker. What the embedder offers under the name of
    /// the rest of WASI stands in for it.
    fn all(&self, imports: &Imports<T>) -> wasmtime::Result<&Linker<State<T>>> {
        if let Some(all) = self.all.get() {
            return Ok(all);
        }
        let mut all = Linker::new(&self.engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut all)?;
        wasmtime_wasi::p3::add_to_linker(&mut all)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut all)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut all)?;
        all.allow_shadowing(true);
        imports(&mut all)?;
        Ok(self.all.get_or_init(|| all))
    }

    /// Starts the one thread that advances the engine's epoch, with the first store.
    /// It ends with the engine.
    pub(crate) fn tick(&self) {
        self.ticker.call_once(|| {
            let engine = self.engine.weak();
            std::thread::spawn(move || {
                while let Some(engine) = engine.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    std::thread::sleep(TICK);
                }
            });
        });
    }
}

/// How often a guest that computes gives way to other tasks, and so how late a
/// timeout can be.
const TICK: Duration = Duration::from_millis(10);
