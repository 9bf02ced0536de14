//! Bytes as a component: looked at, checked, and linked. Whatever `check` says, linking says.

use std::sync::OnceLock;
use worldhost::{Compiler, Config, Runtime};
use worldhost_check::Host;
use worldhost_command::Project;
use worldhost_fixture::bindings::PluginPre;
use worldhost_fixture::imports::{self, Imports};
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::{Offer, World};

struct Machine {
    runtime: Runtime<Imports>,
    offer: Offer,
    world: World,
}

fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let mut config = Config::default();
        // It compiles faster, and what is refused is the same.
        config.compiler = Compiler::Winch;
        let offer = Offer::new(Fixture::WIT).unwrap();
        Machine {
            runtime: Runtime::with_config(&config, imports::add_to_linker).unwrap(),
            world: offer.project_world(Fixture::WORLD).unwrap(),
            offer,
        }
    })
}

pub fn run(bytes: &[u8]) {
    let Machine {
        runtime,
        offer,
        world,
    } = machine();
    let inspected = worldhost_check::inspect("fuzzed", bytes, runtime.proposals());
    let decoded = worldhost_wit::decode("fuzzed", bytes);
    let host = Host::new(runtime, offer, Fixture::WORLD);
    let own = host.check("fuzzed", bytes, None);
    let checked = host.check("fuzzed", bytes, Some(world));
    // All of what they say can be said.
    let _ = format!("{inspected:?} {own:?} {:?}", decoded.is_ok());

    let executor = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let linked = executor.block_on(runtime.load_bytes(bytes));
    let linked = linked.and_then(|component| component.typed(PluginPre::new));
    let fits = matches!(&checked, Ok(report) if report.fits);
    if let Ok(report) = &checked {
        let told =
            report.misfits.len() + report.lacks.len() + usize::from(report.refused.is_some());
        assert_eq!(fits, told == 0, "{report:#?}");
    }
    assert_eq!(fits, linked.is_ok(), "{checked:#?}\n{:?}", linked.map(drop));
}
