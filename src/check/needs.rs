//! What a component may ask for while it runs, by the WASI that it imports.

use super::report::{Capability, Need};
use std::collections::BTreeMap;

pub(super) fn needs(imports: impl IntoIterator<Item = String>) -> Vec<Need> {
    let mut needs: BTreeMap<Capability, Vec<String>> = BTreeMap::new();
    for import in imports {
        if let Some(capability) = capability(&import) {
            needs.entry(capability).or_default().push(import);
        }
    }
    needs
        .into_iter()
        .map(|(capability, interfaces)| Need {
            capability,
            interfaces,
        })
        .collect()
}

/// Interfaces that only name types, or end a stream that another gave, ask for
/// nothing.
fn capability(import: &str) -> Option<Capability> {
    let path = import.split('@').next().unwrap_or(import);
    Some(match path.strip_prefix("wasi:")?.split_once('/')? {
        ("filesystem", _) => Capability::Files,
        ("sockets", _) => Capability::Network,
        ("http", "outgoing-handler" | "client" | "handler") => Capability::Http,
        ("cli", "environment") => Capability::Environment,
        ("cli", "stdin") => Capability::Stdin,
        ("clocks", _) => Capability::Clocks,
        ("random", _) => Capability::Random,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_named_once() {
        let imports = [
            "wasi:http/types@0.2.12",
            "wasi:sockets/tcp@0.2.12",
            "wasi:sockets/udp@0.2.12",
            "acme:wasi/sockets",
        ];
        let needs = needs(imports.map(String::from));
        assert_eq!(needs.len(), 1);
        assert_eq!(needs[0].capability, Capability::Network);
        assert_eq!(needs[0].interfaces.len(), 2);
    }
}
