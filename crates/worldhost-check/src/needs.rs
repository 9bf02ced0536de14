//! What a component may ask for while it runs, by the WASI that it imports.

use crate::report::{Capability, Need};
use std::collections::BTreeMap;
use worldhost_wit::InterfaceName;

pub(crate) fn needs(imports: impl IntoIterator<Item = InterfaceName>) -> Vec<Need> {
    let mut needs: BTreeMap<Capability, Vec<String>> = BTreeMap::new();
    for import in imports {
        if let Some(capability) = capability(&import) {
            needs
                .entry(capability)
                .or_default()
                .push(import.to_string());
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
fn capability(import: &InterfaceName) -> Option<Capability> {
    Some(match (import.package()?, import.interface()) {
        ("wasi:filesystem", _) => Capability::Files,
        ("wasi:sockets", _) => Capability::Network,
        ("wasi:http", "outgoing-handler" | "client" | "handler") => Capability::Http,
        ("wasi:cli", "environment") => Capability::Environment,
        ("wasi:cli", "stdin") => Capability::Stdin,
        ("wasi:clocks", _) => Capability::Clocks,
        ("wasi:random", _) => Capability::Random,
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
        let needs = needs(imports.map(InterfaceName::from));
        assert_eq!(needs.len(), 1);
        assert_eq!(needs[0].capability, Capability::Network);
        assert_eq!(needs[0].interfaces.len(), 2);
    }
}
