//! The command of a world whose export is `async`: `tests/worlds/meeting`.

use std::sync::LazyLock;
use tokio::sync::watch;
use wasmtime::component::{Accessor, HasSelf, Linker};
use worldhost::State;
use worldhost_command::{Overlapping, Project};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../../tests/worlds/meeting",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}
use bindings::test::meeting::host;
use bindings::{Meeting, MeetingPre};

worldhost::guest!(Meeting, MeetingPre);

#[derive(Default)]
struct Host {}

/// How many have come, to any instance.
static COME: LazyLock<watch::Sender<u32>> = LazyLock::new(watch::Sender::default);

impl host::HostWithStore<State<Host>> for HasSelf<State<Host>> {
    async fn meet(_: &Accessor<State<Host>, Self>, number: u32) -> wasmtime::Result<()> {
        // Never at once: what a call left to be done is done after the call.
        tokio::task::yield_now().await;
        COME.send_modify(|come| *come += 1);
        COME.subscribe().wait_for(|come| *come >= number).await?;
        Ok(())
    }
}

impl host::Host for State<Host> {
    async fn log(&mut self, line: String) -> wasmtime::Result<()> {
        self.say("[log]", &line).await
    }
}

enum Fixture {}

impl Project for Fixture {
    type Data = Host;
    type Guest = Meeting;

    const WORLD: &'static str = "meeting";
    const WIT: &'static [(&'static str, &'static str)] = &[(
        "wit/world.wit",
        include_str!("../../../tests/worlds/meeting/world.wit"),
    )];
    const EXPORT: &'static str = "process";
    const OVERLAPPING: Option<Overlapping<Self>> =
        Some(|meeting, store, input| Box::pin(meeting.call_process(store, input)));

    fn add_to_linker(linker: &mut Linker<State<Host>>) -> wasmtime::Result<()> {
        host::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
    }

    async fn call(
        meeting: &Meeting,
        store: &mut wasmtime::Store<State<Host>>,
        input: &str,
    ) -> wasmtime::Result<String> {
        let input = input.to_string();
        store
            .run_concurrent(async |store| meeting.call_process(store, input).await)
            .await?
    }
}

fn main() -> ! {
    worldhost_command::main::<Fixture>()
}
