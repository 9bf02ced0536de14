//! The engines of one configuration: which there are, and each with its linker.

use crate::network::lookup;
use crate::{Compiler, Config, Error, Result, Runtime, State};
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, InstancePre, Linker};

/// What tells the engines of one configuration apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Cranelift or Winch.
    pub(crate) compiler: Compiler,
    /// With the concurrency of the component model: `async` functions, streams and
    /// futures, which WASI 0.3 is made of. Without it, a call takes a third of the
    /// time.
    pub(crate) concurrent: bool,
}

/// Whether a component needs concurrency: for its types, or for WASI 0.3. What is no
/// valid component is said to, so that the engine that knows most says what is wrong.
pub(crate) fn is_concurrent(component: &[u8]) -> bool {
    let mut validator = Validator::new_with_features(WasmFeatures::all() - CONCURRENCY);
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else {
            return true;
        };
        // The bodies of functions are not looked at: they are most of the work.
        if names_wasi_p3(&payload) || validator.payload(&payload).is_err() {
            return true;
        }
    }
    false
}

const CONCURRENCY: WasmFeatures = WasmFeatures::CM_ASYNC
    .union(WasmFeatures::CM_ASYNC_STACKFUL)
    .union(WasmFeatures::CM_THREADING)
    .union(WasmFeatures::CM_ERROR_CONTEXT)
    .union(WasmFeatures::CM_MORE_ASYNC_BUILTINS);

/// Not all of WASI 0.3 is concurrent by its types.
fn names_wasi_p3(payload: &Payload) -> bool {
    let p3 = |name: &str| name.starts_with("wasi:") && name.contains("@0.3.");
    match payload {
        Payload::ComponentImportSection(imports) => {
            let mut imports = imports.clone().into_iter().flatten();
            imports.any(|import| p3(import.name.name))
        }
        Payload::ComponentExportSection(exports) => {
            let mut exports = exports.clone().into_iter().flatten();
            exports.any(|export| p3(export.name.name))
        }
        _ => false,
    }
}

/// Adds the embedder's own interfaces.
pub(crate) type Imports<T> = dyn Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync;

/// One engine, with everything that a component can import.
pub(crate) struct Linked<T: 'static> {
    pub(crate) kind: Kind,
    pub(crate) engine: Engine,
    /// WASI 0.2 and the embedder's own: enough for most.
    pub(crate) small: Linker<State<T>>,
    /// The rest of WASI too, which took half the time that linking takes.
    all: OnceLock<Linker<State<T>>>,
    /// The code does not look at the epoch.
    pub(crate) alone: bool,
    ticker: Once,
}

impl<T: Send + 'static> Linked<T> {
    pub(crate) fn new(config: &Config, kind: Kind, imports: &Imports<T>) -> Result<Arc<Self>> {
        let build = || {
            let engine = config.engine(kind)?;
            let mut small = Linker::new(&engine);
            add_wasi_p2(&mut small)?;
            imports(&mut small)?;
            Ok((engine, small))
        };
        let (engine, small) = build().map_err(Error::host)?;
        Ok(Arc::new(Linked {
            kind,
            engine,
            small,
            all: OnceLock::new(),
            alone: config.alone,
            ticker: Once::new(),
        }))
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
            Err(_) => self.all(runtime.imports())?.instantiate_pre(compiled),
        }
    }

    /// A component may import both versions of WASI at once (Python's 0.3 components
    /// do), so both are in one linker. What the embedder offers under the name of
    /// the rest of WASI stands in for it.
    pub(crate) fn all(&self, imports: &Imports<T>) -> wasmtime::Result<&Linker<State<T>>> {
        if let Some(all) = self.all.get() {
            return Ok(all);
        }
        let mut all = Linker::new(&self.engine);
        add_wasi_p2(&mut all)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut all)?;
        if self.kind.concurrent {
            wasmtime_wasi::p3::add_to_linker(&mut all)?;
            lookup::add_p3_to_linker(&mut all)?;
            wasmtime_wasi_http::p3::add_to_linker(&mut all)?;
        }
        all.allow_shadowing(true);
        imports(&mut all)?;
        Ok(self.all.get_or_init(|| all))
    }

    /// Starts the one thread that advances the engine's epoch, with the first store.
    /// It ends with the engine.
    pub(crate) fn tick(&self) {
        if self.alone {
            return;
        }
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

/// WASI 0.2, with name lookup by the grants.
fn add_wasi_p2<T: Send>(linker: &mut Linker<State<T>>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    lookup::add_p2_to_linker(linker)
}

/// How often a guest that computes gives way to other tasks, and so how late a
/// timeout can be.
const TICK: Duration = Duration::from_millis(10);
