//! What limits are written as: `512MiB`, `1.5s`, `100`, `none`.

use crate::tables::{AllLimits, AnyLimit};
use bytesize::ByteSize;
use std::time::Duration;
use worldhost::Unit;

/// No limit.
const NONE: &str = "none";

/// The value of a limit, as it is written on a command line and in a policy.
///
/// # Errors
///
/// How it is to be written, or why it cannot be this.
pub fn read(limit: AnyLimit, text: &str) -> Result<Option<u64>, String> {
    let value = match (text, limit.unit()) {
        (NONE, _) => None,
        (_, Unit::Bytes) => text.parse::<ByteSize>().ok().map(|size| size.as_u64()),
        (_, Unit::Time) => time(text)
            .ok()
            .map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
        _ => text.parse().ok(),
    };
    if value.is_none() && text != NONE {
        return Err(format!("is no {}", what(limit)));
    }
    match limit.set(&mut AllLimits::default(), value) {
        Ok(()) => Ok(value),
        Err(unfit) => Err(unfit.to_string()),
    }
}

/// A time with its unit.
///
/// # Errors
///
/// How it is to be written.
pub fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| format!("is no {TIME}"))
}

const TIME: &str = "time; write it with its unit, like \"30s\" or \"500ms\"";

/// As [`read`] takes it.
pub fn written(unit: Unit, value: Option<u64>) -> String {
    match (value, unit) {
        (None, _) => NONE.to_string(),
        (Some(bytes), Unit::Bytes) => size(bytes),
        (Some(nanos), Unit::Time) => {
            humantime::format_duration(Duration::from_nanos(nanos)).to_string()
        }
        (Some(value), _) => value.to_string(),
    }
}

/// In the largest unit of which it is a whole number.
fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let whole = |(shift, _): &(u32, &str)| bytes > 0 && bytes.is_multiple_of(1 << shift);
    match units.into_iter().find(whole) {
        Some((shift, unit)) => format!("{}{unit}", bytes >> shift),
        None => format!("{bytes}B"),
    }
}

/// What help calls the value.
pub fn value_name(limit: AnyLimit) -> &'static str {
    match limit.unit() {
        Unit::Bytes => "SIZE",
        Unit::Time => "TIME",
        Unit::Fuel => "UNITS",
        _ => "N",
    }
}

/// What it is in words, and how it is written.
pub fn what(limit: AnyLimit) -> &'static str {
    match limit.unit() {
        Unit::Bytes => "size; write it like \"512MiB\", or a number of bytes",
        Unit::Time => TIME,
        _ => "number; write it in digits",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use worldhost::{Limit, LoadLimit};

    #[test]
    fn what_is_written_is_read() {
        for (limit, texts) in [
            (Limit::Memory, &["1GiB", "1536MiB", "3KiB", "1025B"][..]),
            (Limit::Timeout, &["500ms", "1m", "none", "1h 30m"]),
            (Limit::Instances, &["100"]),
            (Limit::Fuel, &["1000000", "none"]),
            (Limit::Output, &["none", "0B"]),
        ] {
            let limit = AnyLimit::Run(limit);
            for text in texts {
                let value = read(limit, text).unwrap();
                assert_eq!(written(limit.unit(), value), *text);
            }
        }
        assert_eq!(
            read(AnyLimit::Run(Limit::Memory), "512").unwrap(),
            Some(512)
        );
    }

    #[test]
    fn what_is_none_of_these_is_told() {
        for (limit, text, words) in [
            (AnyLimit::Run(Limit::Memory), "none", "always is"),
            (AnyLimit::Run(Limit::Memory), "much", "is no size"),
            (AnyLimit::Run(Limit::Timeout), "5", "unit"),
            (AnyLimit::Run(Limit::Instances), "-1", "is no number"),
            (AnyLimit::Run(Limit::Fuel), "1.5", "is no number"),
            (AnyLimit::Load(LoadLimit::Size), "none", "always is"),
            (AnyLimit::Load(LoadLimit::Nesting), "301", "300 at the most"),
            (AnyLimit::Load(LoadLimit::CompileTime), "5", "unit"),
        ] {
            let error = read(limit, text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
