//! Items of WASI that are offered although they are unstable, as they are written.

use std::str::FromStr;
use worldhost::Unstable;

/// One item, and whether it is offered.
#[derive(Clone, Debug)]
pub struct Item {
    /// As WASI spells it.
    pub feature: String,
    /// Whether it is offered.
    pub on: bool,
}

/// What stands before and after the `=` of `NAME[=y|n]`.
///
/// # Errors
///
/// When what is after it is neither.
pub fn switch(text: &str) -> Result<(&str, bool), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, "y"));
    match value {
        "y" | "yes" | "true" => Ok((name, true)),
        "n" | "no" | "false" => Ok((name, false)),
        _ => Err("is neither y nor n".into()),
    }
}

impl FromStr for Item {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (feature, on) = switch(text)?;
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
