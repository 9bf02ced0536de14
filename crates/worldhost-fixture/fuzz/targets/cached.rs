//! Bytes as what the cache holds: the trailer of compiled code, and the memo of a file. What
//! the cache cannot use is made anew, and never another component's.

use super::place::Place;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use worldhost::{Cache, Compiler, Config, Runtime};

struct Machine {
    runtime: Runtime<()>,
    component: PathBuf,
    cache: Cache,
    /// The files that the cache has of it, each as it was written.
    files: Vec<(PathBuf, Vec<u8>)>,
}

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let place = Place::new("cached");
        let (dir, component) = (place.file("cache"), place.file("component.wasm"));
        std::fs::write(&component, COMPONENT).unwrap();
        let mut config = Config::default();
        config.compiler = Compiler::Winch;
        let cache = Cache::open(&dir).unwrap();
        config.cache = Some(cache.clone());
        let runtime = Runtime::with_config(&config, |_| Ok(())).unwrap();
        load(&runtime, &component);
        cache.flush();
        let mut files = Vec::new();
        list(&dir, &mut files);
        assert!(!files.is_empty(), "the cache keeps what was compiled");
        Machine {
            runtime,
            component,
            cache,
            files,
        }
    })
}

fn load(runtime: &Runtime<()>, component: &Path) {
    let executor = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    executor
        .block_on(runtime.load(component))
        .map(drop)
        .unwrap();
}

fn list(dir: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => list(&path, files),
            false => files.push((path.clone(), std::fs::read(&path).unwrap())),
        }
    }
}

/// The last bytes of the files become these. What is before them is native code, which is
/// trusted by who owns it and not by what it says.
pub fn run(bytes: &[u8]) {
    let machine = machine();
    for (path, whole) in &machine.files {
        let kept = whole.len().saturating_sub(bytes.len().min(112));
        let mut file = whole[..kept].to_vec();
        file.extend_from_slice(bytes);
        std::fs::write(path, file).unwrap();
    }
    load(&machine.runtime, &machine.component);
    machine.cache.flush();
    let cache = &machine.cache;
    let _ = (cache.info().unwrap(), cache.verify().unwrap());
}
