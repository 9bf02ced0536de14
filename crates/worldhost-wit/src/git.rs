//! A directory's WIT files at a git revision, read from git's own objects: the
//! working tree is not touched.

use crate::error::{Error, Result};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The `.wit` files below `dir` at `revision`: paths within it, and their text.
///
/// # Errors
///
/// [`Error::Git`].
pub(crate) fn files(revision: &str, dir: &Path) -> Result<Vec<(String, String)>> {
    let fail = |message: String| Error::Git {
        revision: revision.to_string(),
        path: dir.to_path_buf(),
        message,
    };
    // A revision that begins with a dash would be an option.
    let commit = git(
        dir,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &format!("{revision}^{{tree}}"),
        ],
    )
    .map_err(fail)?;
    if !commit.status.success() {
        let said = first_line(&commit.stderr);
        return Err(fail(match said.as_str() {
            "" => "there is no such revision".to_string(),
            said => said.to_string(),
        }));
    }
    let tree = git(dir, &["ls-tree", "-r", "-z", "--end-of-options", revision]).map_err(fail)?;
    if !tree.status.success() {
        return Err(fail(first_line(&tree.stderr)));
    }

    let mut paths = Vec::new();
    let mut objects = String::new();
    for entry in tree.stdout.split(|byte| *byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        let Some((head, path)) = entry.split_once('\t') else {
            continue;
        };
        let mut words = head.split(' ');
        let (Some("100644" | "100755"), Some("blob"), Some(object)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if path.ends_with(".wit") {
            paths.push(path.to_string());
            objects.push_str(object);
            objects.push('\n');
        }
    }
    if !paths.iter().any(|path| !path.contains('/')) {
        return Err(fail("there are no .wit files in it then".to_string()));
    }
    let texts = contents(dir, objects).map_err(fail)?;
    Ok(paths.into_iter().zip(texts).collect())
}

/// The blobs of the objects named one a line.
fn contents(dir: &Path, objects: String) -> Result<Vec<String>, String> {
    let mut child = command(dir)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    // From a thread: git answers before it has read every name.
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || {
        stdin.map(|mut stdin| stdin.write_all(objects.as_bytes()));
    });
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout
            .read_to_end(&mut output)
            .map_err(|error| error.to_string())?;
    }
    let _ = writer.join();
    let _ = child.wait();
    split_batch(&output).ok_or_else(|| "git cat-file answered in an unknown form".to_string())
}

/// `<object> blob <size>\n<bytes>\n`, as often as there are objects.
fn split_batch(mut output: &[u8]) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    while !output.is_empty() {
        let end = output.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&output[..end]).ok()?;
        let size: usize = head.rsplit(' ').next()?.parse().ok()?;
        let text = output.get(end + 1..end + 1 + size)?;
        texts.push(String::from_utf8_lossy(text).into_owned());
        output = output.get(end + 2 + size..)?;
    }
    Some(texts)
}

fn git(dir: &Path, args: &[&str]) -> Result<Output, String> {
    command(dir)
        .args(args)
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "git is not installed".to_string(),
            _ => error.to_string(),
        })
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir);
    command
}

fn first_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("fatal: ").to_string()
}

#[cfg(test)]
mod tests {
    use super::split_batch;

    #[test]
    fn a_batch_is_split_by_size_and_not_by_line() {
        let output = b"a1 blob 4\nx\ny\n\nb2 blob 0\n\n";
        assert_eq!(
            split_batch(output),
            Some(vec!["x\ny\n".into(), String::new()])
        );
        assert_eq!(split_batch(b"a1 missing\n"), None);
    }
}
