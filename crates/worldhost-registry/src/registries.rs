//! Asks registries, takes from them and gives to them.

use crate::address::{Address, Named};
use crate::error::{Error, Result};
use crate::oci::Repository;
use crate::place::Place;
use crate::reach::Reach;
use crate::store::Store;
use crate::wkg;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Builder;
use worldhost::{LoadLimits, Pin};

/// All registries that there are, and the store of what was taken from them.
///
/// Its functions wait for the network, each no longer than [`Registries::patience`], and may be
/// called on any thread that may wait.
#[derive(Clone, Debug)]
pub struct Registries {
    /// What was taken.
    pub store: Store,
    /// How large a component may be.
    pub limits: LoadLimits,
    /// No registry is asked for what is to be found.
    pub offline: bool,
    /// How long a registry may take in all.
    pub patience: Duration,
}

/// What was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// Where it is.
    pub file: PathBuf,
    /// What it is.
    pub pin: Pin,
    /// What its source is now, where that is something else.
    pub moved: Option<Pin>,
}

impl Registries {
    /// Those of this user, with a store of what was taken.
    pub fn new(store: Store, limits: &LoadLimits) -> Self {
        Registries {
            store,
            limits: limits.clone(),
            offline: false,
            patience: Duration::from_secs(600),
        }
    }

    /// The component of this digest, or else the one that the source was when it was taken
    /// first. A registry is asked for what is not in the store.
    ///
    /// # Errors
    ///
    /// All but [`Error::Lock`] and [`Error::Taken`]. That a file in the store is what its name
    /// says is for who loads it to check.
    pub fn find(&self, address: &Address, pin: Option<Pin>) -> Result<Pulled> {
        let pin = pin.or_else(|| self.store.noted(address));
        if let Some(pin) = pin
            && let Some(file) = self.store.find(&pin)
        {
            let moved = None;
            return Ok(Pulled { file, pin, moved });
        }
        if self.offline {
            let address = address.to_string();
            return Err(Error::Offline { address });
        }
        self.wait(address, async |place| {
            let (pin, bytes) = match pin {
                Some(pin) => (pin, self.pinned(place, address, &pin).await?),
                None => {
                    let pin = place.ask(&address.to_string(), &self.limits).await?;
                    (pin, self.get(place, address, &pin).await?)
                }
            };
            self.keep(address, pin, &bytes)
        })
    }

    /// What a source is: as it was taken, or as its registry has it. However large: that is for
    /// who takes it to bound.
    ///
    /// # Errors
    ///
    /// As for [`Registries::find`].
    pub fn pin(&self, address: &Address) -> Result<Pin> {
        match self.store.noted(address) {
            Some(pin) => Ok(pin),
            None if self.offline => Err(Error::Offline {
                address: address.to_string(),
            }),
            None => self.wait(address, async |place| {
                let mut limits = self.limits.clone();
                limits.size = u64::MAX;
                place.ask(&address.to_string(), &limits).await
            }),
        }
    }

    /// Asks for what a source is now, and takes it: what it is `known` to be, or with `update`
    /// whatever it is. What is in the store and is sound is not taken again.
    ///
    /// # Errors
    ///
    /// As for [`Registries::find`].
    pub fn pull(&self, address: &Address, known: Option<Pin>, update: bool) -> Result<Pulled> {
        let known = known.or_else(|| self.store.noted(address));
        let known = known.filter(|_| !update);
        self.wait(address, async |place| {
            let now = place.ask(&address.to_string(), &self.limits).await?;
            let pin = known.unwrap_or(now);
            let pulled = match self.store.sound(&pin, &self.limits) {
                Some(file) => {
                    self.store.note(address, &pin)?;
                    let moved = None;
                    Pulled { file, pin, moved }
                }
                None => {
                    let bytes = self.pinned(place, address, &pin).await?;
                    self.keep(address, pin, &bytes)?
                }
            };
            let moved = (now != pin).then_some(now);
            Ok(Pulled { moved, ..pulled })
        })
    }

    /// Puts a component there. A version of a package that is there is not changed.
    ///
    /// # Errors
    ///
    /// As for [`Registries::find`]; [`Error::Taken`].
    pub fn push(&self, address: &Address, bytes: Vec<u8>) -> Result<Pin> {
        let pin = Pin::of(&bytes);
        self.wait(address, async |place| {
            if let Named::Package(..) = address.0 {
                match place.ask(&address.to_string(), &self.limits).await {
                    Ok(found) if found == pin => return Ok(pin),
                    Ok(found) => {
                        let address = address.to_string();
                        return Err(Error::Taken { address, found });
                    }
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let name = format!("{}.wasm", address.name());
            place.put(&name, bytes).await.map(|()| pin)
        })
    }

    /// By its digest, whatever the source is now; and if it cannot be had, what it is now.
    async fn pinned(&self, place: &Place, address: &Address, pin: &Pin) -> Result<Vec<u8>> {
        let lacks = |error: &Error| matches!(error, Error::NotFound { .. } | Error::Damaged { .. });
        match self.get(place, address, pin).await {
            Err(error) if lacks(&error) => {
                let now = place.ask(&address.to_string(), &self.limits).await?;
                let (address, pin) = (address.to_string(), *pin);
                match now == pin {
                    true => Err(error),
                    false => Err(Error::Moved { address, pin, now }),
                }
            }
            got => got,
        }
    }

    async fn get(&self, place: &Place, address: &Address, pin: &Pin) -> Result<Vec<u8>> {
        let address = address.to_string();
        let bytes = place.get(&address, pin, &self.limits).await?;
        match Pin::of(&bytes) == *pin {
            true => Ok(bytes),
            false => Err(Error::Damaged { address, pin: *pin }),
        }
    }

    fn keep(&self, address: &Address, pin: Pin, bytes: &[u8]) -> Result<Pulled> {
        let file = self.store.keep(&pin, bytes)?;
        self.store.note(address, &pin)?;
        let moved = None;
        Ok(Pulled { file, pin, moved })
    }

    /// Does it at the place that is meant, on a thread and an executor of its own: whoever asks
    /// may have one, or none.
    fn wait<R: Send>(
        &self,
        address: &Address,
        work: impl AsyncFnOnce(&Place) -> Result<R> + Send,
    ) -> Result<R> {
        let unreachable = |why: String| Error::Unreachable {
            address: address.to_string(),
            why,
        };
        // Once, and by no other name: who else speaks TLS here names its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let all = || {
            let executor = Builder::new_current_thread().enable_all().build();
            let executor = executor.map_err(|error| unreachable(error.to_string()))?;
            let work = async { work(&place(address).await?).await };
            let done = executor.block_on(async { tokio::time::timeout(self.patience, work).await });
            done.unwrap_or_else(|_| {
                Err(unreachable(format!(
                    "it took longer than {:?}",
                    self.patience
                )))
            })
        };
        std::thread::scope(|scope| match scope.spawn(all).join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }
}

async fn place(address: &Address) -> Result<Place> {
    let text = address.to_string();
    match &address.0 {
        Named::Oci(reference) => {
            let reference = (**reference).clone();
            Repository::open(reference, &Reach::default(), &text).map(Place::Oci)
        }
        Named::Package(package, version) => wkg::place(package, version, &text).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_is_waited_for_as_long_as_was_said() {
        let dir = tempfile::tempdir().unwrap();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("oci://{}/tool:1", silent.local_addr().unwrap());
        let address = Address::of(&address).unwrap().unwrap();
        let store = Store::open(dir.path().join("components")).unwrap();
        let mut registries = Registries::new(store, &LoadLimits::default());
        registries.patience = Duration::from_millis(100);
        let error = registries.pull(&address, None, false).unwrap_err();
        assert!(
            error.to_string().ends_with("it took longer than 100ms"),
            "{error}"
        );
        registries.offline = true;
        let error = registries.find(&address, None).unwrap_err();
        assert!(matches!(error, Error::Offline { .. }), "{error}");
    }

    #[test]
    fn what_a_source_is_can_be_asked_however_large_it_is() {
        use std::io::{BufRead, BufReader, Write};
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("oci://{}/tool:1", server.local_addr().unwrap());
        let address = Address::of(&address).unwrap().unwrap();
        let digest = format!("sha256:{}", "a".repeat(64));
        let layer = format!(
            "{{\"mediaType\":\"application/wasm\",\"digest\":\"{digest}\",\"size\":5000000000}}"
        );
        let manifest = format!(
            "{{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\
             \"config\":{layer},\"layers\":[{layer}]}}"
        );
        std::thread::spawn(move || {
            for stream in server.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines();
                while lines.next().unwrap().is_ok_and(|line| !line.is_empty()) {}
                let length = manifest.len();
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close");
                write!(&stream, "{head}\r\n\r\n{manifest}").unwrap();
            }
        });
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("components")).unwrap();
        let registries = Registries::new(store, &LoadLimits::default());
        assert_eq!(registries.pin(&address).unwrap().to_string(), digest);
        let error = registries.find(&address, None).unwrap_err();
        assert!(error.to_string().contains("is larger than"), "{error}");
    }
}
