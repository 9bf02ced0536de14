//! Compiling in a process of its own, whose memory and time are bounded.
//!
//! What a compiler takes for a function is not known before it has compiled it, and nothing
//! stops it on the way but the end of its process.

pub(crate) mod bounds;
mod order;
pub(crate) mod worker;

use crate::engine::apart::Apart;
use crate::error::{Error, Result};
use crate::policy::load_limits::LoadLimit;
use crate::wording;
use order::Answer;
pub(super) use order::Order;
use std::io::{self, Read, Write};
use std::process::{Child, ExitStatus, Stdio};

/// The machine code of a component, as an ELF image. It waits, and holds up its thread.
pub(super) fn compile(
    apart: &Apart,
    order: &Order,
    name: &str,
    component: &[u8],
) -> Result<Vec<u8>> {
    let mut child = start(apart)
        .map_err(|error| Error::Host(format!("cannot start a process to compile in: {error}")))?;
    let answer = converse(&mut child, order, component);
    // It ends with its stdin, whatever it is about.
    drop(child.stdin.take());
    let mut words = Vec::new();
    if let Some(stderr) = &mut child.stderr {
        let _ = stderr.take(WORDS).read_to_end(&mut words);
    }
    match (answer, child.wait()) {
        (Ok(answer), _) => answer.into_result(order, name),
        (_, Ok(status)) => Err(why(status, &String::from_utf8_lossy(&words), order, name)),
        (_, Err(error)) => Err(Error::Host(format!(
            "cannot wait for the process that compiles: {error}"
        ))),
    }
}

fn start(apart: &Apart) -> io::Result<Child> {
    apart
        .command()?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// So much of what it says last is kept.
const WORDS: u64 = 4096;

/// Hands over the order and waits for the answer.
fn converse(child: &mut Child, order: &Order, component: &[u8]) -> io::Result<Answer> {
    if let Some(stdin) = &mut child.stdin {
        order.write(stdin, component.len())?;
        stdin.write_all(component)?;
    }
    match &mut child.stdout {
        Some(stdout) => Answer::read(stdout),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Why it gave no answer.
fn why(status: ExitStatus, words: &str, order: &Order, name: &str) -> Error {
    let limits = &order.config.load;
    let exceeds = |limit| Error::Exceeds {
        name: name.to_string(),
        limit: limits.hit(limit),
    };
    if status.code() == Some(worker::OUT_OF_TIME) || ended_for_cpu(status) {
        return exceeds(LoadLimit::CompileTime);
    }
    if wording::is_out_of_memory(words) {
        return match bounds::memory_here() {
            Some(here) if here < limits.compile_memory => Error::Host(format!(
                "{name} cannot be compiled: this process may have no more than {here} bytes of \
                 memory"
            )),
            _ => exceeds(LoadLimit::CompileMemory),
        };
    }
    if wording::is_out_of_threads(words) {
        return Error::Host(format!(
            "{name} cannot be compiled: the system gives no more threads; see ulimit -u"
        ));
    }
    Error::Host(match reason(words) {
        "" => format!("the process that was to compile {name} ended with {status}"),
        words => format!("the process that was to compile {name} ended with {status}: {words}"),
    })
}

/// What is to be said of its last words: of a panic, not where it was.
fn reason(words: &str) -> &str {
    let mut lines = words.lines().map(str::trim);
    let told = lines.find(|line| !line.is_empty() && !line.starts_with("thread '"));
    told.unwrap_or_default()
}

#[cfg(unix)]
fn ended_for_cpu(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn ended_for_cpu(_: ExitStatus) -> bool {
    false
}
