//! `worldhost wit lsp`.

mod files;
mod report;
mod session;

use super::tree::Tree;
use crate::project::Names;
use clap::Args;
use lsp_server::Connection;
use session::Session;

/// Speak with an editor, by the Language Server Protocol over stdin and stdout.
///
/// In WIT files it shows what is no WIT, what breaks later (as `worldhost wit lint`), and
/// what breaks components that exist: those of the newest release in wit/released, or else
/// of the last commit. On a name it shows the Rust that bindgen! makes of it, and leads to
/// the `impl` of the host. All of that is of the text as it stands in the editor.
#[derive(Args)]
#[command(after_help = "In Neovim:\n  \
    vim.lsp.start({ name = 'wit', cmd = { 'worldhost', 'wit', 'lsp' }, root_dir = vim.fn.getcwd() })\n\
In Helix, in languages.toml:\n  \
    language-server.wit = { command = \"worldhost\", args = [\"wit\", \"lsp\"] }")]
pub struct Lsp {
    #[command(flatten)]
    tree: Tree,

    /// What to hold the text against: a git revision, a directory, a .wit file or a
    /// component [default: the newest release, or else HEAD].
    #[arg(long, value_name = "FROM")]
    from: Option<String>,
}

impl Lsp {
    pub fn execute(self, project: Names) -> anyhow::Result<i32> {
        let (connection, threads) = Connection::stdio();
        let ended = Session::begin(&connection, self.tree, self.from, project)?.serve();
        drop(connection);
        threads.join()?;
        ended
    }
}
