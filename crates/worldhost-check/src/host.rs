//! A component beside a host.

use crate::alone::{exports, report};
use crate::beyond;
use crate::decode::{Shown, decode};
use crate::error::Result;
use crate::imports;
use crate::report::{Lack, Misfit, Report};
use worldhost::version::Wasi;
use worldhost::{Error, Proposal, Runtime};
use worldhost_wit::{InterfaceName, Offer, Side, World};

/// A host that components are held against: what links, the WIT that says so in words,
/// and the world that components are expected to be of.
pub struct Host<'a, T: 'static> {
    runtime: &'a Runtime<T>,
    offer: &'a Offer,
    project: &'a str,
}

impl<'a, T: Send + 'static> Host<'a, T> {
    /// A host by its runtime, its WIT, and the name of its own world in that.
    pub fn new(runtime: &'a Runtime<T>, offer: &'a Offer, project: &'a str) -> Self {
        Host {
            runtime,
            offer,
            project,
        }
    }

    /// Holds a component against the host, without compiling it: its imports against
    /// what is linked, its exports against `world`. `name` is what the report and
    /// errors call it.
    ///
    /// With no world it is taken for what its exports say it is: with `wasi:cli/run` a
    /// command of WASI, with a handler of `wasi:http` a proxy of 0.2 or a service of 0.3, else
    /// one of the host's own world.
    ///
    /// # Errors
    ///
    /// [`Error::Component`](crate::Error::Component) when the bytes are no component;
    /// with no world, [`Error::World`](crate::Error::World) when the offer has not the
    /// one that is due.
    pub fn check(&self, name: &str, bytes: &[u8], world: Option<&World>) -> Result<Report> {
        let verdict = Verdict::of(self.runtime, name, bytes)?;
        let shown = decode(name, bytes)?;
        let guessed;
        let world = match world {
            Some(world) => world,
            None => {
                guessed = self.guess(&shown)?;
                &guessed
            }
        };
        let mut misfits = self.imports(&verdict, &shown, bytes);
        misfits.extend(exports(&shown, world, false));
        let mut report = report(name, &shown, world, misfits);
        match verdict {
            Verdict::Lacks(proposals) => {
                report.lacks = proposals.into_iter().map(Lack::from).collect();
            }
            Verdict::Refused(words) => report.refused = Some(words),
            Verdict::Links | Verdict::Misses(_) => {}
        }
        report.fits &= report.lacks.is_empty() && report.refused.is_none();
        Ok(report)
    }

    /// The imports that do not link, as far as they can be told: why
    /// [`Runtime::load`] gave [`Error::Link`](worldhost::Error::Link). None for bytes
    /// that are no component.
    pub fn misfits(&self, name: &str, bytes: &[u8]) -> Vec<Misfit> {
        let verdict = Verdict::of(self.runtime, name, bytes);
        match (verdict, decode(name, bytes)) {
            (Ok(verdict), Ok(shown)) => self.imports(&verdict, &shown, bytes),
            _ => Vec::new(),
        }
    }

    /// What is in the way of linking, item by item.
    fn imports(&self, verdict: &Verdict, shown: &Shown, bytes: &[u8]) -> Vec<Misfit> {
        if let Verdict::Links = verdict {
            return Vec::new();
        }
        let mut misfits: Vec<Misfit> = beyond::missing(bytes).collect();
        let resolve = &shown.resolve;
        misfits.extend(imports::misfits(
            self.runtime,
            resolve,
            shown.world,
            self.offer,
        ));
        match verdict {
            Verdict::Misses(words) if misfits.is_empty() => {
                misfits.push(imports::unexplained(None, words));
            }
            _ => {}
        }
        misfits
    }

    /// By the export that is run or served; anything else should be of the host's own world.
    fn guess(&self, shown: &Shown) -> Result<World> {
        let resolve = &shown.resolve;
        let exports = resolve.worlds[shown.world].exports.keys();
        let hidden = shown
            .unseen
            .iter()
            .filter(|unseen| unseen.side == Side::Export);
        let hidden = hidden.map(|unseen| unseen.name.clone());
        let exports = exports.map(|key| resolve.name_world_key(key)).chain(hidden);
        let exports: Vec<InterfaceName> = exports.map(InterfaceName::from).collect();
        match command(&exports).or_else(|| server(&exports)) {
            Some(world) => Ok(self.offer.world(&world)?),
            None => Ok(self.offer.project_world(self.project)?),
        }
    }
}

/// The world of a command, for what exports one.
fn command(exports: &[InterfaceName]) -> Option<String> {
    let wasi = wasi(exports, &["wasi:cli/run"], Wasi::of_run)?;
    Some(format!("wasi:cli/command@{}", wasi.release()))
}

/// The world of what handles requests.
fn server(exports: &[InterfaceName]) -> Option<String> {
    let handlers = ["wasi:http/handler", "wasi:http/incoming-handler"];
    let wasi = wasi(exports, &handlers, Wasi::of_handler)?;
    let world = match wasi {
        Wasi::P3 => "service",
        _ => "proxy",
    };
    Some(format!("wasi:http/{world}@{}", wasi.release()))
}

/// The WASI of the exports with these names, if there are any: one that `of` knows, or the
/// one that is most like it.
fn wasi(
    exports: &[InterfaceName],
    names: &[&str],
    of: impl Fn(&str) -> Option<Wasi>,
) -> Option<Wasi> {
    let named = |name: &&InterfaceName| names.contains(&name.base()) && name.version().is_some();
    let found: Vec<&InterfaceName> = exports.iter().filter(named).collect();
    let known = found.iter().filter_map(|name| of(name.as_str()));
    let like = found
        .iter()
        .filter_map(|name| name.version().and_then(|v| Wasi::like(v.major, v.minor)));
    let wasi = known.min().or_else(|| like.min());
    wasi.or_else(|| found.first().map(|_| Wasi::P2))
}

/// What loading would say of a component.
enum Verdict {
    Links,
    /// In the linker's words.
    Misses(String),
    Lacks(Vec<Proposal>),
    Refused(String),
}

impl Verdict {
    fn of<T: Send + 'static>(runtime: &Runtime<T>, name: &str, bytes: &[u8]) -> Result<Self> {
        Ok(match runtime.accepts(name, bytes) {
            Ok(()) => Verdict::Links,
            Err(Error::Link { message, .. }) => Verdict::Misses(message),
            Err(Error::Lacks { proposals, .. }) => Verdict::Lacks(proposals),
            Err(Error::Refused { message, .. }) => Verdict::Refused(message),
            Err(other) => return Err(other.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed as the host's own must be what the linker has.
    #[test]
    fn all_wasi_in_the_text_is_linked() {
        let runtime: Runtime<()> = Runtime::new(|_| Ok(())).unwrap();
        let offer = Offer::new(&[]).unwrap();
        let mut resolve = offer.resolve().clone();
        let imports: String = offer
            .interfaces()
            .map(|name| format!("import {name};\n"))
            .collect();
        let text = format!("package test:all; world all {{ {imports} }}");
        let package = resolve.push_source("all.wit", &text).unwrap();
        let id = resolve.select_world(&[package], Some("all")).unwrap();
        let misfits = imports::misfits(&runtime, &resolve, id, &offer);
        let stable = |m: &&Misfit| !matches!(m.remedy, crate::Remedy::Unstable { .. });
        let mut misfits: Vec<&str> = misfits
            .iter()
            .filter(stable)
            .filter_map(|m| m.interface.as_deref())
            .collect();
        misfits.sort_unstable();
        // These are for a component to export.
        let guests = [
            "wasi:cli/run@0.2.12",
            "wasi:cli/run@0.3.0",
            "wasi:http/handler@0.3.0",
            "wasi:http/incoming-handler@0.2.12",
        ];
        assert_eq!(misfits, guests);
    }
}
