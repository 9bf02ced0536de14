//! The directories that are granted, opened once: a store has them and opens none.

use super::reach::Reach;
use crate::error::{Error, Result};
use std::fmt;
use std::path::{Path, PathBuf};
use wasmtime_wasi::filesystem::WasiFilesystemCtx;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

/// What a guest may do in a preopened directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// List and read.
    ReadOnly,
    /// Also create, write, rename and delete.
    ReadWrite,
}

/// Directories, open, with what may be done in them. Clones have the same ones.
#[derive(Clone, Default)]
pub(crate) struct Dirs {
    all: Vec<Dir>,
    opened: WasiFilesystemCtx,
}

#[derive(Clone, Debug)]
struct Dir {
    host: PathBuf,
    guest: String,
    access: Access,
    /// What a guest can write to through it.
    reach: Option<Reach>,
}

impl Dirs {
    pub(super) fn add(&mut self, host: PathBuf, guest: String, access: Access) -> Result<()> {
        // Now, and not after a minute of compiling.
        let reach = std::fs::read_dir(&host).and_then(|_| match access {
            Access::ReadOnly => Ok(None),
            Access::ReadWrite => Reach::of(&host).map(Some),
        });
        let reach = match reach {
            Ok(reach) => reach,
            Err(source) => return Err(Error::Preopen { path: host, source }),
        };
        self.all.push(Dir {
            host,
            guest,
            access,
            reach,
        });
        let mut wasi = WasiCtxBuilder::new();
        self.open_into(&mut wasi)?;
        self.opened = wasi.build().filesystem().clone();
        Ok(())
    }

    /// As a store has them.
    pub(crate) fn opened(&self) -> WasiFilesystemCtx {
        self.opened.clone()
    }

    /// Opens them anew, beside what else is in there.
    pub(crate) fn open_into(&self, wasi: &mut WasiCtxBuilder) -> Result<()> {
        for dir in &self.all {
            let perms = match dir.access {
                Access::ReadOnly => FsPerms::ReadOnly,
                Access::ReadWrite => FsPerms::ReadWrite,
            };
            wasi.preopened_dir(&dir.host, &dir.guest, perms)
                .map_err(|error| Error::Preopen {
                    path: dir.host.clone(),
                    source: std::io::Error::other(error.root_cause().to_string()),
                })?;
        }
        Ok(())
    }

    /// Those to write to.
    pub(super) fn writable(&self) -> impl Iterator<Item = (&Path, &Reach)> {
        let dirs = self.all.iter();
        dirs.filter_map(|dir| Some((dir.host.as_path(), dir.reach.as_ref()?)))
    }
}

impl fmt::Debug for Dirs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}
