//! The options that say how much a component may be and use: one for each limit of the
//! library.

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};
use worldhost::Limit;
use worldhost_policy::{AllLimits, AnyLimit, amount};

/// The limits that the command line names, and their values.
pub struct LimitFlags(pub Vec<(AnyLimit, Option<u64>)>);

impl Args for LimitFlags {
    fn augment_args(command: Command) -> Command {
        command.args(AnyLimit::all().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(LimitFlags(named(AnyLimit::all(), matches).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub fn option(limit: AnyLimit) -> Arg {
    Arg::new(limit.name())
        .long(limit.name())
        .value_name(amount::value_name(limit))
        .help(format!("The most {} [{}]", limit.bounds(), default(limit)))
        .value_parser(move |text: &str| amount::read(limit, text))
        .help_heading(match limit {
            AnyLimit::Run(_) => "Limits",
            AnyLimit::Load(_) => "Limits of a component",
        })
}

/// The option of it with its value.
pub fn argument(limit: AnyLimit, limits: &AllLimits) -> String {
    let value = amount::written(limit.unit(), limit.of(limits));
    format!("--{}={value}", limit.name())
}

fn default(limit: AnyLimit) -> String {
    let value = amount::written(limit.unit(), limit.in_force(&AllLimits::default()));
    match limit {
        AnyLimit::Run(Limit::Timeout) => "default: none for run and call, 1m for process".into(),
        _ => format!("default: {value}"),
    }
}

/// Those that the command line names.
pub fn named(
    limits: impl Iterator<Item = AnyLimit>,
    matches: &ArgMatches,
) -> impl Iterator<Item = (AnyLimit, Option<u64>)> {
    limits.filter_map(|limit| {
        let value = matches.get_one::<Option<u64>>(limit.name())?;
        Some((limit, *value))
    })
}
