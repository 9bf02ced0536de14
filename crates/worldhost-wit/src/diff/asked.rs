//! What a linker is asked.

use crate::names::ItemName;
use crate::side::Side;

/// One item that is asked for: by a component of the old world, or by a host of the new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Whether the component asks for an import, or the host for an export.
    pub side: Side,
    /// The interface as the one who asks names it, with its version. Empty for what is the
    /// world's own.
    pub interface: String,
    /// The function or resource, as components name it.
    pub item: String,
}

impl Asked {
    /// In words: `import acme:shop/stock@1.0.0.find`.
    pub(crate) fn name(&self) -> String {
        let Asked {
            side, interface, ..
        } = self;
        let path = ItemName::parse(&self.item).path();
        match interface.as_str() {
            "" => format!("{side} {path}"),
            interface => format!("{side} {interface}.{path}"),
        }
    }
}
