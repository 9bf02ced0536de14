//! The command of the tests' own world.

fn main() -> ! {
    worldhost_fixture::main()
}
