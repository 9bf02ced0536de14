//! COMPONENT and the words after it, which are the component's, whatever they look like.
//!
//! No option of ours is among them: what is a grant and what is an argument must not
//! depend on how the argument looks. A subcommand names the words and says what they
//! are with `mut_arg("words", …)`.

use super::failure::Usage;
use anyhow::Context;
use clap::Args;
use clap::builder::{StyledStr, ValueHint};
use clap::error::{ContextKind, ContextValue};
use std::ffi::OsString;
use std::path::Path;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct Guest {
    // With the first word the reading of options ends; as no value may begin with a
    // hyphen, an option that is not known is no first word.
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, value_hint = ValueHint::FilePath)]
    words: Vec<OsString>,
}

impl Guest {
    pub fn component(&self) -> &Path {
        Path::new(&self.words[0])
    }

    /// The words after COMPONENT.
    pub fn rest(&self) -> &[OsString] {
        &self.words[1..]
    }

    /// The words after COMPONENT as text; `kind` is what an error calls one of them.
    pub fn texts(&self, kind: &str) -> anyhow::Result<Vec<String>> {
        let texts = self.rest().iter().zip(1..).map(|(word, number)| {
            let text = word.to_str().ok_or_else(not_utf8);
            text.map(String::from)
                .with_context(|| format!("{kind} {number}"))
        });
        texts.collect()
    }
}

/// What is wrong with bytes that cannot be a component's string.
pub fn not_utf8() -> Usage {
    Usage("is not UTF-8, which a component's string must be; convert it".into())
}

/// The error with advice that helps. For an option that it does not know, clap's own is
/// to put `--` before it, which here makes it COMPONENT.
pub fn advised(mut error: clap::Error) -> clap::Error {
    let usage = error.get(ContextKind::Usage).map(ContextValue::to_string);
    let takes_guest = usage.is_some_and(|usage| usage.contains("<COMPONENT> ["));
    if takes_guest && error.get(ContextKind::Suggested).is_some() {
        let advice = StyledStr::from("an option of the component comes after COMPONENT");
        let advice = ContextValue::StyledStrs(vec![advice]);
        error.insert(ContextKind::Suggested, advice);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use clap::parser::ValueSource;
    use clap::{Arg, ArgMatches, Command, CommandFactory};
    use std::ffi::OsStr;

    /// The subcommands that take a component and words for it.
    fn subcommands() -> Vec<Command> {
        let mut cli = Cli::command();
        cli.build();
        let guest = |command: &&Command| command.get_arguments().any(|arg| arg.get_id() == "words");
        cli.get_subcommands().filter(guest).cloned().collect()
    }

    /// An option in all its spellings, with a value that it would take.
    fn spellings(option: &Arg) -> Vec<Vec<String>> {
        let long = option.get_long().map(|long| format!("--{long}"));
        let short = option.get_short().map(|short| format!("-{short}"));
        let names = long.into_iter().chain(short);
        match option.get_action().takes_values() {
            false => names.map(|name| vec![name]).collect(),
            true => names
                .flat_map(|name| [vec![format!("{name}=1")], vec![name, "1".to_string()]])
                .collect(),
        }
    }

    fn parse(subcommand: &Command, words: &[String]) -> ArgMatches {
        let before = ["worldhost", subcommand.get_name()].map(String::from);
        let matches = Cli::command().try_get_matches_from(before.iter().chain(words));
        let matches = matches.unwrap_or_else(|error| panic!("{words:?}: {error}"));
        matches
            .subcommand_matches(subcommand.get_name())
            .unwrap()
            .clone()
    }

    /// The arguments that the command line gave.
    fn given<'a>(subcommand: &'a Command, matches: &ArgMatches) -> Vec<&'a str> {
        let arguments = subcommand.get_arguments().map(|arg| arg.get_id().as_str());
        arguments
            .filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine))
            .collect()
    }

    fn check_all_words(subcommand: &Command, before: &[&str], after: &[String]) {
        let before = before.iter().map(|word| word.to_string());
        let words: Vec<String> = before.chain(after.to_vec()).collect();
        let matches = parse(subcommand, &words);
        assert_eq!(given(subcommand, &matches), ["words"], "{words:?}");
        let found: Vec<_> = matches.get_raw("words").unwrap().skip(1).collect();
        let expected: Vec<_> = after.iter().map(OsStr::new).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn no_option_after_the_component_is_ours() {
        let subcommands = subcommands();
        let names: Vec<&str> = subcommands.iter().map(Command::get_name).collect();
        assert_eq!(names, ["run", "process", "call"]);
        for subcommand in &subcommands {
            let options = subcommand
                .get_arguments()
                .filter(|arg| !arg.is_positional());
            let mut tried: Vec<Vec<String>> = options.flat_map(spellings).collect();
            assert!(tried.len() > 20, "{tried:?}");
            tried.extend(["--", "--unknown"].map(|word| vec![word.to_string()]));
            for after in &tried {
                check_all_words(subcommand, &["a.wasm"], after);
                check_all_words(subcommand, &["--", "a.wasm"], after);
            }
        }
    }
}
