//! The options of whatever goes on: which component, what it may do, and who is told of it.

use super::attention::Attention;
use super::loader::Loader;
use crate::observe::Observe;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::source::{self, Found};
use crate::project::Project;
use clap::Args;
use clap::builder::ValueHint;
use std::path::PathBuf;
use std::time::Duration;
use worldhost::{Output, Pool, Runtime, Watch};
use worldhost_policy::InForce;

#[derive(Args)]
pub struct Service {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    observe: Observe,

    #[command(flatten)]
    code: Code,

    /// Load the component anew when its file changes, as SIGHUP does.
    #[arg(long)]
    watch: bool,

    /// The component: a .wasm file, or a source in a registry.
    #[arg(value_name = "COMPONENT", value_hint = ValueHint::FilePath)]
    component: PathBuf,
}

impl Service {
    /// Goes on with what is in force, and is observed to its end. Each of what it is asked has
    /// `timeout` where nobody names another.
    pub async fn execute(
        &self,
        timeout: Option<Duration>,
        verbose: bool,
        go_on: impl AsyncFnOnce(&InForce, Found) -> anyhow::Result<i32>,
    ) -> anyhow::Result<i32> {
        let in_force = self.in_force(timeout)?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        // That there is none is told before anything is opened.
        let found = self.find(&in_force).await?;
        source::open(&found.file)?;
        let observed = self.observe.begin(&self.component, verbose)?;
        let ended = go_on(&in_force, found).await;
        observed.end().await;
        ended
    }

    /// What it may do, with `timeout` where nobody names another.
    pub fn in_force(&self, timeout: Option<Duration>) -> worldhost_policy::Result<InForce> {
        self.grants.in_force(&self.component, timeout)
    }

    /// Finds the component.
    pub async fn find(&self, in_force: &InForce) -> anyhow::Result<Found> {
        if self.watch {
            source::expect_file(&self.component, "--watch", "what comes of a registry stays")?;
        }
        self.code
            .find(&self.component, in_force.load_limits())
            .await
    }

    /// What is heard from now on: of what is written while the component is compiled, too.
    pub fn attention(&self) -> anyhow::Result<Attention> {
        Attention::new(self.watch.then(|| Watch::new(self.component.clone())))
    }

    /// How the component is loaded, for so many instances at a time.
    pub fn loader<P: Project>(
        &self,
        in_force: &InForce,
        found: Found,
        instances: u32,
        verbose: bool,
    ) -> anyhow::Result<Loader<P>> {
        let output = Output::StderrByLine;
        let sandbox = in_force.sandbox()?.stdout(output.clone()).stderr(output);
        let (mut config, limits) = (in_force.config(), in_force.limits());
        // Calls share threads, and each has its time.
        config.interruptible = true;
        config.pool = Some(Pool::new(instances));
        config.set_for(&limits);
        config.cache = self.code.cache::<P>(&sandbox, &found.file, verbose)?;
        let config = self.code.config(config);
        Ok(Loader {
            runtime: Runtime::with_config(&config, P::add_to_linker)?,
            config,
            found,
            trust_compiled: self.code.trust_compiled,
            sandbox,
            limits,
            verbose,
        })
    }
}
