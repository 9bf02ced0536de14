//! A world whose functions are `async`: its bindings, what the host offers, and its calls.

use std::path::Path;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use wasmtime::component::{Accessor, HasSelf, Linker};
use worldhost::{Instances, Limits, Runtime, Sandbox, Shared, State, stream};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "relay",
        imports: { default: async | trappable },
        exports: { default: async },
        with: { "wasi": wasmtime_wasi::p3::bindings },
    });
}
use bindings::example::relay::clock;
use bindings::{Relay, RelayPre};

worldhost::guest!(Relay, RelayPre);

/// Which tick it is.
pub struct Clock(watch::Receiver<u32>);

impl clock::Host for State<Clock> {}

impl clock::HostWithStore<State<Clock>> for HasSelf<State<Clock>> {
    async fn after(store: &Accessor<State<Clock>, Self>, ticks: u32) -> wasmtime::Result<u32> {
        // The store is there for this line alone: others have it while this one waits.
        let mut clock = store.with(|mut store| store.get().data().0.clone());
        let due = clock.borrow().saturating_add(ticks);
        let now = *clock.wait_for(|now| *now >= due).await?;
        Ok(now)
    }
}

pub fn imports(linker: &mut Linker<State<Clock>>) -> wasmtime::Result<()> {
    clock::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

pub type Relays = Shared<Relay, Clock>;

pub async fn start(
    path: impl AsRef<Path>,
    clock: watch::Receiver<u32>,
) -> worldhost::Result<Relays> {
    let component = Runtime::new(imports)?.load(path).await?;
    let mut limits = Limits::default();
    limits.timeout = Some(Duration::from_secs(60));
    let data = move || Clock(clock.clone());
    let relays = Instances::new(&component, Sandbox::new(), limits, data)?;
    relays.live().await?.share(100)
}

pub async fn greet(relay: &Relays, name: &str, ticks: u32) -> worldhost::Result<String> {
    let name = name.to_string();
    let call = relay.call("greet", move |relay, store| {
        Box::pin(relay.call_greet(store, name, ticks))
    });
    call.await
}

pub async fn shout(
    relay: &Relays,
    lines: mpsc::Receiver<String>,
    loud: mpsc::Sender<String>,
) -> worldhost::Result<()> {
    let call = relay.call("shout", |relay, store| {
        Box::pin(async move {
            let lines = store.with(|store| stream::from_channel(store, lines))?;
            let shouted = relay.call_shout(store, lines).await?;
            let end = store.with(|store| stream::into_channel(store, shouted, loud))?;
            end.await;
            Ok(())
        })
    });
    call.await
}
