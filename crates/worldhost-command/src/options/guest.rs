//! COMPONENT and the words after it, which are the component's, whatever they look like.
//!
//! No option of ours is among them: what is a grant and what is an argument must not
//! depend on how the argument looks. A subcommand names the words and says what they
//! are with `mut_arg("words", …)`.

use super::source;
use crate::terminal::Usage;
use anyhow::Context;
use clap::Args;
use clap::builder::{StyledStr, ValueHint};
use clap::error::{ContextKind, ContextValue};
use std::ffi::OsString;
use std::path::Path;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct Guest {
    // With the first word the reading of options ends; as no value may begin with a
    // hyphen, an option that is not known is no first word.
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, value_hint = ValueHint::FilePath)]
    words: Vec<OsString>,
}

impl Guest {
    pub fn component(&self) -> &Path {
        Path::new(&self.words[0])
    }

    /// What the guest sees as its own name: the file's, without the directories.
    pub fn program_name(&self) -> String {
        let path = source::file_name(self.component());
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The words after COMPONENT.
    pub fn rest(&self) -> &[OsString] {
        &self.words[1..]
    }

    /// The words after COMPONENT as text; `kind` is what an error calls one of them.
    pub fn texts(&self, kind: &str) -> anyhow::Result<Vec<String>> {
        let texts = self.rest().iter().zip(1..).map(|(word, number)| {
            let text = word.to_str().ok_or_else(not_utf8);
            text.map(String::from)
                .with_context(|| format!("{kind} {number}"))
        });
        texts.collect()
    }
}

/// What is wrong with bytes that cannot be a component's string.
pub fn not_utf8() -> Usage {
    Usage("is not UTF-8, which a component's string must be; convert it".into())
}

/// The error with advice that helps. For an option that it does not know, clap's own is
/// to put `--` before it, which here makes it COMPONENT.
pub fn advised(mut error: clap::Error) -> clap::Error {
    let usage = error.get(ContextKind::Usage).map(ContextValue::to_string);
    let takes_guest = usage.is_some_and(|usage| usage.contains("<COMPONENT> ["));
    if takes_guest && error.get(ContextKind::Suggested).is_some() {
        let advice = StyledStr::from("an option of the component comes after COMPONENT");
        let advice = ContextValue::StyledStrs(vec![advice]);
        error.insert(ContextKind::Suggested, advice);
    }
    error
}
