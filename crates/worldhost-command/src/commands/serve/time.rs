//! A time on the command line.

use std::str::FromStr;
use std::time::Duration;

/// A time: `500ms`, `1m 30s`, or a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Duration);

impl FromStr for Time {
    type Err = humantime::DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(seconds) => Ok(Time(Duration::from_secs(seconds))),
            Err(_) => humantime::parse_duration(text).map(Time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_seconds() {
        for (text, milliseconds) in [("5", 5000), ("0", 0), ("500ms", 500), ("1m 30s", 90_000)] {
            let time = Time(Duration::from_millis(milliseconds));
            assert_eq!(text.parse(), Ok(time), "{text}");
        }
        "1.5".parse::<Time>().unwrap_err();
    }
}
