//! Errors as a user meets them: one line that says what, where and what to do
//! next, and an exit code that a script can tell apart.

use super::advice;
use super::causes::{BadCall, Cause, is_of_library};
use super::explained::Explained;
use super::said::{Level, Said};
use super::style::BAD;
use crate::project::Names;
use std::fmt::Display;
use worldhost::{Error, printable, printable_lines};

/// The exit code of a host that failed.
pub const HOST: i32 = 125;

/// The exit code for an error.
pub fn code(error: &anyhow::Error) -> i32 {
    match Cause::of(error) {
        Cause::Usage | Cause::Call(_) | Cause::Wit(_) | Cause::Dev(_) => 2,
        Cause::Host(error) => host_code(error),
        Cause::Registry(error) => registry_code(error),
        Cause::Other => HOST,
    }
}

fn host_code(error: &Error) -> i32 {
    match error {
        // A result was due: what the guest calls a success is none.
        Error::Exit(0) => 134,
        Error::Exit(code) => *code,
        Error::NotFound { .. } => 127,
        Error::Read { .. }
        | Error::Pinned { .. }
        | Error::NotWasm { .. }
        | Error::CoreModule { .. }
        | Error::Adapt { .. }
        | Error::Invalid { .. }
        | Error::Lacks { .. }
        | Error::Refused { .. }
        | Error::Exceeds { .. }
        | Error::WitPackage { .. }
        | Error::Compiled { .. }
        | Error::Stale { .. }
        | Error::Link { .. }
        | Error::NoExport { .. }
        | Error::World { .. } => 126,
        Error::Exposed { .. }
        | Error::Preopen { .. }
        | Error::Target { .. }
        | Error::Proposals { .. } => 2,
        Error::Timeout { .. } | Error::Stalled { .. } => 124,
        Error::Trap(_) | Error::Dead { .. } => 134,
        _ => HOST,
    }
}

fn registry_code(error: &worldhost_registry::Error) -> i32 {
    use worldhost_registry::Error as E;
    match error {
        E::Address { .. } | E::Lock { .. } => 2,
        E::NotComponent { .. } | E::Moved { .. } | E::Damaged { .. } => 126,
        E::NotFound { .. } | E::NoRegistry { .. } | E::Offline { .. } => 127,
        _ => HOST,
    }
}

/// Prints the error on one line of stderr, and under it what has no room there:
/// every misfit, the place in a call, and with `verbose` the guest's frames.
/// An error in WIT text has the text and a caret below it.
pub fn print(error: &anyhow::Error, project: Names, verbose: bool) {
    let cause = Cause::of(error);
    let mut details = Vec::new();
    if let Some(Explained { misfits, .. }) = error.downcast_ref() {
        let misfits = misfits.iter().map(advice::on_misfit);
        details.extend(misfits.map(|misfit| printable(&misfit).into_owned()));
    }
    if verbose {
        let frames = frames(&cause).iter();
        details.extend(frames.map(|frame| printable(frame).into_owned()));
    }
    let marks = match &cause {
        Cause::Call(call) => marked(call),
        _ => String::new(),
    };
    Said {
        level: Level::Error,
        message: &words(error, project),
        code: Some(code(error)),
        details: &details,
        marks: &marks,
    }
    .say();
}

/// The line of a call that goes wrong, or what is around the place in a long one, and
/// marks under the place.
fn marked(BadCall { text, at, .. }: &BadCall<'_>) -> String {
    let before = text.get(..at.start).unwrap_or(text);
    let after = text.get(at.start..).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    let before = match before.char_indices().rev().nth(AROUND) {
        Some((cut, c)) => format!("…{}", &before[cut + c.len_utf8()..]),
        None => before.to_string(),
    };
    let after = after.lines().next().unwrap_or_default();
    let after = match after.char_indices().nth(AROUND) {
        Some((cut, _)) => format!("{}…", &after[..cut]),
        None => after.to_string(),
    };
    let place = text.get((*at).clone()).unwrap_or_default();
    let place = place.lines().next().unwrap_or_default();
    // Wide characters aside, as many columns as there are characters.
    let indent = " ".repeat(before.chars().count());
    let marks = place.chars().take(after.chars().count()).count().max(1);
    let marks = "^".repeat(marks);
    let line = format!("{before}{after}").replace('\t', " ");
    format!("  {line}\n  {indent}{BAD}{marks}{BAD:#}\n")
}

/// So many characters are shown on either side of where a call goes wrong.
const AROUND: usize = 60;

/// The guest's frames, if it was the guest.
fn frames<'a>(cause: &Cause<'a>) -> &'a [String] {
    match cause {
        Cause::Host(Error::Trap(trap)) => &trap.frames,
        _ => &[],
    }
}

/// Prints what ought not to be: that the host itself went wrong.
pub fn defect(words: &str) {
    say(Level::Error, words);
}

/// Prints what goes wrong and stops nothing, on one line of stderr.
pub fn warn(warning: impl Display) {
    say(Level::Warning, &warning.to_string());
}

/// Prints what is good to know, on one line of stderr.
pub fn note(note: impl Display) {
    say(Level::Note, &note.to_string());
}

fn say(level: Level, words: &str) {
    let message = &on_one_line(words);
    Said {
        level,
        message,
        ..Said::default()
    }
    .say();
}

/// The error and what to do about it: on one line, but with the text and a caret below it
/// where it is in WIT.
pub fn words(error: &anyhow::Error, project: Names) -> String {
    let cause = Cause::of(error);
    match cause {
        Cause::Wit(worldhost_wit::Error::Parse { .. }) => {
            printable_lines(&with_advice(error, &cause, project)).into_owned()
        }
        _ => line(error, project),
    }
}

/// The error and what to do about it, on one line.
pub fn line(error: &anyhow::Error, project: Names) -> String {
    on_one_line(&with_advice(error, &Cause::of(error), project))
}

fn with_advice(error: &anyhow::Error, cause: &Cause<'_>, project: Names) -> String {
    let words = in_words(error);
    let advice = match error.downcast_ref() {
        Some(Explained { error, misfits }) => advice::on_explained(error, misfits),
        None => None,
    };
    match advice.or_else(|| advice::on(cause, project)) {
        // Below text with a caret there is room for it.
        Some(advice) if advice.starts_with('\n') => words + &advice,
        Some(advice) => format!("{words}; {advice}"),
        None => words,
    }
}

/// Words of ours with those of a component in them, for a line of a terminal.
pub fn on_one_line(words: &str) -> String {
    printable(&words.replace('\n', " ")).into_owned()
}

/// The contexts and the error. What is behind one of the libraries' errors is in
/// its text already.
pub fn in_words(error: &anyhow::Error) -> String {
    let mut words = Vec::new();
    for cause in error.chain() {
        words.push(cause.to_string());
        if is_of_library(cause) {
            break;
        }
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_call_is_shown_around_the_place() {
        let shown = |text: &str, at| {
            let (at, nearest) = (&at, &[][..]);
            let styled = marked(&BadCall { text, at, nearest });
            anstream::adapter::strip_str(&styled).to_string()
        };
        assert_eq!(shown("f(\n\tx y)", 6..7), "   x y)\n     ^\n");
        let long = format!("f({}x{})", "é".repeat(5000), "y".repeat(5000));
        let said = shown(&long, 10_002..15_003);
        let [line, marks] = said.lines().collect::<Vec<_>>()[..] else {
            panic!("{said}");
        };
        assert_eq!(line.chars().filter(|c| *c == '…').count(), 2, "{line}");
        assert_eq!(
            line.find('x'),
            line.char_indices().nth(63).map(|(at, _)| at)
        );
        assert_eq!(marks.trim_start().len(), AROUND + 1);
        assert_eq!(marks.len(), 63 + AROUND + 1);
    }
}
