//! What the text is compared with.

use crate::options::loading::Loading;
use crate::terminal::overtime;
use clap::Args;
use std::path::Path;
use worldhost::{LoadLimits, Source};
use worldhost_check::Prover;
use worldhost_dev::{Review, Subject};
use worldhost_wit::{Accepted, Dated, Diff, Error, Ignored, Wit, worlds};

#[derive(Args)]
pub struct From {
    /// What to compare with: a git revision, a directory, a .wit file or a
    /// component.
    #[arg(default_value = "HEAD")]
    from: String,

    #[command(flatten)]
    loading: Loading,
}

/// Every subject beside what it was.
pub struct Reviewed<'a> {
    pub reviews: Vec<(&'a Subject, Review)>,
    /// Those that have nothing to be compared with, and why.
    pub left_out: Vec<(&'a Subject, String)>,
}

impl From {
    /// Compares each subject. Of several, one whose world is not in what is compared with
    /// is left out.
    pub fn reviews<'a>(
        &self,
        subjects: &'a [Subject],
        ignored: &[Ignored],
    ) -> anyhow::Result<Reviewed<'a>> {
        let prover = Prover::new().map_err(anyhow::Error::from)?;
        let mut reviewed = Reviewed {
            reviews: Vec::new(),
            left_out: Vec::new(),
        };
        let mut first = None;
        for subject in subjects {
            match self.review(subject, Some(&prover), ignored) {
                Ok(review) => reviewed.reviews.push((subject, review)),
                Err(error) if subjects.len() > 1 && is_elsewhere(&error) => {
                    reviewed.left_out.push((subject, error.to_string()));
                    first = first.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        match first {
            Some(error) if reviewed.reviews.is_empty() => Err(error),
            _ => Ok(reviewed),
        }
    }

    /// Compares one. Without a linker nothing is proved.
    pub fn review(
        &self,
        subject: &Subject,
        linker: Option<&Prover>,
        ignored: &[Ignored],
    ) -> anyhow::Result<Review> {
        let limits = self.loading.limits();
        measured(Path::new(&self.from), &limits)?;
        overtime::within(&self.from, &limits, || {
            self.compared(subject, linker, ignored)
        })
    }

    fn compared(
        &self,
        subject: &Subject,
        linker: Option<&Prover>,
        ignored: &[Ignored],
    ) -> anyhow::Result<Review> {
        let new = subject.now()?;
        let old = read(&self.from, subject)?;
        compare(subject, &old, &new, linker, ignored)
    }

    /// What one is compared with.
    pub fn old(&self, subject: &Subject) -> anyhow::Result<Wit> {
        let limits = self.loading.limits();
        measured(Path::new(&self.from), &limits)?;
        overtime::within(&self.from, &limits, || Ok(read(&self.from, subject)?))
    }

    /// How it was named.
    pub fn name(&self) -> &str {
        &self.from
    }
}

/// Compares two texts of a subject. Without a linker nothing is proved.
pub fn compare(
    subject: &Subject,
    old: &Wit,
    new: &Wit,
    linker: Option<&Prover>,
    ignored: &[Ignored],
) -> anyhow::Result<Review> {
    let (old_world, new_world) = worlds(old, new, subject.world.as_deref())?;
    let old = Dated {
        wit: old,
        world: old_world,
    };
    let new = Dated {
        wit: new,
        world: new_world,
    };
    let diff = Diff::between(old, new);
    let diff = match linker {
        Some(linker) => diff.proved(old, new, linker),
        None => diff,
    };
    let mut review = Review::of(diff, old, new, subject.bindgen.as_ref())?;
    review.diff.accept(&Accepted::of(new.wit, ignored));
    Ok(review)
}

/// A component may be anybody's, and come to more than can be read.
pub fn measured(path: &Path, limits: &LoadLimits) -> worldhost::Result<()> {
    match path.is_file() && path.extension().is_some_and(|e| e == "wasm") {
        true => Source::open(path)?.bytes_within(limits).map(drop),
        false => Ok(()),
    }
}

/// A path that is there is a path; anything else is for git to know.
pub fn read(from: &str, subject: &Subject) -> worldhost_dev::Result<Wit> {
    let path = Path::new(from);
    let looks_like_file = path.extension().is_some_and(|e| e == "wit" || e == "wasm");
    match path.exists() || looks_like_file {
        true => Ok(Wit::from_path(path)?),
        false => subject.at(from),
    }
}

/// Whether what was named is about another subject, or from before this one.
pub fn is_elsewhere(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref();
    matches!(error, Some(Error::NoWorld { .. } | Error::WorldNew { .. }))
}
