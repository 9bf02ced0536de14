//! Running a command component: one that exports `wasi:cli/run`.

use super::store::Store;
use crate::error::{Error, Result};
use crate::load::component::Component;
use crate::policy::limits::Limits;
use crate::policy::sandbox::Sandbox;
use crate::span;
use crate::state::data::State;
use crate::version::Wasi;
use wasmtime::component::Instance;
use wasmtime_wasi::p2;
#[cfg(feature = "p3")]
use wasmtime_wasi::p3;

impl<T: Send + 'static> Component<T> {
    /// Runs a command in a fresh store and returns its exit code: 0 or 1 by the
    /// result of `run`, or whatever it gave to `wasi:cli/exit`. Which `run` it
    /// is of several, see [`Wasi::choose_run`]: that of WASI 0.3 before that of 0.2.
    ///
    /// # Errors
    ///
    /// [`Error::NoExport`] when the component has no `wasi:cli/run` of WASI 0.2
    /// or 0.3; otherwise those of [`Component::store`] and [`Store::call`](crate::Store::call).
    pub async fn run(&self, sandbox: &Sandbox, limits: &Limits, data: T) -> Result<i32> {
        self.find_run()?;
        self.run_in(&mut self.store(sandbox, limits, data)?).await
    }

    /// Runs a command in a store that was made by [`Component::store`], whose data is
    /// there afterwards.
    ///
    /// # Errors
    ///
    /// As for [`Component::run`].
    pub async fn run_in(&self, store: &mut Store<T>) -> Result<i32> {
        let (export, version) = self.find_run()?;
        let result = store
            .call(&export, async |store| {
                let start = self.instance_pre().instantiate_async(&mut *store);
                let instance = span::starting(self.identity(), start).await?;
                match version {
                    Wasi::P2 => run_p2(store, &instance).await,
                    #[cfg(feature = "p3")]
                    Wasi::P3 => run_p3(store, &instance).await,
                }
            })
            .await;
        match result {
            Ok(Ok(())) => Ok(0),
            Ok(Err(())) => Ok(1),
            Err(Error::Exit(code)) => Ok(code),
            Err(error) => Err(error),
        }
    }

    /// That it is a command.
    ///
    /// # Errors
    ///
    /// [`Error::NoExport`] when the component has no `wasi:cli/run` of WASI 0.2 or 0.3.
    pub fn expect_command(&self) -> Result<()> {
        self.find_run().map(drop)
    }

    fn find_run(&self) -> Result<(String, Wasi)> {
        let exports = self.exports();
        let names: Vec<&str> = exports.iter().map(String::as_str).collect();
        match Wasi::choose_run(&names) {
            Some((version, name)) => Ok((name.to_string(), version)),
            None => Err(Error::NoExport {
                name: self.name().to_string(),
                wanted: "wasi:cli/run of WASI 0.2 or 0.3".to_string(),
                exports,
            }),
        }
    }
}

async fn run_p2<T: Send>(
    store: &mut wasmtime::Store<State<T>>,
    instance: &Instance,
) -> wasmtime::Result<std::result::Result<(), ()>> {
    let command = p2::bindings::Command::new(&mut *store, instance)?;
    command.wasi_cli_run().call_run(store).await
}

#[cfg(feature = "p3")]
async fn run_p3<T: Send>(
    store: &mut wasmtime::Store<State<T>>,
    instance: &Instance,
) -> wasmtime::Result<std::result::Result<(), ()>> {
    let command = p3::bindings::Command::new(&mut *store, instance)?;
    store
        .run_concurrent(async |store| command.wasi_cli_run().call_run(store).await)
        .await?
}
