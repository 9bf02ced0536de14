//! Errors as a user meets them: one line that says what, where and what to do
//! next, and an exit code that a script can tell apart.

use super::style::BAD;
use anstream::AutoStream;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use worldhost::check::{Misfit, Remedy, Side};
use worldhost::{Error, LimitHit, Trap, printable, printable_lines, wit};

/// The command line asks for something that cannot be.
#[derive(Debug)]
pub struct Usage(pub String);

impl Display for Usage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// A failure that another process of ours met, in its words.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub line: String,
    pub frames: Vec<String>,
}

impl Display for Told {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for Told {}

/// The error as another process is told of it.
pub fn tell(error: &anyhow::Error) -> Told {
    Told {
        code: code(error),
        line: line(error),
        frames: frames(error).to_vec(),
    }
}

/// The exit code for an error.
pub fn code(error: &anyhow::Error) -> i32 {
    if let Some(told) = error.downcast_ref::<Told>() {
        return told.code;
    }
    if error.is::<Usage>() || error.is::<wit::Error>() {
        return 2;
    }
    match error.downcast_ref::<Error>() {
        // A result was due: what the guest calls a success is none.
        Some(Error::Exit(0)) => 134,
        Some(Error::Exit(code)) => *code,
        Some(Error::NotFound { .. }) => 127,
        Some(
            Error::Read { .. }
            | Error::NotWasm { .. }
            | Error::CoreModule { .. }
            | Error::Invalid { .. }
            | Error::Compiled { .. }
            | Error::Stale { .. }
            | Error::Link { .. }
            | Error::NoExport { .. }
            | Error::World { .. },
        ) => 126,
        Some(
            Error::Exposed { .. }
            | Error::Preopen { .. }
            | Error::NoWorld { .. }
            | Error::Call { .. }
            | Error::Target { .. },
        ) => 2,
        Some(Error::Timeout { .. }) => 124,
        Some(Error::Trap(_) | Error::Dead { .. }) => 134,
        _ => 125,
    }
}

/// Prints the error on one line of stderr, and under it what has no room there:
/// every misfit, the place in a call, and with `verbose` the guest's frames.
/// An error in WIT text has the text and a caret below it.
pub fn print(error: &anyhow::Error, verbose: bool) {
    let words = match error.downcast_ref::<wit::Error>() {
        Some(error @ wit::Error::Parse { .. }) => printable_lines(&wit_advice(error)).into_owned(),
        Some(error) => on_one_line(&wit_advice(error)),
        None => line(error),
    };
    let mut text = format!("{BAD}error:{BAD:#} {words}\n");
    match error.downcast_ref::<Error>() {
        Some(Error::Link { misfits, .. } | Error::World { misfits, .. }) => {
            let misfits = misfits.iter().map(Misfit::to_string);
            text.extend(misfits.map(|misfit| format!("  {}\n", printable(&misfit))));
        }
        Some(Error::Call { text: call, at, .. }) => text += &marked(call, at),
        _ => {}
    }
    if verbose {
        let frames = frames(error).iter();
        text.extend(frames.map(|frame| format!("  {}\n", printable(frame))));
    }
    say(&text);
}

/// The line of a call that goes wrong, and marks under the place.
fn marked(text: &str, at: &Range<usize>) -> String {
    let before = text.get(..at.start).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let place = text.get(at.clone()).unwrap_or_default();
    let place = place.lines().next().unwrap_or_default();
    // Wide characters aside, as many columns as there are characters.
    let indent = " ".repeat(before[start..].chars().count());
    let marks = "^".repeat(place.chars().count().max(1));
    let line = line.replace('\t', " ");
    format!("  {line}\n  {indent}{BAD}{marks}{BAD:#}\n")
}

/// The guest's frames, if it was the guest.
fn frames(error: &anyhow::Error) -> &[String] {
    if let Some(told) = error.downcast_ref::<Told>() {
        return &told.frames;
    }
    match error.downcast_ref() {
        Some(Error::Trap(trap)) => &trap.frames,
        _ => &[],
    }
}

/// Prints what goes wrong and stops nothing, on one line of stderr.
pub fn warn(warning: impl Display) {
    say(&format!("warning: {}\n", on_one_line(&warning.to_string())));
}

/// Writes to stderr in one go: guests and other processes of ours write there too, and
/// not into the midst of this. That nobody reads it is no reason to stop.
fn say(text: &str) {
    let mut styled = AutoStream::new(Vec::new(), AutoStream::choice(&io::stderr()));
    let _ = styled.write_all(text.as_bytes());
    let _ = io::stderr().write_all(&styled.into_inner());
}

/// The error and what to do about it, on one line.
pub fn line(error: &anyhow::Error) -> String {
    let mut line = in_words(error);
    if let Some(advice) = error.downcast_ref().and_then(advice) {
        line = format!("{line}; {advice}");
    }
    on_one_line(&line)
}

/// Words of ours with those of a component in them, for a line of a terminal.
pub fn on_one_line(words: &str) -> String {
    printable(&words.replace('\n', " ")).into_owned()
}

/// The contexts and the error. What is behind one of the library's errors is in
/// its text already.
pub fn in_words(error: &anyhow::Error) -> String {
    let mut words = Vec::new();
    for cause in error.chain() {
        words.push(cause.to_string());
        if cause.is::<Error>() {
            break;
        }
    }
    words.join(": ")
}

/// Whether the reader of our stdout has gone.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// What to do next, where there is something to do.
fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::NotFound { .. } => "check the path, or build the component first".into(),
        Error::Read { path, .. } if path.is_dir() => "name the .wasm file in it".into(),
        Error::NotWasm { name, found } if found.contains("WebAssembly text") => {
            format!("encode it: wasm-tools parse {name} -o {name}.wasm")
        }
        Error::NotWasm { .. } => "give a .wasm file that a component toolchain built".into(),
        Error::CoreModule {
            name,
            preview1: true,
        } => format!(
            "make it a component: wasm-tools component new {name} --adapt \
             wasi_snapshot_preview1.command.wasm -o {name}, or build it for wasm32-wasip2"
        ),
        Error::CoreModule { name, .. } => format!(
            "make it a component: wasm-tools component embed wit --world plugin {name} -o {name}, \
             then wasm-tools component new {name} -o {name}"
        ),
        Error::Invalid { name, .. } => {
            format!("build or copy it again; wasm-tools validate {name} tells more")
        }
        Error::Compiled { .. } => {
            "if you made it, say so with --trust-compiled; else give the component".into()
        }
        Error::Stale { .. } => "compile it with this version: worldhost compile".into(),
        Error::Target { .. } => {
            "this build compiles for its own kind of CPU alone; compile it there".into()
        }
        Error::Distrusted { .. } | Error::Cache { .. } => {
            "name a directory of your own with WORLDHOST_CACHE_DIR, or use --no-cache".into()
        }
        Error::Exposed { dir, code } => exposed_advice(dir, code),
        Error::Link { missing, .. } => link_advice(missing),
        Error::NoExport {
            wanted, exports, ..
        } => export_advice(wanted, exports),
        Error::World { .. } => "build it against this host's wit/ directory".into(),
        // No export's name begins so.
        Error::Call { text, .. } if text.trim_start().starts_with('-') => {
            "options for worldhost come before COMPONENT".into()
        }
        Error::Call { nearest, .. } => return call_advice(nearest),
        Error::Preopen { .. } => "create the directory, or name another with --dir".into(),
        Error::Timeout { .. } => "allow more with --timeout, or --timeout none".into(),
        Error::Trap(trap) => return trap_advice(trap),
        _ => return None,
    })
}

fn wit_advice(error: &wit::Error) -> String {
    use wit::Error as E;
    let advice = match error {
        E::NotFound { .. } => "check the path; --wit names the directory",
        E::Parse {
            missing: Some(_), ..
        } => "\nfetch it into deps, or correct its version; worldhost wit verify tells more",
        E::NoWorld { .. } | E::WhichWorld { .. } => {
            "name one with --world, and in the project's bindgen!"
        }
        E::Git { .. } => "give a revision that git log shows, or a path",
        E::Options { .. } => "correct it, or name another file with --bindings",
        E::Generate { .. } => "change the options of bindgen! or the WIT",
        E::Released { .. } => "give the package a new version",
        E::NoVersion { .. } => "give it one: package name@0.1.0;",
        _ => return error.to_string(),
    };
    format!("{error}; {advice}").replace("; \n", "\n")
}

fn exposed_advice(dir: &Path, code: &Path) -> String {
    let mut ways = vec![READ_ONLY];
    if code.is_dir() {
        ways.extend(cache_elsewhere(dir));
        ways.push("use --no-cache");
    } else if !is_root(dir) {
        ways.push("move the file out of it");
    }
    ways.join(", or ")
}

/// The advice for code that later runs would run: a component that has `dir` can put
/// it into the cache.
pub fn later_advice(dir: &Path) -> String {
    let ways = [READ_ONLY].into_iter().chain(cache_elsewhere(dir));
    ways.collect::<Vec<_>>().join(", or ")
}

const READ_ONLY: &str = "grant it with --dir-ro";

fn cache_elsewhere(dir: &Path) -> Option<&'static str> {
    let way = "set WORLDHOST_CACHE_DIR, for later runs too, to a directory elsewhere";
    (!is_root(dir)).then_some(way)
}

/// Outside of which there is nothing.
fn is_root(dir: &Path) -> bool {
    dir.canonicalize().is_ok_and(|dir| dir.parent().is_none())
}

fn link_advice(missing: &[String]) -> String {
    if !missing.is_empty() && missing.iter().all(|import| import.starts_with("wasi:")) {
        format!(
            "build it against WASI {} or {}",
            worldhost::version::WASI_P2,
            worldhost::version::WASI_P3
        )
    } else {
        "build it against this host's wit/ directory, or add the interface to wit/ and src/imports/"
            .into()
    }
}

/// What to do about one misfit.
pub fn remedy(misfit: &Misfit) -> String {
    let words = misfit.remedy.to_string();
    match &misfit.remedy {
        Remedy::NotOffered { .. } if misfit.item.is_none() => {
            format!("{words}, or add the interface to wit/ and src/imports/")
        }
        Remedy::Wit { .. } if misfit.side == Side::Export && misfit.component.is_none() => {
            format!("{words}; or call what it has: worldhost call --list")
        }
        _ => words,
    }
}

fn export_advice(wanted: &str, exports: &[String]) -> String {
    let has = |name: &str| exports.iter().any(|export| export.starts_with(name));
    if wanted != "process" && has("process") {
        "call it with: worldhost process".into()
    } else if wanted == "process" && has("wasi:cli/run@") {
        "run it with: worldhost run".into()
    } else {
        format!("build it for a world that exports {wanted}")
    }
}

fn call_advice(nearest: &[String]) -> Option<String> {
    match nearest {
        [] => None,
        [one] => Some(format!("did you mean {one}?")),
        several => Some(format!("did you mean {}?", several.join(" or "))),
    }
}

fn trap_advice(trap: &Trap) -> Option<String> {
    let option = match trap.limit {
        Some(LimitHit::Memory(_)) => Some("--max-memory"),
        Some(LimitHit::TableElements(_)) => Some("--max-table-elements"),
        Some(LimitHit::Instances(_)) => Some("--max-instances"),
        Some(LimitHit::Resources(_)) => Some("--max-resources"),
        Some(LimitHit::Fuel(_)) => Some("--fuel"),
        _ => None,
    };
    match option {
        Some(option) => Some(format!("raise it with {option}")),
        None if trap.frames.is_empty() => None,
        _ => Some("-v shows the guest's frames".into()),
    }
}
