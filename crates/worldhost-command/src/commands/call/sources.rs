//! What streams are given: files and stdin.

use crate::terminal::Usage;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use tokio::io::AsyncRead;
use worldhost_call::Call;

/// All sources of all calls, open, in the order in which they are asked for.
pub struct Sources(VecDeque<(String, Source)>);

enum Source {
    Stdin,
    File(File),
}

impl Sources {
    /// Opens them before anything runs. `words` are those that the calls are from, one of
    /// which may stand for stdin.
    pub fn open(calls: &[Call], words: &[OsString]) -> Result<Self, Usage> {
        let mut stdin_is_taken = words.iter().any(|word| word == "-");
        let names = calls.iter().flat_map(|call| call.sources());
        let open = names.map(|name| {
            if name != "-" {
                let file = File::open(name);
                let file = file.map_err(|error| Usage(format!("cannot read @{name}: {error}")))?;
                return Ok((name.clone(), Source::File(file)));
            }
            match std::mem::replace(&mut stdin_is_taken, true) {
                true => Err(Usage(
                    "stdin can be read once: @- is the second time".into(),
                )),
                false => Ok((name.clone(), Source::Stdin)),
            }
        });
        Ok(Sources(open.collect::<Result<_, _>>()?))
    }

    /// The next, which has this name.
    pub fn next(&mut self, name: &str) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        match self.0.pop_front() {
            Some((open, Source::Stdin)) if open == name => Ok(Box::new(tokio::io::stdin())),
            Some((open, Source::File(file))) if open == name => {
                Ok(Box::new(tokio::fs::File::from_std(file)))
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
