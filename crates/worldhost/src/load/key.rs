//! What the code of a component is found by in the cache.

use crate::cache::digest::Digest;
use crate::engine::compiler::Compiler;
use sha2::{Digest as _, Sha256};
use std::hash::{Hash, Hasher};
use wasmtime::Engine;

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
        // Only the SHA-256 is asked for.
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::Config;
    use crate::engine::pool::Pool;
    use crate::engine::settings;

    #[test]
    fn a_key_is_of_the_component_the_settings_and_the_compiler() {
        let key = |set: fn(&mut Config), compiler, component: &[u8]| {
            let mut config = Config::default();
            set(&mut config);
            let engine =
                settings::compiling_engine(&config, settings::kind(&config, compiler, false), None)
                    .unwrap();
            of(&engine, compiler, &Digest::of(component)).to_string()
        };
        let keys = [
            key(|_| (), Compiler::Cranelift, b"a"),
            key(|_| (), Compiler::Cranelift, b"b"),
            key(|config| config.fuel = true, Compiler::Cranelift, b"a"),
            key(
                |config| config.interruptible = false,
                Compiler::Cranelift,
                b"a",
            ),
            key(|config| config.concurrent = true, Compiler::Cranelift, b"a"),
            key(
                |config| config.pool = Some(Pool::new(1)),
                Compiler::Cranelift,
                b"a",
            ),
            key(|_| (), Compiler::Winch, b"a"),
        ];
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key), "{keys:?}");
        }
        assert_eq!(keys[0], key(|_| (), Compiler::Cranelift, b"a"));
    }
}
