//! A process that gives each of its inputs a fresh instance, for another process
//! that reads the inputs and writes the results.
//!
//! Processes and not threads: memory of instances is protected and unprotected all
//! the time, and threads of one process stand in line for that. Two threads did
//! less than one.
//!
//! On the pipe to it are batches: a count, and so many texts. On the pipe back is,
//! for each text, a mark and a text; for a failure, the exit code comes before it
//! and the guest's frames behind it. Numbers are of 32 bits, and a text is its length
//! and its bytes.

use super::maker::Maker;
use crate::project::{Names, Project};
use crate::terminal::{Told, failure};
use anyhow::{Context, anyhow};
use std::ffi::OsStr;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// The other process, as this one has it.
pub struct Job {
    child: Child,
    to: BufWriter<ChildStdin>,
    from: BufReader<ChildStdout>,
}

/// What precedes a text on the way back.
const RESULT: u32 = 0;
const FAILURE: u32 = 1;

impl Job {
    /// Starts one with this process's own arguments.
    pub fn start() -> anyhow::Result<Job> {
        let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let named = |argument: &_| *argument == OsStr::new("process");
        let subcommand = arguments.iter().position(named);
        arguments.insert(subcommand.map_or(0, |at| at + 1), "--job".into());
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(to), Some(from)) = pipes else {
            return Err(anyhow!("it has no pipes"));
        };
        Ok(Job {
            child,
            to: BufWriter::new(to),
            from: BufReader::new(from),
        })
    }

    /// The results of a batch. An error is the end of this job.
    pub fn work(&mut self, inputs: &[&str]) -> anyhow::Result<Vec<anyhow::Result<String>>> {
        let results = self.exchange(inputs);
        results.map_err(|error| match self.child.try_wait() {
            Ok(Some(status)) => anyhow!("a job has ended: {status}"),
            _ => anyhow!("a job cannot be reached: {error}"),
        })
    }

    fn exchange(&mut self, inputs: &[&str]) -> io::Result<Vec<anyhow::Result<String>>> {
        put_number(&mut self.to, inputs.len() as u32)?;
        for input in inputs {
            put_text(&mut self.to, input)?;
        }
        self.to.flush()?;
        (0..inputs.len()).map(|_| self.result()).collect()
    }

    fn result(&mut self) -> io::Result<anyhow::Result<String>> {
        let from = &mut self.from;
        if number(from)? == RESULT {
            return Ok(Ok(text(from)?));
        }
        let told = Told {
            code: number(from)? as i32,
            line: text(from)?,
            frames: text(from)?.lines().map(str::to_string).collect(),
        };
        Ok(Err(told.into()))
    }
}

/// Is the other process: works until there is nobody to work for.
pub async fn serve<P: Project>(maker: Maker<P>) -> anyhow::Result<()> {
    let (batches, queue) = sync_channel(1);
    std::thread::spawn(move || listen(&batches));
    let mut to = BufWriter::new(io::stdout().lock());
    match answer(&maker, &queue, &mut to).await {
        // As at the end of the pipe to it.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended.context("cannot write results"),
    }
}

/// Reads batches. The end of the pipe is the end of this process, also in the midst
/// of a batch: who gave it is gone.
fn listen(batches: &SyncSender<Vec<String>>) {
    let mut from = BufReader::new(io::stdin());
    let mut batch = || -> io::Result<Vec<String>> {
        let count = number(&mut from)?;
        (0..count).map(|_| text(&mut from)).collect()
    };
    while let Ok(batch) = batch() {
        if batches.send(batch).is_err() {
            return;
        }
    }
    std::process::exit(0);
}

async fn answer<P: Project>(
    maker: &Maker<P>,
    queue: &Receiver<Vec<String>>,
    to: &mut impl Write,
) -> io::Result<()> {
    while let Ok(batch) = queue.recv() {
        for input in batch {
            match maker.once(&input).await {
                Ok(result) => {
                    put_number(to, RESULT)?;
                    put_text(to, &result)?;
                }
                Err(error) => {
                    let told = failure::tell(&error.into(), Names::of::<P>());
                    put_number(to, FAILURE)?;
                    put_number(to, told.code as u32)?;
                    put_text(to, &told.line)?;
                    put_text(to, &told.frames.join("\n"))?;
                }
            }
        }
        to.flush()?;
    }
    Ok(())
}

fn put_number(to: &mut impl Write, number: u32) -> io::Result<()> {
    to.write_all(&number.to_le_bytes())
}

fn put_text(to: &mut impl Write, text: &str) -> io::Result<()> {
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    put_number(to, length)?;
    to.write_all(text.as_bytes())
}

fn number(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn text(from: &mut impl Read) -> io::Result<String> {
    let length = number(from)?;
    let mut bytes = Vec::new();
    from.take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() != length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    String::from_utf8(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_put() {
        let mut pipe = Vec::new();
        for sent in ["", "one\nline", "é"] {
            put_text(&mut pipe, sent).unwrap();
        }
        let mut from = &pipe[..];
        assert_eq!(text(&mut from).unwrap(), "");
        assert_eq!(text(&mut from).unwrap(), "one\nline");
        assert!(text(&mut &from[..from.len() - 1]).is_err(), "it is cut off");
        assert_eq!(text(&mut from).unwrap(), "é");
    }
}
