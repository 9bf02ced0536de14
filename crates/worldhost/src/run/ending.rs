//! How a call ended that gave no result.

use crate::error::Error;
use crate::policy::limits::{Limit, LimitHit, Reached};
use crate::printable::printable;
use crate::state::budget::Spent;
use crate::state::data::State;
use crate::state::limiter::is_of_a_used_up_system;
use crate::trap::Trap;
use crate::wording;
use std::borrow::Cow;
use std::sync::Arc;
use wasmtime::PoolConcurrencyLimitError;
use wasmtime::component::ResourceTableError;
use wasmtime_wasi::I32Exit;

/// The error for what Wasmtime gave.
pub(super) fn of<T>(
    name: &str,
    export: &str,
    state: &mut State<T>,
    error: wasmtime::Error,
) -> Error {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return match state.is_cut_off() {
            Some(hit) => cut_off(export, state, hit),
            None => Error::Exit(*code),
        };
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
    let by = limit_hit(state, &error);
    let limit = by.or_else(|| refused_growth(state, &error));
    Error::Trap(Box::new(Trap {
        export: export.to_string(),
        calls: 1,
        message: message(state, &error),
        limit,
        is_by_limit: by.is_some(),
        stderr: state.stderr.text(),
        frames: frames(&error),
        cause: Arc::new(error),
    }))
}

/// The error for a guest that came to its end, and whose output or files are not whole.
pub(super) fn cut_off<T>(export: &str, state: &State<T>, hit: LimitHit) -> Error {
    let reached = hit.wanting(format_args!("what it wrote last, and it went on"));
    Error::Trap(Box::new(Trap {
        export: export.to_string(),
        calls: 1,
        message: reached.to_string(),
        limit: Some(hit),
        is_by_limit: true,
        stderr: state.stderr.text(),
        frames: Vec::new(),
        cause: Arc::new(wasmtime::Error::new(reached)),
    }))
}

/// The limit that ended it. One that was met and lived with is none: the error itself tells.
fn limit_hit<T>(state: &mut State<T>, error: &wasmtime::Error) -> Option<LimitHit> {
    use wasmtime::Trap::{OutOfFuel, StackOverflow};
    let limits = state.limiter.limits();
    match error.downcast_ref() {
        Some(OutOfFuel) => return limits.fuel.map(|_| limits.hit(Limit::Fuel)),
        Some(StackOverflow) => return Some(limits.hit(Limit::Stack)),
        Some(_) => return None,
        None => {}
    }
    if let Some(Reached { hit, .. }) = error.downcast_ref() {
        return Some(*hit);
    }
    let full = matches!(error.downcast_ref(), Some(ResourceTableError::Full));
    let limit = if error.is::<Spent>() {
        Some(Limit::HostMemory)
    } else if let Some(over) = refused_all(state, error) {
        return Some(over);
    } else if full {
        // There is a second table, of what is under way.
        let resources = state.table.iter_mut().count();
        Some(match resources >= state.limiter.limits().resources {
            true => Limit::Resources,
            false => state.limiter.limits().under_way().1,
        })
    } else if wording::is_too_many_handles(error) {
        Some(Limit::Handles)
    } else if wording::is_too_much_in_one_call(error) {
        Some(limits.passed_bytes().1)
    } else if wording::is_too_many(error) {
        Some(Limit::Instances)
    } else if http_fields_are_too_large(error) {
        Some(Limit::HttpFields)
    } else {
        None
    };
    match limit {
        Some(limit) => Some(state.limiter.limits().hit(limit)),
        // There was no guest yet that could have lived with it.
        None if wording::is_refused_growth(error) => refused(state),
        // What is collected is in a memory as well.
        None if error.is::<wasmtime::GcHeapOutOfMemory<()>>() => refused(state),
        None => None,
    }
}

/// The limit that a guest is over, if that is why a function of the host failed: from then on
/// it finds none of its handles.
fn refused_all<T>(state: &State<T>, error: &wasmtime::Error) -> Option<LimitHit> {
    error.downcast_ref::<ResourceTableError>()?;
    state.is_over()
}

/// The growth that was refused in this call, if the error may have come of it: the guest gave
/// up, or went on as if it had grown.
fn refused_growth<T>(state: &State<T>, error: &wasmtime::Error) -> Option<LimitHit> {
    use wasmtime::Trap::{MemoryOutOfBounds, TableOutOfBounds, UnreachableCodeReached};
    let limiter = &state.limiter;
    let (memory, table) = (limiter.refused_memory(), limiter.refused_table());
    match error.downcast_ref() {
        Some(MemoryOutOfBounds) => memory,
        Some(TableOutOfBounds) => table,
        Some(UnreachableCodeReached) => memory.or(table),
        _ => None,
    }
}

fn refused<T>(state: &State<T>) -> Option<LimitHit> {
    let limiter = &state.limiter;
    limiter.refused_memory().or(limiter.refused_table())
}

/// Whether it may have come of a memory or table that the system did not let grow.
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

#[cfg(feature = "http")]
fn http_fields_are_too_large(error: &wasmtime::Error) -> bool {
    use wasmtime_wasi_http::FieldMapError::TotalSizeTooBig;
    matches!(error.downcast_ref(), Some(TotalSizeTooBig))
}

#[cfg(not(feature = "http"))]
fn http_fields_are_too_large(_: &wasmtime::Error) -> bool {
    false
}

/// The error in one line, without the frames that Wasmtime puts before it.
fn message<T>(state: &State<T>, error: &wasmtime::Error) -> String {
    match refused_all(state, error) {
        Some(LimitHit {
            limit: Limit::HostMemory,
            ..
        }) => return Spent.to_string(),
        Some(_) => return "the host does no more for it".to_string(),
        None => {}
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
        .map(|line| cut(line.trim()))
        .collect()
}

/// A frame as far as someone reads it: a name can be as long as its component.
fn cut(line: &str) -> String {
    const MOST: usize = 500;
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}… (cut off)", &line[..end]),
        None => line.to_string(),
    }
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
