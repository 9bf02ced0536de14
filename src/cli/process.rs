//! `worldhost process`.

use super::failure;
use super::grants::Grants;
use anyhow::Context;
use clap::Args;
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use worldhost::bindings::{Plugin, PluginPre};
use worldhost::imports::{self, Imports};
use worldhost::{Component, Error, Limits, Output, Runtime, Sandbox, Store, World};

/// Call `process`, the export of this host's own world, for each input.
///
/// Each result is printed on a line. The inputs are the arguments, or with none,
/// or `-`, the lines of stdin as they come. The component's own stdout goes to
/// stderr, so that the results stay clean.
#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost process plugin.wasm hello 21
  cat big.txt | worldhost process plugin.wasm | head
  worldhost process --keep-going --timeout 1s plugin.wasm < lines.txt")]
pub struct Process {
    #[command(flatten)]
    grants: Grants,

    /// After an input that fails, go on with the next, in a fresh instance.
    #[arg(long)]
    keep_going: bool,

    /// The component, a .wasm file.
    component: PathBuf,

    /// The inputs; `-` stands for the lines of stdin.
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
}

/// The longest line that is read, so that memory stays bounded.
const MAX_LINE: u64 = 64 << 20;

/// A plugin answers at once or is stuck; `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Process {
    pub async fn execute(self) -> anyhow::Result<i32> {
        let sandbox = self
            .grants
            .sandbox()?
            .stdout(Output::Stderr)
            .stderr(Output::Stderr);
        let runtime = Runtime::with_config(&self.grants.config(), imports::add_to_linker)?;
        let component = runtime.load(&self.component).await?;
        if !component.exports().iter().any(|name| name == "process") {
            return Err(Error::NoExport {
                name: component.name().to_string(),
                wanted: "process".to_string(),
                exports: component.exports(),
            }
            .into());
        }
        let mut session = Session {
            pre: component
                .typed(PluginPre::new)
                .map_err(|error| explained(error, &runtime, &self.component))?,
            component,
            sandbox,
            limits: self.grants.limits(Some(TIMEOUT)),
            live: None,
            keep_going: self.keep_going,
            code: 0,
        };
        let ended = match self.inputs.as_slice() {
            [] => session.lines().await,
            inputs => session.inputs(inputs).await,
        };
        match ended {
            Ok(()) => Ok(session.code),
            // The reader has what it wanted: `… | head`.
            Err(error) if failure::is_broken_pipe(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// All that differs from the world, where the bindings stop at the first.
fn explained(mut error: Error, runtime: &Runtime<Imports>, path: &Path) -> Error {
    if let Error::World { name, misfits, .. } = &mut error
        && let (Ok(bytes), Ok(world)) = (worldhost::read(path), World::project())
        && let Ok(report) = runtime.check(name, &bytes, Some(&world))
    {
        *misfits = report.misfits;
    }
    error
}

/// One component working through inputs, in one instance as long as it lives.
struct Session {
    pre: PluginPre<worldhost::State<Imports>>,
    component: Component<Imports>,
    sandbox: Sandbox,
    limits: Limits,
    live: Option<(Store<Imports>, Plugin)>,
    keep_going: bool,
    /// The exit code of the first input that failed.
    code: i32,
}

impl Session {
    async fn inputs(&mut self, inputs: &[String]) -> anyhow::Result<()> {
        for (number, input) in (1..).zip(inputs) {
            match input.as_str() {
                "-" => self.lines().await?,
                input => self.one("input", number, Ok(input)).await?,
            }
        }
        Ok(())
    }

    /// Results are written as soon as there is nothing more to read at once, so
    /// that a pipe is fast and a terminal answers each line.
    async fn lines(&mut self) -> anyhow::Result<()> {
        let mut stdin = io::stdin().lock();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            (&mut stdin)
                .take(MAX_LINE + 1)
                .read_until(b'\n', &mut line)
                .context("cannot read stdin")?;
            if line.is_empty() {
                break;
            }
            self.one("line", number, text(&line)).await?;
        }
        Ok(())
    }

    async fn one(
        &mut self,
        what: &str,
        number: u64,
        input: anyhow::Result<&str>,
    ) -> anyhow::Result<()> {
        let result = match input {
            Ok(input) => self.process(input).await.map_err(anyhow::Error::from),
            Err(error) => Err(error),
        };
        match result {
            Ok(result) => print(format!("{result}\n").as_bytes()),
            Err(error) => {
                let error = error.context(format!("{what} {number}"));
                if !self.keep_going {
                    return Err(error);
                }
                failure::print(&error, false);
                if self.code == 0 {
                    self.code = failure::code(&error);
                }
                Ok(())
            }
        }
    }

    /// An instance that failed is dropped, and the next input makes a fresh one.
    async fn process(&mut self, input: &str) -> worldhost::Result<String> {
        let (mut store, plugin) = match self.live.take() {
            Some(live) => live,
            None => self.instantiate().await?,
        };
        let result = store
            .call("process", async |store| {
                plugin.call_process(store, input).await
            })
            .await?;
        self.live = Some((store, plugin));
        Ok(result)
    }

    async fn instantiate(&self) -> worldhost::Result<(Store<Imports>, Plugin)> {
        let imports = Imports::default();
        let mut store = self.component.store(&self.sandbox, &self.limits, imports)?;
        let plugin = store
            .call("instantiation", async |store| {
                self.pre.instantiate_async(store).await
            })
            .await?;
        Ok((store, plugin))
    }
}

/// A line without its end, if it is text and not too long.
fn text(line: &[u8]) -> anyhow::Result<&str> {
    if line.len() as u64 > MAX_LINE {
        anyhow::bail!(failure::Usage(format!(
            "is longer than {} MiB; split it",
            MAX_LINE >> 20
        )));
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line).map_err(|_| {
        failure::Usage("is not UTF-8, which a component's string must be; convert it".into()).into()
    })
}

/// Writes to stdout; that its reader has gone is an error here, not a panic.
pub fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    Ok(())
}
