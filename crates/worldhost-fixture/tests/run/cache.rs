//! The cache of compiled code: that it is used, kept within its bound, and never
//! gives one component's code for another's.

use crate::support::cache::{Cache, answers, succeeded};
use crate::support::{Scratch, guest, one_line, plugin, plugin_with};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant, SystemTime};

fn set_modified(path: &Path, time: SystemTime) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(days * 86_400)
}

#[test]
fn what_was_compiled_is_loaded_the_next_time() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&["-v"], &component, "a");
    let artifact = cache.artifact();
    let written = artifact.metadata().unwrap();
    assert_eq!(written.mode() & 0o777, 0o600);
    set_modified(&artifact, days_ago(2));

    // Also under another name: it is the same code.
    let again = scratch.file("b.wasm", answers("a"));
    for component in [&component, &again] {
        assert_eq!(cache.process(&["-v"], component, "a"), "");
        let found = cache.artifact().metadata().unwrap();
        assert_eq!(found.ino(), written.ino(), "it was compiled again");
    }
    let used = artifact.metadata().unwrap().modified().unwrap();
    assert!(
        used.elapsed().unwrap() < Duration::from_secs(3600),
        "it was not used"
    );
    let (code, text) = cache.says("info");
    assert_eq!(code, Some(0));
    assert!(
        text.contains("1 component, ") && text.contains("1.0 GiB"),
        "{text}"
    );
}

/// Fresh instances are made without guard pages, so their code is another.
#[test]
fn the_code_of_fresh_instances_is_kept_beside_that_of_one_that_lasts() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    for options in [&[][..], &["--fresh"], &[], &["--fresh"]] {
        cache.process(options, &component, "a");
    }
    assert_eq!(cache.artifacts().len(), 2);
}

#[test]
fn code_is_of_one_configuration() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    cache.process(&["--fuel", "1000000"], &component, "a");
    cache.process(&["--compiler", "winch"], &component, "a");
    cache.process(&["--timeout", "none"], &component, "a");
    assert_eq!(cache.artifacts().len(), 4);
    // Of a network it needs to know only that there is one.
    let network = ["--timeout", "none", "--allow-net", "localhost:*"];
    cache.process(&network, &component, "a");
    assert_eq!(cache.artifacts().len(), 4);
}

#[test]
fn inspect_tells_whose_code_is_there() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    let inspect = |options: &[&str]| {
        let mut command = cache.command(&["inspect"]);
        let output = command.args(options).arg(&component).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(inspect(&[]).contains("compiled   not yet\n"));
    cache.process(&["--compiler", "winch"], &component, "a");
    assert!(inspect(&[]).contains("compiled   by winch, in the cache\n"));
    let alone = ["--compiler", "winch", "--timeout", "none"];
    cache.process(&alone, &component, "a");
    assert!(inspect(&[]).contains("compiled   by winch, in the cache\n"));
    cache.process(&["--compiler", "cranelift"], &component, "a");
    let found: serde_json::Value = serde_json::from_str(&inspect(&["--json"])).unwrap();
    assert_eq!(found["cached"], serde_json::json!(["cranelift", "winch"]));
}

#[test]
fn without_the_cache_nothing_is_kept() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    cache.process(&["--no-cache"], &scratch.file("a.wasm", answers("a")), "a");
    assert_eq!(fs::read_dir(cache.dir()).unwrap().count(), 0);
}

#[test]
fn many_at_once_do_not_disturb_each_other() {
    let cache = Cache::new();
    let spawn = |_| {
        let mut command = cache.command(&["process"]);
        command.arg(guest("plugin-rust")).arg("hello");
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(spawn).collect();
    for child in children {
        succeeded(child.wait_with_output().unwrap(), "HELLO");
    }
    assert_eq!(
        cache.files("code"),
        [cache.artifact()],
        "nothing is left over"
    );
    assert_eq!(cache.says("verify").0, Some(0));
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = |name: &str| scratch.file(&format!("{name}.wasm"), answers(name));
    let mut artifacts = Vec::new();
    for (days, name) in [(9, "a"), (8, "b"), (7, "c")] {
        cache.process(&[], &component(name), name);
        let mut new = cache.artifacts();
        new.retain(|path| !artifacts.contains(path));
        set_modified(&new[0], days_ago(days));
        artifacts.push(new.remove(0));
    }
    // The oldest is used, and is not the oldest any more.
    cache.process(&[], &component("a"), "a");

    let size = artifacts[0].metadata().unwrap().len();
    let mut command = cache.command(&["process"]);
    command.env("WORLDHOST_CACHE_SIZE", (3 * size + size / 2).to_string());
    let output = command.arg(component("d")).arg("x").output().unwrap();
    succeeded(output, "d");
    let there: Vec<bool> = artifacts.iter().map(|path| path.exists()).collect();
    assert_eq!(there, [true, false, true]);
    assert_eq!(cache.artifacts().len(), 3);

    // What is larger than all the cache is not kept, and nothing goes for it.
    let mut command = cache.command(&["process"]);
    command.env("WORLDHOST_CACHE_SIZE", "1000");
    succeeded(command.arg(component("e")).arg("x").output().unwrap(), "e");
    assert_eq!(cache.artifacts().len(), 3);

    let mut command = cache.command(&["process"]);
    command.env("WORLDHOST_CACHE_SIZE", "lots");
    let output = command.arg(component("e")).arg("x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(one_line(&output.stderr).contains("512MiB"));
}

#[test]
fn a_file_that_was_replaced_is_never_taken_for_what_it_was() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let path = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &path, "a");
    assert_eq!(cache.files("memo").len(), 0, "it was noted too soon");
    let old = path.metadata().unwrap();

    // In place, with the same size and time, in one go.
    let same_time = |path: &Path| set_modified(path, old.modified().unwrap());
    fs::write(&path, answers("b")).unwrap();
    same_time(&path);
    assert_eq!(path.metadata().unwrap().len(), old.len());
    cache.process(&[], &path, "b");

    // And after it was left alone for long enough to be noted.
    sleep(Duration::from_secs(4));
    cache.process(&[], &path, "b");
    assert_eq!(cache.files("memo").len(), 1, "it was not noted");
    cache.process(&[], &path, "b");
    fs::write(&path, answers("c")).unwrap();
    same_time(&path);
    cache.process(&[], &path, "c");
    let other = scratch.file("other.wasm", answers("d"));
    same_time(&other);
    fs::rename(&other, &path).unwrap();
    cache.process(&[], &path, "d");
    let found = path.metadata().unwrap();
    assert_eq!(
        (found.len(), found.modified().unwrap()),
        (old.len(), old.modified().unwrap())
    );
}

#[test]
fn clear_removes_what_is_the_caches_and_nothing_else() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    cache.process(&[], &scratch.file("a.wasm", answers("a")), "a");
    let mine = cache.dir().join("code/mine.txt");
    fs::write(&mine, "mine").unwrap();
    fs::write(cache.dir().join("code/.tmp-left"), "").unwrap();
    let (code, text) = cache.says("clear");
    assert_eq!(code, Some(0));
    assert!(text.starts_with("removed    1 component, "), "{text}");
    assert_eq!(cache.files("code"), [mine]);
    assert_eq!(cache.files("memo").len(), 0);
}

/// Attempts of the background that came to nothing are noted, and not for ever.
#[test]
fn old_attempts_are_forgotten() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    cache.process(&[], &scratch.file("a.wasm", answers("a")), "a");
    let attempt = |name: &str| {
        let path = cache.artifact().with_file_name(name.repeat(64));
        let path = path.with_extension("tried");
        fs::write(&path, "").unwrap();
        path
    };
    let (old, new) = (attempt("1"), attempt("2"));
    set_modified(&old, days_ago(1));
    cache.process(&[], &scratch.file("b.wasm", answers("b")), "b");
    assert!(!old.exists() && new.exists());
}

/// A plugin with so much code that `auto` lets Winch go first.
fn large(body: &str) -> Vec<u8> {
    let cores = available_parallelism().map_or(1, |n| n.get());
    let adds = "(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 12345)) (local.get 0)))";
    let one = format!(
        "(func (export \"f%\") (param i32) (result i32) {} (local.get 0))",
        adds.repeat(1000)
    );
    let functions: String = (0..12 * cores)
        .map(|n| one.replace('%', &n.to_string()))
        .collect();
    plugin_with(&functions, body)
}

#[test]
fn winch_goes_first_and_cranelift_follows_in_the_background() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("large.wasm", large("(i32.const 8)"));
    // Alone it takes no child, and none of the cache.
    cache.process(&["--no-cache"], &component, "");
    cache.process(&["--compiler", "winch"], &component, "");
    let winch = cache.artifact();
    sleep(Duration::from_millis(200));
    assert!(!cache.dir().join("optimize.lock").exists());

    cache.process(&[], &component, "");
    let begun = Instant::now();
    while cache.files("code").len() != 1 || winch.exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{:?}",
            cache.files("code")
        );
        sleep(Duration::from_millis(50));
    }
    let cranelift = cache.artifact();
    set_modified(&cranelift, days_ago(2));
    assert_eq!(cache.process(&["-v"], &component, ""), "");
    assert!(cranelift.metadata().unwrap().modified().unwrap() > days_ago(1));
    assert_eq!(cache.artifact(), cranelift);
    assert_eq!(cache.says("verify").0, Some(0));
}

#[test]
fn what_fails_is_not_compiled_in_the_background() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("large.wasm", large("unreachable"));
    let mut command = cache.command(&["process"]);
    let output = command.arg(&component).arg("x").output().unwrap();
    assert_eq!(output.status.code(), Some(134));
    cache.artifact();
    sleep(Duration::from_millis(500));
    assert!(!cache.dir().join("optimize.lock").exists());
}

#[test]
fn what_winch_refuses_goes_to_cranelift() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    // Winch has no tail calls.
    let tail = plugin("(return_call $process (local.get $ptr) (local.get $len))");
    let tail = scratch.file("tail.wasm", tail);
    for _ in 0..2 {
        let mut command = cache.command(&["process", "--compiler", "winch", "--timeout", "100ms"]);
        let output = command.arg(&tail).arg("x").output().unwrap();
        assert_eq!(output.status.code(), Some(124), "it runs, and on and on");
        cache.artifact();
    }
}
