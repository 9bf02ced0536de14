//! Where compiled code is, which no guest may change.
//!
//! Directories are told apart by device and inode: symbolic links, `..` and bind
//! mounts are other names and the same directories.

use super::reach::{Id, Reach};
use crate::error::{Error, Result};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// The way that the system goes to find paths.
#[derive(Debug, Default)]
struct Trail {
    /// The directories in which names are looked up, those of symbolic links too.
    through: Vec<Id>,
    /// What the paths name, as far as it is there.
    ends: Vec<Id>,
}

impl Trail {
    /// By taking another file's place on the way there, or by writing to it.
    fn is_changed_by(&self, reach: &Reach) -> bool {
        reach.is_one_of(&self.through) || reach.is_below(&self.ends)
    }

    fn to<'a>(paths: impl IntoIterator<Item = &'a Path>) -> io::Result<Self> {
        let mut trail = Trail::default();
        for path in paths {
            let mut walk = Walk {
                at: PathBuf::new(),
                links: 0,
                through: &mut trail.through,
            };
            match walk.along(&std::path::absolute(path)?) {
                Ok(()) => trail.ends.extend(Id::of(&walk.at.metadata()?)),
                // It can only be made where the way ends.
                Err(error) if is_end(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(trail)
    }
}

fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

struct Walk<'a> {
    /// A path without symbolic links.
    at: PathBuf,
    links: u32,
    through: &'a mut Vec<Id>,
}

/// As in Linux.
const MAX_LINKS: u32 = 40;

impl Walk<'_> {
    fn along(&mut self, path: &Path) -> io::Result<()> {
        for step in path.components() {
            match step {
                Component::Normal(name) => self.enter(Path::new(name))?,
                Component::ParentDir => {
                    self.at.pop();
                }
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => self.at.push(step),
            }
        }
        Ok(())
    }

    fn enter(&mut self, name: &Path) -> io::Result<()> {
        self.through.extend(Id::of(&self.at.metadata()?));
        let next = self.at.join(name);
        if !next.symlink_metadata()?.is_symlink() {
            self.at = next;
            return Ok(());
        }
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(io::Error::other("too many symbolic links"));
        }
        self.along(&next.read_link()?)
    }
}

/// Where code is kept that runs without being checked, and so must be out of reach of
/// guests.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// What of it would be written to.
    parts: Vec<PathBuf>,
    /// Made when it is first asked for: most sandboxes have no directory to write to.
    trail: OnceLock<Trail>,
}

impl Place {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Place {
            parts: vec![path.clone()],
            path,
            trail: OnceLock::new(),
        }
    }

    /// A directory, and those in it by name.
    pub(crate) fn with_parts(path: impl Into<PathBuf>, parts: &[&Path]) -> Self {
        let mut place = Place::new(path);
        place
            .parts
            .extend(parts.iter().map(|part| part.to_path_buf()));
        place
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory among those that can be written to by which it could be changed.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the way to it cannot be followed.
    pub(crate) fn changed_in<'a>(
        &self,
        writable: impl Iterator<Item = (&'a Path, &'a Reach)>,
    ) -> Result<Option<&'a Path>> {
        let mut writable = writable.peekable();
        if writable.peek().is_none() {
            return Ok(None);
        }
        let trail = self.trail()?;
        let found = writable.find(|(_, reach)| trail.is_changed_by(reach));
        Ok(found.map(|(dir, _)| dir))
    }

    fn trail(&self) -> Result<&Trail> {
        if let Some(trail) = self.trail.get() {
            return Ok(trail);
        }
        let trail = Trail::to(self.parts.iter().map(PathBuf::as_path));
        let trail = trail.map_err(|source| Error::Read {
            path: self.path.clone(),
            source,
        })?;
        Ok(self.trail.get_or_init(|| trail))
    }
}
