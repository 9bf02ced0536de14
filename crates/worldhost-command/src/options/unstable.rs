//! The option that offers unstable items of WASI, spelt as the Wasmtime CLI spells it.

use clap::Args;
use std::str::FromStr;
use worldhost::Unstable;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct UnstableWasi {
    /// Offer items that WASI marks as unstable: `network-error-code`.
    #[arg(
        short = 'S',
        long = "wasi",
        value_name = "NAME[=y|n],...",
        value_delimiter = ',',
        help_heading = "Grants"
    )]
    wasi: Vec<Item>,
}

impl UnstableWasi {
    pub fn unstable(&self) -> Unstable {
        let mut unstable = Unstable::default();
        for Item { feature, on } in &self.wasi {
            unstable.set(feature, *on);
        }
        unstable
    }
}

/// One item, and whether it is offered.
#[derive(Clone)]
pub struct Item {
    pub feature: String,
    pub on: bool,
}

impl FromStr for Item {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (feature, on) = super::switch(text)?;
        if Unstable::default().set(feature, on) {
            let feature = feature.to_string();
            return Ok(Item { feature, on });
        }
        Err(match feature {
            "cli-exit-with-code" => "is stable, and always there; leave it out".into(),
            "clocks-timezone" => "is not provided by this host".into(),
            _ => format!("is none of: {}", Unstable::FEATURES.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_a_feature_and_a_letter() {
        let item: Item = "network-error-code".parse().unwrap();
        assert!(item.on);
        assert!(!"network-error-code=n".parse::<Item>().unwrap().on);
        for (text, words) in [
            ("cli-exit-with-code", "always there"),
            ("clocks-timezone", "not provided"),
            ("http", "is none of: network-error-code"),
            ("network-error-code=maybe", "neither y nor n"),
        ] {
            let error = text.parse::<Item>().err().unwrap();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
