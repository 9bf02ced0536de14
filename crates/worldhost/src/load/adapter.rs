//! What makes components of files that hold something else.

use crate::error::Result;

/// Makes a component of a file that holds something else, such as a core module.
///
/// It is asked only for what is not in a cache yet.
#[derive(Clone, Copy, Debug)]
pub struct Adapter {
    /// Its name and version, on one line: a cache holds apart what different adapters
    /// made of one file.
    pub id: &'static str,
    /// The component that it makes of the bytes of a file with this name; none if it
    /// leaves them as they are.
    pub adapt: Adapt,
}

/// What an adapter does with a file's name and bytes.
pub type Adapt = fn(&str, &[u8]) -> Result<Option<Vec<u8>>>;
