//! The same work as Wasmtime's documentation shows it: the on-demand allocator, and
//! an instance from the linker for each call.

use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};
use worldhost_fixture::bindings::Plugin;
use worldhost_fixture::bindings::worldhost::plugin::host;

pub struct Book {
    engine: Engine,
    linker: Linker<State>,
    component: Component,
}

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoHooks,
    table: ResourceTable,
}

struct NoHooks;

impl WasiHttpHooks for NoHooks {}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

impl host::Host for State {
    async fn log(&mut self, _: String) -> wasmtime::Result<()> {
        Ok(())
    }

    async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {
        Ok(Ok(x.wrapping_mul(2)))
    }
}

impl Book {
    pub fn new(component: &[u8]) -> Self {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::new(&engine);
        add_p2(&mut linker);
        add_rest(&mut linker);
        host::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut State| state).unwrap();
        Book {
            component: Component::new(&engine, component).unwrap(),
            engine,
            linker,
        }
    }

    pub async fn process(&self, input: &str) -> String {
        let state = State {
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            hooks: NoHooks,
            table: ResourceTable::new(),
        };
        let mut store = Store::new(&self.engine, state);
        let plugin = Plugin::instantiate_async(&mut store, &self.component, &self.linker);
        let plugin = plugin.await.unwrap();
        plugin.call_process(&mut store, input).await.unwrap()
    }
}

fn add_p2(linker: &mut Linker<State>) {
    wasmtime_wasi::p2::add_to_linker_async(linker).unwrap();
}

fn add_rest(linker: &mut Linker<State>) {
    wasmtime_wasi::p3::add_to_linker(linker).unwrap();
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker).unwrap();
    wasmtime_wasi_http::p3::add_to_linker(linker).unwrap();
}

/// Makes linkers with one part of WASI.
pub struct Links(Engine);

impl Links {
    pub fn new() -> Self {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        Links(Engine::new(&config).unwrap())
    }

    pub fn p2(&self) -> impl Sized + use<> {
        let mut linker = Linker::new(&self.0);
        add_p2(&mut linker);
        linker
    }

    pub fn rest(&self) -> impl Sized + use<> {
        let mut linker = Linker::new(&self.0);
        add_rest(&mut linker);
        linker
    }
}
