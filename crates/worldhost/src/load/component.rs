//! A component that is compiled and linked.

use super::identity::Identity;
use super::link;
use super::pin::Pin;
use crate::cache::Cache;
use crate::cache::digest::Digest;
use crate::engine::compiler::Compiler;
use crate::engine::engines::Engines;
use crate::engine::kind::Kind;
use crate::engine::linked::Linked;
use crate::engine::places::Free;
use crate::error::{Error, Result};
use crate::policy::place::Place;
use crate::policy::sandbox::Sandbox;
use crate::state::data::State;
use std::sync::Arc;
use wasmtime::component::{Component as Compiled, InstancePre};

/// A component that is compiled and whose imports are all resolved: ready for
/// any number of stores. Cheap to clone.
pub struct Component<T: 'static> {
    identity: Arc<Identity>,
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
            identity: self.identity.clone(),
            pre: self.pre.clone(),
            linked: self.linked.clone(),
            better: self.better.clone(),
            cache: self.cache.clone(),
            file: self.file.clone(),
        }
    }
}

impl<T: Send + 'static> Component<T> {
    pub(crate) fn new(
        engines: &Engines<T>,
        linked: &Arc<Linked<T>>,
        identity: Identity,
        compiled: Compiled,
        cache: Option<Arc<Place>>,
    ) -> Result<Self> {
        let pre = linked
            .link(&compiled)
            .map_err(|error| link::explain(engines, &identity.name, &compiled, &error))?;
        Ok(Component {
            identity: Arc::new(identity),
            pre,
            linked: linked.clone(),
            better: None,
            cache,
            file: None,
        })
    }

    /// Remembers the file that its code is mapped from.
    pub(crate) fn out_of(mut self, file: Place) -> Self {
        self.file = Some(Arc::new(file));
        self
    }

    /// Remembers the key that better code would have.
    pub(crate) fn better(mut self, cache: &Cache, key: Digest) -> Self {
        self.better = Some((cache.clone(), key));
        self
    }

    /// Whether [`Compiler::Auto`] took Winch for want of Cranelift's code, and
    /// [`compile::optimize`](crate::compile::optimize) would make it: nobody else is
    /// about it or tried a short while ago.
    pub fn can_optimize(&self) -> bool {
        let better = self.better.as_ref();
        better.is_some_and(|(cache, key)| !cache.has(key) && cache.is_reservable(key))
    }

    /// The path it was loaded from, or `<bytes>`.
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// Which bytes it is of, where that was looked at: for a [`Cache`](crate::Cache), or for
    /// whoever listens to spans.
    pub fn digest(&self) -> Option<Pin> {
        self.identity.digest.map(Pin::from)
    }

    /// The places for instances, and how many of them one takes.
    pub(crate) fn places(&self) -> (&Arc<Free>, u32) {
        let places = &self.linked.places;
        let weight = places.taken_by(self.pre.component()).unwrap_or(1);
        (&places.free, weight)
    }

    pub(crate) fn identity(&self) -> &Arc<Identity> {
        &self.identity
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

    /// Whether its instances are made in the slots of a pool.
    pub fn is_pooled(&self) -> bool {
        self.linked.places.pooled()
    }

    /// The engine that it is for.
    pub(crate) fn linked(&self) -> &Linked<T> {
        &self.linked
    }

    /// That no guest in this sandbox can write where the runtime's code is.
    ///
    /// # Errors
    ///
    /// [`Error::Exposed`], and [`Error::Read`] when that cannot be told.
    pub(crate) fn is_spared_by(&self, sandbox: &Sandbox) -> Result<()> {
        let mut places = self.cache.iter().chain(&self.file);
        places.try_for_each(|place| sandbox.spares(place))
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
            name: self.identity.name.clone(),
            message: format!("{error:#}"),
        })
    }
}
