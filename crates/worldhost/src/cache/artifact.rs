//! One file of compiled code: Wasmtime's ELF image, and behind it a trailer that
//! tells whether the file is whole and what it is of.
//!
//! The image comes first, so that it can be mapped from the file's beginning.

use super::digest::Digest;
use super::nameless::Nameless;
use super::trust;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What the trailer begins with; its last digit is the version of this format.
const MAGIC: &[u8; 8] = b"WHCODE\x00\x01";

/// Magic, length of the image, key, digest of the image, and a digest of all four.
const TRAILER: usize = 8 + 8 + 32 + 32 + 32;

/// Why a file is not used, in words that follow its name.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// There is none.
    Missing,
    /// Someone else could have written it.
    Distrusted(String),
    /// It is not what was written under this key.
    Damaged(&'static str),
    /// It could not be read.
    Unreadable(io::Error),
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Unfit::Missing,
            _ => Unfit::Unreadable(error),
        }
    }
}

/// What a file says of itself.
struct Trailer {
    image: u64,
    key: Digest,
    digest: Digest,
}

/// Opens the file if it is this user's alone, whole, and of this key. One `fstat`
/// and one read: that every byte is as it was written, [`verify`] alone tells.
pub(super) fn open(path: &Path, key: &Digest) -> Result<File, Unfit> {
    let file = trust::open(path)?;
    if let Some(why) = trust::distrust(&file.metadata()?) {
        return Err(Unfit::Distrusted(why));
    }
    if trailer(&file)?.key != *key {
        return Err(Unfit::Damaged("is of another component or configuration"));
    }
    Ok(file)
}

/// As [`open`], for a file whose key is its name, and every byte is looked at.
pub(super) fn verify(path: &Path) -> Result<(), Unfit> {
    let named = path.file_stem().and_then(|name| name.to_str());
    let Some(key) = named.and_then(Digest::parse) else {
        return Err(Unfit::Damaged("has a name that the cache does not give"));
    };
    let file = open(path, &key)?;
    let image = read(&file)?;
    drop(image);
    Ok(())
}

/// The image, compared with its digest.
pub(crate) fn read(mut file: &File) -> Result<Vec<u8>, Unfit> {
    let trailer = trailer(file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut image = Vec::new();
    file.take(trailer.image).read_to_end(&mut image)?;
    if image.len() as u64 != trailer.image || Digest::of(&image) != trailer.digest {
        return Err(Unfit::Damaged("has other bytes than were written"));
    }
    Ok(image)
}

/// Whether the file ends with a trailer, and is as long as that says.
pub(crate) fn is_whole(file: &File) -> Result<(), Unfit> {
    trailer(file).map(drop)
}

fn trailer(mut file: &File) -> Result<Trailer, Unfit> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Unfit::Damaged("is not a file"));
    }
    let Some(image) = metadata.len().checked_sub(TRAILER as u64) else {
        return Err(Unfit::Damaged("is cut off"));
    };
    let mut bytes = [0; TRAILER];
    file.seek(SeekFrom::Start(image))?;
    file.read_exact(&mut bytes)?;
    let (fields, check) = bytes.split_at(TRAILER - 32);
    if &fields[..8] != MAGIC {
        return Err(Unfit::Damaged(
            "is cut off, or was not written by this host",
        ));
    }
    if Digest::of(fields).0 != check || fields[8..16] != image.to_le_bytes() {
        return Err(Unfit::Damaged("is cut off or overwritten"));
    }
    let digest = |at: usize| Digest(std::array::from_fn(|n| fields[at + n]));
    Ok(Trailer {
        image,
        key: digest(16),
        digest: digest(48),
    })
}

/// Writes image and trailer to a file in `dir` that has no lasting name yet, and
/// that nobody else can read.
pub(super) fn write(dir: &Path, key: &Digest, image: &[u8]) -> io::Result<Nameless> {
    let file = Nameless::in_dir(dir)?;
    append(&mut file.file(), key, image)?;
    Ok(file)
}

/// Image and trailer, where the file is.
pub(crate) fn append(file: &mut impl Write, key: &Digest, image: &[u8]) -> io::Result<()> {
    let mut trailer = Vec::with_capacity(TRAILER);
    trailer.extend_from_slice(MAGIC);
    trailer.extend_from_slice(&(image.len() as u64).to_le_bytes());
    trailer.extend_from_slice(&key.0);
    trailer.extend_from_slice(&Digest::of(image).0);
    trailer.extend_from_slice(&Digest::of(&trailer).0);
    file.write_all(image)?;
    file.write_all(&trailer)
}

/// Gives the file its name, after it is on the disk and reads as it was written:
/// whoever finds the name, finds all of it, after a power cut too.
pub(super) fn publish(file: Nameless, path: &Path) -> io::Result<()> {
    file.file().sync_all()?;
    if read(file.file()).is_err() {
        return Err(io::Error::other("it reads back other than it was written"));
    }
    file.name(path)?;
    match path.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}
