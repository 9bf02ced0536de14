//! Instances of the project's world.

use crate::project::Project;
use worldhost::{Component, Limits, Sandbox, Store};

/// Makes instances.
pub struct Maker<P: Project> {
    pub pre: P::Pre,
    pub component: Component<P::Data>,
    pub sandbox: Sandbox,
    pub limits: Limits,
}

/// An instance and its store.
pub struct Live<P: Project> {
    store: Store<P::Data>,
    instance: P::Instance,
}

impl<P: Project> Maker<P> {
    pub async fn make(&self) -> worldhost::Result<Live<P>> {
        let data = P::Data::default();
        let mut store = self.component.store(&self.sandbox, &self.limits, data)?;
        let instance = store
            .call("instantiation", async |store| {
                P::instantiate(&self.pre, store).await
            })
            .await?;
        Ok(Live { store, instance })
    }

    /// A fresh instance for one input.
    pub async fn once(&self, input: &str) -> worldhost::Result<String> {
        self.make().await?.call(input).await
    }
}

impl<P: Project> Live<P> {
    pub async fn call(&mut self, input: &str) -> worldhost::Result<String> {
        let instance = &self.instance;
        self.store
            .call(P::EXPORT, async |store| {
                P::call(instance, store, input).await
            })
            .await
    }
}
