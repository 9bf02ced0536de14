//! In the place of `export`, where it is not built in.

use anyhow::bail;
use std::convert::Infallible;
use tracing_subscriber::layer::Identity;

pub type Spans = Identity;

pub const IS_THERE: bool = false;

pub struct Sent(Infallible);

impl Sent {
    pub async fn end(self) {
        match self.0 {}
    }
}

pub fn begin(_: &str, _: &str, _: bool) -> anyhow::Result<(Spans, Sent)> {
    bail!("this build sends no spans; build it with `cargo install --path . --features otlp`")
}
