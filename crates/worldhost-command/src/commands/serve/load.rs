//! The component: loaded for the first time, and again.

use crate::options::source;
use crate::project::Project;
use crate::terminal::{explained, progress};
use std::path::PathBuf;
use worldhost::{Component, Config, Limits, Runtime, Sandbox, Source, compile};
use worldhost_http::{Handler, Reuse};

/// How the component is loaded.
pub struct Load<P: Project> {
    pub runtime: Runtime<P::Data>,
    pub config: Config,
    pub path: PathBuf,
    pub trust_compiled: bool,
    pub sandbox: Sandbox,
    pub limits: Limits,
    pub reuse: Reuse,
    pub verbose: bool,
}

/// Whether better code was made: it is loaded then.
pub type Better = tokio::task::JoinHandle<bool>;

impl<P: Project> Load<P> {
    /// For the first time. Where Winch made the code of it for want of Cranelift's, that is
    /// made now.
    pub async fn first(&self) -> anyhow::Result<(Handler<P::Data>, Option<Better>)> {
        let source = source::open_and_tell(&self.path, &self.config.load, self.verbose)?;
        let loading = self.component(&source);
        let component = progress::during("compiling", &self.path, loading).await?;
        let better = component.can_optimize().then(|| self.optimize(source));
        Ok((self.handler(&component)?, better))
    }

    /// As it is now.
    pub async fn again(&self) -> anyhow::Result<Handler<P::Data>> {
        let source = source::open(&self.path)?;
        self.handler(&self.component(&source).await?)
    }

    async fn component(&self, source: &Source) -> anyhow::Result<Component<P::Data>> {
        if self.trust_compiled {
            // SAFETY: the user vouches for the file.
            return Ok(unsafe { self.runtime.load_compiled(&self.path) }.await?);
        }
        let loaded = self.runtime.load_fresh(source).await;
        loaded.map_err(|error| explained::link::<P>(error, &self.runtime, source))
    }

    fn handler(&self, component: &Component<P::Data>) -> anyhow::Result<Handler<P::Data>> {
        let (sandbox, limits) = (self.sandbox.clone(), self.limits.clone());
        let data = |_: &_| P::Data::default();
        let handler = Handler::reusing(component, sandbox, limits, &self.reuse, data);
        Ok(handler?)
    }

    /// On one core, and beside the executor.
    fn optimize(&self, source: Source) -> Better {
        let mut config = self.config.clone();
        config.one_core = true;
        tokio::task::spawn_blocking(move || {
            // That there is no better code costs speed alone.
            compile::optimize(&config, &source).unwrap_or(false)
        })
    }
}
