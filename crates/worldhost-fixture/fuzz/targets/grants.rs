//! Text as a grant of a place on the network.

use worldhost::{NetGrant, printable};

pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<NetGrant>() {
        Ok(grant) => {
            let said = grant.to_string();
            assert_eq!(said.parse::<NetGrant>().as_ref(), Ok(&grant), "{said}");
            assert!(said.is_ascii(), "{said}");
            assert_eq!(said, printable(&said), "{said}");
        }
        Err(error) => assert!(!error.is_empty()),
    }
}
