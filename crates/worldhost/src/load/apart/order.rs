//! What is said between the process that loads and the one that compiles.
//!
//! The order is a line of words and the component; the answer a letter and what it stands
//! for. Both ends are one program, so that there is no version.

use crate::engine::compiler::Compiler;
use crate::engine::config::{Bounds, Config};
use crate::engine::kind::{Kind, Made};
use crate::engine::proposals::Proposal;
use crate::error::{Error, Result};
use std::io::{self, BufRead, Read, Write};
use std::time::Duration;

/// What is to be compiled, beside the component: all that decides over the code.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) config: Config,
    pub(crate) kind: Kind,
    /// A triple; none for this machine.
    pub(crate) target: Option<String>,
}

impl Order {
    /// The line, with the component's length.
    pub(super) fn write(&self, to: &mut impl Write, len: usize) -> io::Result<()> {
        let Order {
            config,
            kind,
            target,
        } = self;
        let mut words = vec![
            format!("len={len}"),
            format!("compiler={}", kind.compiler),
            format!("concurrent={}", kind.concurrent),
            format!("instances={}", word(&INSTANCES, kind.instances)),
            format!("bounds={}", word(&BOUNDS, config.bounds)),
            format!("fuel={}", config.fuel),
            format!("interruptible={}", config.interruptible),
            format!("one-core={}", config.one_core),
            format!("memory={}", config.load.compile_memory),
            format!("time={}", config.load.compile_time.as_millis()),
        ];
        words.extend(target.iter().map(|target| format!("target={target}")));
        let proposals = config.proposals.changed();
        words.extend(proposals.map(|(proposal, on)| format!("proposal={proposal}={on}")));
        to.write_all((words.join(" ") + "\n").as_bytes())
    }

    /// As it was written, and the component's length. None for another line.
    pub(super) fn read(from: &mut impl BufRead) -> Option<(Self, usize)> {
        let mut line = String::new();
        from.take(1 << 16).read_line(&mut line).ok()?;
        let mut order = Order {
            config: Config::default(),
            kind: Kind {
                compiler: Compiler::Cranelift,
                concurrent: false,
                instances: Made::ToLast,
            },
            target: None,
        };
        let (config, kind) = (&mut order.config, &mut order.kind);
        let mut len = None;
        for word in line.split_whitespace() {
            let (key, value) = word.split_once('=')?;
            match key {
                "len" => len = Some(value.parse().ok()?),
                "compiler" => kind.compiler = value.parse().ok()?,
                "concurrent" => kind.concurrent = value.parse().ok()?,
                "instances" => kind.instances = of_word(&INSTANCES, value)?,
                "bounds" => config.bounds = of_word(&BOUNDS, value)?,
                "fuel" => config.fuel = value.parse().ok()?,
                "interruptible" => config.interruptible = value.parse().ok()?,
                "one-core" => config.one_core = value.parse().ok()?,
                "memory" => config.load.compile_memory = value.parse().ok()?,
                "time" => config.load.compile_time = Duration::from_millis(value.parse().ok()?),
                "target" => order.target = Some(value.to_string()),
                "proposal" => {
                    let (name, on) = value.split_once('=')?;
                    config.proposals.set(name.parse().ok()?, on.parse().ok()?);
                }
                _ => return None,
            }
        }
        Some((order, len?))
    }
}

const INSTANCES: [(&str, Made); 3] = [
    ("to-last", Made::ToLast),
    ("in-pool", Made::InPool),
    ("one-by-one", Made::OneByOne),
];

const BOUNDS: [(&str, Bounds); 3] = [
    ("auto", Bounds::Auto),
    ("guards", Bounds::Guards),
    ("checks", Bounds::Checks),
];

fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    let found = words.iter().find(|(_, other)| *other == value);
    found.map_or("", |(word, _)| word)
}

fn of_word<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    let found = words.iter().find(|(other, _)| *other == word);
    found.map(|(_, value)| *value)
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Image(Vec<u8>),
    Invalid(String),
    Lacks(Vec<Proposal>),
    Refused(String),
    Target(String),
    Failed(String),
}

impl Answer {
    pub(super) fn of(result: Result<Vec<u8>>) -> Self {
        match result {
            Ok(image) => Answer::Image(image),
            Err(Error::Invalid { message, .. }) => Answer::Invalid(message),
            Err(Error::Lacks { proposals, .. }) => Answer::Lacks(proposals),
            Err(Error::Refused { message, .. }) => Answer::Refused(message),
            Err(Error::Target { message, .. }) => Answer::Target(message),
            Err(other) => Answer::Failed(other.to_string()),
        }
    }

    /// What `of` was given, of a component with this name.
    pub(super) fn into_result(self, order: &Order, name: &str) -> Result<Vec<u8>> {
        let name = name.to_string();
        Err(match self {
            Answer::Image(image) => return Ok(image),
            Answer::Invalid(message) => Error::Invalid { name, message },
            Answer::Lacks(proposals) => Error::Lacks { name, proposals },
            Answer::Refused(message) => Error::Refused { name, message },
            Answer::Target(message) => Error::Target {
                target: order.target.clone().unwrap_or_default(),
                message,
            },
            Answer::Failed(message) => Error::Host(message),
        })
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let names;
        let (letter, content) = match self {
            Answer::Image(image) => (b'I', image.as_slice()),
            Answer::Invalid(message) => (b'V', message.as_bytes()),
            Answer::Lacks(proposals) => {
                let found = proposals.iter().map(Proposal::to_string);
                names = found.collect::<Vec<_>>().join(" ");
                (b'L', names.as_bytes())
            }
            Answer::Refused(message) => (b'R', message.as_bytes()),
            Answer::Target(message) => (b'T', message.as_bytes()),
            Answer::Failed(message) => (b'F', message.as_bytes()),
        };
        to.write_all(&[letter])?;
        to.write_all(&(content.len() as u64).to_le_bytes())?;
        to.write_all(content)?;
        to.flush()
    }

    /// An answer that is whole.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut head = [0; 9];
        from.read_exact(&mut head)?;
        let len = head[1..].iter().rev();
        let len = len.fold(0, |len, byte| len << 8 | u64::from(*byte));
        let mut content = Vec::new();
        content
            .try_reserve_exact(usize::try_from(len).unwrap_or(usize::MAX))
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        from.take(len).read_to_end(&mut content)?;
        if content.len() as u64 != len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
        Ok(match head[0] {
            b'I' => Answer::Image(content),
            b'V' => Answer::Invalid(text(&content)),
            b'R' => Answer::Refused(text(&content)),
            b'T' => Answer::Target(text(&content)),
            b'L' => {
                let names = text(&content);
                let found = names.split(' ').filter_map(|name| name.parse().ok());
                Answer::Lacks(found.collect())
            }
            _ => Answer::Failed(text(&content)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_written() {
        let mut config = Config {
            fuel: true,
            interruptible: false,
            one_core: true,
            bounds: Bounds::Checks,
            ..Config::default()
        };
        config.load.compile_memory = 1 << 20;
        config.load.compile_time = Duration::from_millis(1500);
        config
            .proposals
            .set("wide-arithmetic".parse().unwrap(), true);
        config.proposals.set("gc".parse().unwrap(), false);
        let order = Order {
            config,
            kind: Kind {
                compiler: Compiler::Winch,
                concurrent: true,
                instances: Made::OneByOne,
            },
            target: Some("x86_64-unknown-linux-gnu".into()),
        };
        let line = |order: &Order| {
            let mut line = Vec::new();
            order.write(&mut line, 7).unwrap();
            line
        };
        let (read, len) = Order::read(&mut line(&order).as_slice()).unwrap();
        assert_eq!(len, 7);
        assert_eq!(line(&read), line(&order));
        assert_eq!(read.kind, order.kind);
        assert!(Order::read(&mut &b"colour=red\n"[..]).is_none());
    }

    #[test]
    fn an_answer_is_read_as_it_was_written_and_whole() {
        let lacks = Answer::Lacks(vec!["gc".parse().unwrap(), "simd".parse().unwrap()]);
        for answer in [
            Answer::Image(vec![1, 2, 3]),
            Answer::Refused("no".into()),
            lacks,
        ] {
            let mut bytes = Vec::new();
            answer.write(&mut bytes).unwrap();
            assert!(Answer::read(&mut &bytes[..bytes.len() - 1]).is_err());
            assert_eq!(Answer::read(&mut bytes.as_slice()).unwrap(), answer);
        }
    }
}
