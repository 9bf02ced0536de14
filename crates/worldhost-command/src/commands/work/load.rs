//! The component: loaded for the first time, and again.

use super::answering::Version;
use super::by_export::ByExport;
use crate::options::source;
use crate::project::Project;
use crate::terminal::{explained, progress};
use std::path::PathBuf;
use worldhost::{Config, Instances, Limits, Runtime, Sandbox, Source};

/// How the component is loaded.
pub struct Load<P: Project> {
    pub runtime: Runtime<P::Data>,
    pub config: Config,
    pub path: PathBuf,
    pub trust_compiled: bool,
    pub sandbox: Sandbox,
    pub limits: Limits,
    pub export: ByExport,
    pub verbose: bool,
}

impl<P: Project> Load<P> {
    pub async fn first(&self) -> anyhow::Result<Version<P>> {
        let source = source::open_and_tell(&self.path, &self.config.load, self.verbose)?;
        progress::during("compiling", &self.path, self.version(&source)).await
    }

    /// As it is now.
    pub async fn again(&self) -> anyhow::Result<Version<P>> {
        self.version(&source::open_regular(&self.path)?).await
    }

    async fn version(&self, source: &Source) -> anyhow::Result<Version<P>> {
        let component = match self.trust_compiled {
            // SAFETY: the user vouches for the file.
            true => unsafe { self.runtime.load_compiled(&self.path) }.await?,
            false => {
                let loaded = self.runtime.load_fresh(source).await;
                loaded.map_err(|error| explained::link::<P>(error, &self.runtime, source))?
            }
        };
        let (sandbox, limits) = (self.sandbox.clone(), self.limits.clone());
        if self.export.is_given() {
            let exported = self.export.of(component, sandbox, limits)?;
            return Ok(Version::Exported(Box::new(exported)));
        }
        let instances = Instances::new(&component, sandbox, limits, P::Data::default);
        let instances = instances.map_err(|error| explained::world::<P>(error, source))?;
        Ok(Version::Own(instances))
    }
}
