//! What a guest may use up, and what its host may.

mod bounds;
#[cfg(target_os = "linux")]
mod endless_files;
#[cfg(target_os = "linux")]
mod host_memory;
mod host_resources;
#[cfg(target_os = "linux")]
mod looked_at;
mod named;
#[cfg(target_os = "linux")]
mod scarce;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(unix)]
mod stalled;
#[path = "../support/mod.rs"]
mod support;
mod told;
mod written;
