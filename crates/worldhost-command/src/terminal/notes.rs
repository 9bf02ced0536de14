//! What is said of a component beside what was asked.

use worldhost::printable;
use worldhost_check::{Meant, Unseen};

/// What WIT cannot show, and which of several versions is meant.
pub fn notes(unseen: &[Unseen], meant: &[Meant]) -> String {
    let mut text = String::new();
    if !unseen.is_empty() {
        text += "\nWIT has no words for:\n";
        for unseen in unseen {
            text += &format!("  {}\n", printable(&unseen_in_words(unseen)));
        }
    }
    for Meant { export, others, .. } in meant {
        let words = format!(
            "{export} is the one that is used, beside {}",
            others.join(", ")
        );
        text += &format!("\n{}\n", printable(&words));
    }
    text
}

/// An import or export that WIT cannot show, and why.
pub fn unseen_in_words(unseen: &Unseen) -> String {
    let Unseen {
        side, name, kind, ..
    } = unseen;
    let reason = unseen.reason.iter().map(|reason| format!(": {reason}"));
    format!("{side} {name}, {kind}{}", reason.collect::<String>())
}
