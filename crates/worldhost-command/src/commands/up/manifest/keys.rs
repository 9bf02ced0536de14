//! The keys of a component: a few of the manifest's own, and the options of the subcommand.

use super::entry::Restart;
use super::kind::Kind;
use clap::{Arg, ArgAction, Command};

/// What a manifest says of a component beside options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    Source,
    Run,
    Addr,
    Args,
    Stdin,
    Stdout,
    Restart,
}

impl Own {
    const ALL: [Own; 7] = [
        Own::Source,
        Own::Run,
        Own::Addr,
        Own::Args,
        Own::Stdin,
        Own::Stdout,
        Own::Restart,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Own::Source => "source",
            Own::Run => "run",
            Own::Addr => "addr",
            Own::Args => "args",
            Own::Stdin => "stdin",
            Own::Stdout => "stdout",
            Own::Restart => "restart",
        }
    }

    pub fn help(self) -> &'static str {
        match self {
            Own::Source => "The component, as the command line names it.",
            Own::Run => "The subcommand that runs it.",
            Own::Addr => {
                "Where it serves: HOST:PORT or unix:PATH. The socket stays open when the \
                          component is exchanged or started again."
            }
            Own::Args => "The words after the component: its arguments, or inputs.",
            Own::Stdin => "The file that it reads as stdin; without it there is nothing to read.",
            Own::Stdout => "The file that its output is added to; without it, it is shown.",
            Own::Restart => {
                "When it is started again after it ended. What is served or works is, \
                             always, unless this says otherwise; what has an end, never."
            }
        }
    }

    /// Whether what is run in this way has it.
    fn is_of(self, kind: Kind) -> bool {
        match self {
            Own::Source | Own::Run | Own::Restart => true,
            Own::Addr => kind == Kind::Serve,
            Own::Args | Own::Stdin | Own::Stdout => !kind.goes_on(),
        }
    }

    pub fn of(kind: Kind) -> impl Iterator<Item = Own> {
        Own::ALL.into_iter().filter(move |own| own.is_of(kind))
    }

    /// The values of one that has a few.
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Own::Run => Kind::ALL.map(Kind::name).to_vec(),
            Own::Restart => Restart::ALL.map(Restart::name).to_vec(),
            _ => Vec::new(),
        }
    }

    pub fn is_list(self) -> bool {
        matches!(self, Own::Addr | Own::Args)
    }
}

/// What is said to `up` itself, for all of them, or has no meaning there.
const OTHERS: [&str; 9] = [
    "admin-addr",
    "help",
    "log-format",
    "offline",
    "show-grants",
    "show-limits",
    "shutdown-addr",
    "systemd-listenfd",
    "watch",
];

/// The options of a subcommand that a manifest can name.
pub struct Options {
    kind: Kind,
    command: Command,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It is on or off.
    Nothing,
    One,
    Several,
}

impl Options {
    pub fn of(kind: Kind) -> Self {
        let mut command = kind.command();
        command.build();
        Options { kind, command }
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &Arg)> {
        let named = self.command.get_arguments().filter_map(|arg| {
            let name = arg.get_long()?;
            Some((name, arg))
        });
        named.filter(|(name, arg)| {
            let own = Own::of(self.kind).any(|own| own.name() == *name);
            !own && !OTHERS.contains(name) && !arg.is_hide_set()
        })
    }

    pub fn find(&self, name: &str) -> Option<&Arg> {
        self.all().find(|(own, _)| *own == name).map(|(_, arg)| arg)
    }

    /// Whether there is such an option, which is none of a manifest's.
    pub fn is_for_all(name: &str) -> bool {
        OTHERS.contains(&name)
    }
}

pub fn takes(arg: &Arg) -> Takes {
    match arg.get_action() {
        ArgAction::Append => Takes::Several,
        action if action.takes_values() => Takes::One,
        _ => Takes::Nothing,
    }
}
