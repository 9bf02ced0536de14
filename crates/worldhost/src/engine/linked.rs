//! One engine, with everything that a component can import.

use super::config::{Config, Unstable};
use super::kind::Kind;
use super::places::Places;
use super::settings;
use crate::error::{Error, Result};
use crate::policy::room::Room;
use crate::state::data::State;
use crate::state::files;
#[cfg(feature = "p3")]
use crate::state::files_p3;
use crate::state::{lookup, priced, random, writes};
#[cfg(feature = "p3")]
use crate::state::{lookup_p3, writes_p3};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, InstancePre, Linker};

/// Adds the embedder's own interfaces.
pub(crate) type Imports<T> = dyn Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync;

/// One engine and its linkers.
pub(crate) struct Linked<T: 'static> {
    pub(crate) kind: Kind,
    pub(crate) engine: Engine,
    imports: Arc<Imports<T>>,
    unstable: Unstable,
    /// The host's work has its price.
    priced: bool,
    /// WASI 0.2 and the embedder's own: enough for most.
    small: Linker<State<T>>,
    /// The rest of WASI too, which took half the time that linking takes.
    all: OnceLock<Linker<State<T>>>,
    /// The code looks at the epoch.
    pub(crate) interruptible: bool,
    /// Bytes of a guest's stack.
    pub(crate) stack: usize,
    pub(crate) places: Places,
    ticker: OnceLock<Result<(), String>>,
}

impl<T: Send + 'static> Linked<T> {
    pub(crate) fn new(config: &Config, kind: Kind, imports: &Arc<Imports<T>>) -> Result<Arc<Self>> {
        let build = || {
            let (engine, table_elements) = settings::engine(config, kind)?;
            let mut small = Linker::new(&engine);
            add_wasi_p2(&mut small, config.unstable, config.fuel)?;
            imports(&mut small)?;
            Ok((engine, table_elements, small))
        };
        let (engine, table_elements, small) = build().map_err(Error::host)?;
        let room = Room {
            table_elements,
            memory: settings::memory_reserved(config, kind),
            streams: kind.concurrent,
        };
        Ok(Arc::new(Linked {
            kind,
            engine,
            imports: imports.clone(),
            unstable: config.unstable,
            priced: config.fuel,
            small,
            all: OnceLock::new(),
            interruptible: config.interruptible,
            stack: config.stack,
            places: Places::new(config.pool.clone().unwrap_or_default(), room),
            ticker: OnceLock::new(),
        }))
    }

    /// Resolves the imports of a component.
    pub(crate) fn link(&self, compiled: &Compiled) -> wasmtime::Result<InstancePre<State<T>>> {
        // What a component finds here, it would find in the other too.
        match self.small.instantiate_pre(compiled) {
            Ok(pre) => Ok(pre),
            Err(_) => self.all()?.instantiate_pre(compiled),
        }
    }

    /// The linker that has most.
    pub(crate) fn linker(&self) -> &Linker<State<T>> {
        // The smaller one was made without an error: the rest of WASI adds none.
        self.all().unwrap_or(&self.small)
    }

    /// A component may import both versions of WASI at once (Python's 0.3 components
    /// do), so both are in one linker. What the embedder offers under the name of
    /// the rest of WASI stands in for it.
    fn all(&self) -> wasmtime::Result<&Linker<State<T>>> {
        if let Some(all) = self.all.get() {
            return Ok(all);
        }
        let mut all = Linker::new(&self.engine);
        add_wasi_p2(&mut all, self.unstable, self.priced)?;
        #[cfg(feature = "http")]
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut all)?;
        #[cfg(feature = "p3")]
        if self.kind.concurrent {
            add_wasi_p3(&mut all)?;
        }
        all.allow_shadowing(true);
        (self.imports)(&mut all)?;
        Ok(self.all.get_or_init(|| all))
    }

    /// Starts the one thread that advances the engine's epoch, with the first store.
    /// It ends with the engine.
    ///
    /// # Errors
    ///
    /// [`Error::Host`] when the system has no thread for it.
    pub(crate) fn tick(&self) -> Result<()> {
        if !self.interruptible {
            return Ok(());
        }
        let started = self.ticker.get_or_init(|| {
            let engine = self.engine.weak();
            let tick = move || {
                while let Some(engine) = engine.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    std::thread::sleep(TICK);
                }
            };
            let thread = std::thread::Builder::new().name("ticker".into());
            thread
                .spawn(tick)
                .map(drop)
                .map_err(|error| error.to_string())
        });
        started.clone().map_err(|error| {
            Error::Host(format!(
                "cannot start the thread that interrupts guests: {error}"
            ))
        })
    }
}

/// WASI 0.2, with name lookup by the grants, and what is limited.
fn add_wasi_p2<T: Send>(
    linker: &mut Linker<State<T>>,
    unstable: Unstable,
    priced: bool,
) -> wasmtime::Result<()> {
    let mut options = wasmtime_wasi::p2::bindings::LinkOptions::default();
    options.network_error_code(unstable.network_error_code);
    wasmtime_wasi::p2::add_to_linker_with_options_async(linker, &options)?;
    files::add_p2_to_linker(linker)?;
    writes::add_p2_to_linker(linker)?;
    random::add_p2_to_linker(linker)?;
    if priced {
        priced::add_p2_to_linker(linker)?;
    }
    lookup::add_p2_to_linker(linker)
}

/// WASI 0.3, with name lookup by the grants, and what is limited.
#[cfg(feature = "p3")]
fn add_wasi_p3<T: Send>(linker: &mut Linker<State<T>>) -> wasmtime::Result<()> {
    wasmtime_wasi::p3::add_to_linker(linker)?;
    files_p3::add_to_linker(linker)?;
    writes_p3::add_to_linker(linker)?;
    random::add_p3_to_linker(linker)?;
    lookup_p3::add_to_linker(linker)?;
    #[cfg(feature = "http")]
    wasmtime_wasi_http::p3::add_to_linker(linker)?;
    Ok(())
}

/// How often a guest that computes gives way to other tasks, and so how late a
/// timeout can be.
const TICK: Duration = Duration::from_millis(10);
