//! Which of Wasmtime's compilers makes the machine code.

use std::fmt;
use std::str::FromStr;

/// A compiler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compiler {
    /// The optimising one: the fastest code.
    #[default]
    Cranelift,
    /// The single-pass one: it compiles three to four times faster, and its code
    /// runs slower. It knows fewer proposals; what it refuses goes to Cranelift.
    Winch,
    /// Cranelift where its code is in the cache already, or is there in a blink;
    /// else Winch, and [`compile::optimize`](crate::compile::optimize) can put
    /// Cranelift's code into the cache for later.
    Auto,
}

impl Compiler {
    fn name(self) -> &'static str {
        match self {
            Compiler::Cranelift => "cranelift",
            Compiler::Winch => "winch",
            Compiler::Auto => "auto",
        }
    }

    /// The compilers whose code is as good as was asked for, the better one first.
    pub(crate) fn will_do(self) -> &'static [Compiler] {
        match self {
            Compiler::Cranelift => &[Compiler::Cranelift],
            Compiler::Winch => &[Compiler::Winch],
            Compiler::Auto => &[Compiler::Cranelift, Compiler::Winch],
        }
    }

    /// The compilers to try, where one may refuse.
    pub(crate) fn in_order(self) -> &'static [Compiler] {
        match self {
            Compiler::Cranelift => &[Compiler::Cranelift],
            Compiler::Winch => &[Compiler::Winch, Compiler::Cranelift],
            Compiler::Auto => &[Compiler::Cranelift, Compiler::Winch],
        }
    }

    /// What [`Compiler::Auto`] takes for a component that is in no cache.
    pub(crate) fn for_component(bytes: &[u8]) -> Compiler {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        if code_size(bytes) > cores as u64 * BLINK {
            Compiler::Winch
        } else {
            Compiler::Cranelift
        }
    }
}

/// Bytes of code that Cranelift compiles on one core in about 0.15 s: on two
/// cores, what takes 0.3 s and more goes to Winch. Measured with the Python, Go
/// and Rust guests, between 0.7 and 1.1 MB/s a core.
const BLINK: u64 = 128 << 10;

/// Bytes in the code sections of all modules. Data, of which a Python component
/// has more than code, costs a compiler nothing.
fn code_size(bytes: &[u8]) -> u64 {
    wasmparser::Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
        .map(|payload| match payload {
            wasmparser::Payload::CodeSectionStart { size, .. } => u64::from(size),
            _ => 0,
        })
        .sum()
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Compiler {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Compiler::Auto, Compiler::Cranelift, Compiler::Winch]
            .into_iter()
            .find(|compiler| compiler.name() == text)
            .ok_or("is not auto, cranelift or winch")
    }
}
