//! How an engine is set up.

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
}

impl Config {
    /// The engine around one compiler; [`Compiler::Auto`] is Cranelift here.
    pub(crate) fn engine(&self, compiler: Compiler) -> wasmtime::Result<Engine> {
        let mut config = self.settings(compiler);
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
    pub(crate) fn compiling_engine(
        &self,
        compiler: Compiler,
        target: Option<&str>,
    ) -> Result<Engine> {
        let mut config = self.settings(compiler);
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
    /// this configuration: they share a cache.
    fn settings(&self, compiler: Compiler) -> wasmtime::Config {
        let mut config = wasmtime::Config::new();
        config.strategy(match compiler {
            Compiler::Winch => Strategy::Winch,
            Compiler::Cranelift | Compiler::Auto => Strategy::Cranelift,
        });
        config.wasm_component_model_async(true);
        config.epoch_interruption(true);
        config.consume_fuel(self.fuel);
        config.parallel_compilation(!self.one_core);
        config
    }
}
