//! What is quoted in a message, which stays short however long that is.

use std::borrow::Cow;

/// As many characters are quoted of a value or a name.
const LONGEST: usize = 60;

/// So many names are listed.
const MOST: usize = 12;

/// The text, or its beginning.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// The names, or the first of them.
pub(crate) fn listed(names: &[&str]) -> String {
    let first: Vec<_> = names.iter().take(MOST).map(|name| short(name)).collect();
    match names.len().saturating_sub(MOST) {
        0 => first.join(", "),
        more => format!("{}, … ({more} more)", first.join(", ")),
    }
}

/// That the name is none of those that there are, and what it may have meant.
pub(crate) fn unknown(name: &str, names: &[&str]) -> String {
    let message = format!("`{}` is not one of {}", short(name), listed(names));
    match nearest(name, names) {
        Some(nearest) => format!("{message}; did you mean {}?", short(nearest)),
        None => message,
    }
}

fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    // What is much longer than any name is like none.
    if name.len() > 4 * LONGEST {
        return None;
    }
    let name = name.to_lowercase().replace('_', "-");
    let scored = names.iter().map(|known| {
        let likeness = strsim::normalized_damerau_levenshtein(&name, &known.to_lowercase());
        (likeness, *known)
    });
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= 0.6).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!(short("é"), "é");
        let long = "é".repeat(1000);
        assert_eq!(short(&long).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_name_is_held_against_those_that_there_are() {
        let names = ["red", "light-green"];
        let said = |name: &str| unknown(name, &names);
        assert_eq!(said("blue"), "`blue` is not one of red, light-green");
        assert_eq!(
            said("LightGreen"),
            "`LightGreen` is not one of red, light-green; did you mean light-green?"
        );
        let many: Vec<String> = (0..5000).map(|n| format!("case-number-{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let said = unknown(&"x".repeat(5_000_000), &many);
        assert!(said.len() < 500 && said.contains("(4988 more)"), "{said}");
    }
}
