//! Which digest each source is to have, as a file that is kept beside what runs them.

use crate::address::Address;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use worldhost::{Pin, compile::write_whole};

/// A lock, as it is and as it is to be written.
#[derive(Clone, Debug)]
pub struct Lock {
    path: PathBuf,
    pins: BTreeMap<String, Pin>,
    changed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    component: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    source: String,
    digest: String,
}

const VERSION: u32 = 1;

/// More sources than anybody has.
const MOST: u64 = 1 << 20;

impl Lock {
    /// What it is called beside a manifest.
    pub const NAME: &str = "worldhost.lock";

    /// Reads the file; where there is none, nothing is pinned.
    ///
    /// # Errors
    ///
    /// [`Error::Lock`] when it is no lock, and [`Error::File`].
    pub fn read(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let text = match text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => format!("version = {VERSION}"),
            Err(error) => return Err(Error::file(path, error)),
        };
        let pins = pins(&text).map_err(|why| Error::Lock {
            path: path.clone(),
            why,
        })?;
        Ok(Lock {
            path,
            pins,
            changed: false,
        })
    }

    /// What is pinned.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.pins.keys().map(String::as_str)
    }

    /// What a source is pinned to.
    pub fn get(&self, address: &Address) -> Option<Pin> {
        self.pins.get(&address.to_string()).copied()
    }

    /// Pins a source.
    pub fn set(&mut self, address: &Address, pin: Pin) {
        let before = self.pins.insert(address.to_string(), pin);
        self.changed |= before != Some(pin);
    }

    /// Writes it, if something was changed.
    ///
    /// # Errors
    ///
    /// [`Error::File`].
    pub fn write(&mut self) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        let written = write_whole(&self.path, self.text().as_bytes());
        written.map_err(|error| Error::file(&self.path, error))?;
        self.changed = false;
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = format!(
            "# What each source is, as `worldhost up` runs it. What it is now is taken by\n\
             # `worldhost pull --update --lock {}`.\nversion = {VERSION}\n",
            Self::NAME
        );
        for (source, pin) in &self.pins {
            // No address has a character that TOML would escape.
            text += &format!("\n[[component]]\nsource = \"{source}\"\ndigest = \"{pin}\"\n");
        }
        text
    }
}

fn text(path: &Path) -> std::io::Result<String> {
    let file = worldhost::open_regular(path)?;
    match file.metadata()?.len() {
        0..=MOST => std::io::read_to_string(file),
        _ => Err(std::io::Error::other("it is too large for a lock")),
    }
}

/// What the text pins, or what is wrong with it and where.
fn pins(text: &str) -> Result<BTreeMap<String, Pin>, String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })?;
    if file.version != VERSION {
        return Err(format!(
            "it is of version {}, and {VERSION} is known",
            file.version
        ));
    }
    let pins = file
        .component
        .into_iter()
        .map(|Component { source, digest }| {
            let address = Address::of(&source).map_err(|error| error.to_string())?;
            let address =
                address.ok_or_else(|| format!("`{source}` names nothing in a registry"))?;
            let pin = digest.parse::<Pin>();
            let pin = pin.map_err(|why| format!("the digest of {source} {why}"))?;
            Ok((address.to_string(), pin))
        });
    pins.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::of(text).unwrap().unwrap()
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(Lock::NAME);
        let mut lock = Lock::read(&path).unwrap();
        lock.write().unwrap();
        assert!(!path.exists(), "nothing was pinned");
        let (one, two) = (Pin::of(b"one"), Pin::of(b"two"));
        lock.set(&address("oci://h.io/tool:1"), one);
        lock.set(&address("acme:tool@1.0.0"), two);
        lock.write().unwrap();
        let mut again = Lock::read(&path).unwrap();
        assert_eq!(again.get(&address("oci://h.io/tool:1")), Some(one));
        assert_eq!(again.get(&address("acme:tool@1.0.0")), Some(two));
        assert_eq!(again.get(&address("acme:tool@1.0.1")), None);
        let sources: Vec<_> = again.sources().collect();
        assert_eq!(sources, ["acme:tool@1.0.0", "oci://h.io/tool:1"]);
        // What is the same is not written.
        std::fs::remove_file(&path).unwrap();
        again.set(&address("acme:tool@1.0.0"), two);
        again.write().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn what_is_wrong_with_a_lock_is_told() {
        let of = |body: &str| pins(&format!("version = 1\n{body}")).unwrap_err();
        assert!(pins("version = 2").unwrap_err().contains("of version 2"));
        assert!(
            of("x = 1").starts_with("line 2: unknown field `x`"),
            "{}",
            of("x = 1")
        );
        assert!(of("[[component]]\nsource = \"x\"").contains("missing field `digest`"));
        let of = |source: &str, digest: &str| {
            of(&format!(
                "[[component]]\nsource = \"{source}\"\ndigest = \"{digest}\""
            ))
        };
        assert!(of("a.wasm", "").contains("`a.wasm` names nothing"));
        assert!(of("a:b@1.0.0", "sha256:1").contains("the digest of a:b@1.0.0 is no digest"));
        assert!(of("oci://x", "").contains("it has no host"));
    }
}
