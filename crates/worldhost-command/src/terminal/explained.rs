//! A component that does not fit, with everything that is in the way.

use crate::project::Project;
use std::fmt::{self, Display, Formatter};
use std::sync::mpsc::channel;
use std::time::Duration;
use worldhost::{Error, LoadLimits, Runtime, Source};
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
    let (runtime, component) = (runtime.clone(), source.clone());
    let misfits = in_time(runtime.load_limits().compile_time, move || {
        let offer = Offer::new(P::WIT).ok()?;
        let bytes = component.bytes().ok()?;
        Some(Host::new(&runtime, &offer, P::WORLD).misfits(component.name(), bytes))
    });
    explained(error, misfits)
}

/// With all that differs from the world, where the bindings stop at the first.
pub fn world<P: Project>(error: Error, source: &Source) -> anyhow::Error {
    if !matches!(error, Error::World { .. }) {
        return error.into();
    }
    let component = source.clone();
    let misfits = in_time(LoadLimits::default().compile_time, move || {
        let runtime = Runtime::new(P::add_to_linker).ok()?;
        let offer = Offer::new(P::WIT).ok()?;
        let world = offer.project_world(P::WORLD).ok()?;
        let host = Host::new(&runtime, &offer, P::WORLD);
        let report = host.check(component.name(), component.bytes().ok()?, Some(&world));
        Some(report.ok()?.misfits)
    });
    explained(error, misfits)
}

/// What is found out in a time that is bounded, as compiling is: how long it takes is the
/// component's to say, and an explanation is not worth any time. The thread of one that takes
/// longer is left to itself.
fn in_time<R: Send + 'static>(
    time: Duration,
    find: impl FnOnce() -> Option<R> + Send + 'static,
) -> Option<R> {
    let (found, waiting) = channel();
    let finder = std::thread::Builder::new().stack_size(STACK);
    let finder = finder.spawn(move || found.send(find()));
    finder.ok()?;
    waiting.recv_timeout(time).ok().flatten()
}

/// As much as the main thread has: types are read by recursion.
const STACK: usize = 8 << 20;

/// What could not be found out is left out.
fn explained(error: Error, misfits: Option<Vec<Misfit>>) -> anyhow::Error {
    let misfits = misfits.unwrap_or_default();
    Explained { error, misfits }.into()
}
