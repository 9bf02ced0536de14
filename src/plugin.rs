//! The world as the command calls it: which of its exports `process` calls, and how an
//! input and a result are text.

use crate::imports::{self, Imports};
use crate::wit::{self, World, WorldPre};
use wasmtime::Store;
use wasmtime::component::{InstancePre, Linker};
use worldhost::State;
use worldhost_command::Project;

/// This project, to the command.
pub enum Plugin {}

impl Project for Plugin {
    type Data = Imports;
    type Pre = WorldPre<State<Imports>>;
    type Instance = World;

    const WORLD: &'static str = wit::WORLD;
    const WIT: &'static [(&'static str, &'static str)] = wit::FILES;
    const EXPORT: &'static str = "process";

    fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
        imports::add_to_linker(linker)
    }

    fn pre(linked: InstancePre<State<Imports>>) -> wasmtime::Result<Self::Pre> {
        WorldPre::new(linked)
    }

    async fn instantiate(
        pre: &Self::Pre,
        store: &mut Store<State<Imports>>,
    ) -> wasmtime::Result<World> {
        pre.instantiate_async(store).await
    }

    async fn call(
        world: &World,
        store: &mut Store<State<Imports>>,
        input: &str,
    ) -> wasmtime::Result<String> {
        world.call_process(store, input).await
    }
}
