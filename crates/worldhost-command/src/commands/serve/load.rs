//! The component: loaded for the first time, and again.

use crate::options::{background, source};
use crate::project::Project;
use crate::terminal::{explained, progress};
use std::path::PathBuf;
use std::time::Duration;
use worldhost::{Compiler, Component, Config, Limits, Runtime, Sandbox, Source};
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
    /// made now, in the background.
    pub async fn first(&self) -> anyhow::Result<(Handler<P::Data>, Option<Better>)> {
        let source = source::open_and_tell(&self.path, &self.config.load, self.verbose)?;
        let loading = self.component(&source);
        let component = progress::during("compiling", &self.path, loading).await?;
        let better = component.can_optimize().then(|| self.optimize(source));
        Ok((self.handler(&component)?, better))
    }

    /// As it is now.
    pub async fn again(&self) -> anyhow::Result<Handler<P::Data>> {
        let source = source::open_regular(&self.path)?;
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

    /// By a process of its own, which gives way to this one and takes its memory with it. It
    /// may be another's that is about it already, and may come to nothing: so it is looked for,
    /// less and less often.
    fn optimize(&self, source: Source) -> Better {
        background::later(&self.config, &self.path);
        let runtime = self.runtime.clone();
        tokio::spawn(async move {
            for pause in (1..=8).map(|n| Duration::from_secs(1 << n)) {
                tokio::time::sleep(pause).await;
                // From the cache, and so in no time.
                let loaded = runtime.load_fresh(&source).await;
                if loaded.is_ok_and(|component| component.compiler() == Compiler::Cranelift) {
                    return true;
                }
            }
            false
        })
    }
}
