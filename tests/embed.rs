//! `examples/embed`: another world than worldhost's own, through the library.

use assert_cmd::Command;
use std::path::Path;

#[test]
fn another_world_is_served() {
    let built = Path::new(env!("CARGO_BIN_EXE_worldhost"));
    let embed = built.with_file_name("examples").join("embed");
    assert!(
        embed.exists(),
        "build it first: cargo build --example embed"
    );
    Command::new(embed)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .assert()
        .success()
        .stdout(
            "2 x apple\n\
             Item { name: \"apple\", quantity: 2 }: Ok(3)\n\
             20 x apple\n\
             Item { name: \"apple\", quantity: 20 }: Err(Refusal::Short(5))\n\
             1 x pear\n\
             Item { name: \"pear\", quantity: 1 }: Err(Refusal::Unknown)\n\
             new shelf: front\n\
             apple 2: Ok(3)\n\
             new shelf: front\n\
             apple 20: Err(Refusal::Short(5))\n\
             new shelf: front\n\
             pear 1: Err(Refusal::Unknown)\n",
        );
}
