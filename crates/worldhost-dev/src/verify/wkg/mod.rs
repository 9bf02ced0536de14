//! What wkg knows of a project: its lock, its manifest, its cache, and how it publishes.

mod cache;
mod lock;
mod manifest;
mod publisher;

pub(super) use cache::Cache;
pub(super) use lock::{Locked, read};
pub(super) use manifest::Manifest;
pub(super) use publisher::{NEWEST, OLDEST, Order, Package, candidates, digest};
