//! The options that say what a component may touch and how much it may use,
//! shared by every subcommand that runs one.

use super::limits::LimitFlags;
use super::shown::{self, As};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use std::path::{Path, PathBuf};
use std::time::Duration;
use worldhost_policy::{Grant, Granted, InForce, Origin, Policy, Result, Revoked};

#[derive(Args)]
pub struct Grants {
    #[command(flatten)]
    grants: GrantFlags,

    /// A file of grants and limits, in TOML: its keys are the names of the options, and its
    /// paths are relative to it. Options grant more and replace its limits.
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    policy: Option<PathBuf>,

    /// The policy that is beside the component: plugin.policy.toml for plugin.wasm.
    #[arg(long, conflicts_with = "policy", help_heading = "Grants")]
    policy_beside: bool,

    /// Take back what the policy grants: all of `dir`, `env` or another, or one: `dir=data`,
    /// `env=LANG`.
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Grants")]
    revoke: Vec<Revoked>,

    /// Show what is granted and where each grant comes from, and run nothing.
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "text", help_heading = "Grants")]
    show_grants: Option<As>,

    #[command(flatten)]
    limits: LimitFlags,

    /// Show every limit, its value and where it comes from, and run nothing.
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "text", help_heading = "Limits")]
    show_limits: Option<As>,
}

impl Grants {
    /// What is in force for this component, with `timeout` where nobody names one.
    pub fn in_force(&self, component: &Path, timeout: Option<Duration>) -> Result<InForce> {
        let in_force = InForce::by_default(timeout)
            .with(self.policy(component)?)
            .without(&self.revoke)?;
        let limits = self.limits.0.iter();
        let in_force = limits.fold(in_force, |in_force, &(limit, value)| {
            in_force.with_limit(limit, value, Origin::Flag(limit.name()))
        });
        in_force.with_grants(self.grants.0.iter().cloned())
    }

    fn policy(&self, component: &Path) -> Result<Policy> {
        match &self.policy {
            Some(file) => Policy::read(file),
            None if self.policy_beside => Policy::read(&component.with_extension("policy.toml")),
            None => Ok(Policy::default()),
        }
    }

    /// Shows what is asked for; whether something was, and nothing is to be run.
    pub fn show(&self, in_force: &InForce) -> anyhow::Result<bool> {
        if let Some(how) = self.show_grants {
            shown::print(&shown::grants(in_force), how)?;
        }
        if let Some(how) = self.show_limits {
            shown::print(&shown::limits(in_force), how)?;
        }
        Ok(self.show_grants.is_some() || self.show_limits.is_some())
    }
}

/// What the command line grants.
struct GrantFlags(Vec<Granted>);

impl Args for GrantFlags {
    fn augment_args(command: Command) -> Command {
        command.args(Grant::ALL.map(|grant| {
            let arg = Arg::new(grant.name())
                .long(grant.name())
                .help(grant.help())
                .help_heading("Grants");
            let arg = match grant.value_name() {
                None => arg.action(ArgAction::SetTrue),
                Some(form) => arg
                    .action(ArgAction::Append)
                    .value_name(form)
                    .value_parser(move |text: &str| granted(grant, text)),
            };
            match grant {
                // As the Wasmtime CLI spells it.
                Grant::Wasi => arg.short('S').value_delimiter(','),
                _ => arg,
            }
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn granted(grant: Grant, text: &str) -> Result<Granted, String> {
    Granted::read(grant, text, None, Origin::Flag(grant.name()))
}

impl FromArgMatches for GrantFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |grant: Grant| -> Vec<Granted> {
            match grant.value_name() {
                Some(_) => {
                    let values = matches.get_many::<Granted>(grant.name());
                    values.into_iter().flatten().cloned().collect()
                }
                None if matches.get_flag(grant.name()) => granted(grant, "").into_iter().collect(),
                None => Vec::new(),
            }
        };
        Ok(GrantFlags(Grant::ALL.into_iter().flat_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
