//! The languages, and how what is in them is built.

use std::fmt;

/// What a guest is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// By wit-bindgen, with Cargo.
    Rust,
    /// By componentize-py.
    Python,
    /// By componentize-js.
    Javascript,
    /// By wit-bindgen, with a compiler of wasi-sdk or Zig.
    C,
}

impl Language {
    /// The file that its author writes.
    pub(in crate::start) fn source(self) -> &'static str {
        match self {
            Language::Rust => "guest/src/lib.rs",
            Language::Python => "guest/app.py",
            Language::Javascript => "guest/guest.js",
            Language::C => "guest/guest.c",
        }
    }

    /// What is to be there before it can be built.
    pub(in crate::start) fn needs(self) -> &'static str {
        match self {
            Language::Rust => "rustup target add wasm32-wasip2",
            Language::Python => "pip install componentize-py",
            Language::Javascript => "npm install --prefix guest",
            Language::C => "cargo install wit-bindgen-cli, and wasi-sdk at WASI_SDK_PATH or Zig",
        }
    }

    /// What the toolchain makes and nobody keeps.
    pub(super) fn ignored(self) -> &'static str {
        match self {
            Language::Rust => "/guest.wasm\n/target\n",
            Language::Python => "/guest.wasm\n__pycache__\n",
            Language::Javascript => "/guest.wasm\n/node_modules\n",
            Language::C => "/guest.wasm\n/bindings\n/*.core.wasm\n",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Rust => "Rust",
            Language::Python => "Python",
            Language::Javascript => "JavaScript",
            Language::C => "C",
        })
    }
}
