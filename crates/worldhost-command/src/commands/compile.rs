//! `worldhost compile`.

use crate::options::loading::Loading;
use crate::options::proposals::Switches;
use crate::options::source::{self, Fetching};
use crate::options::{apart, code, output};
use crate::terminal::progress;
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use worldhost::{Compiler, Config, compile};

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost compile tool.wasm
  worldhost run --trust-compiled tool.cwasm
  worldhost compile --target x86_64-unknown-linux-gnu tool.wasm -o any-x86.cwasm")]
pub struct Compile {
    /// The component: a .wasm file, or a source in a registry.
    component: PathBuf,

    /// Where the code goes [default: the component's name, with .cwasm].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The machine that it is for, a triple; without it, one with this CPU.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Who compiles.
    #[arg(long, default_value = "cranelift", value_parser = code::compilers(&["cranelift", "winch"]))]
    compiler: Compiler,

    /// For runs with --fuel, and no others.
    #[arg(long)]
    fuel: bool,

    #[command(flatten)]
    switches: Switches,

    #[command(flatten)]
    loading: Loading,

    #[command(flatten)]
    fetching: Fetching,
}

impl Compile {
    pub async fn execute(self) -> anyhow::Result<i32> {
        let output = self
            .output
            .unwrap_or_else(|| source::file_name(&self.component).with_extension("cwasm"));
        let mut config = Config::default();
        config.compiler = self.compiler;
        config.fuel = self.fuel;
        config.proposals = self.switches.proposals();
        config.load = self.loading.limits();
        config.apart = Some(apart::apart());
        let finding = self.fetching.find(&self.component, None, &config.load);
        let (source, target) = (finding.await?.open(&config.load)?, self.target);
        let work = move || compile::ahead_of_time(&config, &source, target.as_deref());
        let work = async {
            let compiled = tokio::task::spawn_blocking(work).await;
            compiled.context("the compiler failed")
        };
        let code = progress::during("compiling", &self.component, work).await??;
        output::write(&output, &code)?;
        Ok(0)
    }
}
