//! Wasmtime's settings for a [`Config`] and a kind of engine.

use super::compiler::Compiler;
use super::config::{Bounds, Config};
use super::kind::{Kind, Made};
use super::pool;
use super::proposals::Standing;
use crate::error::{Error, Result};
use wasmtime::{Engine, InstanceAllocationStrategy, Strategy};

/// The kind of engine that is tried first.
pub(crate) fn first(config: &Config) -> Kind {
    kind(config, config.compiler.in_order()[0], false)
}

/// The kind for a component that needs concurrency or not.
pub(crate) fn kind(config: &Config, compiler: Compiler, concurrent: bool) -> Kind {
    let instances = match config.pool {
        Some(_) => Made::InPool,
        None => Made::ToLast,
    };
    Kind {
        compiler,
        concurrent: concurrent || config.concurrent,
        instances,
    }
}

/// All kinds of engine that code from elsewhere can be for, in the order to try them.
pub(crate) fn kinds(config: &Config) -> Vec<Kind> {
    let ways: &[Made] = match config.pool {
        Some(_) => &[Made::InPool, Made::OneByOne, Made::ToLast],
        None => &[Made::ToLast, Made::OneByOne],
    };
    let concurrency: &[bool] = match config.concurrent {
        true => &[true],
        false => &[false, true],
    };
    let mut kinds = Vec::new();
    for &instances in ways {
        for &compiler in config.compiler.in_order() {
            kinds.extend(concurrency.iter().map(|&concurrent| Kind {
                compiler,
                concurrent,
                instances,
            }));
        }
    }
    kinds
}

/// The engine of one kind, and how many elements a table has room for in its pool, if it has
/// one: where the address space is not to be had, it goes without.
pub(crate) fn engine(config: &Config, kind: Kind) -> wasmtime::Result<(Engine, Option<usize>)> {
    let mut settings = settings(config, kind);
    if kind.instances == Made::InPool {
        let pool = config.pool.clone().unwrap_or_default();
        for elements in pool::table_elements(&pool) {
            let allocation = pool::allocation(&pool, elements);
            settings.allocation_strategy(InstanceAllocationStrategy::Pooling(allocation));
            // Whether there is address space enough is known by asking for it.
            if let Ok(engine) = Engine::new(&settings) {
                return Ok((engine, Some(elements)));
            }
        }
        settings.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    }
    Ok((with_proposals(config, &settings)?, None))
}

/// The engine; that there is none with these proposals is an error of its own.
fn with_proposals(config: &Config, settings: &wasmtime::Config) -> wasmtime::Result<Engine> {
    let proposals = |message| wasmtime::Error::new(Error::Proposals { message });
    if let Some(one) = config.proposals.impossible() {
        return Err(proposals(match one.standing() {
            Standing::Fixed => format!("{one} is always on"),
            _ => format!("{one} cannot be turned on"),
        }));
    }
    Engine::new(settings).map_err(|error| match config.proposals.changed().next() {
        Some(_) => proposals(error.root_cause().to_string()),
        None => error,
    })
}

/// An engine that only compiles, for `target`, a triple, or for this machine.
pub(crate) fn compiling_engine(
    config: &Config,
    kind: Kind,
    target: Option<&str>,
) -> Result<Engine> {
    let mut settings = settings(config, kind);
    if let Some(target) = target {
        settings
            .target(target)
            .and_then(|settings| Engine::new(settings))
            .map_err(|error| Error::Target {
                target: target.to_string(),
                message: error.root_cause().to_string(),
            })
    } else {
        with_proposals(config, &settings).map_err(Error::host)
    }
}

/// What decides over the code that is compiled. The same in every engine of
/// this configuration and kind: they share a cache.
fn settings(config: &Config, kind: Kind) -> wasmtime::Config {
    let mut settings = wasmtime::Config::new();
    settings.strategy(match kind.compiler {
        Compiler::Winch => Strategy::Winch,
        Compiler::Cranelift | Compiler::Auto => Strategy::Cranelift,
    });
    settings.concurrency_support(kind.concurrent);
    #[cfg(feature = "p3")]
    settings.wasm_component_model_async(kind.concurrent);
    config.proposals.apply(&mut settings, kind.concurrent);
    settings.epoch_interruption(config.interruptible);
    settings.consume_fuel(config.fuel);
    settings.parallel_compilation(!config.one_core);
    settings.max_wasm_stack(config.stack);
    settings.async_stack_size(config.stack.saturating_add(HOST_STACK));
    if checks_bounds(config, kind) {
        // Nothing relies on a page that cannot be touched, so a slot's pages stay as they
        // are once they were used. The code is made for a memory that does not move,
        // which has its place from the beginning.
        settings.memory_reservation(pool::MEMORY);
        settings.memory_guard_size(0);
        settings.memory_may_move(false);
        settings.signals_based_traps(false);
    }
    settings
}

/// What host functions have of a stack, beside the guest's own.
const HOST_STACK: usize = 1536 << 10;

/// How far one memory can grow in this kind of engine, where that is less than its type may
/// say.
pub(crate) fn memory_reserved(config: &Config, kind: Kind) -> Option<usize> {
    let reserved = kind.instances == Made::InPool || checks_bounds(config, kind);
    reserved.then_some(pool::MEMORY as usize)
}

fn checks_bounds(config: &Config, kind: Kind) -> bool {
    // Winch relies on guard pages.
    if kind.compiler == Compiler::Winch {
        return false;
    }
    match config.bounds {
        Bounds::Auto => kind.instances != Made::ToLast,
        Bounds::Guards => false,
        Bounds::Checks => true,
    }
}
