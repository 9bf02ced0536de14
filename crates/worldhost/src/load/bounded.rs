//! Reading a file of which nobody knows how long it is.

use std::fs::File;
use std::io::{self, Read, Seek};

/// All of an open file, from where it is; none if it has more than `most` bytes. What does
/// not begin as a file that is loaded does is read in part: enough to say what it is.
///
/// # Errors
///
/// Those of the system, also when the file is a directory.
pub(super) fn read(file: &File, most: u64) -> io::Result<Option<Vec<u8>>> {
    let len = remaining(file)?;
    if len > most {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(len.min(most) as usize);
    let mut beginning = file.take(BEGINNING);
    beginning.read_to_end(&mut bytes)?;
    if !MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        return Ok(Some(bytes));
    }
    let rest = most.saturating_add(1).saturating_sub(bytes.len() as u64);
    file.take(rest).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// As far as that is known: a pipe has none.
fn remaining(mut file: &File) -> io::Result<u64> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(0);
    }
    let at = file.stream_position()?;
    Ok(metadata.len().saturating_sub(at))
}

/// What WebAssembly begins with, and what is compiled.
const MAGIC: [&[u8]; 2] = [b"\0asm", b"\x7fELF"];

/// Of a text, so many bytes tell what kind it is.
const BEGINNING: u64 = 1 << 16;
