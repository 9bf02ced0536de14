//! The names that a misspelt one may have meant.

use crate::names::{InterfaceName, ItemName};

/// The few of `known` that are most like `name`, best first.
///
/// Names are compared part by part, so that `a:b/poll` is not like `a:b/exit` for
/// all that they share; versions do not count. Those that are too unlike are left out.
pub fn nearest(name: &str, known: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut scored: Vec<(f64, String)> = known
        .into_iter()
        .filter(|other| other != name)
        .map(|other| (likeness(name, &other), other))
        .filter(|(score, _)| *score >= 0.6)
        .collect();
    scored.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    scored.dedup_by(|(_, x), (_, y)| x == y);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// That of the parts that are least alike; 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (parts(a), parts(b));
    if a.len() != b.len() {
        return 0.0;
    }
    a.iter()
        .zip(&b)
        .map(|(a, b)| match a.len().max(b.len()) <= LONGEST {
            true => strsim::normalized_damerau_levenshtein(a, b),
            false => f64::from(u8::from(a == b)),
        })
        .fold(1.0, f64::min)
}

/// Nobody misspells what is longer, and to compare takes the product of both lengths.
const LONGEST: usize = 256;

/// `wasi`, `io`, `poll` of `wasi:io/poll@0.2.12`, and `pollable`, `block` of
/// `[method]pollable.block`.
fn parts(name: &str) -> Vec<String> {
    let name = InterfaceName::parse(ItemName::parse(name).plain());
    name.base()
        .split([':', '/', '.'])
        .map(String::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn names_are_compared_part_by_part() {
        let known = [
            "wasi:io/poll@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:cli/exit@0.2.12",
        ];
        let like = |name| nearest(name, known.map(String::from));
        assert_eq!(like("wasi:io/polls@0.4.0"), ["wasi:io/poll@0.2.12"]);
        assert!(like("wasi:io/run@0.2.12").is_empty());
        assert_eq!(
            nearest("pollable.blok", ["[method]pollable.block".to_string()]),
            ["[method]pollable.block"]
        );
    }
}
