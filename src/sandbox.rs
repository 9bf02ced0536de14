//! What a component may touch of the machine it runs on.

use crate::limits::{Limiter, Limits};
use crate::network::{HttpGate, NetGrant, Network};
use crate::reach::{Place, Reach};
use crate::stdio::{Input, Output, Sink, Tail};
use crate::{Error, Result, State};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder};
use wasmtime_wasi_http::WasiHttpCtx;

/// The grants of one or many stores: arguments, environment, directories, stdio
/// and network. An empty sandbox grants nothing but clocks and random numbers.
///
/// ```
/// use worldhost::{Access, Sandbox};
///
/// # fn main() -> worldhost::Result<()> {
/// let sandbox = Sandbox::new()
///     .args(["plugin", "--fast"])
///     .env("LANG", "C")
///     .dir(".", "/work", Access::ReadOnly)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    args: Vec<String>,
    env: Vec<(String, String)>,
    dirs: Vec<Dir>,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    network: Arc<Network>,
}

#[derive(Clone, Debug)]
struct Dir {
    host: PathBuf,
    guest: String,
    access: Access,
    /// What a guest can write to through it.
    reach: Option<Reach>,
}

/// What a guest may do in a preopened directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// List and read.
    ReadOnly,
    /// Also create, write, rename and delete.
    ReadWrite,
}

impl Sandbox {
    /// A sandbox that grants nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends arguments. The first of all is, by custom, the program's name.
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets one environment variable; the last value given for a name holds.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.env.retain(|(other, _)| *other != name);
        self.env.push((name, value.into()));
        self
    }

    /// Preopens the directory `host` under the name `guest`.
    ///
    /// One to write to must not lead to compiled code that is run: see
    /// [`Component::store`](crate::Component::store).
    ///
    /// # Errors
    ///
    /// [`Error::Preopen`] when `host` is not there or is not a directory.
    pub fn dir(
        mut self,
        host: impl Into<PathBuf>,
        guest: impl Into<String>,
        access: Access,
    ) -> Result<Self> {
        let host = host.into();
        // Now, and not after a minute of compiling.
        let reach = std::fs::read_dir(&host).and_then(|_| match access {
            Access::ReadOnly => Ok(None),
            Access::ReadWrite => Reach::of(&host).map(Some),
        });
        let reach = match reach {
            Ok(reach) => reach,
            Err(source) => return Err(Error::Preopen { path: host, source }),
        };
        self.dirs.push(Dir {
            host,
            guest: guest.into(),
            access,
            reach,
        });
        Ok(self)
    }

    /// Where stdin comes from.
    pub fn stdin(mut self, input: Input) -> Self {
        self.stdin = input;
        self
    }

    /// Where stdout goes.
    pub fn stdout(mut self, output: Output) -> Self {
        self.stdout = output;
        self
    }

    /// Where stderr goes. Its end is kept for [`Trap::stderr`](crate::Trap)
    /// wherever it goes.
    pub fn stderr(mut self, output: Output) -> Self {
        self.stderr = output;
        self
    }

    /// Stdin, stdout and stderr of this process.
    pub fn inherit_stdio(self) -> Self {
        self.stdin(Input::Inherit)
            .stdout(Output::Stdout)
            .stderr(Output::Stderr)
    }

    /// Allows outgoing connections and requests to what `grant` names.
    pub fn allow_net(mut self, grant: NetGrant) -> Self {
        Arc::make_mut(&mut self.network).allow(grant);
        self
    }

    /// Allows the whole network, listening included.
    pub fn inherit_network(mut self) -> Self {
        self.network = Arc::new(Network::all());
        self
    }

    /// The directory that is granted for writing and by which a guest could change what
    /// is found at `path`, or make it where it is not there: the directory holds it, or
    /// is in it, or holds a symbolic link on the way to it.
    ///
    /// What it is called does not matter, but where it is: a mount that shows it once
    /// more below a granted directory is not seen. Nothing is told where files have no
    /// device and inode, that is elsewhere than on Unix.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the way to `path` cannot be followed.
    pub fn can_change(&self, path: impl AsRef<Path>) -> Result<Option<&Path>> {
        Place::new(path.as_ref()).changed_in(self)
    }

    /// The directories to write to.
    pub(crate) fn writable(&self) -> impl Iterator<Item = (&Path, &Reach)> {
        let dirs = self.dirs.iter();
        dirs.filter_map(|dir| Some((dir.host.as_path(), dir.reach.as_ref()?)))
    }

    /// The data for a fresh store.
    pub(crate) fn state<T>(&self, limits: Limits, data: T) -> Result<State<T>> {
        let stderr = Tail::default();
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(limits.http_fields_bytes);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.resources);
        Ok(State {
            wasi: self.wasi(&limits, stderr.clone())?,
            http,
            http_gate: HttpGate(self.network.clone()),
            table,
            limiter: Limiter::new(limits),
            stderr,
            data,
        })
    }

    fn wasi(&self, limits: &Limits, stderr: Tail) -> Result<WasiCtx> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.args(&self.args)
            .envs(&self.env)
            .max_random_size(limits.random_bytes)
            .stdout(Sink::new(self.stdout.clone(), None))
            .stderr(Sink::new(self.stderr.clone(), Some(stderr)));
        match &self.stdin {
            Input::Null => {}
            Input::Inherit => {
                wasi.inherit_stdin();
            }
            Input::Bytes(bytes) => {
                wasi.stdin(MemoryInputPipe::new(bytes.clone()));
            }
        }
        for dir in &self.dirs {
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
        if !self.network.is_denied() {
            self.network.apply(&mut wasi);
        }
        Ok(wasi.build())
    }
}
