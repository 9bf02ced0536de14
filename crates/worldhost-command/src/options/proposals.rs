//! The option that turns proposals on and off, spelt as the Wasmtime CLI spells it.

use clap::Args;
use std::str::FromStr;
use worldhost::{Proposal, Proposals, Standing};
use worldhost_policy::switch;
use worldhost_wit::nearest;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct Switches {
    /// Turn proposals of WebAssembly or of the component model on, or off: `wide-arithmetic`,
    /// `gc=n`. Which there are is in docs/features.md.
    #[arg(
        short = 'W',
        long = "wasm",
        value_name = "NAME[=y|n],...",
        value_delimiter = ',',
        help_heading = "Code"
    )]
    wasm: Vec<Switch>,
}

impl Switches {
    pub fn proposals(&self) -> Proposals {
        let mut proposals = Proposals::default();
        for Switch(proposal, on) in &self.wasm {
            proposals.set(*proposal, *on);
        }
        proposals
    }
}

/// The argument that stands for these; none where there is nothing to say.
pub fn argument(proposals: &Proposals) -> Option<String> {
    let changed: Vec<String> = proposals
        .changed()
        .map(|(proposal, on)| format!("{proposal}={}", if on { "y" } else { "n" }))
        .collect();
    (!changed.is_empty()).then(|| format!("-W{}", changed.join(",")))
}

#[derive(Clone, Copy)]
struct Switch(Proposal, bool);

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, on) = switch(text)?;
        let proposal: Proposal = name.parse().map_err(|error| {
            let names = Proposal::all().filter(|proposal| proposal.is_optional());
            match nearest(name, names.map(|proposal| proposal.to_string())).first() {
                Some(name) => format!("{error}; did you mean {name}?"),
                None => format!("{error}; docs/features.md has their names"),
            }
        })?;
        match proposal.standing() {
            Standing::Absent if on => Err(CANNOT.into()),
            Standing::Fixed if !on => Err("cannot be turned off".into()),
            Standing::Absent | Standing::Fixed => Err("is so anyway; leave it out".into()),
            _ => Ok(Switch(proposal, on)),
        }
    }
}

const CANNOT: &str = "cannot be turned on in this host; docs/features.md says why";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_a_name_and_a_letter() {
        for (text, name, on) in [
            ("wide-arithmetic", "wide-arithmetic", true),
            ("gc=n", "gc", false),
            ("simd=yes", "simd", true),
        ] {
            let Switch(proposal, set) = text.parse().unwrap();
            assert_eq!((proposal.name(), set), (name, on));
        }
        for (text, words) in [
            ("gc=maybe", "neither y nor n"),
            ("wide-aritmetic", "did you mean wide-arithmetic?"),
            ("qqq", "docs/features.md has their names"),
            ("threads", "cannot be turned on"),
            ("component-model=n", "cannot be turned off"),
        ] {
            let error = text.parse::<Switch>().err().unwrap();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn the_argument_says_what_differs() {
        let mut proposals = Proposals::default();
        assert_eq!(argument(&proposals), None);
        proposals.set("gc".parse().unwrap(), false);
        proposals.set("simd".parse().unwrap(), true);
        assert_eq!(argument(&proposals).as_deref(), Some("-Wgc=n"));
    }
}
