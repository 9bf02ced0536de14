//! `worldhost serve`, by real clients of HTTP/1.1 and HTTP/2.
#![cfg(unix)]

mod answers;
mod client;
mod connections;
mod faults;
mod library;
mod limits;
mod load;
mod operation;
mod reuse;
mod server;
mod soak;
#[path = "../support/mod.rs"]
mod support;
mod told;
mod toolchains;
mod traces;
mod world;
