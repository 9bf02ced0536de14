//! A world of one's own, served by the library: `cargo run -p embed [COMPONENT]`.
//! Its WIT is in `wit/` beside `src/`.

use wasmtime::component::{HasSelf, Linker, Resource};
use worldhost::{Instances, Limits, Output, Runtime, Sandbox, State};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
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
use bindings::{Clerk, ClerkPre};

worldhost::guest!(Clerk, ClerkPre);

/// What the host keeps for a `shelf` handle.
pub struct Shelf(Vec<stock::Item>);

/// What each store holds besides WASI.
#[derive(Default)]
pub struct Shop(pub Vec<String>);

impl audit::Host for State<Shop> {
    async fn note(&mut self, line: String) -> wasmtime::Result<()> {
        self.data_mut().0.push(line);
        Ok(())
    }
}

impl stock::Host for State<Shop> {}

impl stock::HostShelf for State<Shop> {
    async fn new(&mut self, label: String) -> wasmtime::Result<Resource<Shelf>> {
        self.data_mut().0.push(format!("new shelf: {label}"));
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
        let found = shelf.0.iter_mut().find(|item| item.name == wanted.name);
        Ok(found.ok_or(stock::Refusal::Unknown).and_then(|item| {
            let left = item.quantity.checked_sub(wanted.quantity);
            item.quantity = left.ok_or(stock::Refusal::Short(item.quantity))?;
            Ok(item.quantity)
        }))
    }

    async fn drop(&mut self, this: Resource<Shelf>) -> wasmtime::Result<()> {
        self.table().delete(this)?;
        Ok(())
    }
}

pub fn imports(linker: &mut Linker<State<Shop>>) -> wasmtime::Result<()> {
    stock::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    audit::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1);
    let path = path.unwrap_or("tests/guests/inventory.wasm".into());
    let runtime = Runtime::new(imports)?;
    let sandbox = Sandbox::new().stdout(Output::Stdout);
    let clerks = Instances::<Clerk, Shop>::load(&runtime, path, sandbox, Limits::default()).await?;

    let item = |name: &str, quantity| stock::Item {
        name: name.into(),
        quantity,
    };
    let delivery = [item("apple", 5)];
    let mut clerk = clerks.live().await?;
    for order in [item("apple", 2), item("apple", 20), item("pear", 1)] {
        let served = clerk.call("serve", async |clerk, store| {
            clerk.call_serve(store, &delivery, &order).await
        });
        println!("{order:?}: {:?}", served.await?);
    }
    println!("{}", clerk.into_data().0.join("\n"));
    Ok(())
}
