//! The example runs, and prints what its guest and its host did.

use std::process::Command;

#[test]
fn another_world_is_served() {
    let output = Command::new(env!("CARGO_BIN_EXE_embed"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
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
