//! Text as a policy: grants and limits in a file.

use super::place::Place;
use std::sync::OnceLock;
use worldhost_command::policy_is_valid;

pub fn run(bytes: &[u8]) {
    static PLACE: OnceLock<Place> = OnceLock::new();
    let file = PLACE
        .get_or_init(|| Place::new("policy"))
        .file("x.policy.toml");
    std::fs::write(&file, bytes).unwrap();
    if let Err(error) = policy_is_valid(&file) {
        let words = format!("{error:#}");
        assert!(words.contains("x.policy.toml"), "{words}");
    }
}
