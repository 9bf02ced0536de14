//! The world as the command calls it.

use crate::bindings::{Plugin, PluginPre};
use crate::imports::{self, Imports};
use wasmtime::Store;
use wasmtime::component::Linker;
use worldhost::State;
use worldhost_command::Project;

/// This project, to the command.
pub enum Fixture {}

macro_rules! wit {
    ($path:literal) => {
        ($path, include_str!(concat!("../", $path)))
    };
}

/// Each file of `wit/` that the world is made of.
const WIT: &[(&str, &str)] = &[
    wit!("wit/deps/wasi-cli-0.2.12/package.wit"),
    wit!("wit/deps/wasi-clocks-0.2.12/package.wit"),
    wit!("wit/deps/wasi-filesystem-0.2.12/package.wit"),
    wit!("wit/deps/wasi-io-0.2.12/package.wit"),
    wit!("wit/deps/wasi-random-0.2.12/package.wit"),
    wit!("wit/deps/wasi-sockets-0.2.12/package.wit"),
    wit!("wit/host.wit"),
    wit!("wit/wasi-pins.wit"),
    wit!("wit/world.wit"),
];

worldhost::guest!(Plugin, PluginPre);

impl Project for Fixture {
    type Data = Imports;
    type Guest = Plugin;

    const WORLD: &'static str = "plugin";
    const WIT: &'static [(&'static str, &'static str)] = WIT;
    const EXPORT: &'static str = "process";

    fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
        imports::add_to_linker(linker)
    }

    async fn call(
        plugin: &Plugin,
        store: &mut Store<State<Imports>>,
        input: &str,
    ) -> wasmtime::Result<String> {
        plugin.call_process(store, input).await
    }
}
