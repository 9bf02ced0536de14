//! Where WIT comes from: directories, files, text in a program, and each of them at a git
//! revision; or the type that a component carries in itself.

use crate::error::{Error, Result};
use crate::files::{Disk, Edited, Files, Git};
use crate::paths;
use crate::reader::Reader;
use std::path::{Path, PathBuf};
use wit_parser::{PackageId, Resolve, WorldId};

/// WIT text, parsed and resolved.
#[derive(Clone, Debug)]
pub struct Wit {
    /// The packages, interfaces, types and worlds.
    pub resolve: Resolve,
    /// The package that the source is about; the others are its dependencies. Of
    /// several paths, the last.
    pub package: PackageId,
    /// What the source is called in messages, such as `wit` or `wit at HEAD`.
    pub name: String,
    /// The world of a component: not a world that somebody wrote, but what the
    /// component really imports and exports.
    pub component: Option<WorldId>,
    /// The packages of all paths.
    packages: Vec<PackageId>,
    /// Every file, with the name that messages have for it.
    pub(crate) texts: Vec<(String, String)>,
}

/// What a world is read from, as `bindgen!` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Directories and files, each with what its `deps` hold, in this order.
    pub paths: Vec<PathBuf>,
    /// Text beside them, which may use their packages.
    pub inline: Option<Inline>,
}

/// WIT text in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// What messages call it: the file of the program.
    pub name: String,
    /// How many lines of that file are before it; none when the text is not written in
    /// lines there.
    pub before: usize,
    /// The text.
    pub text: String,
}

/// When a source is read.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// As it is in the working tree.
    Now,
    /// As it is in an editor, with what is not saved.
    Edited(&'a Edited),
    /// As it was at a revision of the repository that this directory is in.
    Revision(&'a str, &'a Path),
}

impl Source {
    /// One directory or file.
    pub fn path(path: impl Into<PathBuf>) -> Source {
        Source {
            paths: vec![path.into()],
            inline: None,
        }
    }

    /// What messages call it.
    pub fn name(&self) -> String {
        let paths = self.paths.iter().map(|path| path.display().to_string());
        let inline = self.inline.iter().map(|inline| inline.name.clone());
        let names: Vec<String> = inline.chain(paths).collect();
        names.join(" with ")
    }
}

impl Wit {
    /// Reads a directory as `bindgen!` does, a `.wit` file, an encoded package,
    /// or a component.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::File`], [`Error::Parse`] with the file,
    /// line and caret, and [`Error::NoWit`] for other binaries.
    pub fn from_path(path: &Path) -> Result<Wit> {
        Wit::read(&Source::path(path), At::Now)
    }

    /// Reads a directory or file as it is at a git revision.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] when git is missing, the directory is in no repository, or
    /// the revision does not have it; [`Error::Parse`].
    pub fn from_git(revision: &str, path: &Path) -> Result<Wit> {
        let around = around(path);
        Wit::read(&Source::path(path), At::Revision(revision, &around))
    }

    /// Reads all of a source into one text.
    ///
    /// # Errors
    ///
    /// As [`Wit::from_path`] and [`Wit::from_git`] have them.
    pub fn read(source: &Source, at: At<'_>) -> Result<Wit> {
        match at {
            At::Now => Wit::from_files(source, &Disk, source.name()),
            At::Edited(edited) => Wit::from_files(source, edited, source.name()),
            At::Revision(revision, home) => {
                let git = git(revision, home, source)?;
                let name = format!("{} at {revision}", source.name());
                Wit::from_files(source, &git, name).map_err(|error| match error {
                    Error::NotFound { path } => Error::Git {
                        revision: revision.to_string(),
                        path,
                        message: "it is not there then".into(),
                    },
                    error => error,
                })
            }
        }
    }

    fn from_files(source: &Source, files: &dyn Files, name: String) -> Result<Wit> {
        let mut reader = Reader::new(files);
        let mut packages = Vec::new();
        for path in &source.paths {
            packages.push(reader.path(path)?);
        }
        if let Some(inline) = &source.inline {
            let lines = "\n".repeat(inline.before);
            packages = vec![reader.text(&inline.name, &(lines + &inline.text))?];
        }
        let Some(package) = packages.last().copied() else {
            return Err(Error::NotFound { path: name.into() });
        };
        Ok(Wit {
            resolve: reader.resolve,
            package,
            name,
            component: reader.component,
            packages,
            texts: reader.texts.into_inner(),
        })
    }

    /// The names of the worlds that can be named, with the package where there are
    /// several paths.
    pub fn worlds(&self) -> Vec<String> {
        let several = self.packages.len() > 1;
        let of = |id: &PackageId| {
            let package = &self.resolve.packages[*id];
            let names = package.worlds.keys().map(|name| match several {
                true => format!("{}:{}/{name}", package.name.namespace, package.name.name),
                false => name.clone(),
            });
            names.collect::<Vec<_>>()
        };
        self.packages.iter().flat_map(of).collect()
    }

    /// The world of that name (`plugin`, or `ns:package/plugin@1.0.0`), or the
    /// only one.
    ///
    /// # Errors
    ///
    /// [`Error::NoWorld`] and [`Error::WhichWorld`], with the worlds there are.
    pub fn world(&self, name: Option<&str>) -> Result<WorldId> {
        if let Some(world) = self.component {
            return Ok(world);
        }
        self.resolve
            .select_world(&self.packages, name)
            .map_err(|_| match name {
                Some(wanted) => Error::NoWorld {
                    source_name: self.name.clone(),
                    wanted: wanted.to_string(),
                    worlds: self.worlds(),
                },
                None => Error::WhichWorld {
                    source_name: self.name.clone(),
                    worlds: self.worlds(),
                },
            })
    }

    /// The packages that were asked for; all others are what these depend on.
    pub fn packages(&self) -> &[PackageId] {
        &self.packages
    }

    /// Whether a file with this text was read.
    pub fn has_text(&self, text: &str) -> bool {
        self.texts.iter().any(|(_, read)| read == text)
    }

    /// The files that were read, as messages name them.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(name, _)| name.as_str())
    }

    /// The package that a world is in.
    pub fn package_of(&self, world: WorldId) -> PackageId {
        self.resolve.worlds[world].package.unwrap_or(self.package)
    }
}

/// The directory around a path, in which its repository is looked for: what is at the
/// path may be a repository of its own inside of it.
fn around(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    paths::directory(absolute.parent().unwrap_or(&absolute))
}

/// The repository of a source's home, or that of its first path when this one is not in it.
fn git(revision: &str, home: &Path, source: &Source) -> Result<Git> {
    let first = source.paths.first();
    let elsewhere = |path: &PathBuf| {
        let git = Git::open(revision, &around(path));
        git.or_else(|error| Git::open(revision, path).map_err(|_| error))
    };
    let found = match (Git::open(revision, home), first) {
        (Ok(git), Some(path)) if !git.has(path) => Ok(elsewhere(path).unwrap_or(git)),
        (Err(error), Some(path)) => elsewhere(path).map_err(|_| error),
        (git, _) => git,
    };
    found.map_err(|error| match error {
        Error::Git {
            revision, message, ..
        } => Error::Git {
            revision,
            path: source.name().into(),
            message,
        },
        error => error,
    })
}

/// A file as it was at a revision of the repository that the directory is in; none when
/// it was not there.
///
/// # Errors
///
/// [`Error::Git`] when there is no repository, or no such revision in it.
pub fn file_at(revision: &str, home: &Path, file: &Path) -> Result<Option<Vec<u8>>> {
    let git = Git::open(revision, home)?;
    match git.kind(file)? {
        Some(crate::files::Kind::File) => git.read(file).map(Some),
        _ => Ok(None),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_not_saved_is_read() {
        let dir = tempfile::TempDir::new().unwrap();
        let wit = dir.path().join("wit");
        fs::create_dir(&wit).unwrap();
        fs::write(wit.join("a.wit"), "package a:b;\ninterface i {}\n").unwrap();
        symlink(&wit, dir.path().join("link")).unwrap();
        let mut edited = Edited::default();
        let names = |edited: &Edited| {
            let wit = Wit::read(&Source::path(&wit), At::Edited(edited)).unwrap();
            let package = &wit.resolve.packages[wit.package];
            package.interfaces.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(names(&edited), ["i"]);
        // By another way to it, and one that is not on the disk.
        let text = "package a:b;\ninterface j {}\n";
        edited.set(&dir.path().join("link/a.wit"), text.into());
        edited.set(&wit.join("new.wit"), "interface k {}".into());
        assert_eq!(names(&edited), ["j", "k"]);
        edited.forget(&wit.join("a.wit"));
        assert_eq!(names(&edited), ["i", "k"]);
    }
}
