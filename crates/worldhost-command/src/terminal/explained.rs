//! A component that does not fit, with everything that is in the way.

use crate::project::Project;
use std::fmt::{self, Display, Formatter};
use worldhost::{Error, Runtime, Source};
use worldhost_check::{Host, Misfit};
use worldhost_wit::Offer;

/// The engine's error, which stops at the first thing that does not fit, and what a
/// check has found.
#[derive(Debug)]
pub struct Explained {
    pub error: Error,
    pub misfits: Vec<Misfit>,
}

impl Display for Explained {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Explained {}

/// With every import that does not link, where it is that.
pub fn link<P: Project>(
    error: Error,
    runtime: &Runtime<P::Data>,
    source: &Source,
) -> anyhow::Error {
    if !matches!(error, Error::Link { .. }) {
        return error.into();
    }
    let misfits = Offer::new(P::WIT).ok().and_then(|offer| {
        let bytes = source.bytes().ok()?;
        Some(Host::new(runtime, &offer, P::WORLD).misfits(source.name(), bytes))
    });
    explained(error, misfits)
}

/// With all that differs from the world, where the bindings stop at the first.
pub fn world<P: Project>(error: Error, source: &Source) -> anyhow::Error {
    if !matches!(error, Error::World { .. }) {
        return error.into();
    }
    let misfits = Runtime::new(P::add_to_linker).ok().and_then(|runtime| {
        let offer = Offer::new(P::WIT).ok()?;
        let world = offer.project_world(P::WORLD).ok()?;
        let host = Host::new(&runtime, &offer, P::WORLD);
        let report = host.check(source.name(), source.bytes().ok()?, Some(&world));
        Some(report.ok()?.misfits)
    });
    explained(error, misfits)
}

/// What could not be found out is left out.
fn explained(error: Error, misfits: Option<Vec<Misfit>>) -> anyhow::Error {
    let misfits = misfits.unwrap_or_default();
    Explained { error, misfits }.into()
}
