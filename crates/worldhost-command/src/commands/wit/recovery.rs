//! What an earlier run left half done.

use super::tree::root;
use crate::terminal::failure;
use worldhost_dev::{Recovered, Subject, Transaction};

/// What is spoken of, read again when the rest of a run that was killed had to be done.
pub fn recover(
    subjects: impl Fn() -> anyhow::Result<Vec<Subject>>,
) -> anyhow::Result<Vec<Subject>> {
    let found = subjects()?;
    let Some(first) = found.first() else {
        return Ok(found);
    };
    match Transaction::recover(&root(first))? {
        Some(Recovered::Finished) => {
            failure::warn("an earlier `wit apply` was killed; the rest of it was done now");
            subjects()
        }
        _ => Ok(found),
    }
}
