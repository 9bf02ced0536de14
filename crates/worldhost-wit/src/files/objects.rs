//! Git's own objects, asked for one after the other from one process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::rc::Rc;

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: EntryKind,
    pub(super) object: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Dir,
    Link,
    /// A commit of another repository, in this one as a submodule.
    Submodule,
}

/// The objects of one repository.
pub(super) struct Objects {
    process: RefCell<Process>,
    trees: RefCell<HashMap<String, Rc<Vec<Entry>>>>,
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Objects {
    /// The objects of the repository around a directory.
    pub(super) fn open(dir: &Path) -> Result<Objects, String> {
        let mut child = command(dir)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("git cat-file has no pipes".into());
        };
        let process = Process {
            child,
            stdin,
            stdout: BufReader::new(stdout),
        };
        Ok(Objects {
            process: RefCell::new(process),
            trees: RefCell::default(),
        })
    }

    /// The entries of a tree, or of a commit's.
    pub(super) fn tree(&self, object: &str) -> Result<Rc<Vec<Entry>>, String> {
        if let Some(known) = self.trees.borrow().get(object) {
            return Ok(known.clone());
        }
        let (id, bytes) = self.ask(&format!("{object}^{{tree}}"))?;
        let entries = entries(&bytes, id.len() / 2).ok_or("git gave a tree of an unknown form")?;
        let entries = Rc::new(entries);
        let mut trees = self.trees.borrow_mut();
        trees.insert(object.to_string(), entries.clone());
        Ok(entries)
    }

    /// A file's bytes, or where a link leads.
    pub(super) fn blob(&self, object: &str) -> Result<Vec<u8>, String> {
        Ok(self.ask(object)?.1)
    }

    /// `<object> <kind> <size>\n<bytes>\n`
    fn ask(&self, object: &str) -> Result<(String, Vec<u8>), String> {
        let mut process = self.process.borrow_mut();
        let words = |error: std::io::Error| format!("git cat-file: {error}");
        writeln!(process.stdin, "{object}").map_err(words)?;
        process.stdin.flush().map_err(words)?;
        let mut head = String::new();
        process.stdout.read_line(&mut head).map_err(words)?;
        let mut parts = head.trim_end().split(' ');
        let (id, _, size) = (parts.next(), parts.next(), parts.next());
        let size = size.and_then(|size| size.parse::<usize>().ok());
        let (Some(id), Some(size)) = (id, size) else {
            return Err(format!("object {object} is not in the repository"));
        };
        let mut bytes = vec![0; size + 1];
        process.stdout.read_exact(&mut bytes).map_err(words)?;
        bytes.pop();
        Ok((id.to_string(), bytes))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The entries whose names are text.
fn entries(mut bytes: &[u8], id: usize) -> Option<Vec<Entry>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        let (head, object) = (&bytes[..end], bytes.get(end + 1..end + 1 + id)?);
        bytes = &bytes[end + 1 + id..];
        let space = head.iter().position(|byte| *byte == b' ')?;
        let kind = match &head[..space] {
            b"40000" => EntryKind::Dir,
            b"120000" => EntryKind::Link,
            b"160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let object: Vec<String> = object.iter().map(|byte| format!("{byte:02x}")).collect();
        if let Ok(name) = std::str::from_utf8(&head[space + 1..]) {
            found.push(Entry {
                name: name.into(),
                kind,
                object: object.concat(),
            });
        }
    }
    Some(found)
}

/// Runs git to its end.
pub(super) fn git(dir: &Path, args: &[&str]) -> Result<Output, String> {
    let output = command(dir).args(args).output();
    output.map_err(|error| not_started(&error))
}

fn not_started(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "git is not installed".to_string(),
        _ => error.to_string(),
    }
}

/// Git in a directory, and of the repository that is there: not of the one that a hook
/// runs for.
fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

pub(super) fn first_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("fatal: ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_taken_apart() {
        let mut bytes = b"100644 a.wit\0".to_vec();
        bytes.extend([0xab; 20]);
        bytes.extend(b"40000 deps\0");
        bytes.extend([1; 20]);
        bytes.extend(b"120000 l\xff\0");
        bytes.extend([2; 20]);
        bytes.extend(b"160000 sub\0");
        bytes.extend([3; 20]);
        let found = entries(&bytes, 20).unwrap();
        let names: Vec<_> = found.iter().map(|e| (e.name.as_str(), e.kind)).collect();
        assert_eq!(
            names,
            [
                ("a.wit", EntryKind::File),
                ("deps", EntryKind::Dir),
                ("sub", EntryKind::Submodule)
            ]
        );
        assert_eq!(found[0].object, "ab".repeat(20));
        assert_eq!(entries(&bytes[..40], 20), None);
    }
}
