//! A git revision, read from git's own objects: the working tree is not touched.

use super::disk::Disk;
use super::objects::{EntryKind, Objects, first_line, git};
use super::tree::{Files, Kind};
use crate::error::{Error, Result};
use crate::paths;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How many links a path may lead through.
const LINKS: usize = 40;

/// The files of a repository as they were at a revision. What a link leads to outside of
/// the repository has no revision: it is read as it is now.
pub(crate) struct Git {
    revision: String,
    root: PathBuf,
    /// The revision's tree.
    tree: String,
    objects: Rc<Objects>,
    /// By their paths from the root.
    submodules: RefCell<HashMap<PathBuf, Rc<Objects>>>,
}

/// What is at a path.
enum Node {
    Dir(Rc<Objects>, String),
    File(Rc<Objects>, String),
    /// Outside of the repository.
    Outside(PathBuf),
}

impl Git {
    /// The repository that a path is in. What is asked of it later may also be elsewhere
    /// in the repository.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] when there is none, or no such revision in it.
    pub(crate) fn open(revision: &str, path: &Path) -> Result<Git> {
        let fail = |message: String| Error::Git {
            revision: revision.to_string(),
            path: path.to_path_buf(),
            message,
        };
        let dir = paths::directory(path);
        let root = said(git(&dir, &["rev-parse", "--show-toplevel"]))
            .map_err(|said| fail(said.unwrap_or_default()))?;
        let root = PathBuf::from(root);
        let root = root.canonicalize().unwrap_or(root);
        // A revision that begins with a dash would be an option.
        let tree = format!("{revision}^{{tree}}");
        let verify = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &tree,
        ];
        let tree = said(git(&dir, &verify)).map_err(|said| match said {
            Some(said) if !said.is_empty() => fail(said),
            _ => fail("there is no such revision".to_string()),
        })?;
        Ok(Git {
            revision: revision.to_string(),
            objects: Rc::new(Objects::open(&root).map_err(fail)?),
            root,
            tree,
            submodules: RefCell::default(),
        })
    }

    /// Whether the path is in this repository.
    pub(crate) fn has(&self, path: &Path) -> bool {
        paths::below(&self.root, path).is_some()
    }

    fn fail(&self, path: &Path, message: impl Into<String>) -> Error {
        Error::Git {
            revision: self.revision.clone(),
            path: path.to_path_buf(),
            message: message.into(),
        }
    }

    fn find(&self, path: &Path) -> Result<Option<Node>> {
        let Some(below) = paths::below(&self.root, path) else {
            return Ok(Some(Node::Outside(path.to_path_buf())));
        };
        self.walk(below).map_err(|message| self.fail(path, message))
    }

    /// Goes down from the root, through links and submodules.
    fn walk(&self, path: PathBuf) -> Result<Option<Node>, String> {
        let mut ahead = parts(&path);
        let mut links = 0;
        let mut behind = PathBuf::new();
        let mut at = (self.objects.clone(), self.tree.clone());
        while let Some(name) = ahead.pop_front() {
            let tree = at.0.tree(&at.1)?;
            let Some(entry) = tree.iter().find(|entry| entry.name == name) else {
                return Ok(None);
            };
            match entry.kind {
                EntryKind::File if ahead.is_empty() => {
                    return Ok(Some(Node::File(at.0, entry.object.clone())));
                }
                EntryKind::File => return Ok(None),
                EntryKind::Dir => at.1 = entry.object.clone(),
                EntryKind::Submodule => {
                    let objects = self.submodule(&behind.join(&name), &entry.object)?;
                    at = (objects, entry.object.clone());
                }
                EntryKind::Link => {
                    links += 1;
                    if links > LINKS {
                        return Err("it is a link to itself".into());
                    }
                    let target = at.0.blob(&entry.object)?;
                    let target = String::from_utf8(target).map_err(|_| "a link is not text")?;
                    let around = self.root.join(&behind);
                    let rest: PathBuf = ahead.iter().collect();
                    let target = paths::clean(&around.join(target).join(rest));
                    let Some(below) = paths::below(&self.root, &target) else {
                        return Ok(Some(Node::Outside(target)));
                    };
                    ahead = parts(&below);
                    behind = PathBuf::new();
                    at = (self.objects.clone(), self.tree.clone());
                    continue;
                }
            }
            behind.push(name);
        }
        Ok(Some(Node::Dir(at.0, at.1)))
    }

    /// The objects of a submodule, from where it is checked out.
    fn submodule(&self, path: &Path, commit: &str) -> Result<Rc<Objects>, String> {
        let known = self.submodules.borrow().get(path).cloned();
        let objects = match known {
            Some(objects) => objects,
            None => {
                let dir = self.root.join(path);
                let absent = || {
                    let path = path.display();
                    format!(
                        "the submodule {path} is not checked out: git submodule update --init {path}"
                    )
                };
                if !dir.join(".git").exists() {
                    return Err(absent());
                }
                let objects = Rc::new(Objects::open(&dir).map_err(|_| absent())?);
                let mut known = self.submodules.borrow_mut();
                known.insert(path.to_path_buf(), objects.clone());
                objects
            }
        };
        match objects.tree(commit) {
            Ok(_) => Ok(objects),
            Err(_) => Err(format!(
                "the submodule {0} has no commit {commit}: git -C {0} fetch origin {commit}",
                path.display()
            )),
        }
    }
}

impl Files for Git {
    fn kind(&self, path: &Path) -> Result<Option<Kind>> {
        match self.find(path)? {
            Some(Node::Dir(..)) => Ok(Some(Kind::Dir)),
            Some(Node::File(..)) => Ok(Some(Kind::File)),
            Some(Node::Outside(path)) => Disk.kind(&path),
            None => Ok(None),
        }
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        match self.find(dir)? {
            Some(Node::Dir(objects, tree)) => {
                let tree = objects.tree(&tree);
                let tree = tree.map_err(|message| self.fail(dir, message))?;
                let mut names: Vec<String> = tree.iter().map(|entry| entry.name.clone()).collect();
                names.sort();
                Ok(names)
            }
            Some(Node::Outside(path)) => Disk.list(&path),
            _ => Err(self.fail(dir, "it is no directory then")),
        }
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>> {
        match self.find(file)? {
            Some(Node::File(objects, object)) => {
                let bytes = objects.blob(&object);
                bytes.map_err(|message| self.fail(file, message))
            }
            Some(Node::Outside(path)) => Disk.read(&path),
            _ => Err(self.fail(file, "it is no file then")),
        }
    }

    fn shown(&self, path: &Path) -> String {
        format!("{}:{}", self.revision, path.display())
    }
}

fn parts(path: &Path) -> VecDeque<String> {
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    parts.collect()
}

/// What git printed; the error is what it said, if it ran.
fn said(output: Result<std::process::Output, String>) -> Result<String, Option<String>> {
    let output = output.map_err(Some)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_string()),
        false => Err(Some(first_line(&output.stderr))),
    }
}
