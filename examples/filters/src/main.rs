//! Lines of stdin, through plugins that a manifest names: `cargo run -p filters [MANIFEST]`.
//! What is saved meanwhile, a plugin or the manifest, takes over if it fits.

use std::process::ExitCode;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use wasmtime::component::{HasSelf, Linker};
use worldhost::{Output, State, printable};
use worldhost_plugins::{Manifest, Plugins, Setup};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "filter",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

use bindings::example::filters::host;
use bindings::{Filter, FilterPre};

worldhost::guest!(Filter, FilterPre);

/// What each instance has of its own: the name of its plugin.
pub struct Caller(pub String);

pub type Filters = Plugins<Filter, Caller>;

impl host::Host for State<Caller> {
    async fn note(&mut self, text: String) -> wasmtime::Result<()> {
        self.say(&format!("[{}]", self.data().0), &text).await
    }
}

fn imports(linker: &mut Linker<State<Caller>>) -> wasmtime::Result<()> {
    host::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

pub fn setup() -> Setup<Caller> {
    Setup::new(imports, |name| Caller(name.to_string()))
        .sandbox(|_name, sandbox| sandbox.stderr(Output::StderrByLine))
}

/// The line that is left of this one, if one is.
pub async fn filtered(filters: &Filters, mut line: String) -> Option<String> {
    for plugin in filters.all().iter() {
        let passed = plugin
            .call("filter", async |filter, store| {
                filter.call_filter(store, &line).await
            })
            .await;
        match passed {
            Ok(passed) => line = passed?,
            // One plugin fails, and the line goes on.
            Err(error) => eprintln!("{}: {}", plugin.name(), printable(&error.to_string())),
        }
    }
    Some(line)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", printable(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1);
    let path = path.unwrap_or("examples/filters/filters.toml".into());
    let filters = Filters::none(setup());
    let mut events = filters.events();
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            eprintln!("{event}");
        }
    });
    filters.apply(&Manifest::read(path)?).await?;
    let _watching = filters.watch();

    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(line) = filtered(&filters, line).await {
            println!("{line}");
        }
    }
    eprint!("{}", filters.metrics_text());
    Ok(())
}
