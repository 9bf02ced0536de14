//! The `worldhost` command: parse, run, print the error, exit.

mod cli;

use clap::Parser;
use std::io::Write;

fn main() {
    let cli = cli::Cli::try_parse().unwrap_or_else(|error| cli::guest::advised(error).exit());
    let verbose = cli.verbose;
    let code = cli.run().unwrap_or_else(|error| {
        cli::failure::print(&error, verbose);
        cli::failure::code(&error)
    });
    // Not by returning: a thread that still waits for stdin must not hold us up.
    let _ = std::io::stdout().flush();
    std::process::exit(code)
}
