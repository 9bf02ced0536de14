//! `worldhost up`: what a manifest names, as processes.
#![cfg(unix)]

#[path = "../serve/client.rs"]
#[allow(dead_code, reason = "each test uses its part")]
mod client;
mod ends;
mod exchanged;
mod fits;
#[path = "../serve/load.rs"]
mod load;
mod manifest;
mod place;
#[path = "../serve/server.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;

mod view;
