//! Where components are kept that were taken from registries: a file for each, under its digest,
//! and what each source was when it was taken.

use crate::address::Address;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use worldhost::{LoadLimits, Pin, Source, compile::write_whole, private_dir};

/// A directory of this user's alone. That a file in it is what its name says is for who loads it
/// to check, by [`Source::expect`].
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
}

impl Store {
    /// Opens the store in `dir`, and makes the directory if there is none.
    ///
    /// # Errors
    ///
    /// As for [`private_dir`].
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self> {
        let store = Store { dir: dir.into() };
        private_dir(&store.dir)?;
        private_dir(&store.dir.join("names"))?;
        Ok(store)
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file of this digest, if there is one.
    pub fn find(&self, pin: &Pin) -> Option<PathBuf> {
        Some(self.path(pin)).filter(|path| path.is_file())
    }

    /// The same, if it is what its name says.
    pub(crate) fn sound(&self, pin: &Pin, limits: &LoadLimits) -> Option<PathBuf> {
        let path = self.find(pin)?;
        let source = Source::open(&path).ok()?;
        source.expect(pin, limits).ok().map(|()| path)
    }

    pub(crate) fn keep(&self, pin: &Pin, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path(pin);
        write_whole(&path, bytes).map_err(|error| Error::file(&path, error))?;
        Ok(path)
    }

    /// What a source was when it was taken last.
    pub fn noted(&self, address: &Address) -> Option<Pin> {
        let text = std::fs::read_to_string(self.note_path(address)).ok()?;
        let (pin, of) = text.trim_end().split_once(' ')?;
        pin.parse().ok().filter(|_| of == address.to_string())
    }

    pub(crate) fn note(&self, address: &Address, pin: &Pin) -> Result<()> {
        let path = self.note_path(address);
        let text = format!("{pin} {address}\n");
        write_whole(&path, text.as_bytes()).map_err(|error| Error::file(&path, error))
    }

    fn path(&self, pin: &Pin) -> PathBuf {
        self.dir.join(hex(pin)).with_extension("wasm")
    }

    fn note_path(&self, address: &Address) -> PathBuf {
        let pin = Pin::of(address.to_string().as_bytes());
        self.dir.join("names").join(hex(&pin))
    }
}

fn hex(pin: &Pin) -> String {
    pin.to_string().replace("sha256:", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_found_and_what_was_tampered_with_is_not_sound() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("components")).unwrap();
        let limits = LoadLimits::default();
        let address = Address::of("acme:tool@1.0.0").unwrap().unwrap();
        let other = Address::of("acme:tool@1.0.1").unwrap().unwrap();
        let pin = Pin::of(b"\0asm");
        assert_eq!((store.find(&pin), store.noted(&address)), (None, None));
        let path = store.keep(&pin, b"\0asm").unwrap();
        store.note(&address, &pin).unwrap();
        assert_eq!(store.find(&pin), Some(path.clone()));
        assert_eq!(store.sound(&pin, &limits), Some(path.clone()));
        assert_eq!(store.noted(&address), Some(pin));
        assert_eq!(store.noted(&other), None);
        std::fs::write(&path, b"\0bsm").unwrap();
        assert_eq!(store.sound(&pin, &limits), None);
        // It is put right when it is pulled again.
        store.keep(&pin, b"\0asm").unwrap();
        assert_eq!(store.sound(&pin, &limits), Some(path));
    }

    #[cfg(unix)]
    #[test]
    fn a_store_that_others_can_write_to_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |mode| std::fs::Permissions::from_mode(mode);
        let path = dir.path().join("components");
        Store::open(&path).unwrap();
        let made = path.metadata().unwrap().permissions().mode();
        assert_eq!(made & 0o777, 0o700);
        std::fs::set_permissions(&path, mode(0o777)).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(
            error,
            Error::Host(worldhost::Error::Distrusted { .. })
        ));
    }
}
