//! All that is said, before it has a form.

use serde::Serialize;
use worldhost_dev::Review;
use worldhost_dev::verify::Report;
use worldhost_wit::Finding;

/// The number that changes when the JSON does not mean the same any more.
const VERSION: u32 = 1;

/// All that is said.
#[derive(Serialize)]
pub struct Document<'a> {
    version: u32,
    pub command: &'static str,
    pub subjects: Vec<Subject<'a>>,
    pub left_out: Vec<LeftOut>,
}

/// What is said of one `bindgen!`, or of one text.
#[derive(Serialize)]
pub struct Subject<'a> {
    /// What is spoken of.
    pub of: String,
    pub findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<&'a Review>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<&'a Report>,
}

/// What is not spoken of.
#[derive(Serialize)]
pub struct LeftOut {
    pub of: String,
    pub why: String,
}

impl<'a> Document<'a> {
    pub fn new(command: &'static str, subjects: Vec<Subject<'a>>) -> Self {
        Document {
            version: VERSION,
            command,
            subjects,
            left_out: Vec::new(),
        }
    }
}
