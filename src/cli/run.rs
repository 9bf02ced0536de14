//! `worldhost run`.

use super::code::Code;
use super::grants::Grants;
use super::guest::Guest;
use clap::Args;
use std::mem::ManuallyDrop;
use std::path::Path;
use worldhost::imports::Imports;

#[derive(Args)]
#[command(mut_arg("words", |words| words
    .value_names(["COMPONENT", "ARGS"])
    .help("The component, a .wasm file, and the arguments that it gets, after its own name")))]
#[command(after_help = "\
Examples:
  worldhost run hello.wasm
  worldhost run --dir data::/data --env LANG tool.wasm --its-own-flag /data/in.txt
  worldhost run --allow-net example.com:443 --timeout 30s fetch.wasm

Options for worldhost come before COMPONENT; everything after it is the guest's,
a `--` too.")]
pub struct Run {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    #[command(flatten)]
    guest: Guest,
}

impl Run {
    pub async fn execute(self, verbose: bool) -> anyhow::Result<i32> {
        let path = self.guest.component();
        let sandbox = self
            .grants
            .sandbox()?
            .args([program_name(path)])
            .args(self.guest.texts("argument")?)
            .inherit_stdio();
        let mut config = self.grants.config(None);
        config.cache = self.code.cache(&sandbox, path, verbose)?;
        let component = self.code.load(&config, path, verbose).await?;
        // The process ends after it: to take these apart would be work for nothing.
        let component = ManuallyDrop::new(component);
        let limits = self.grants.limits(None);
        let store = component.store(&sandbox, &limits, Imports::default())?;
        let code = component.run_in(&mut ManuallyDrop::new(store)).await;
        self.code.finish();
        Ok(code?)
    }
}

/// What the guest sees as its own name: the file's, without the directories.
pub fn program_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
