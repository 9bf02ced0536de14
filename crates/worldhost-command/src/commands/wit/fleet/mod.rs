//! `worldhost wit fleet`.

mod files;
mod matrix;

use super::from::{is_elsewhere, read};
use super::tree::{Tree, name};
use crate::terminal::printing::print_wit;
use crate::terminal::{failure, json};
use clap::Args;
use files::files;
use matrix::Matrix;
use std::path::PathBuf;
use worldhost_dev::Subject;
use worldhost_wit::{World, worlds};

/// Say which of many components still load after a change of the WIT, and why not.
///
/// Each is held against the text as it was and as it is. What it is worth for one
/// component, `worldhost check` says in full.
#[derive(Args)]
#[command(after_help = "\
Exit codes: 0 all that fitted before fit now; 3 one does not any more; 126 a file that \
was named is no component; 127 one is not there.

Examples:
  worldhost wit fleet plugins/                 # since the last commit
  worldhost wit fleet --from v1.0 --from v1.1 plugins/ extra.wasm
  worldhost wit fleet --from wit/released/0.1.0.wit --json plugins/ | jq .broken")]
pub struct Fleet {
    /// What to compare with, once or more: a git revision, a directory or a .wit file.
    #[arg(long, value_name = "FROM", default_value = "HEAD")]
    from: Vec<String>,

    #[command(flatten)]
    tree: Tree,

    /// Print an object for each component, on a line of its own.
    #[arg(long)]
    json: bool,

    /// The components, and directories in which every .wasm file is looked at.
    #[arg(required = true, value_name = "COMPONENT|DIR")]
    components: Vec<PathBuf>,
}

impl Fleet {
    pub fn execute(self) -> anyhow::Result<i32> {
        let files = files(&self.components)?;
        let mut code = 0;
        let mut text = String::new();
        let subjects = self.tree.subjects()?;
        for subject in &subjects {
            let columns = match self.columns(subject) {
                Err(error) if subjects.len() > 1 && is_elsewhere(&error) => {
                    failure::note(format_args!("left out: {}: {error}", name(subject)));
                    continue;
                }
                columns => columns?,
            };
            let matrix = Matrix::of(&files, columns);
            code = code.max(matrix.code());
            match self.json {
                true => {
                    for row in &matrix.rows {
                        text += &json::line(row)?;
                    }
                }
                false => {
                    let space = if text.is_empty() { "" } else { "\n" };
                    text += &format!("{space}of    {}\n\n{matrix}", name(subject));
                }
            }
        }
        print_wit(&text)?;
        Ok(code)
    }

    /// The worlds that were, and the one that is.
    fn columns(&self, subject: &Subject) -> anyhow::Result<Vec<(String, World)>> {
        let now = subject.now()?;
        let mut columns = Vec::new();
        let mut last = now.world(subject.world.as_deref())?;
        for from in &self.from {
            let old = read(from, subject)?;
            let (before, after) = worlds(&old, &now, subject.world.as_deref())?;
            columns.push((from.clone(), World::new(old.resolve, before)));
            last = after;
        }
        columns.push(("now".into(), World::new(now.resolve, last)));
        Ok(columns)
    }
}
