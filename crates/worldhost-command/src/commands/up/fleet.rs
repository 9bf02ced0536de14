//! All that runs.

use super::child::Plan;
use super::keeper::{Keeper, Order};
use super::manifest::Entry;
use super::relay::Relay;
use super::state::{Phase, State};
use crate::observe::pages::bind;
use crate::service::LATE;
use anyhow::Context;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use worldhost_http::{Address, Listener};

/// The components that run, each kept by itself.
#[derive(Clone)]
pub struct Fleet(Arc<Inner>);

struct Inner {
    kept: Mutex<BTreeMap<String, Kept>>,
    /// What all have that know it.
    common: Common,
    /// Where they have their sockets, this user's alone.
    dir: Arc<TempDir>,
}

/// What is said to `up`, and is for all.
pub struct Common {
    pub json: bool,
    /// Options, for those who know them.
    pub options: Vec<String>,
}

struct Kept {
    entry: Entry,
    sockets: Sockets,
    keeper: Keeper,
}

type Sockets = Vec<(Address, Arc<Listener>)>;

impl Fleet {
    pub fn new(common: Common) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("worldhost-").tempdir();
        let dir = dir.context("cannot make a directory for sockets")?;
        Ok(Fleet(Arc::new(Inner {
            kept: Mutex::default(),
            common,
            dir: Arc::new(dir),
        })))
    }

    /// Has these run and no others. Those that are as they were go on, and look whether their
    /// files are other ones.
    ///
    /// # Errors
    ///
    /// When a socket cannot be opened: nothing is changed then.
    pub fn run(&self, entries: Vec<Entry>) -> anyhow::Result<()> {
        let mut kept = self.kept();
        let sockets = sockets(&entries, &kept)?;
        let width = entries
            .iter()
            .map(|entry| entry.name.len())
            .max()
            .unwrap_or(0);
        let mut before = std::mem::take(&mut *kept);
        for (entry, sockets) in entries.into_iter().zip(sockets) {
            let name = entry.name.clone();
            let now = match before.remove(&name) {
                Some(same) if same.entry == entry => {
                    // What has done what it was to do has it done.
                    if same.keeper.state().code != Some(0) {
                        same.keeper.tell(Order::Reload);
                    }
                    same
                }
                Some(other) => {
                    let plan = self.plan(&entry, &sockets, width);
                    other.keeper.tell(Order::Renew(Box::new(plan)));
                    Kept {
                        entry,
                        sockets,
                        keeper: other.keeper,
                    }
                }
                None => Kept {
                    keeper: Keeper::keep(self.plan(&entry, &sockets, width)),
                    entry,
                    sockets,
                },
            };
            kept.insert(name, now);
        }
        for (name, gone) in before {
            tracing::info!(target: "up", "{name}: is no more in the manifest");
            gone.keeper.tell(Order::Stop);
        }
        Ok(())
    }

    fn plan(&self, entry: &Entry, sockets: &Sockets, width: usize) -> Plan {
        let Common { json, options } = &self.0.common;
        Plan {
            entry: entry.clone(),
            sockets: sockets.iter().map(|(_, socket)| socket.clone()).collect(),
            relay: Relay::new(&entry.name, width, *json),
            options: match entry.kind.goes_on() {
                true => options.clone(),
                false => Vec::new(),
            },
            dir: self.0.dir.clone(),
        }
    }

    pub fn tell_all(&self, order: impl Fn() -> Order) {
        for kept in self.kept().values() {
            kept.keeper.tell(order());
        }
    }

    pub fn states(&self) -> Vec<State> {
        let kept = self.kept();
        kept.values().map(|kept| kept.keeper.state()).collect()
    }

    /// Where they serve.
    pub fn places(&self) -> Vec<String> {
        let kept = self.kept();
        let places = kept.iter().flat_map(|(name, kept)| {
            let sockets = kept.sockets.iter();
            sockets.map(move |(_, socket)| format!("{name} at {}", socket.name()))
        });
        places.collect()
    }

    /// Waits until nothing more is to come of any of them, and gives an exit code: that of the
    /// first that did not do well.
    pub async fn is_over(&self) -> i32 {
        loop {
            let watched: Vec<_> = {
                let kept = self.kept();
                kept.values().map(|kept| kept.keeper.watched()).collect()
            };
            let count = watched.len();
            for mut state in watched {
                // One whose keeper has gone is over.
                let _ = state.wait_for(State::is_over).await;
            }
            let states = self.states();
            if states.len() == count && states.iter().all(State::is_over) {
                let failed = states.iter().filter(|state| state.phase == Phase::Ended);
                let codes = failed.filter_map(|state| state.code);
                return codes.into_iter().find(|code| *code != 0).unwrap_or(0);
            }
        }
    }

    /// Of those that were told to stop, one that had not done all in its time.
    pub fn late(&self) -> Option<String> {
        let mut states = self.states().into_iter();
        let late = states.find(|state| state.what.kind.goes_on() && state.code == Some(LATE));
        late.map(|state| state.what.name)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket for each address: the one that is open, or another.
fn sockets(entries: &[Entry], kept: &BTreeMap<String, Kept>) -> anyhow::Result<Vec<Sockets>> {
    let all = entries.iter().map(|entry| {
        let own = kept.get(&entry.name);
        let each = entry.addresses.iter().map(|address| {
            // Any port that is free is another one for each.
            let is_any = matches!(address, Address::Tcp(tcp) if tcp.port() == 0);
            let others = kept.values().filter(|_| !is_any);
            let mut open = own.into_iter().chain(others).flat_map(|kept| &kept.sockets);
            let socket = match open.find(|(other, _)| other == address) {
                Some((_, socket)) => socket.clone(),
                None => Arc::new(bind(address, "addr in the manifest")?),
            };
            Ok((address.clone(), socket))
        });
        each.collect()
    });
    all.collect()
}
