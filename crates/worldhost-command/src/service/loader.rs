//! The component of a service: loaded for the first time, and again.

use crate::options::background;
use crate::options::source::Found;
use crate::project::Project;
use crate::terminal::{explained, progress};
use std::time::Duration;
use worldhost::{Compiler, Component, Config, Limits, Runtime, Sandbox, Source};

/// How the component is loaded, and what each of its instances gets.
pub struct Loader<P: Project> {
    pub runtime: Runtime<P::Data>,
    pub config: Config,
    pub found: Found,
    pub trust_compiled: bool,
    pub sandbox: Sandbox,
    pub limits: Limits,
    pub verbose: bool,
}

/// A component, and what it was made of.
pub struct Loaded<T: 'static> {
    pub component: Component<T>,
    pub source: Source,
}

/// Whether better code was made: it is loaded then.
pub type Better = tokio::task::JoinHandle<bool>;

impl<P: Project> Loader<P> {
    /// For the first time.
    pub async fn first(&self) -> anyhow::Result<Loaded<P::Data>> {
        let source = self.found.open_and_tell(&self.config.load, self.verbose)?;
        let loading = self.component(&source);
        let component = progress::during("compiling", &self.found.name, loading).await?;
        Ok(Loaded { component, source })
    }

    /// As it is now.
    pub async fn again(&self) -> anyhow::Result<Loaded<P::Data>> {
        let source = self.found.open_regular(&self.config.load)?;
        let component = self.component(&source).await?;
        Ok(Loaded { component, source })
    }

    async fn component(&self, source: &Source) -> anyhow::Result<Component<P::Data>> {
        if self.trust_compiled {
            // SAFETY: the user vouches for the file.
            return Ok(unsafe { self.runtime.load_compiled(&self.found.file) }.await?);
        }
        let loaded = self.runtime.load_fresh(source).await;
        loaded.map_err(|error| explained::link::<P>(error, &self.runtime, source))
    }

    /// Where Winch made the code for want of Cranelift's, that is made now: by a process of its
    /// own, which gives way to this one and takes its memory with it. It may be another's that
    /// is about it already, and may come to nothing: so it is looked for, less and less often.
    pub fn better(&self, loaded: Loaded<P::Data>) -> Option<Better> {
        let Loaded { component, source } = loaded;
        if !component.can_optimize() {
            return None;
        }
        background::later(&self.config, &self.found.file);
        let runtime = self.runtime.clone();
        Some(tokio::spawn(async move {
            for pause in (1..=8).map(|n| Duration::from_secs(1 << n)) {
                tokio::time::sleep(pause).await;
                // From the cache, and so in no time.
                let loaded = runtime.load_fresh(&source).await;
                if loaded.is_ok_and(|component| component.compiler() == Compiler::Cranelift) {
                    return true;
                }
            }
            false
        }))
    }
}
