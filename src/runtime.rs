//! The engine and the linker: made once, shared by every component.

use crate::component::{self, Component};
use crate::{Error, Result, State};
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;
use wasmtime::Engine;
use wasmtime::component::Linker;

/// How a [`Runtime`]'s engine is set up.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// Count instructions, so that [`Limits::fuel`](crate::Limits::fuel) can
    /// bound them. Compiled code is slower for it.
    pub fuel: bool,
}

impl Config {
    fn engine(&self) -> wasmtime::Result<Engine> {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        config.epoch_interruption(true);
        config.consume_fuel(self.fuel);
        Engine::new(&config)
    }
}

/// An engine and a linker that has all of WASI and the embedder's interfaces.
///
/// `T` is the embedder's own data in each store's [`State`]. Cheap to clone.
pub struct Runtime<T: 'static> {
    engine: Engine,
    linker: Arc<Linker<State<T>>>,
    ticker: Arc<Ticker>,
}

impl<T: 'static> Clone for Runtime<T> {
    fn clone(&self) -> Self {
        Runtime {
            engine: self.engine.clone(),
            linker: self.linker.clone(),
            ticker: self.ticker.clone(),
        }
    }
}

impl<T: Send + 'static> Runtime<T> {
    /// A runtime with the default [`Config`].
    ///
    /// WASI 0.2, WASI 0.3 and `wasi:http` are linked first; then `imports` adds
    /// the embedder's own interfaces, by the `add_to_linker` functions that
    /// `bindgen!` generated for them.
    ///
    /// # Errors
    ///
    /// When the engine cannot be made on this machine, or with the error of
    /// `imports`.
    pub fn new(
        imports: impl FnOnce(&mut Linker<State<T>>) -> wasmtime::Result<()>,
    ) -> Result<Self> {
        Self::with_config(&Config::default(), imports)
    }

    /// A runtime with an engine of your configuration.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::new`].
    pub fn with_config(
        config: &Config,
        imports: impl FnOnce(&mut Linker<State<T>>) -> wasmtime::Result<()>,
    ) -> Result<Self> {
        let build = || {
            let engine = config.engine()?;
            let mut linker = Linker::new(&engine);
            link_wasi(&mut linker)?;
            imports(&mut linker)?;
            Ok((engine, Arc::new(linker)))
        };
        let (engine, linker) = build().map_err(Error::host)?;
        Ok(Runtime {
            engine,
            linker,
            ticker: Arc::default(),
        })
    }

    /// Compiles the component in the file and links it.
    ///
    /// Compiling runs on all cores, beside the executor and not on it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Read`], and those of [`Runtime::load_bytes`].
    pub async fn load(&self, path: impl AsRef<Path>) -> Result<Component<T>> {
        let path = path.as_ref();
        let bytes = component::read(path)?;
        self.load_named(&path.display().to_string(), bytes).await
    }

    /// Compiles a component that is in memory and links it.
    ///
    /// # Errors
    ///
    /// [`Error::NotWasm`], [`Error::CoreModule`] or [`Error::Invalid`] by what
    /// the bytes are, and [`Error::Link`] when the component imports what this
    /// runtime does not offer.
    pub async fn load_bytes(&self, bytes: impl Into<Vec<u8>>) -> Result<Component<T>> {
        self.load_named("<bytes>", bytes.into()).await
    }

    async fn load_named(&self, name: &str, bytes: Vec<u8>) -> Result<Component<T>> {
        let (runtime, name) = (self.clone(), name.to_string());
        tokio::task::spawn_blocking(move || Component::new(&runtime, name, &bytes))
            .await
            .map_err(|panic| Error::Host(format!("the compiler failed: {panic}")))?
    }

    /// The engine, for what this crate does not wrap.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The linker, for what this crate does not wrap.
    pub fn linker(&self) -> &Linker<State<T>> {
        &self.linker
    }

    pub(crate) fn ticker(&self) -> Arc<Ticker> {
        self.ticker.clone()
    }
}

/// A component may import both versions of WASI at once (Python's 0.3 components
/// do), so both are always there.
fn link_wasi<T: Send + 'static>(linker: &mut Linker<State<T>>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    wasmtime_wasi_http::p3::add_to_linker(linker)
}

/// The one thread that advances an engine's epoch. It starts with the first
/// store and ends with the engine.
pub(crate) struct Ticker(Once);

impl Default for Ticker {
    fn default() -> Self {
        Ticker(Once::new())
    }
}

impl Ticker {
    /// How often a guest that computes gives way to other tasks, and so how late
    /// a timeout can be.
    const INTERVAL: Duration = Duration::from_millis(10);

    pub(crate) fn start(&self, engine: &Engine) {
        self.0.call_once(|| {
            let engine = engine.weak();
            std::thread::spawn(move || {
                while let Some(engine) = engine.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    std::thread::sleep(Self::INTERVAL);
                }
            });
        });
    }
}
