//! A compiled and linked component, and what a file is that is none.

use crate::cache::{Digest, Unfit, artifact};
use crate::engine::{Kind, Linked};
use crate::reach::Place;
use crate::{Cache, Compiler, Error, Limits, Result, Runtime, Sandbox, State, Store, limits, link};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, InstancePre};

/// A component that is compiled and whose imports are all resolved: ready for
/// any number of stores. Cheap to clone.
pub struct Component<T: 'static> {
    name: Arc<str>,
    pre: InstancePre<State<T>>,
    linked: Arc<Linked<T>>,
    /// Where better code than this could be, and is not yet.
    better: Option<(Cache, Digest)>,
    /// Where the runtime's cache is, and the file that the code is in: no guest may
    /// write there.
    cache: Option<Arc<Place>>,
    file: Option<Arc<Place>>,
}

impl<T: 'static> Clone for Component<T> {
    fn clone(&self) -> Self {
        Component {
            name: self.name.clone(),
            pre: self.pre.clone(),
            linked: self.linked.clone(),
            better: self.better.clone(),
            cache: self.cache.clone(),
            file: self.file.clone(),
        }
    }
}

impl<T: Send + 'static> Component<T> {
    /// `bytes` are what it was compiled from, where they are at hand.
    pub(crate) fn new(
        runtime: &Runtime<T>,
        linked: &Arc<Linked<T>>,
        name: &str,
        bytes: Option<&[u8]>,
        compiled: Compiled,
    ) -> Result<Self> {
        let pre = linked
            .link(runtime, &compiled)
            .map_err(|error| link::explain(runtime, name, bytes, &compiled, &error))?;
        let cache = runtime.config().cache.as_ref();
        Ok(Component {
            name: name.into(),
            pre,
            linked: linked.clone(),
            better: None,
            cache: cache.map(|cache| cache.place().clone()),
            file: None,
        })
    }

    /// Remembers the key that better code would have.
    pub(crate) fn better(mut self, cache: &Cache, key: Digest) -> Self {
        self.better = Some((cache.clone(), key));
        self
    }

    /// Whether [`Compiler::Auto`] took Winch for want of Cranelift's code, and
    /// [`Config::optimize`](crate::Config::optimize) would make it: nobody else is
    /// about it or tried a short while ago.
    pub fn can_optimize(&self) -> bool {
        let better = self.better.as_ref();
        better.is_some_and(|(cache, key)| !cache.has(key) && cache.reserve(key).is_some())
    }

    /// The path it was loaded from, or `<bytes>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the component's exports.
    pub fn exports(&self) -> Vec<String> {
        let compiled = self.pre.component();
        let exports = compiled.component_type();
        exports
            .exports(compiled.engine())
            .map(|(name, _)| name.to_string())
            .collect()
    }

    /// Which engine it is for.
    pub(crate) fn kind(&self) -> Kind {
        self.linked.kind
    }

    /// Which compiler made its code.
    pub fn compiler(&self) -> Compiler {
        self.linked.kind.compiler
    }

    /// The linked component as Wasmtime has it.
    pub fn instance_pre(&self) -> &InstancePre<State<T>> {
        &self.pre
    }

    /// The generated, typed view of the component:
    /// `component.typed(PluginPre::new)?`.
    ///
    /// # Errors
    ///
    /// [`Error::World`] when an export of the world is missing or has another
    /// type.
    pub fn typed<P>(
        &self,
        new: impl FnOnce(InstancePre<State<T>>) -> wasmtime::Result<P>,
    ) -> Result<P> {
        new(self.pre.clone()).map_err(|error| Error::World {
            name: self.name.to_string(),
            message: format!("{error:#}"),
            #[cfg(feature = "wit")]
            misfits: Vec::new(),
        })
    }

    /// A fresh store for one instance, with what `sandbox` grants, within
    /// `limits`.
    ///
    /// # Errors
    ///
    /// [`Error::Exposed`] when a guest in the sandbox could write to the runtime's
    /// [`Cache`] or to the file of [`Runtime::load_compiled`], which are told apart from
    /// the granted directories by where they are, not by their names.
    /// [`Error::Preopen`] when a directory is gone by now, and [`Error::Host`]
    /// when there is fuel in the limits and the runtime does not count it, or a timeout
    /// and its guests cannot be interrupted.
    pub fn store(&self, sandbox: &Sandbox, limits: &Limits, data: T) -> Result<Store<T>> {
        if self.linked.alone && limits.timeout.is_some() {
            return Err(Error::Host(
                "a timeout cannot interrupt the guests of a runtime with Config::alone".into(),
            ));
        }
        for place in self.cache.iter().chain(&self.file) {
            place.check(sandbox)?;
        }
        let state = sandbox.state(limits.clone(), data)?;
        let engine = self.pre.engine();
        let mut store = wasmtime::Store::new(engine, state);
        limits::apply(&mut store).map_err(Error::host)?;
        self.linked.tick();
        Ok(Store::new(store))
    }
}

/// Reads a component's file, telling a missing one from other failures.
///
/// # Errors
///
/// [`Error::NotFound`] and [`Error::Read`].
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    read_all(path, &mut open(path)?)
}

/// Opens the file, telling a missing one from other failures.
pub(crate) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { path: path.into() },
        _ => Error::Read {
            path: path.into(),
            source,
        },
    })
}

/// All of an open file; that it is a directory shows here.
pub(crate) fn read_all(path: &Path, file: &mut File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::Read {
            path: path.into(),
            source,
        }),
    }
}

/// Links code that was compiled to a file.
///
/// # Safety
///
/// As for [`Runtime::load_compiled`].
pub(crate) unsafe fn load_compiled<T: Send + 'static>(
    runtime: &Runtime<T>,
    path: &Path,
) -> Result<Component<T>> {
    let name = path.display().to_string();
    let stale = |message| Error::Stale {
        name: name.clone(),
        message,
    };
    match artifact::is_whole(&open(path)?) {
        Ok(()) => {}
        Err(Unfit::Damaged(why)) => return Err(stale(format!("it {why}"))),
        Err(Unfit::Unreadable(source)) => {
            let path = path.into();
            return Err(Error::Read { path, source });
        }
        Err(Unfit::Missing | Unfit::Distrusted(_)) => unreachable!("the file is open"),
    }
    let mut refused = String::new();
    for kind in runtime.config().kinds() {
        let linked = runtime.linked(kind)?;
        // SAFETY: the caller vouches for the file.
        match unsafe { Compiled::deserialize_file(&linked.engine, path) } {
            Ok(compiled) => {
                let mut component = Component::new(runtime, linked, &name, None, compiled)?;
                component.file = Some(Arc::new(Place::new(path)));
                return Ok(component);
            }
            // One of the engines has the right concurrency: it tells what else it is.
            Err(error) if refused.is_empty() || refused.contains("concurrency") => {
                refused = error.root_cause().to_string();
            }
            Err(_) => {}
        }
    }
    Err(stale(refused))
}

/// Only components go to the compiler; the rest is told what it is.
pub(crate) fn check_kind(name: &str, bytes: &[u8]) -> Result<()> {
    if wasmparser::Parser::is_component(bytes) {
        return Ok(());
    }
    if wasmparser::Parser::is_core_wasm(bytes) {
        return Err(Error::CoreModule {
            name: name.to_string(),
            preview1: imports_preview1(bytes),
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(Error::Compiled {
            name: name.to_string(),
        });
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).into_owned();
    let found = match start.trim_start() {
        "" => "it is empty".to_string(),
        text if text.starts_with("(component") || text.starts_with("(module") => {
            "it is WebAssembly text".to_string()
        }
        _ if bytes.starts_with(b"\0asm") => "it is cut off, or of an unknown version".to_string(),
        _ => match std::str::from_utf8(bytes) {
            Ok(_) => "it is plain text".to_string(),
            Err(_) => "it does not begin with `\\0asm`".to_string(),
        },
    };
    Err(Error::NotWasm {
        name: name.to_string(),
        found,
    })
}

/// What the validator or the compiler said, and what it most likely means.
pub(crate) fn why_invalid(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    if cause.contains("unexpected end") || cause.contains("out of bounds (bound") {
        format!("the file is cut off: {cause}")
    } else {
        cause
    }
}

fn imports_preview1(bytes: &[u8]) -> bool {
    wasmparser::Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
        .filter_map(|payload| match payload {
            wasmparser::Payload::ImportSection(imports) => Some(imports),
            _ => None,
        })
        .flat_map(|imports| imports.into_imports())
        .any(|import| import.is_ok_and(|import| import.module == "wasi_snapshot_preview1"))
}
