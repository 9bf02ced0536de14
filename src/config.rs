//! How an engine is set up.

use crate::engine::Kind;
use crate::{Cache, Compiler, Error, Pool, Result};
use wasmtime::{Engine, InstanceAllocationStrategy, Strategy};

/// How a [`Runtime`](crate::Runtime)'s engine is set up.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// Count instructions, so that [`Limits::fuel`](crate::Limits::fuel) can
    /// bound them. Compiled code is slower for it.
    pub fuel: bool,
    /// Which compiler makes the code. Default: Cranelift.
    pub compiler: Compiler,
    /// Where compiled code is kept for the next process. Default: nowhere.
    pub cache: Option<Cache>,
    /// Slots that instances are made in. Default: none; it pays with the second
    /// instance.
    pub pool: Option<Pool>,
    /// Compile on one core, and leave the others alone. Default: on all.
    pub one_core: bool,
    /// Let a guest that computes have its executor's thread to itself, as long as it
    /// likes. Default: it gives way to other tasks every 10 ms, and no store can have a
    /// [`Limits::timeout`](crate::Limits::timeout) without that. It takes a thread that
    /// counts, and checks in the code that slow down what calls a lot by up to a tenth.
    pub alone: bool,
    /// Let several calls of one instance run at the same time, in every component:
    /// Wasmtime's `call_concurrent` and `run_concurrent`. Default: only in those that
    /// use the component model's concurrency (`async` functions, streams, futures,
    /// WASI 0.3); a call of the others takes a third of the time without it.
    ///
    /// A [`Runtime`](crate::Runtime) whose own interfaces have `async` functions has
    /// it anyway. Say so here too if you call [`Config::compile`] or
    /// [`Config::optimize`] for it.
    pub concurrent: bool,
}

impl Config {
    /// The kind of engine that is tried first.
    pub(crate) fn first(&self) -> Kind {
        Kind {
            compiler: self.compiler.in_order()[0],
            concurrent: self.concurrent,
        }
    }

    /// The kind for a component that needs concurrency or not.
    pub(crate) fn kind(&self, compiler: Compiler, concurrent: bool) -> Kind {
        Kind {
            compiler,
            concurrent: concurrent || self.concurrent,
        }
    }

    /// All kinds of engine that a component may need, in the order to try them.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let (compilers, concurrent) = (self.compiler.in_order(), self.concurrent);
        compilers.iter().flat_map(move |&compiler| {
            let all = [false, true].map(|concurrent| Kind {
                compiler,
                concurrent,
            });
            all.into_iter().skip(concurrent.into())
        })
    }

    /// The engine of one kind.
    pub(crate) fn engine(&self, kind: Kind) -> wasmtime::Result<Engine> {
        let mut config = self.settings(kind);
        if let Some(pool) = &self.pool {
            // Whether there is address space enough is known by asking for it.
            config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool.allocation()));
            if let Ok(engine) = Engine::new(&config) {
                return Ok(engine);
            }
            config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
        }
        Engine::new(&config)
    }

    /// An engine that only compiles, for `target`, a triple, or for this machine.
    pub(crate) fn compiling_engine(&self, kind: Kind, target: Option<&str>) -> Result<Engine> {
        let mut config = self.settings(kind);
        if let Some(target) = target {
            config
                .target(target)
                .and_then(|config| Engine::new(config))
                .map_err(|error| Error::Target {
                    target: target.to_string(),
                    message: error.root_cause().to_string(),
                })
        } else {
            Engine::new(&config).map_err(Error::host)
        }
    }

    /// What decides over the code that is compiled. The same in every engine of
    /// this configuration and kind: they share a cache.
    fn settings(&self, kind: Kind) -> wasmtime::Config {
        let mut config = wasmtime::Config::new();
        config.strategy(match kind.compiler {
            Compiler::Winch => Strategy::Winch,
            Compiler::Cranelift | Compiler::Auto => Strategy::Cranelift,
        });
        config.concurrency_support(kind.concurrent);
        config.wasm_component_model_async(kind.concurrent);
        config.epoch_interruption(!self.alone);
        config.consume_fuel(self.fuel);
        config.parallel_compilation(!self.one_core);
        config
    }
}
