//! A guest that uses up what a host function needs is ended, and the host is not:
//! with bindings made as those of `src/bindings.rs` are.

use crate::support::component;
use wasmtime::component::{HasSelf, Linker, Resource};
use worldhost::{Component, Error, Limit, LimitHit, Limits, Runtime, Sandbox, State};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "
            package test:hoard;
            interface shop { resource basket { constructor(); } }
            world hoard { import shop; export fill: func(baskets: u32); }
        ",
        imports: { default: async | trappable },
        exports: { default: async },
        with: { "test:hoard/shop.basket": super::Basket },
    });
}

use bindings::HoardPre;
use bindings::test::hoard::shop::{self, Host, HostBasket};

const WIT: &str = "package test:hoard;
    interface shop { resource basket { constructor(); } }
    world hoard { import shop; export fill: func(baskets: u32); }";

const CORE: &str = r#"(module
    (import "test:hoard/shop" "[constructor]basket" (func $new (result i32)))
    (func (export "fill") (param $baskets i32)
        (loop $again
            (drop (call $new))
            (local.set $baskets (i32.sub (local.get $baskets) (i32.const 1)))
            (br_if $again (local.get $baskets)))))"#;

pub struct Basket;

impl Host for State<()> {}

impl HostBasket for State<()> {
    async fn new(&mut self) -> wasmtime::Result<Resource<Basket>> {
        Ok(self.table().push(Basket)?)
    }

    async fn drop(&mut self, this: Resource<Basket>) -> wasmtime::Result<()> {
        self.table().delete(this)?;
        Ok(())
    }
}

async fn fill(component: &Component<()>, baskets: u32) -> worldhost::Result<()> {
    let mut limits = Limits::default();
    limits.resources = 100;
    let pre = component.typed(HoardPre::new)?;
    let mut store = component.store(&Sandbox::new(), &limits, ())?;
    let hoard = store
        .call("hoard", async |s| pre.instantiate_async(s).await)
        .await?;
    store
        .call("fill", async |s| hoard.call_fill(s, baskets).await)
        .await
}

#[tokio::test]
async fn a_guest_that_fills_the_table_of_resources_traps_and_the_host_goes_on() {
    let runtime = Runtime::new(|linker: &mut Linker<State<()>>| {
        shop::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
    })
    .unwrap();
    let bytes = component(WIT, "hoard", CORE);
    let component = runtime.load_bytes(bytes).await.unwrap();
    let ended = fill(&component, 1_000_000).await;
    let Err(Error::Trap(trap)) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(trap.export, "fill");
    assert_eq!(trap.limit, Some(LimitHit::new(Limit::Resources, 100)));
    fill(&component, 50).await.unwrap();
}
