//! `worldhost serve`.

mod bounds;
mod descriptors;
mod executors;
mod listening;
mod load;
mod operation;

use crate::observe::Observe;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::policy::InForce;
use crate::options::source;
use crate::project::Project;
use crate::service::{Signals, Watch};
use anyhow::Context;
use bounds::{Bounds, Reusing};
use clap::Args;
use clap::builder::ValueHint;
use listening::Listening;
use load::Load;
use operation::Operation;
use std::path::PathBuf;
use worldhost::{Output, Pool, Runtime, printable};
use worldhost_http::App;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost serve app.wasm
  worldhost serve --addr 0.0.0.0:80 --admin-addr 127.0.0.1:9090 --log-format json app.wasm
  worldhost serve --addr unix:/run/app.sock --allow-net db.example.com:5432 app.wasm
  worldhost serve --watch --access-log target/wasm32-wasip2/debug/app.wasm")]
pub struct Serve {
    #[command(flatten)]
    listening: Listening,

    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    bounds: Bounds,

    #[command(flatten)]
    reusing: Reusing,

    #[command(flatten)]
    observe: Observe,

    #[command(flatten)]
    code: Code,

    /// Load the component anew when its file changes, as SIGHUP does.
    #[arg(long)]
    watch: bool,

    /// The component, a .wasm file.
    #[arg(value_name = "COMPONENT", value_hint = ValueHint::FilePath)]
    component: PathBuf,
}

impl Serve {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let in_force = self.grants.in_force(&self.component, None)?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        // That there is none is told before anything is opened.
        source::open(&self.component)?;
        let observed = self.observe.begin(&self.service(), verbose)?;
        let ended = self.serve::<P>(&in_force, verbose).await;
        observed.end().await;
        ended
    }

    /// What others know it by: the name of its file.
    fn service(&self) -> String {
        let stem = self.component.file_stem().unwrap_or_default();
        printable(&stem.to_string_lossy()).into_owned()
    }

    async fn serve<P: Project>(self, in_force: &InForce, verbose: bool) -> anyhow::Result<i32> {
        descriptors::as_many_as_may_be();
        let signals = Signals::new().context("cannot wait for signals")?;
        let doors = self.listening.open()?;
        let load = self.load::<P>(in_force, verbose)?;
        // What is written while it is compiled is another version.
        let watch = self.watch.then(|| Watch::new(self.component.clone()));
        let (handler, better) = load.first().await?;
        let operation = Operation {
            app: App::new(handler, self.bounds.settings(&self.listening)),
            load,
            signals,
            watch,
        };
        operation.run(doors, better).await
    }

    /// How the component is loaded, now and later.
    fn load<P: Project>(&self, in_force: &InForce, verbose: bool) -> anyhow::Result<Load<P>> {
        let output = Output::StderrByLine;
        let sandbox = in_force.sandbox()?.stdout(output.clone()).stderr(output);
        let (mut config, limits) = (in_force.config(), in_force.limits());
        // Requests share threads, and each has its time.
        config.interruptible = true;
        config.pool = Some(Pool::new(self.bounds.instances()));
        config.set_for(&limits);
        config.cache = self.code.cache::<P>(&sandbox, &self.component, verbose)?;
        let config = self.code.config(config);
        Ok(Load {
            runtime: Runtime::with_config(&config, P::add_to_linker)?,
            config,
            path: self.component.clone(),
            trust_compiled: self.code.trust_compiled,
            sandbox,
            limits,
            reuse: self.reusing.reuse(),
            verbose,
        })
    }
}
