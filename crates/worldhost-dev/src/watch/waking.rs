//! Waiting for a save: the system wakes, and the files themselves say whether anything is
//! different.

use super::stamps::{Identity, Stamps, identity};
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// How long everything is to be as it is before it is taken: an editor that saves writes
/// more than once, and to more than one file.
const CALM: Duration = Duration::from_millis(10);

/// How often the files are looked at without being told: some file systems tell nothing.
const UNTOLD: Duration = Duration::from_secs(1);

/// Files and directories, and how they were when they were looked at.
pub struct Watch {
    places: Vec<PathBuf>,
    taken: Stamps,
    woken: Receiver<()>,
    /// None where the system has no such thing to give, or no more of it.
    watcher: Option<RecommendedWatcher>,
    armed: BTreeMap<PathBuf, Armed>,
    untold: Duration,
}

/// How a path is watched, and what was there then.
type Armed = (bool, Option<Identity>);

impl Watch {
    /// Watches files, and directories with all that is in them. They need not be there yet.
    pub fn of(places: Vec<PathBuf>) -> Watch {
        let (wake, woken) = sync_channel(1);
        let mut watch = Watch {
            taken: Stamps::of(&places),
            places,
            woken,
            watcher: watcher(wake),
            armed: BTreeMap::new(),
            untold: UNTOLD,
        };
        watch.arm();
        watch
    }

    /// Watches other places from now on.
    pub fn turn_to(&mut self, places: Vec<PathBuf>) {
        if self.places != places {
            self.taken = Stamps::of(&places);
            self.places = places;
            self.arm();
        }
    }

    /// Waits until a file is another than it was, or is gone, or is new, and all of them
    /// have been the same for a moment. Returns which.
    pub fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            self.wait();
            let mut now = Stamps::of(&self.places);
            if now == self.taken {
                continue;
            }
            loop {
                std::thread::sleep(CALM);
                let next = Stamps::of(&self.places);
                if next == now {
                    break;
                }
                now = next;
            }
            self.arm();
            let changed = now.parts_from(&self.taken);
            self.taken = now;
            if !changed.is_empty() {
                return changed;
            }
        }
    }

    fn wait(&self) {
        // Without a watcher nobody holds the other end.
        if let Err(RecvTimeoutError::Disconnected) = self.woken.recv_timeout(self.untold) {
            std::thread::sleep(self.untold);
        }
    }

    /// Has the system watch what is there now. A directory that was replaced by another is
    /// watched anew, and from above for when it is.
    fn arm(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let mut wanted: BTreeMap<PathBuf, Armed> = BTreeMap::new();
        for place in &self.places {
            let found = fs::metadata(place).ok();
            if let Some(found) = found.filter(fs::Metadata::is_dir) {
                wanted.insert(place.clone(), (true, Some(identity(&found))));
            }
            let above = place.ancestors().skip(1).find(|dir| dir.is_dir());
            if let Some(above) = above {
                let found = fs::metadata(above).ok();
                let once = (false, found.as_ref().map(identity));
                wanted.entry(above.to_path_buf()).or_insert(once);
            }
        }
        for (path, armed) in &self.armed {
            if wanted.get(path) != Some(armed) {
                let _ = watcher.unwatch(path);
            }
        }
        self.armed
            .retain(|path, armed| wanted.get(path) == Some(armed));
        for (path, armed) in wanted {
            let known = self.armed.contains_key(&path);
            if !known && watch(watcher, &path, armed.0) {
                self.armed.insert(path, armed);
            }
        }
    }
}

/// Whether it could be watched; else its files are looked at now and then.
fn watch(watcher: &mut RecommendedWatcher, path: &Path, recursive: bool) -> bool {
    let mode = match recursive {
        true => RecursiveMode::Recursive,
        false => RecursiveMode::NonRecursive,
    };
    watcher.watch(path, mode).is_ok()
}

fn watcher(wake: SyncSender<()>) -> Option<RecommendedWatcher> {
    let told = move |event: notify::Result<notify::Event>| {
        // That a file was read is no news, and it was this process.
        let reads = event.is_ok_and(|event| match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
            EventKind::Access(_) => true,
            _ => false,
        });
        if !reads {
            // One that waits already is enough.
            let _ = wake.try_send(());
        }
    };
    notify::recommended_watcher(told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};
    use tempfile::TempDir;

    /// What changes in a directory, as it is seen by one who waits.
    struct Seen {
        dir: TempDir,
        changes: Receiver<Vec<PathBuf>>,
    }

    fn seen(watch: Watch) -> Receiver<Vec<PathBuf>> {
        let (tell, changes): (Sender<Vec<PathBuf>>, _) = channel();
        let mut watch = watch;
        std::thread::spawn(move || while tell.send(watch.changed()).is_ok() {});
        changes
    }

    impl Seen {
        fn new(place: &str) -> Seen {
            let dir = TempDir::new().unwrap();
            fs::create_dir(dir.path().join("wit")).unwrap();
            fs::write(dir.path().join("wit/a.wit"), "a").unwrap();
            let mut watch = Watch::of(vec![dir.path().join(place)]);
            // By who is told alone.
            watch.untold = Duration::from_secs(3600);
            let changes = seen(watch);
            Seen { dir, changes }
        }

        /// The names that are told after something is done; nothing may be told more than
        /// once.
        #[track_caller]
        fn after(&self, act: impl FnOnce(&Path)) -> Vec<String> {
            act(self.dir.path());
            let found = self.changes.recv_timeout(Duration::from_secs(20)).unwrap();
            self.nothing();
            let below = |path: &PathBuf| {
                let path = path.strip_prefix(self.dir.path()).unwrap();
                path.display().to_string()
            };
            found.iter().map(below).collect()
        }

        #[track_caller]
        fn nothing(&self) {
            let more = self.changes.recv_timeout(Duration::from_millis(150));
            assert!(more.is_err(), "{more:?}");
        }
    }

    #[test]
    fn every_way_of_saving_is_seen_once() {
        let seen = Seen::new("wit");
        assert_eq!(
            seen.after(|dir| fs::write(dir.join("wit/a.wit"), "in place").unwrap()),
            ["wit/a.wit"]
        );
        // As most editors do it.
        let replaced = seen.after(|dir| {
            fs::write(dir.join("wit/.a.wit.swp"), "replaced").unwrap();
            fs::rename(dir.join("wit/a.wit"), dir.join("wit/a.wit~")).unwrap();
            fs::rename(dir.join("wit/.a.wit.swp"), dir.join("wit/a.wit")).unwrap();
            fs::remove_file(dir.join("wit/a.wit~")).unwrap();
        });
        assert_eq!(replaced, ["wit/a.wit"]);
        let made = seen.after(|dir| {
            fs::create_dir_all(dir.join("wit/deps/kv")).unwrap();
            fs::write(dir.join("wit/deps/kv/package.wit"), "kv").unwrap();
        });
        assert_eq!(made, ["wit/deps/kv/package.wit"]);
        assert_eq!(
            seen.after(|dir| fs::write(dir.join("wit/deps/kv/package.wit"), "kv 2").unwrap()),
            ["wit/deps/kv/package.wit"]
        );
        assert_eq!(
            seen.after(|dir| fs::remove_dir_all(dir.join("wit/deps")).unwrap()),
            ["wit/deps/kv/package.wit"]
        );
    }

    #[test]
    fn a_directory_that_is_replaced_is_watched_on() {
        let seen = Seen::new("wit");
        let another = |dir: &Path| {
            fs::rename(dir.join("wit"), dir.join("old")).unwrap();
            fs::create_dir(dir.join("wit")).unwrap();
            fs::write(dir.join("wit/b.wit"), "b").unwrap();
        };
        assert_eq!(seen.after(another), ["wit/a.wit", "wit/b.wit"]);
        assert_eq!(
            seen.after(|dir| fs::write(dir.join("wit/b.wit"), "b 2").unwrap()),
            ["wit/b.wit"]
        );
    }

    #[test]
    fn a_file_that_is_not_there_yet_is_waited_for() {
        let seen = Seen::new("later/wit");
        let made = seen.after(|dir| {
            fs::create_dir_all(dir.join("later/wit")).unwrap();
            fs::write(dir.join("later/wit/a.wit"), "a").unwrap();
        });
        assert_eq!(made, ["later/wit/a.wit"]);
    }

    #[test]
    fn what_is_no_file_of_a_project_or_is_only_read_is_no_change() {
        let seen = Seen::new("wit");
        fs::write(seen.dir.path().join("wit/notes.txt"), "a").unwrap();
        fs::write(seen.dir.path().join("wit/.hidden.wit"), "a").unwrap();
        fs::read(seen.dir.path().join("wit/a.wit")).unwrap();
        seen.nothing();
    }

    #[test]
    fn where_the_system_tells_nothing_the_files_are_looked_at() {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("a.wit"), "a").unwrap();
        let mut watch = Watch::of(vec![dir.path().to_path_buf()]);
        watch.watcher = None;
        let changes = seen(watch);
        fs::write(dir.path().join("a.wit"), "a 2").unwrap();
        let found = changes.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(found, [dir.path().join("a.wit")]);
    }
}
