//! What a component may touch of the machine it runs on.

use super::dirs::{Access, Dirs};
use super::grant::NetGrant;
use super::hatches::Hatches;
use super::network::Network;
use super::place::Place;
use super::stdio::{Input, Output};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wasmtime_wasi::WasiCtxBuilder;

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
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) dirs: Dirs,
    pub(crate) stdin: Input,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) network: Arc<Network>,
    pub(crate) hatches: Hatches,
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

    /// Preopens the directory `host` under the name `guest`. It is opened now: stores have
    /// this one, whatever is found under its name later.
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
        self.dirs.add(host.into(), guest.into(), access)?;
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

    /// Lets granted names lead to any address; without this, to public ones alone, and
    /// `localhost` to this machine. A granted address needs no such word.
    pub fn allow_private_addresses(mut self) -> Self {
        Arc::make_mut(&mut self.network).allow_private();
        self
    }

    /// Allows the whole network, listening included.
    pub fn inherit_network(mut self) -> Self {
        self.network = Arc::new(Network::all());
        self
    }

    /// What this type has no method for: `set` gets the builder of WASI's context for each
    /// store, after everything else was put into it. Clocks, the source of random numbers
    /// and more can be replaced there.
    ///
    /// Nothing looks at what it grants: [`Sandbox::can_change`] knows nothing of it.
    pub fn wasi(mut self, set: impl Fn(&mut WasiCtxBuilder) + Send + Sync + 'static) -> Self {
        self.hatches.wasi = Some(Arc::new(set));
        self
    }

    /// The embedder's own hooks of `wasi:http`, made for each store. Of the requests of a
    /// guest they get those that a grant covers. What they say of headers, schemes and
    /// sizes holds; errors of a connection are told as Wasmtime tells them.
    #[cfg(feature = "http")]
    pub fn http_hooks<H: wasmtime_wasi_http::WasiHttpHooks + 'static>(
        mut self,
        make: impl Fn() -> H + Send + Sync + 'static,
    ) -> Self {
        self.hatches.http = Some(Arc::new(move || Box::new(make())));
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
        Place::new(path.as_ref()).changed_in(self.dirs.writable())
    }

    /// That no guest in it can change what is at this place.
    ///
    /// # Errors
    ///
    /// [`Error::Exposed`], and [`Error::Read`] when that cannot be told.
    pub(crate) fn spares(&self, place: &Place) -> Result<()> {
        match place.changed_in(self.dirs.writable())? {
            None => Ok(()),
            Some(dir) => Err(Error::Exposed {
                dir: dir.into(),
                code: place.path().into(),
            }),
        }
    }
}
