//! Another world than worldhost's own, served by worldhost's runtime: the WIT is
//! in `wit/` beside this file, and the bindings are generated here.
//!
//!     cargo run --example embed

use wasmtime::component::{HasSelf, Linker, Resource};
use worldhost::{Limits, Output, Runtime, Sandbox, State};

mod bindings {
    wasmtime::component::bindgen!({
        path: "examples/embed/wit",
        world: "clerk",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "wasi": wasmtime_wasi::p2::bindings,
            "example:inventory/stock.shelf": super::Shelf,
        },
    });
}

use bindings::example::inventory::{audit, stock};

/// What the host keeps for a `shelf` handle.
pub struct Shelf(Vec<stock::Item>);

/// What each store holds besides WASI.
#[derive(Default)]
struct Shop {
    notes: Vec<String>,
}

impl audit::Host for State<Shop> {
    async fn note(&mut self, line: String) -> wasmtime::Result<()> {
        self.data_mut().notes.push(line);
        Ok(())
    }
}

impl stock::Host for State<Shop> {}

impl stock::HostShelf for State<Shop> {
    async fn new(&mut self, label: String) -> wasmtime::Result<Resource<Shelf>> {
        self.data_mut().notes.push(format!("new shelf: {label}"));
        Ok(self.table().push(Shelf(Vec::new()))?)
    }

    async fn put(&mut self, this: Resource<Shelf>, item: stock::Item) -> wasmtime::Result<()> {
        self.table().get_mut(&this)?.0.push(item);
        Ok(())
    }

    async fn take(
        &mut self,
        this: Resource<Shelf>,
        wanted: stock::Item,
    ) -> wasmtime::Result<Result<u32, stock::Refusal>> {
        let shelf = self.table().get_mut(&this)?;
        let Some(item) = shelf.0.iter_mut().find(|item| item.name == wanted.name) else {
            return Ok(Err(stock::Refusal::Unknown));
        };
        Ok(match item.quantity.checked_sub(wanted.quantity) {
            Some(left) => {
                item.quantity = left;
                Ok(left)
            }
            None => Err(stock::Refusal::Short(item.quantity)),
        })
    }

    async fn drop(&mut self, this: Resource<Shelf>) -> wasmtime::Result<()> {
        self.table().delete(this)?;
        Ok(())
    }
}

fn imports(linker: &mut Linker<State<Shop>>) -> wasmtime::Result<()> {
    stock::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    audit::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::new(imports)?;
    let component = runtime.load("tests/guests/inventory.wasm").await?;
    let pre = component.typed(bindings::ClerkPre::new)?;

    let sandbox = Sandbox::new().stdout(Output::Stdout);
    let mut store = component.store(&sandbox, &Limits::default(), Shop::default())?;
    let clerk = store
        .call("clerk", async |s| pre.instantiate_async(s).await)
        .await?;

    let item = |name: &str, quantity| stock::Item {
        name: name.into(),
        quantity,
    };
    for order in [item("apple", 2), item("apple", 20), item("pear", 1)] {
        let served = store
            .call("serve", async |s| {
                clerk.call_serve(s, &[item("apple", 5)], &order).await
            })
            .await?;
        println!("{order:?}: {served:?}");
    }
    println!("{}", store.state().data().notes.join("\n"));
    Ok(())
}
