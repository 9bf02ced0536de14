//! A store that bounds each call and tells how it ended.

use crate::limits::LimitHit;
use crate::{Error, Result, State, Trap, printable};
use std::borrow::Cow;
use std::time::Duration;
use wasmtime::component::ResourceTableError;
use wasmtime_wasi::I32Exit;

/// One store, and so the life of one instance.
///
/// Everything that runs guest code, instantiation included, goes through
/// [`Store::call`].
pub struct Store<T: 'static> {
    inner: wasmtime::Store<State<T>>,
    timeout: Option<Duration>,
    /// The export whose call ended the instance.
    dead: Option<String>,
}

impl<T: Send + 'static> Store<T> {
    pub(crate) fn new(inner: wasmtime::Store<State<T>>) -> Self {
        let timeout = inner.data().limiter.limits().timeout;
        Store {
            inner,
            timeout,
            dead: None,
        }
    }

    /// Runs guest code: `call` gets Wasmtime's store, `export` is the name to
    /// blame in errors.
    ///
    /// ```ignore
    /// let plugin = store.call("plugin", async |s| pre.instantiate_async(s).await).await?;
    /// let answer = store.call("process", async |s| plugin.call_process(s, "hi").await).await?;
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Trap`], [`Error::Exit`] or [`Error::Timeout`], by how the guest
    /// ended; from then on, and after a call that was dropped half-way, always
    /// [`Error::Dead`].
    pub async fn call<R>(
        &mut self,
        export: &str,
        call: impl AsyncFnOnce(&mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        if let Some(export) = &self.dead {
            return Err(Error::Dead {
                export: export.clone(),
            });
        }
        // Until the call has come to its end, the instance is in no state to be
        // called again.
        self.dead = Some(export.to_string());
        let call = call(&mut self.inner);
        let outcome = match self.timeout {
            None => call.await,
            Some(limit) => {
                let timed = tokio::time::timeout(limit, call).await;
                timed.map_err(|_| Error::Timeout {
                    export: export.to_string(),
                    limit,
                })?
            }
        };
        let result = outcome.map_err(|error| self.failure(export, &error))?;
        self.dead = None;
        Ok(result)
    }

    /// What is in the store.
    pub fn state(&self) -> &State<T> {
        self.inner.data()
    }

    /// What is in the store, to change.
    pub fn state_mut(&mut self) -> &mut State<T> {
        self.inner.data_mut()
    }

    fn failure(&self, export: &str, error: &wasmtime::Error) -> Error {
        if let Some(I32Exit(code)) = error.downcast_ref() {
            return Error::Exit(*code);
        }
        Error::Trap(Box::new(Trap {
            export: export.to_string(),
            message: message(error),
            limit: self.limit_hit(error),
            stderr: self.inner.data().stderr.text(),
            frames: frames(error),
        }))
    }

    fn limit_hit(&self, error: &wasmtime::Error) -> Option<LimitHit> {
        let limiter = &self.inner.data().limiter;
        if let Some(wasmtime::Trap::OutOfFuel) = error.downcast_ref() {
            return limiter.limits().fuel.map(LimitHit::Fuel);
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            return Some(LimitHit::Resources(limiter.limits().resources));
        }
        // Wasmtime has no type for it.
        if error
            .chain()
            .any(|cause| cause.to_string().contains("count too high"))
        {
            return Some(LimitHit::Instances(limiter.limits().instances));
        }
        limiter.hit
    }
}

/// The error in one line, without the frames that Wasmtime puts before it.
fn message(error: &wasmtime::Error) -> String {
    let texts: Vec<String> = error
        .chain()
        .map(|cause| cause.to_string())
        .filter(|text| !text.starts_with(BACKTRACE))
        .collect();
    let text = texts.join(": ").replace('\n', " ");
    text.trim_start_matches("wasm trap: ").to_string()
}

/// How Wasmtime's rendering of a backtrace begins.
const BACKTRACE: &str = "error while executing at wasm backtrace";

fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<wasmtime::WasmBacktrace>() else {
        return Vec::new();
    };
    printable_names(backtrace)
        .lines()
        .filter(|line| !line.starts_with(BACKTRACE))
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
