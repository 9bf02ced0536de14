//! What an artifact is found by.

use crate::Compiler;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::hash::{Hash, Hasher};
use wasmtime::Engine;

/// A SHA-256: of a component's bytes, or of all that its code depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest(pub(super) [u8; 32]);

impl Digest {
    /// Of bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// As it was printed by `Display`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in digest.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Digest(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The key of the code that `engine` makes, or loads, of a component: Wasmtime's
/// exact version, the engine's settings, the target with its CPU features, the
/// compiler and the component.
pub(crate) fn of(engine: &Engine, compiler: Compiler, component: &Digest) -> Digest {
    let mut hash = Hashed(Sha256::new());
    hash.0.update(b"worldhost artifact 1 ");
    hash.0.update(env!("CARGO_PKG_VERSION"));
    compiler.to_string().hash(&mut hash);
    engine.precompile_compatibility_hash().hash(&mut hash);
    hash.0.update(component.0);
    Digest(hash.0.finalize().into())
}

/// Takes what `Hash` feeds it whole, for 64 bits are too few to rely on.
struct Hashed(Sha256);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("only the SHA-256 is asked for")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn a_digest_is_read_as_it_was_printed() {
        let digest = Digest::of(b"abc");
        let text = digest.to_string();
        assert!(text.starts_with("ba7816bf"), "{text}");
        assert!(Digest::parse(&text) == Some(digest));
        for bad in ["", "ba78", &text.replace('b', "x"), &"é".repeat(32)] {
            assert!(Digest::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_of_the_component_the_settings_and_the_compiler() {
        let key = |set: fn(&mut Config), compiler, component: &[u8]| {
            let mut config = Config::default();
            set(&mut config);
            let engine = config.engine(config.kind(compiler, false)).unwrap();
            of(&engine, compiler, &Digest::of(component)).to_string()
        };
        let keys = [
            key(|_| (), Compiler::Cranelift, b"a"),
            key(|_| (), Compiler::Cranelift, b"b"),
            key(|config| config.fuel = true, Compiler::Cranelift, b"a"),
            key(|config| config.alone = true, Compiler::Cranelift, b"a"),
            key(|config| config.concurrent = true, Compiler::Cranelift, b"a"),
            key(|_| (), Compiler::Winch, b"a"),
        ];
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key), "{keys:?}");
        }
        assert_eq!(keys[0], key(|_| (), Compiler::Cranelift, b"a"));
    }
}
