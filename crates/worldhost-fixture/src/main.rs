//! The command of the tests' own world.

fn main() -> ! {
    worldhost_command::main::<worldhost_fixture::plugin::Fixture>()
}
