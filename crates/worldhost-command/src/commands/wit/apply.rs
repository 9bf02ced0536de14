//! `worldhost wit apply`.

use super::from::{From, is_elsewhere};
use super::recovery::recover;
use super::tree::{Tree, heading, name, root};
use super::writing::{Written, left, told, write};
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::Todo;

/// Do what `worldhost wit diff` lists as to do in the host.
///
/// New methods get `todo!()` as a body; a method with another signature keeps the body
/// that it has. Methods that are in the WIT no more become comments, and a file that
/// nothing needs is kept as `NAME.rs.removed`. What only its author can do stays on the
/// list. All files are changed together: a run that is killed has changed none, or the
/// next `wit apply` or `wit diff` does the rest. Doing it again changes nothing.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 done, or nothing to do; 1 with --check, something is to be done; \
    2 nothing was written.\n\nExamples:\n  \
    worldhost wit apply --dry-run               # what it would change, as a patch\n  \
    worldhost wit apply                         # since the last commit\n  \
    worldhost wit apply --check v1.2.0          # in CI: is the host done?"
)]
pub struct Apply {
    #[command(flatten)]
    from: From,

    #[command(flatten)]
    tree: Tree,

    /// Print what would be changed as a patch, and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Write nothing, and exit with 1 when there is something to write.
    #[arg(long)]
    check: bool,

    /// Change files that git could not give back, too: with changes that were not
    /// committed, or not known to it.
    #[arg(long)]
    force: bool,
}

impl Apply {
    pub fn execute(self) -> anyhow::Result<i32> {
        let subjects = recover(|| self.tree.subjects())?;
        let mut text = String::new();
        let mut todos = Vec::new();
        for subject in &subjects {
            let review = match self.from.review(subject, None, &[]) {
                Err(error) if subjects.len() > 1 && is_elsewhere(&error) => {
                    text += &format!("left out: {}\n  {error}\n", name(subject));
                    continue;
                }
                review => review?,
            };
            match review.todo {
                Some(todo) => todos.push((subject, todo)),
                None => text += &format!("{}There is no host to change.\n", heading(subject)),
            }
        }
        let lists: Vec<&Todo> = todos.iter().map(|(_, todo)| todo).collect();
        let changes = Todo::changes(&lists)?;
        let root = subjects.first().map(root).unwrap_or_default();
        if self.dry_run {
            text = changes.iter().map(|one| one.patch(&root)).collect();
        } else {
            if !self.check && !changes.is_empty() {
                write(&root, &changes, self.force, &Written::default())?;
            }
            text += &told(&changes, self.check);
            for (subject, todo) in &todos {
                text += &left(subject, todo);
            }
        }
        print_wit(&text)?;
        Ok(i32::from(self.check && !changes.is_empty()))
    }
}
