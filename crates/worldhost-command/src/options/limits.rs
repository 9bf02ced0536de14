//! The options that say how much a component may use: one for each limit of the library.

use super::amount;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};
use worldhost::{Limit, Limits};

/// The limits that the command line names, and their values.
pub struct LimitFlags(pub Vec<(Limit, Option<u64>)>);

impl Args for LimitFlags {
    fn augment_args(command: Command) -> Command {
        command.args(Limit::ALL.iter().map(|&limit| {
            Arg::new(limit.name())
                .long(limit.name())
                .value_name(amount::value_name(limit))
                .help(format!("The most {} [{}]", limit.bounds(), default(limit)))
                .value_parser(move |text: &str| amount::read(limit, text))
                .help_heading("Limits")
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn default(limit: Limit) -> String {
    let value = amount::written(limit.unit(), Limits::default().in_force(limit));
    match limit {
        Limit::Timeout => "default: none for run and call, 1m for process".into(),
        _ => format!("default: {value}"),
    }
}

impl FromArgMatches for LimitFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |&limit: &Limit| {
            let value = matches.get_one::<Option<u64>>(limit.name())?;
            Some((limit, *value))
        };
        Ok(LimitFlags(Limit::ALL.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
