//! The options of those who load a component and do not run it: how much it may be, and how
//! much compiling it may take.

use super::limits::{argument, named, option};
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use worldhost::LoadLimits;
use worldhost_policy::{AllLimits, AnyLimit};

pub struct Loading(AllLimits);

impl Args for Loading {
    fn augment_args(command: Command) -> Command {
        command.args(AnyLimit::of_loading().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Loading {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut limits = AllLimits::default();
        for (limit, value) in named(AnyLimit::of_loading(), matches) {
            limit
                .set(&mut limits, value)
                .map_err(|unfit| Error::raw(ErrorKind::ValueValidation, unfit))?;
        }
        Ok(Loading(limits))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Loading {
    pub fn limits(&self) -> LoadLimits {
        self.0.load.clone()
    }
}

/// The arguments that stand for these.
pub fn arguments(limits: &LoadLimits) -> impl Iterator<Item = String> {
    let all = AllLimits {
        load: limits.clone(),
        ..AllLimits::default()
    };
    AnyLimit::of_loading().map(move |limit| argument(limit, &all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::time::Duration;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        loading: Loading,
    }

    fn read(arguments: impl Iterator<Item = String>) -> LoadLimits {
        let words = ["program".to_string()].into_iter().chain(arguments);
        Program::parse_from(words).loading.limits()
    }

    #[test]
    fn limits_are_read_as_they_were_written() {
        let default = format!("{:?}", LoadLimits::default());
        assert_eq!(format!("{:?}", read(std::iter::empty())), default);
        let mut all = AllLimits::default();
        for (limit, value) in AnyLimit::of_loading().zip(77..) {
            limit.set(&mut all, Some(value)).unwrap();
        }
        let again = read(arguments(&all.load));
        assert_eq!(format!("{again:?}"), format!("{:?}", all.load));
        all.load.compile_memory = (1 << 30) + 1;
        all.load.compile_time = Duration::from_millis(61_001);
        let again = read(arguments(&all.load));
        assert_eq!(format!("{again:?}"), format!("{:?}", all.load));
    }
}
