//! How a call ended that gave no result.

use crate::error::Error;
use crate::printable::printable;
use crate::state::budget::Spent;
use crate::state::data::State;
use crate::state::limiter::is_of_a_used_up_system;
use crate::trap::{LimitHit, Trap};
use crate::wording;
use std::borrow::Cow;
use std::sync::Arc;
use wasmtime::PoolConcurrencyLimitError;
use wasmtime::component::ResourceTableError;
use wasmtime_wasi::I32Exit;

/// The error for what Wasmtime gave.
pub(super) fn of<T>(name: &str, export: &str, state: &State<T>, error: wasmtime::Error) -> Error {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return Error::Exit(*code);
    }
    if let Some(full) = error.downcast_ref::<PoolConcurrencyLimitError>() {
        return Error::PoolFull {
            name: name.to_string(),
            message: full.to_string(),
        };
    }
    let refused = state.limiter.refused_by_system && may_be_for_want(&error);
    if refused || is_of_a_used_up_system(&error) {
        let message = message(state, &error);
        return Error::Host(format!("the system has no more for {name}: {message}"));
    }
    Error::Trap(Box::new(Trap {
        export: export.to_string(),
        calls: 1,
        message: message(state, &error),
        limit: limit_hit(state, &error),
        stderr: state.stderr.text(),
        frames: frames(&error),
        cause: Arc::new(error),
    }))
}

fn limit_hit<T>(state: &State<T>, error: &wasmtime::Error) -> Option<LimitHit> {
    let limits = state.limiter.limits();
    if let Some(wasmtime::Trap::OutOfFuel) = error.downcast_ref() {
        return limits.fuel.map(LimitHit::Fuel);
    }
    if error.is::<Spent>() || state.is_over_budget() {
        return Some(LimitHit::HostMemory(limits.host_memory));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return Some(LimitHit::Resources(limits.resources));
    }
    if wording::is_too_much_in_one_call(error) {
        return Some(match limits.hostcall_bytes < limits.host_memory / 2 {
            true => LimitHit::HostcallBytes(limits.hostcall_bytes),
            false => LimitHit::HostMemory(limits.host_memory),
        });
    }
    if wording::is_too_many(error) {
        return Some(LimitHit::Instances(limits.instances));
    }
    // What was refused and handled is no reason for a trap of another kind.
    state.limiter.hit.filter(|_| may_be_for_want(error))
}

/// Whether it may have come of a memory or table that did not grow: the guest gave up, or went
/// on as if it had.
fn may_be_for_want(error: &wasmtime::Error) -> bool {
    use wasmtime::Trap::{MemoryOutOfBounds, TableOutOfBounds, UnreachableCodeReached};
    match error.downcast_ref() {
        Some(trap) => matches!(
            trap,
            UnreachableCodeReached | MemoryOutOfBounds | TableOutOfBounds
        ),
        None => wording::is_refused_growth(error),
    }
}

/// The error in one line, without the frames that Wasmtime puts before it.
fn message<T>(state: &State<T>, error: &wasmtime::Error) -> String {
    if state.is_over_budget() {
        return Spent.to_string();
    }
    let texts: Vec<String> = error
        .chain()
        .map(|cause| cause.to_string())
        .filter(|text| !wording::begins_backtrace(text))
        .collect();
    let text = texts.join(": ").replace('\n', " ");
    wording::without_trap(&text).to_string()
}

fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<wasmtime::WasmBacktrace>() else {
        return Vec::new();
    };
    printable_names(backtrace)
        .lines()
        .filter(|line| !wording::begins_backtrace(line))
        .map(|line| line.trim().to_string())
        .collect()
}

/// Wasmtime's rendering, in which a name that the guest chose begins no line.
fn printable_names(backtrace: &wasmtime::WasmBacktrace) -> String {
    let mut text = backtrace.to_string();
    for frame in backtrace.frames() {
        let symbols = frame.symbols().iter();
        let named = symbols.flat_map(|symbol| [symbol.name(), symbol.file()]);
        let names = named.chain([frame.func_name(), frame.module().name()]);
        for name in names.flatten() {
            if let Cow::Owned(shown) = printable(name) {
                text = text.replace(name, &shown);
            }
        }
    }
    text
}
