//! The project's command. What is this project's own is in the files beside this one;
//! all the rest is in `crates/`.

mod bindings;
mod imports;
mod plugin;
mod wit;

fn main() -> ! {
    worldhost_command::main::<plugin::Plugin>()
}
