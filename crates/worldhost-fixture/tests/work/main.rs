//! `worldhost work`, with a real NATS server.
#![cfg(unix)]

mod nats;
#[path = "../serve/server.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;
mod needs_nats {
    mod ends;
    mod exports;
    mod faults;
    mod settings;
    mod soak;
    mod work;
}
mod refused;
