//! `worldhost run`.

use crate::observe::Watched;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::guest::Guest;
use crate::project::Project;
use clap::Args;
use std::mem::ManuallyDrop;
use worldhost::{Component, Sandbox};
use worldhost_policy::InForce;

#[derive(Args)]
#[command(mut_arg("words", |words| words
    .value_names(["COMPONENT", "ARGS"])
    .help("The component, a .wasm file or a source in a registry, and the arguments that it gets, after its own name")))]
#[command(after_help = "\
Examples:
  worldhost run hello.wasm
  worldhost run --dir data::/data --env LANG tool.wasm --its-own-flag /data/in.txt
  worldhost run --allow-net example.com:443 --timeout 30s fetch.wasm

Options for worldhost come before COMPONENT; everything after it is the guest's,
a `--` too. It may run as long as it likes, unless --timeout or a policy says
otherwise.")]
pub struct Run {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    #[command(flatten)]
    watched: Watched,

    #[command(flatten)]
    guest: Guest,
}

impl Run {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let run = self.run::<P>(verbose);
        self.watched
            .during(Some("worldhost run"), self.guest.component(), run)
            .await
    }

    async fn run<P: Project>(&self, verbose: bool) -> anyhow::Result<i32> {
        // Who runs a command sits before it, or bounds it by a policy: it may serve for days.
        let in_force = self.grants.in_force(self.guest.component(), None)?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        let sandbox = self.sandbox(&in_force)?;
        let component = self.component::<P>(&in_force, &sandbox, verbose).await?;
        // The process ends after it: to take these apart would be work for nothing.
        let component = ManuallyDrop::new(component);
        let limits = in_force.limits();
        let store = component.store(&sandbox, &limits, P::Data::default())?;
        let code = component.run_in(&mut ManuallyDrop::new(store)).await;
        if code.is_ok() {
            self.code.went_well();
        }
        self.code.finish();
        Ok(code?)
    }

    /// Loads the component as it would be run.
    pub async fn fits<P: Project>(&self, verbose: bool) -> anyhow::Result<()> {
        let in_force = self.grants.in_force(self.guest.component(), None)?;
        let sandbox = self.sandbox(&in_force)?;
        let component = self.component::<P>(&in_force, &sandbox, verbose).await?;
        Ok(component.expect_command()?)
    }

    fn sandbox(&self, in_force: &InForce) -> anyhow::Result<Sandbox> {
        let sandbox = in_force.sandbox()?.args([self.guest.program_name()]);
        Ok(sandbox.args(self.guest.texts("argument")?).inherit_stdio())
    }

    async fn component<P: Project>(
        &self,
        in_force: &InForce,
        sandbox: &Sandbox,
        verbose: bool,
    ) -> anyhow::Result<Component<P::Data>> {
        let limits = in_force.load_limits();
        let found = self.code.find(self.guest.component(), limits).await?;
        let mut config = in_force.config();
        config.cache = self.code.cache::<P>(sandbox, &found.file, verbose)?;
        let source = found.open_and_tell(limits, verbose)?;
        self.code.load::<P>(&config, &found, &source, verbose).await
    }
}
