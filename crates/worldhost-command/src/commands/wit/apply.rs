//! `worldhost wit apply`.

use super::from::{From, is_elsewhere};
use super::tree::{Tree, heading, name};
use crate::terminal::printing::print_wit;
use clap::Args;
use std::fmt::Write;
use worldhost_dev::Applied;

/// Do what `worldhost wit diff` lists as to do in the host.
///
/// New methods get `todo!()` as a body; a method with another signature keeps the body
/// that it has. What only its author can do stays on the list.
#[derive(Args)]
#[command(after_help = "Exit codes: 0 done, or nothing to do; 2 nothing was written.")]
pub struct Apply {
    #[command(flatten)]
    from: From,

    #[command(flatten)]
    tree: Tree,
}

impl Apply {
    pub fn execute(self) -> anyhow::Result<i32> {
        let mut text = String::new();
        let subjects = self.tree.subjects()?;
        for subject in &subjects {
            let review = match self.from.review(subject, None, &[]) {
                Err(error) if subjects.len() > 1 && is_elsewhere(&error) => {
                    text += &format!("left out: {}\n  {error}\n", name(subject));
                    continue;
                }
                review => review?,
            };
            text += &heading(subject);
            let Some(todo) = &review.todo else {
                text += "There is no host to change.\n";
                continue;
            };
            let done = todo.apply()?;
            if done.is_empty() {
                text += "There is nothing to write.\n";
            }
            for one in &done {
                let _ = match one {
                    Applied::Created(file) => writeln!(text, "created  {}", file.display()),
                    Applied::Changed(file) => writeln!(text, "changed  {}", file.display()),
                    Applied::Deleted(file) => writeln!(text, "deleted  {}", file.display()),
                    Applied::Moved(from, to) => {
                        writeln!(text, "moved    {} to {}", from.display(), to.display())
                    }
                    _ => Ok(()),
                };
            }
            for call in &todo.calls {
                let _ = write!(text, "\n{call}");
            }
            for ty in &todo.types {
                let _ = write!(text, "\n{ty}");
            }
        }
        print_wit(&text)?;
        Ok(0)
    }
}
