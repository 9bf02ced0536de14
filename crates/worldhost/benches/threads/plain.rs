//! The same by Wasmtime alone: as its documentation begins, and as one who knows it would
//! have it.

use crate::Calls;
use crate::bindings::{Guest, GuestPre};
use std::sync::Arc;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

#[derive(Clone)]
pub struct Plain {
    engine: Engine,
    how: How,
}

#[derive(Clone)]
enum How {
    /// An instance from the linker, on demand.
    Textbook(Component, Arc<Linker<State>>),
    /// An instance from a pool, of what was resolved before.
    Tuned(Arc<GuestPre<State>>),
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl Plain {
    pub fn textbook(component: &[u8]) -> Self {
        let engine = Engine::new(&wasmtime::Config::new()).unwrap();
        let how = How::Textbook(
            Component::new(&engine, component).unwrap(),
            Arc::new(linker(&engine)),
        );
        Plain { engine, how }
    }

    pub fn tuned(component: &[u8]) -> Self {
        let mut pool = PoolingAllocationConfig::new();
        pool.pagemap_scan(Enabled::Auto);
        pool.linear_memory_keep_resident(256 << 10);
        pool.table_keep_resident(64 << 10);
        let mut config = wasmtime::Config::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        config.concurrency_support(false);
        config.wasm_component_model_async(false);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, component).unwrap();
        let pre = linker(&engine).instantiate_pre(&component).unwrap();
        let how = How::Tuned(Arc::new(GuestPre::new(pre).unwrap()));
        Plain { engine, how }
    }
}

impl Calls for Plain {
    async fn call(&self) -> u32 {
        let state = State {
            wasi: WasiCtx::builder().build(),
            table: ResourceTable::new(),
        };
        let mut store = Store::new(&self.engine, state);
        let guest = match &self.how {
            How::Textbook(component, linker) => {
                Guest::instantiate_async(&mut store, component, linker).await
            }
            How::Tuned(pre) => pre.instantiate_async(&mut store).await,
        };
        guest.unwrap().call_work(&mut store, 7).await.unwrap()
    }
}

fn linker(engine: &Engine) -> Linker<State> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    linker
}
