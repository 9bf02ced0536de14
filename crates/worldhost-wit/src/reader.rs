//! Reads WIT as `bindgen!` does, from wherever the files are: `.wit` files, `deps` with
//! directories, files and encoded packages in it, and text without a file.

use crate::error::{Error, Result};
use crate::files::{Files, Kind};
use crate::parse::{everything, parse_error, push};
use crate::screen::decoded;
use crate::sources::Sources;
use std::cell::RefCell;
use std::path::Path;
use wasmparser::Parser;
use wit_parser::decoding::DecodedWasm;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup, WorldId};

pub(crate) struct Reader<'a> {
    files: &'a dyn Files,
    pub(crate) resolve: Resolve,
    /// The world of a component, when that is what was read.
    pub(crate) component: Option<WorldId>,
    /// Every text that was read, with the name that messages have for it.
    pub(crate) texts: RefCell<Vec<(String, String)>>,
}

/// What is in a file.
enum Read {
    Text(Box<UnresolvedPackageGroup>),
    Package(PackageId),
}

impl<'a> Reader<'a> {
    pub(crate) fn new(files: &'a dyn Files) -> Self {
        Reader {
            files,
            resolve: everything(),
            component: None,
            texts: RefCell::default(),
        }
    }

    fn push(&self, sources: &mut Sources, name: &str, text: String) {
        sources.push(name, text.clone());
        self.texts.borrow_mut().push((name.to_string(), text));
    }

    /// A directory with its `deps`, or a file.
    pub(crate) fn path(&mut self, path: &Path) -> Result<PackageId> {
        match self.files.kind(path)? {
            Some(Kind::Dir) => {
                let main = self.dir(path)?;
                let deps = self.deps(&path.join("deps"))?;
                push(&mut self.resolve, main, deps)
            }
            Some(Kind::File) => match self.file(path, true)? {
                Read::Text(group) => push(&mut self.resolve, *group, Vec::new()),
                Read::Package(package) => Ok(package),
            },
            None => Err(Error::NotFound { path: path.into() }),
        }
    }

    /// Text that is in no file of its own.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> Result<PackageId> {
        let mut sources = Sources::default();
        self.push(&mut sources, name, text.to_string());
        push(&mut self.resolve, sources.parse()?, Vec::new())
    }

    /// The `.wit` files of a directory, which are one package.
    fn dir(&self, dir: &Path) -> Result<UnresolvedPackageGroup> {
        let mut sources = Sources::default();
        for name in self.files.list(dir)? {
            let path = dir.join(&name);
            if name.ends_with(".wit") && self.files.kind(&path)? != Some(Kind::Dir) {
                let text = self.utf8(&path, self.files.read(&path)?)?;
                self.push(&mut sources, &self.files.shown(&path), text);
            }
        }
        sources.parse().map_err(|error| match error {
            // The parser names no file where there is none.
            Error::Parse { message, .. } if !message.contains("-->") => Error::NoWit {
                path: self.files.shown(dir).into(),
                message,
            },
            error => error,
        })
    }

    fn deps(&mut self, dir: &Path) -> Result<Vec<UnresolvedPackageGroup>> {
        let mut groups = Vec::new();
        if self.files.kind(dir)?.is_none() {
            return Ok(groups);
        }
        for name in self.files.list(dir)? {
            let path = dir.join(&name);
            if self.files.kind(&path)? == Some(Kind::Dir) {
                groups.push(self.dir(&path)?);
            } else if [".wit", ".wat", ".wasm"].iter().any(|e| name.ends_with(e))
                && let Read::Text(group) = self.file(&path, false)?
            {
                groups.push(*group);
            }
        }
        Ok(groups)
    }

    /// `main` is what was asked for, and may be a component.
    fn file(&mut self, path: &Path, main: bool) -> Result<Read> {
        let bytes = self.files.read(path)?;
        if let Some(bytes) = self.encoded(path, &bytes)? {
            return Ok(Read::Package(self.decode(path, &bytes, main)?));
        }
        let mut sources = Sources::default();
        let text = self.utf8(path, bytes)?;
        self.push(&mut sources, &self.files.shown(path), text);
        Ok(Read::Text(Box::new(sources.parse()?)))
    }

    /// The binary, if the file is no text of WIT.
    fn encoded(&self, path: &Path, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
        let is = |extension| path.extension().is_some_and(|found| found == extension);
        if bytes.starts_with(b"\0asm") || is("wasm") {
            return Ok(Some(bytes.to_vec()));
        }
        if !is("wat") {
            return Ok(None);
        }
        match wat::parse_bytes(bytes) {
            Ok(binary) => Ok(Some(binary.into_owned())),
            Err(error) => Err(self.no_wit(path, error.to_string())),
        }
    }

    fn decode(&mut self, path: &Path, bytes: &[u8], main: bool) -> Result<PackageId> {
        if bytes.starts_with(b"version https://git-lfs.") {
            let message = "it is a pointer of Git LFS; fetch the file: git lfs pull";
            return Err(self.no_wit(path, message));
        }
        if Parser::is_core_wasm(bytes) {
            let message = "it is a core module; only a component tells its imports and exports";
            return Err(self.no_wit(path, message));
        }
        match decoded(bytes) {
            Ok(DecodedWasm::WitPackage(resolve, package)) => {
                let merged = self.resolve.merge(resolve);
                let map =
                    merged.map_err(|error| parse_error(&self.resolve.source_map, error.chain()))?;
                Ok(map.packages[package.index()])
            }
            Ok(DecodedWasm::Component(..)) if !main => {
                let message = "it is a component, and no encoded WIT package";
                Err(self.no_wit(path, message))
            }
            Ok(DecodedWasm::Component(resolve, world)) => {
                let Some(package) = resolve.worlds[world].package else {
                    return Err(self.no_wit(path, "its world is in no package"));
                };
                self.resolve = resolve;
                self.component = Some(world);
                Ok(package)
            }
            Err(words) => Err(self.no_wit(path, words)),
        }
    }

    fn utf8(&self, path: &Path, bytes: Vec<u8>) -> Result<String> {
        String::from_utf8(bytes).map_err(|_| self.no_wit(path, "it is not text in UTF-8"))
    }

    fn no_wit(&self, path: &Path, message: impl Into<String>) -> Error {
        Error::NoWit {
            path: self.files.shown(path).into(),
            message: message.into(),
        }
    }
}
