//! Packages held against `wkg.lock`.

use super::released;
use super::report::{Proof, Report};
use super::vendor::Vendor;
use super::vendored::{Deps, Vendored};
use super::wkg::{Cache, Locked, NEWEST, OLDEST, Order, Package, candidates, digest};
use worldhost_wit::{Rule, decode_package};

/// A lock, and what it is about.
pub(super) struct Locks<'a> {
    deps: &'a Deps,
    vendor: &'a Vendor,
    locked: &'a [Locked],
    cache: Cache,
    wrong: Wrong,
}

/// Packages that are not what they should be. Those that use another of them repeat its
/// types in their own bytes, and may be right themselves.
#[derive(Default)]
struct Wrong {
    names: Vec<String>,
    blocked: Vec<String>,
}

/// What is known of a package whose digest is not the one that is locked.
enum Known {
    /// Its text is that of the locked package all the same.
    Same,
    /// It is another text.
    Other,
    /// Neither can be told.
    Nothing,
}

impl<'a> Locks<'a> {
    pub(super) fn new(deps: &'a Deps, vendor: &'a Vendor, locked: &'a [Locked]) -> Self {
        Locks {
            deps,
            vendor,
            locked,
            cache: Cache::of_wkg(),
            wrong: Wrong::default(),
        }
    }

    /// Every vendored package is in the lock, and the digests are equal.
    pub(super) fn check(mut self, fetched: &[&Vendored], report: &mut Report) {
        for vendored in fetched {
            let mut locked = self.locked.iter();
            match locked.find(|one| one.is_of(&vendored.name, vendored.version.as_deref())) {
                Some(entry) => self.digest(vendored, entry, report),
                None => self.unlocked(vendored, report),
            }
        }
        self.blocked(report);
        self.stale(report);
    }

    fn unlocked(&self, vendored: &Vendored, report: &mut Report) {
        let lock = self.vendor.lock.display();
        let fetch = self.vendor.fetch();
        let other = self.locked.iter().find(|one| one.name == vendored.name);
        let (message, remedy) = match other {
            Some(other) => (
                format!("{lock} has it in version {} only", other.version),
                format!("fetch again: {fetch}"),
            ),
            None => {
                let message = format!("{lock} does not have it");
                let named = self.deps.named.contains(&vendored.name);
                match self.deps.naming(vendored).filter(|_| !named) {
                    Some(naming) => (
                        message,
                        format!(
                            "name the package in a world, such as `{naming}`, for wkg locks only \
                             what is named; then {fetch}"
                        ),
                    ),
                    None => (
                        message + ", though the text names it",
                        format!("fetch it: {fetch}; or name its directory in wkg.toml"),
                    ),
                }
            }
        };
        report.problem(Rule::PackageNotLocked, vendored.full(), message, remedy);
    }

    fn digest(&mut self, vendored: &Vendored, entry: &Locked, report: &mut Report) {
        let package = vendored.full();
        let wanted = entry.digest.clone();
        if self.digests(vendored).any(|digest| digest == wanted) {
            return report.ok(package, Proof::Locked { digest: wanted });
        }
        match self.known(vendored, entry) {
            Known::Same => report.ok(package, Proof::Cached { digest: wanted }),
            _ if self.wrong.has_one_of(&vendored.uses) => self.wrong.block(vendored),
            Known::Other => {
                self.wrong.names.push(vendored.name.clone());
                self.other(vendored, entry, report);
            }
            Known::Nothing => self.nothing(vendored, entry, report),
        }
    }

    /// Those that it can have been published under, the likeliest first. Each takes its time
    /// to be made.
    fn digests(&self, vendored: &Vendored) -> Box<dyn Iterator<Item = String> + '_> {
        match &vendored.bytes {
            Some(bytes) => Box::new(std::iter::once(digest(bytes))),
            None => {
                let made = candidates(self.deps.package(vendored));
                Box::new(made.map(|(digest, _)| digest))
            }
        }
    }

    /// Asked of what was fetched on this machine, and of the releases of WASI.
    fn known(&self, vendored: &Vendored, entry: &Locked) -> Known {
        if vendored.bytes.is_some() {
            return Known::Other;
        }
        if let Some(cached) = self.cache.package(&entry.digest)
            && let Some(same) = is_of(self.deps.package(vendored), &cached)
        {
            return if same { Known::Same } else { Known::Other };
        }
        let released = released::digest(&vendored.name, vendored.version.as_deref());
        let of_wasi = entry.registry.as_deref() == Some(released::REGISTRY);
        match released {
            // The text of this release makes this digest, and this text does not.
            Some(released) if released == entry.digest => Known::Other,
            // The text is that of the release, and the lock names another.
            Some(released) if of_wasi && self.digests(vendored).any(|made| made == released) => {
                Known::Other
            }
            // Neither the text nor the lock is of the release.
            Some(_) if of_wasi => Known::Other,
            _ => Known::Nothing,
        }
    }

    fn other(&self, vendored: &Vendored, entry: &Locked, report: &mut Report) {
        let (path, lock) = (vendored.path.display(), self.vendor.lock.display());
        let made = self.digests(vendored).next();
        let message = format!(
            "{path} is not the text that {lock} locks: its digest is {}, and the lock has {}",
            made.as_deref().unwrap_or("none, for it cannot be encoded"),
            entry.digest
        );
        let remedy = format!(
            "undo the edit of either (git diff {path} {lock}), or fetch again: {}",
            self.vendor.fetch()
        );
        report.problem(Rule::PackageAltered, vendored.full(), message, remedy);
    }

    fn nothing(&self, vendored: &Vendored, entry: &Locked, report: &mut Report) {
        let message = format!(
            "whether {} is the text that {} locks cannot be told offline: no wkg from {OLDEST} \
             to {NEWEST} makes {} of it, as a publisher with metadata or tools of its own does, \
             and wkg's cache does not have the package",
            vendored.path.display(),
            self.vendor.lock.display(),
            entry.digest
        );
        let remedy = format!(
            "fetch, which fills the cache, and look again: {}",
            self.vendor.fetch()
        );
        report.unchecked(Rule::PackageUnproved, vendored.full(), message, remedy);
    }

    fn blocked(&self, report: &mut Report) {
        if let (false, Some(first)) = (
            self.wrong.blocked.is_empty(),
            self.wrong.names.first().cloned(),
        ) {
            let of_first = |fault: &&mut super::Fault| fault.subject.starts_with(&first);
            let blocked = self.wrong.blocked.join(", ");
            if let Some(fault) = report.problems.iter_mut().find(of_first) {
                let more = format!(" ({blocked}: to be checked when this is right)");
                fault.message.push_str(&more);
            }
        }
    }

    /// What the lock has and nothing uses: wkg leaves it there.
    fn stale(&self, report: &mut Report) {
        for entry in self.locked {
            let mut there = self.deps.packages.iter();
            if there.any(|one| entry.is_of(&one.name, one.version.as_deref())) {
                continue;
            }
            let subject = format!("{}@{}", entry.name, entry.version);
            let lock = self.vendor.lock.display();
            let message = format!("{lock} has it and deps does not");
            let remedy = format!(
                "if nothing else is locked by it: rm {lock} && {}",
                self.vendor.fetch()
            );
            report.note(Rule::LockStale, subject, message, remedy);
        }
    }
}

impl Wrong {
    fn has_one_of(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.names.contains(name))
    }

    fn block(&mut self, vendored: &Vendored) {
        self.names.push(vendored.name.clone());
        self.blocked.push(vendored.full());
    }
}

/// Whether a package is that of these bytes; none when that cannot be told.
fn is_of(package: Package<'_>, bytes: &[u8]) -> Option<bool> {
    let (resolve, id) = decode_package(bytes).ok()?;
    let published = Package {
        resolve: &resolve,
        id,
    };
    // What wkg prints has functions where it puts them.
    let order = Order::FunctionsLast;
    Some(package.encoded(order)? == published.encoded(order)?)
}
