//! The world as the command calls it: which of its exports `process` calls, and how an
//! input and a result are text.

use crate::imports::{self, Imports};
use crate::wit::{self, World, WorldPre};
use wasmtime::Store;
use wasmtime::component::Linker;
use worldhost::State;
use worldhost_command::Project;

/// This project, to the command.
pub enum Plugin {}

worldhost::guest!(World, WorldPre);

impl Project for Plugin {
    type Data = Imports;
    type Guest = World;

    const WORLD: &'static str = wit::WORLD;
    const WIT: &'static [(&'static str, &'static str)] = wit::FILES;
    const EXPORT: &'static str = "process";

    fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
        imports::add_to_linker(linker)
    }

    async fn call(
        world: &World,
        store: &mut Store<State<Imports>>,
        input: &str,
    ) -> wasmtime::Result<String> {
        world.call_process(store, input).await
    }
}
