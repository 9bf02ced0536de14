//! Where a component comes from.

use super::adapter::Adapter;
use super::bounded;
use super::measure::measure;
use super::pin::Pin;
use super::regular::open_regular;
use crate::cache::memo::Identity;
use crate::error::{Error, Result};
use crate::policy::load_limits::{LoadLimit, LoadLimits};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use wasmparser::Parser;

/// A component's file or bytes.
///
/// The file is opened once and read once at most, so that what is said of it is of the
/// same bytes as what is run, and it may be a pipe. Cheap to clone.
#[derive(Clone)]
pub struct Source {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    file: Option<Opened>,
    bytes: OnceLock<Vec<u8>>,
    adapter: Option<Adapter>,
    component: OnceLock<Option<Vec<u8>>>,
    /// That it was within limits.
    measured: OnceLock<LoadLimits>,
}

struct Opened {
    file: File,
    path: PathBuf,
    identity: Option<Identity>,
}

impl Source {
    /// Opens the file: who may not read it may not run it, in the cache or not.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] and [`Error::Read`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::opened(path, open(path)?, None)
    }

    /// Opens a file that holds a component, or what `adapter` makes one of.
    ///
    /// # Errors
    ///
    /// As for [`Source::open`].
    pub fn open_adapted(path: impl AsRef<Path>, adapter: Adapter) -> Result<Self> {
        let path = path.as_ref();
        Self::opened(path, open(path)?, Some(adapter))
    }

    /// The same of a [regular file](crate::open_regular) alone, so that nobody is waited for.
    /// The adapter may be `None`.
    ///
    /// # Errors
    ///
    /// As for [`Source::open`].
    pub fn open_regular(
        path: impl AsRef<Path>,
        adapter: impl Into<Option<Adapter>>,
    ) -> Result<Self> {
        let path = path.as_ref();
        Self::opened(path, regular(path)?, adapter.into())
    }

    fn opened(path: &Path, file: File, adapter: Option<Adapter>) -> Result<Self> {
        let metadata = file.metadata().ok();
        let id = adapter.map(|adapter| adapter.id);
        let opened = Opened {
            file,
            path: path.into(),
            identity: metadata.and_then(|found| Identity::of(&found, id)),
        };
        let name = path.display().to_string();
        Ok(Self::new(name, Some(opened), OnceLock::new(), adapter))
    }

    /// What it is called in errors, where its path would tell nobody anything. To be said before
    /// it is cloned.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.name = name.into();
        }
        self
    }

    /// Bytes that are in memory, and what to call them in errors.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name.into(), None, OnceLock::from(bytes.into()), None)
    }

    fn new(
        name: String,
        file: Option<Opened>,
        bytes: OnceLock<Vec<u8>>,
        adapter: Option<Adapter>,
    ) -> Self {
        let component = OnceLock::new();
        Source {
            inner: Arc::new(Inner {
                name,
                file,
                bytes,
                adapter,
                component,
                measured: OnceLock::new(),
            }),
        }
    }

    /// The path as it was given, or what it is called.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The path, of a file.
    pub fn path(&self) -> Option<&Path> {
        self.inner.file.as_ref().map(|opened| opened.path.as_path())
    }

    /// The component: the file as it is, or what the adapter made of it. Read when it is
    /// first asked for, and within [`LoadLimits::default`] if it is.
    ///
    /// # Errors
    ///
    /// As for [`Source::bytes_within`].
    pub fn bytes(&self) -> Result<&[u8]> {
        match self.inner.measured.get() {
            Some(_) => self.adapted_or_read(&LoadLimits::default()),
            None => self.bytes_within(&LoadLimits::default()),
        }
    }

    /// The component, which is [measured](crate::measure) against these limits, as is what
    /// it is made of. No more of a file is read than [`LoadLimits::size`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`], also when the path is a directory; [`Error::Exceeds`]; and those of
    /// the adapter.
    pub fn bytes_within(&self, limits: &LoadLimits) -> Result<&[u8]> {
        let bytes = self.adapted_or_read(limits)?;
        // Whoever asks again mostly asks with the same limits.
        if self.inner.measured.get() != Some(limits) {
            measure(self.name(), bytes, limits)?;
            let _ = self.inner.measured.set(limits.clone());
        }
        Ok(bytes)
    }

    /// That the file, or what is in memory, is as it was when it was pinned. What is read
    /// for it is what is loaded.
    ///
    /// # Errors
    ///
    /// [`Error::Pinned`] if it is not, and those of reading: no more is read than
    /// [`LoadLimits::size`].
    pub fn expect(&self, pin: &Pin, limits: &LoadLimits) -> Result<()> {
        let found = self.pin(limits)?;
        match found == *pin {
            true => Ok(()),
            false => Err(Error::Pinned {
                name: self.name().to_string(),
                pin: *pin,
                found,
            }),
        }
    }

    /// Which bytes these are.
    ///
    /// # Errors
    ///
    /// Those of reading, as for [`Source::expect`].
    pub fn pin(&self, limits: &LoadLimits) -> Result<Pin> {
        Ok(Pin::of(self.read(limits)?))
    }

    fn adapted_or_read(&self, limits: &LoadLimits) -> Result<&[u8]> {
        Ok(self.adapted(limits)?.unwrap_or(self.read(limits)?))
    }

    /// Whether the file is no component, and the adapter made one of it.
    ///
    /// # Errors
    ///
    /// As for [`Source::bytes`].
    pub fn is_adapted(&self) -> Result<bool> {
        Ok(self.adapted(&LoadLimits::default())?.is_some())
    }

    /// What the adapter made of the bytes.
    fn adapted(&self, limits: &LoadLimits) -> Result<Option<&[u8]>> {
        let Inner {
            adapter: Some(adapter),
            component,
            name,
            ..
        } = &*self.inner
        else {
            return Ok(None);
        };
        let component = match component.get() {
            Some(component) => component,
            None => {
                let bytes = self.read(limits)?;
                // The type of its world is in a core module, too.
                if Parser::is_core_wasm(bytes) {
                    measure(name, bytes, limits)?;
                }
                let made = (adapter.adapt)(name, bytes)?;
                component.get_or_init(|| made)
            }
        };
        Ok(component.as_deref())
    }

    fn read(&self, limits: &LoadLimits) -> Result<&[u8]> {
        let Inner { file, bytes, .. } = &*self.inner;
        if let Some(bytes) = bytes.get() {
            return Ok(bytes);
        }
        let Some(opened) = file else {
            return Ok(&[]);
        };
        let read = bounded::read(&opened.file, limits.size).map_err(|source| Error::Read {
            path: opened.path.clone(),
            source,
        })?;
        match read {
            Some(read) => Ok(bytes.get_or_init(|| read)),
            None => Err(Error::Exceeds {
                name: self.name().to_string(),
                limit: limits.hit(LoadLimit::Size),
            }),
        }
    }

    /// The file and the state that it was opened in, if that can be told.
    pub(crate) fn identity(&self) -> Option<(&File, &Identity)> {
        let opened = self.inner.file.as_ref()?;
        Some((&opened.file, opened.identity.as_ref()?))
    }
}

/// Opens the file, telling a missing one from other failures.
pub(crate) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|source| failed(path, source))
}

/// The same of a regular file alone.
pub(crate) fn regular(path: &Path) -> Result<File> {
    open_regular(path).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    let path = path.into();
    match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path },
        _ => Error::Read { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!(source.bytes().unwrap(), b"one");
        std::fs::write(&path, "two").unwrap();
        assert_eq!(source.clone().bytes().unwrap(), b"one");
        let limits = LoadLimits::default();
        assert!(source.expect(&Pin::of(b"one"), &limits).is_ok());
        let error = source.expect(&Pin::of(b"two"), &limits).unwrap_err();
        let Error::Pinned { pin, found, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((pin, found), (Pin::of(b"two"), Pin::of(b"one")));
    }
}
