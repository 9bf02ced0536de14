//! What a command speaks of: a `bindgen!` of the project, or WIT alone.

use crate::bindgens::{self, Bindgen, Found, Options, Unread};
use crate::error::{Error, Result};
use crate::project::Project;
use std::path::{Path, PathBuf};
use worldhost_wit::{At, Edited, Source, Wit, WorldId, file_at, paths};

/// One world's text, and the `bindgen!` that reads it, if one does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Subject {
    /// What is read.
    pub source: Source,
    /// The world that is named.
    pub world: Option<String>,
    /// Who reads it. With none there is no host to speak of.
    pub bindgen: Option<Bindgen>,
    /// Where revisions are looked up, and a lock file.
    pub home: PathBuf,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The directory or file with the WIT.
    pub wit: Option<&'a Path>,
    /// The Rust file with the `bindgen!`, and after a colon the line of one of several.
    pub bindings: Option<&'a Path>,
    /// The world.
    pub world: Option<&'a str>,
    /// Whether every package of the workspace is meant, and not the one around alone.
    pub workspace: bool,
}

/// All that is meant.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Subjects {
    /// At least one.
    pub all: Vec<Subject>,
    /// Every `bindgen!` in reach that a macro of the project's makes.
    pub unseen: Vec<Unread>,
    /// How many there are in other packages of the workspace.
    pub elsewhere: usize,
}

impl Subject {
    /// WIT that no `bindgen!` reads.
    pub fn alone(source: Source, world: Option<&str>) -> Subject {
        Subject {
            source,
            world: world.map(String::from),
            bindgen: None,
            home: std::env::current_dir().unwrap_or_default(),
        }
    }

    /// What a `bindgen!` is made of.
    pub fn of(bindgen: Bindgen) -> Subject {
        Subject {
            source: bindgen.source.clone(),
            world: bindgen.world.clone(),
            home: bindgen.place.package.clone(),
            bindgen: Some(bindgen),
        }
    }

    /// The text as it is now.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn now(&self) -> Result<Wit> {
        Ok(Wit::read(&self.source, At::Now)?)
    }

    /// The text as it is in an editor.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn edited(&self, edited: &Edited) -> Result<Wit> {
        Ok(Wit::read(&self.source, At::Edited(edited))?)
    }

    /// The text at a revision, from where the `bindgen!` read it then.
    ///
    /// # Errors
    ///
    /// That there is no such revision, and what is wrong with the text.
    pub fn at(&self, revision: &str) -> Result<Wit> {
        let then = self.then(revision)?;
        let source = then.as_ref().map_or(&self.source, |then| &then.source);
        Ok(Wit::read(source, At::Revision(revision, &self.home))?)
    }

    /// The same `bindgen!` at a revision, if it was there.
    fn then(&self, revision: &str) -> Result<Option<Bindgen>> {
        let Some(now) = &self.bindgen else {
            return Ok(None);
        };
        let file = now.place.package.join(&now.place.file);
        let text = match file_at(revision, &self.home, &file) {
            Ok(text) => text,
            // The revision may be of the repository that the WIT alone is in.
            Err(error) => match &self.source.inline {
                Some(_) => return Err(error.into()),
                None => None,
            },
        };
        let text = text.and_then(|text| String::from_utf8(text).ok());
        Ok(text.and_then(|text| bindgens::then(&text, now)))
    }

    /// The text as it is now, and its world.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, and that the world is not in it.
    pub fn load(&self) -> Result<(Wit, WorldId)> {
        let wit = self.now()?;
        let world = wit.world(self.world.as_deref())?;
        Ok((wit, world))
    }

    /// What the generator is told: by a `bindgen!`, or nothing.
    pub fn options(&self) -> Options {
        let bindgen = self.bindgen.as_ref();
        bindgen.map_or_else(Options::default, |bindgen| bindgen.options.clone())
    }
}

/// Finds what is meant, from anywhere in a project.
///
/// # Errors
///
/// That a `bindgen!` which is meant cannot be read, that there is none in the file that
/// was named, or that a `Cargo.toml` cannot be read.
pub fn subjects(wanted: Wanted<'_>) -> Result<Subjects> {
    let here = std::env::current_dir().unwrap_or_default();
    let here = here.canonicalize().unwrap_or(here);
    let (file, line) = named(wanted.bindings);
    let start = file.as_deref().or(wanted.wit);
    let start = start.map(|path| paths::clean(&here.join(path)));
    let around = match &start {
        Some(path) => path.parent().unwrap_or(path),
        None => &here,
    };
    let project = match Project::around(around)? {
        Some(project) => Some(project),
        None => Project::around(&here)?.or_else(|| Project::bare(&here)),
    };
    let mut found = match &project {
        Some(project) => bindgens::find(project)?,
        None => Found::default(),
    };
    if let Some(file) = &file {
        in_file(&mut found, &here.join(file), line)?;
        found.unread.retain(|one| one.refused);
    }
    let elsewhere = match (&project, &file, wanted.workspace) {
        (Some(project), None, false) if wanted.wit.is_none() => near(&mut found, project, &here),
        _ => 0,
    };
    if let Some(wit) = wanted.wit {
        found.bindgens.retain(|one| one.reads(wit));
        found.unread.clear();
    }
    if let Some(refused) = found.unread.iter().find(|one| one.refused) {
        return Err(refused.error());
    }
    let sources = sources(&found, wanted.wit, project.as_ref(), &here);
    if let Some(world) = wanted.world {
        found.bindgens.retain(|one| one.is_of_world(world));
    }
    let all = match found.bindgens.is_empty() {
        true => alone(sources, wanted.world),
        false => found.bindgens.into_iter().map(Subject::of).collect(),
    };
    Ok(Subjects {
        all,
        unseen: found.unread,
        elsewhere,
    })
}

/// The file, and the line behind its name.
fn named(bindings: Option<&Path>) -> (Option<PathBuf>, Option<usize>) {
    let Some(path) = bindings else {
        return (None, None);
    };
    let text = path.to_string_lossy();
    let line = text
        .rsplit_once(':')
        .and_then(|(file, line)| Some((PathBuf::from(file), line.parse().ok()?)));
    match line {
        Some((file, line)) if !path.exists() => (Some(file), Some(line)),
        _ => (Some(path.to_path_buf()), None),
    }
}

/// Keeps those of one file.
fn in_file(found: &mut Found, file: &Path, line: Option<usize>) -> Result<()> {
    let file = file
        .canonicalize()
        .map_err(|error| Error::file(paths::shown(file), error))?;
    let is = |path: PathBuf| path.canonicalize().is_ok_and(|path| path == file);
    found
        .bindgens
        .retain(|one| is(one.place.package.join(&one.place.file)));
    found.unread.retain(|one| is(one.file.clone()));
    if let Some(line) = line {
        found.bindgens.retain(|one| one.place.line == line);
        found.unread.retain(|one| one.line == line);
    }
    match found.bindgens.is_empty() && !found.unread.iter().any(|one| one.refused) {
        true => Err(Error::Options {
            path: paths::shown(&file),
            message: match (found.unread.first(), line) {
                (Some(unread), _) => unread.message.clone(),
                (None, Some(line)) => format!("there is no bindgen! on line {line}"),
                (None, None) => "there is no bindgen!({ ... }) in it".into(),
            },
        }),
        false => Ok(()),
    }
}

/// Keeps those of the package around, if it has any, and tells how many others there are.
fn near(found: &mut Found, project: &Project, here: &Path) -> usize {
    let Some(member) = project.member_of(here) else {
        return 0;
    };
    let mine = |package: &Path| package == member.dir;
    let has = found.bindgens.iter().any(|one| mine(&one.place.package))
        || found.unread.iter().any(|one| mine(&one.package));
    if !has {
        return 0;
    }
    let all = found.bindgens.len();
    found.bindgens.retain(|one| mine(&one.place.package));
    found.unread.retain(|one| mine(&one.package));
    all - found.bindgens.len()
}

/// What is read when no `bindgen!` is meant: what was named, or what those at hand read,
/// or the usual directory.
fn sources(
    found: &Found,
    wit: Option<&Path>,
    project: Option<&Project>,
    here: &Path,
) -> Vec<Source> {
    if let Some(wit) = wit {
        return vec![Source::path(wit)];
    }
    let mut sources: Vec<Source> = Vec::new();
    for bindgen in &found.bindgens {
        if !sources.contains(&bindgen.source) {
            sources.push(bindgen.source.clone());
        }
    }
    if !sources.is_empty() {
        return sources;
    }
    let around = project.and_then(|project| project.member_of(here));
    let around = around.map(|member| member.dir.as_path());
    let root = project.map(Project::root);
    let usual = [Some(here), around, root].into_iter().flatten();
    let mut usual = usual.map(|dir| dir.join("wit"));
    let found = usual.find(|dir| dir.exists());
    vec![Source::path(
        found.map_or_else(|| "wit".into(), |dir| paths::shown(&dir)),
    )]
}

/// Without a `bindgen!`: of several texts, those that have the world.
fn alone(mut sources: Vec<Source>, world: Option<&str>) -> Vec<Subject> {
    if sources.len() > 1 {
        let has = |source: &Source| {
            let wit = Wit::read(source, At::Now);
            wit.is_ok_and(|wit| wit.world(world).is_ok())
        };
        let with: Vec<Source> = sources.iter().filter(|one| has(one)).cloned().collect();
        sources = if with.is_empty() { sources } else { with };
    }
    let subjects = sources.into_iter();
    subjects
        .map(|source| Subject::alone(source, world))
        .collect()
}
