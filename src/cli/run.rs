//! `worldhost run`.

use super::code::Code;
use super::grants::Grants;
use clap::Args;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use worldhost::imports::Imports;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost run hello.wasm
  worldhost run --dir data::/data --env LANG tool.wasm --its-own-flag /data/in.txt
  worldhost run --allow-net example.com:443 --timeout 30s fetch.wasm

Options for worldhost come before COMPONENT; everything after it is the guest's.")]
pub struct Run {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    /// The component, a .wasm file.
    component: PathBuf,

    /// The arguments that the component gets, after its own name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Run {
    pub async fn execute(self, verbose: bool) -> anyhow::Result<i32> {
        let sandbox = self
            .grants
            .sandbox()?
            .args([program_name(&self.component)])
            .args(self.args)
            .inherit_stdio();
        let mut config = self.grants.config(None);
        config.cache = self.code.cache(&sandbox, &self.component, verbose)?;
        let component = self.code.load(&config, &self.component, verbose).await?;
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
