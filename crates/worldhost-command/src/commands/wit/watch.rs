//! `worldhost wit watch`.

use super::from::{From, compare, is_elsewhere};
use super::recovery::recover;
use super::tree::{Tree, heading, name, root};
use super::writing::{Written, told, write};
use crate::project::Names;
use crate::terminal::failure;
use crate::terminal::printing::{reader_has_gone, write as print};
use clap::Args;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use worldhost::printable_lines;
use worldhost_check::Prover;
use worldhost_dev::{Review, Subject, Subjects, Todo, places};
use worldhost_wit::{Wit, paths};

/// Say what `worldhost wit diff` says, again at each save.
///
/// The verdict, the versions and what is left to do are renewed when a file of the WIT or of
/// the host is saved, or something is committed; when that makes no difference, nothing is
/// said. On a terminal the new text takes the place of the old one; elsewhere it follows,
/// behind a line with `==` and the files that were saved.
#[derive(Args)]
#[command(
    after_help = "It goes on until it is stopped: Ctrl-C.\n\nExamples:\n  \
    worldhost wit watch                         # since the last commit\n  \
    worldhost wit watch --apply v1.2.0          # and the host follows"
)]
pub struct Watch {
    #[command(flatten)]
    from: From,

    #[command(flatten)]
    tree: Tree,

    /// Do what is to be done in the host at each save, as `worldhost wit apply` does: what
    /// differs from the last save.
    #[arg(long)]
    apply: bool,

    /// With --apply, change files that git could not give back, too.
    #[arg(long, requires = "apply")]
    force: bool,
}

/// What is kept from one save to the next.
struct Kept {
    prover: Prover,
    /// Who reads the WIT, until something else than its text is saved.
    found: Option<Rc<Subjects>>,
    /// What is compared with, until something else than WIT is saved.
    old: BTreeMap<String, Wit>,
    /// The text that the host was last brought up to.
    done: BTreeMap<String, Wit>,
    written: Written,
}

impl Watch {
    pub fn execute(self, project: Names) -> anyhow::Result<i32> {
        let subjects = recover(|| self.tree.subjects())?;
        let mut kept = Kept {
            prover: Prover::new().map_err(anyhow::Error::from)?,
            found: None,
            old: BTreeMap::new(),
            done: BTreeMap::new(),
            written: Written::new(),
        };
        let mut watch = worldhost_dev::Watch::of(places(&subjects, self.from.name()));
        let is_terminal = std::io::stdout().is_terminal();
        let (mut saved, mut said) = (Vec::new(), None);
        loop {
            let (text, did) = match self.look(&mut kept, &mut watch) {
                Ok(told) => told,
                Err(error) => {
                    let words = failure::words(&error, project);
                    (format!("error: {words}\n"), String::new())
                }
            };
            if said.as_ref() != Some(&text) || !did.is_empty() {
                let all = printable_lines(&format!("{text}{did}")).into_owned();
                let shown = match is_terminal {
                    true => format!("{CLEAR}{all}"),
                    false => after(&saved) + &all,
                };
                let printed = print(shown.as_bytes()).and_then(|()| std::io::stdout().flush());
                match printed.map_err(anyhow::Error::from) {
                    Err(error) if reader_has_gone(&error) => return Ok(0),
                    printed => printed?,
                }
                said = Some(text);
            }
            saved = watch.changed();
            if saved.iter().any(|path| !is_wit(path)) {
                kept.old.clear();
            }
            // To look through all Rust again takes longer than all the rest. That a file is
            // gone may be news to a bindgen!.
            if !saved.iter().all(|path| is_wit(path) && path.is_file()) {
                kept.found = None;
            }
            if saved.iter().any(|path| path.ends_with("HEAD")) {
                kept.done.clear();
            }
        }
    }

    /// All that is to be said now, and what was done.
    fn look(
        &self,
        kept: &mut Kept,
        watch: &mut worldhost_dev::Watch,
    ) -> anyhow::Result<(String, String)> {
        let mut found = self.found(kept)?;
        // Before anything is read: what is saved from here on is another save.
        watch.turn_to(places(&found.all, self.from.name()));
        let (mut did, mut refused) = (String::new(), None);
        if self.apply {
            match self.bring_up(kept, &found.all) {
                Ok(text) => did = text,
                Err(error) => refused = Some(format!("not applied: {error}\n")),
            }
            if !did.is_empty() {
                kept.found = None;
                found = self.found(kept)?;
            }
        }
        let Subjects { all, unseen, .. } = &*found;
        let unseen = unseen
            .iter()
            .map(|one| format!("warning: {}\n", one.error()));
        let mut texts: Vec<String> = unseen.collect();
        for (subject, key) in keyed(all) {
            let of = heading(subject);
            match self.review(kept, subject, key) {
                Ok(review) => texts.push(format!("{of}{review}")),
                Err(error) if all.len() > 1 && is_elsewhere(&error) => {
                    texts.push(format!("left out: {}\n  {error}\n", name(subject)));
                }
                Err(error) => return Err(error),
            }
        }
        texts.extend(refused);
        Ok((texts.join("\n"), did))
    }

    fn found(&self, kept: &mut Kept) -> anyhow::Result<Rc<Subjects>> {
        if let Some(found) = &kept.found {
            return Ok(found.clone());
        }
        let found = Rc::new(self.tree.found()?);
        kept.found = Some(found.clone());
        Ok(found)
    }

    fn review(&self, kept: &mut Kept, subject: &Subject, key: String) -> anyhow::Result<Review> {
        let new = subject.now()?;
        if !kept.old.contains_key(&key) {
            kept.old.insert(key.clone(), self.from.old(subject)?);
        }
        compare(subject, &kept.old[&key], &new, Some(&kept.prover), &[])
    }

    /// Does what is to be done since it was last done, and says what was written.
    fn bring_up(&self, kept: &mut Kept, subjects: &[Subject]) -> anyhow::Result<String> {
        let mut todos = Vec::new();
        let mut now = Vec::new();
        for (subject, key) in keyed(subjects) {
            let new = subject.now()?;
            let old = match kept.done.get(&key) {
                Some(old) => old.clone(),
                None => self.from.old(subject)?,
            };
            match compare(subject, &old, &new, None, &[]) {
                Err(error) if subjects.len() > 1 && is_elsewhere(&error) => {}
                review => {
                    let todo = review?.todo;
                    todos.extend(todo.map(|todo| (subject, todo)));
                    now.push((key, new));
                }
            }
        }
        let lists: Vec<&Todo> = todos.iter().map(|(_, todo)| todo).collect();
        let changes = Todo::changes(&lists)?;
        let mut text = String::new();
        if !changes.is_empty() {
            let root = subjects.first().map(root).unwrap_or_default();
            write(&root, &changes, self.force, &kept.written)?;
            let after = changes
                .iter()
                .map(|one| (one.to.clone(), one.after.clone()));
            kept.written.extend(after);
            text = format!("\n{}", told(&changes, false));
        }
        kept.done.extend(now);
        Ok(text)
    }
}

/// Takes away what a terminal shows, and begins at its top.
const CLEAR: &str = "\x1b[2J\x1b[H";

fn after(saved: &[PathBuf]) -> String {
    let names = saved
        .iter()
        .map(|path| paths::shown(path).display().to_string());
    let names: Vec<String> = names.collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("\n== {}\n", printable_lines(&names.join(", "))),
    }
}

fn is_wit(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e == "wit" || e == "wat" || e == "wasm")
}

/// Each with a name that it keeps while lines and worlds come and go around it.
fn keyed(subjects: &[Subject]) -> impl Iterator<Item = (&Subject, String)> {
    let file = |subject: &Subject| match &subject.bindgen {
        Some(bindgen) => bindgen.place.package.join(&bindgen.place.file),
        None => subject.source.name().into(),
    };
    subjects.iter().enumerate().map(move |(at, subject)| {
        let own = file(subject);
        let before = subjects[..at].iter().filter(|one| file(one) == own);
        (subject, format!("{} {}", own.display(), before.count()))
    })
}
