//! `worldhost process`.

mod fresh;
mod inputs;
mod job;
mod live;
mod results;

use super::code::Code;
use super::failure;
use super::grants::Grants;
use super::guest::Guest;
use clap::Args;
use inputs::Inputs;
use results::Results;
use std::thread::available_parallelism;
use std::time::Duration;
use worldhost::bindings::{Plugin, PluginPre};
use worldhost::imports::{self, Imports};
use worldhost::{Component, Error, Limits, Output, Pool, Runtime, Sandbox, State, Store, World};

pub use results::print;

#[derive(Args)]
#[command(mut_arg("words", |words| words
    .value_names(["COMPONENT", "INPUT"])
    .help("The component, a .wasm file, and the inputs; `-` stands for the lines of stdin")))]
#[command(after_help = "\
Examples:
  worldhost process plugin.wasm hello 21
  cat big.txt | worldhost process plugin.wasm | head
  worldhost process --fresh --jobs 8 plugin.wasm < lines.txt
  worldhost process --keep-going --timeout 1s plugin.wasm < lines.txt

Options for worldhost come before COMPONENT; everything after it is an input:
`-` alone is stdin, and `-5` is itself.")]
pub struct Process {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    /// After an input that fails, go on with the next, in a fresh instance.
    #[arg(long)]
    keep_going: bool,

    /// A fresh instance for each input: none sees what another left behind. Inputs
    /// run at the same time; the results come in their order.
    #[arg(long)]
    fresh: bool,

    /// How many inputs run at the same time [default: one for each core].
    #[arg(long, value_name = "N", requires = "fresh", value_parser = clap::value_parser!(u16).range(1..=1000))]
    jobs: Option<u16>,

    /// Be a job of another `process`.
    #[arg(long, hide = true, requires = "fresh")]
    job: bool,

    #[command(flatten)]
    guest: Guest,
}

/// A plugin answers at once or is stuck; `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Process {
    pub async fn execute(mut self, verbose: bool) -> anyhow::Result<i32> {
        self.code.quiet = self.job;
        // Jobs share it.
        let output = match self.job {
            true => Output::StderrByLine,
            false => Output::Stderr,
        };
        let sandbox = self.grants.sandbox()?.stdout(output.clone()).stderr(output);
        let component = self.load(&sandbox, verbose).await?;
        let maker = Maker {
            pre: component
                .typed(PluginPre::new)
                .map_err(|error| self.explained(error))?,
            component,
            sandbox,
            limits: self.grants.limits(Some(TIMEOUT)),
        };
        if self.job {
            job::serve(maker).await?;
            return Ok(0);
        }
        let mut results = Results::new(self.keep_going);
        let (jobs, inputs) = (self.jobs(), Inputs::new(self.guest.rest()));
        let ended = match self.fresh && jobs > 1 {
            true => fresh::run(inputs, jobs, &mut results),
            false => live::run(maker, self.fresh, inputs, &mut results).await,
        };
        match ended.and_then(|()| results.flush()) {
            Ok(()) => Ok(results.code),
            // The reader has what it wanted: `… | head`.
            Err(error) if failure::is_broken_pipe(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    async fn load(&self, sandbox: &Sandbox, verbose: bool) -> anyhow::Result<Component<Imports>> {
        let mut config = self.grants.config(Some(TIMEOUT));
        config.cache = self.code.cache(sandbox, self.guest.component(), verbose)?;
        if self.fresh {
            config.pool = Some(Pool::new(1));
        }
        let path = self.guest.component();
        let mut loaded = self.code.load(&config, path, verbose).await;
        // What has more parts than a slot of the pool has room for goes without.
        if loaded.is_err() && config.pool.take().is_some() {
            loaded = self.code.load(&config, path, verbose).await;
        }
        let component = loaded?;
        if component.exports().iter().any(|name| name == "process") {
            return Ok(component);
        }
        Err(Error::NoExport {
            name: component.name().to_string(),
            wanted: "process".to_string(),
            exports: component.exports(),
        }
        .into())
    }

    /// All that differs from the world, where the bindings stop at the first.
    fn explained(&self, mut error: Error) -> Error {
        let runtime =
            Runtime::with_config(&self.grants.config(Some(TIMEOUT)), imports::add_to_linker);
        if let Error::World { name, misfits, .. } = &mut error
            && let (Ok(runtime), Ok(world)) = (runtime, World::project())
            && let Ok(bytes) = worldhost::read(self.guest.component())
            && let Ok(report) = runtime.check(name, &bytes, Some(&world))
        {
            *misfits = report.misfits;
        }
        error
    }

    fn jobs(&self) -> u16 {
        let cores = || available_parallelism().map_or(1, |n| n.get().min(1000) as u16);
        self.jobs.unwrap_or_else(cores)
    }
}

/// Makes instances.
struct Maker {
    pre: PluginPre<State<Imports>>,
    component: Component<Imports>,
    sandbox: Sandbox,
    limits: Limits,
}

/// An instance and its store.
struct Live {
    store: Store<Imports>,
    plugin: Plugin,
}

impl Maker {
    async fn make(&self) -> worldhost::Result<Live> {
        let imports = Imports::default();
        let mut store = self.component.store(&self.sandbox, &self.limits, imports)?;
        let plugin = store
            .call("instantiation", async |store| {
                self.pre.instantiate_async(store).await
            })
            .await?;
        Ok(Live { store, plugin })
    }

    /// A fresh instance for one input.
    async fn once(&self, input: &str) -> worldhost::Result<String> {
        self.make().await?.process(input).await
    }
}

impl Live {
    async fn process(&mut self, input: &str) -> worldhost::Result<String> {
        let plugin = &self.plugin;
        self.store
            .call("process", async |store| {
                plugin.call_process(store, input).await
            })
            .await
    }
}
