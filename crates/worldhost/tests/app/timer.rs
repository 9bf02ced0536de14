//! A world with an asynchronous export and WASI 0.3 beside it.

use wasmtime::component::Linker;
use worldhost::State;

pub mod bindings {
    wasmtime::component::bindgen!({
        inline: "
            package app:timer@0.1.0;
            world timer { export double: async func(n: u32) -> u32; }
        ",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

worldhost::guest!(bindings::Timer, bindings::TimerPre);

pub fn imports(_: &mut Linker<State<()>>) -> wasmtime::Result<()> {
    Ok(())
}
