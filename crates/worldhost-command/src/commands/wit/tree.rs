//! Which WIT, and which `bindgen!` reads it.

use crate::terminal::failure;
use clap::Args;
use std::fmt::Display;
use std::path::PathBuf;
use worldhost_dev::{Project, Subject, Subjects, Wanted, subjects};

#[derive(Args)]
pub struct Tree {
    /// The directory or file with the WIT text [default: what the project's bindgen!
    /// reads, or wit].
    #[arg(long, value_name = "PATH")]
    wit: Option<PathBuf>,

    /// The world, and only the bindgen! that names it [default: the one in the project's
    /// bindgen!, or the only one].
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// The Rust file with the bindgen!, and after a colon the line of one of several
    /// [default: every bindgen! of the package, or of the workspace].
    #[arg(long, value_name = "FILE[:LINE]")]
    bindings: Option<PathBuf>,

    /// Every bindgen! of the workspace, also where the package around has its own.
    #[arg(long)]
    workspace: bool,
}

impl Tree {
    /// What is spoken of.
    pub fn subjects(&self) -> anyhow::Result<Vec<Subject>> {
        let Subjects { all, unseen, .. } = self.found()?;
        for unseen in &unseen {
            failure::warn(unseen.error());
        }
        Ok(all)
    }

    /// The same, with what cannot be seen.
    pub fn found(&self) -> worldhost_dev::Result<Subjects> {
        subjects(Wanted {
            wit: self.wit.as_deref(),
            bindings: self.bindings.as_deref(),
            world: self.world.as_deref(),
            workspace: self.workspace,
        })
    }
}

/// The directory that the files of a subject's project are in.
pub fn root(subject: &Subject) -> PathBuf {
    let project = Project::around(&subject.home).ok().flatten();
    project.map_or_else(
        || subject.home.clone(),
        |project| project.root().to_path_buf(),
    )
}

/// A line that says of what the rest is.
pub fn heading(subject: &Subject) -> String {
    format!("of    {}\n", name(subject))
}

/// What the subject is called.
pub fn name(subject: &Subject) -> impl Display {
    let world = subject.world.as_ref();
    let world = world.map_or(String::new(), |world| format!(" (world {world})"));
    match &subject.bindgen {
        Some(bindgen) => format!("bindgen! at {}{world}", bindgen.place),
        None => format!("{}{world}: no bindgen! reads it", subject.source.name()),
    }
}
