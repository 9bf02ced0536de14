//! What is wrong in a text.

use std::ops::Range;

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Bad {
    pub at: Range<usize>,
    pub message: String,
}

impl Bad {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Bad {
            at,
            message: message.into(),
        }
    }
}
