//! `worldhost call`: names, arguments, values, streams.

mod said;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod text;
mod types;
mod values;
