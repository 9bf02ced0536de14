//! The cache of compiled code: that it is used, and everything that can be wrong
//! with it. Whatever that is, the component runs.

#![cfg(unix)]

mod support;

use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant, SystemTime};
use support::{Scratch, command, guest, one_line, plugin, plugin_with};

/// A cache that is empty, for one test.
struct Cache(Scratch);

impl Cache {
    fn new() -> Self {
        let cache = Cache(Scratch::new());
        fs::set_permissions(cache.dir(), fs::Permissions::from_mode(0o700)).unwrap();
        cache
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", self.dir()).args(args);
        command
    }

    /// Runs `process` on one input, which has to succeed, and returns stderr.
    #[track_caller]
    fn process(&self, options: &[&str], component: &Path, answer: &str) -> String {
        let mut command = self.command(&["process"]);
        let output = command.args(options).arg(component).arg("x").output();
        succeeded(output.unwrap(), answer)
    }

    /// The files with compiled code.
    fn artifacts(&self) -> Vec<PathBuf> {
        let mut found = self.files("code");
        found.retain(|path| path.extension().is_some_and(|found| found == "cwasm"));
        found
    }

    fn files(&self, dir: &str) -> Vec<PathBuf> {
        let dir = fs::read_dir(self.dir().join(dir)).unwrap();
        dir.map(|entry| entry.unwrap().path()).collect()
    }

    #[track_caller]
    fn artifact(&self) -> PathBuf {
        let found = self.artifacts();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }

    /// `cache ACTION`: exit code and stdout.
    fn says(&self, action: &str) -> (Option<i32>, String) {
        let output = self.command(&["cache", action]).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    }
}

#[track_caller]
fn succeeded(output: Output, answer: &str) -> String {
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{answer}\n")
    );
    stderr
}

/// A plugin that answers every input with this.
fn answers(answer: &str) -> Vec<u8> {
    let data = format!(r#"(data (i32.const 32) "{answer}")"#);
    let body = format!(
        "(i32.store (i32.const 8) (i32.const 32))
         (i32.store (i32.const 12) (i32.const {}))
         (i32.const 8)",
        answer.len()
    );
    plugin_with(&data, &body)
}

fn set_modified(path: &Path, time: SystemTime) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(days * 86_400)
}

fn is_root() -> bool {
    let scratch = Scratch::new();
    scratch.path().metadata().unwrap().uid() == 0
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

    // Also under another name, and in a pool: it is the same code.
    let again = scratch.file("b.wasm", answers("a"));
    for (options, component) in [(&["-v"][..], &component), (&["-v", "--fresh"], &again)] {
        assert_eq!(cache.process(options, component, "a"), "");
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

#[test]
fn code_is_of_one_configuration() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    cache.process(&["--fuel", "1000000"], &component, "a");
    cache.process(&["--compiler", "winch"], &component, "a");
    assert_eq!(cache.artifacts().len(), 3);
}

#[test]
fn without_the_cache_nothing_is_kept() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    cache.process(&["--no-cache"], &scratch.file("a.wasm", answers("a")), "a");
    assert_eq!(fs::read_dir(cache.dir()).unwrap().count(), 0);
}

#[test]
fn an_artifact_of_another_length_is_made_anew() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    let artifact = cache.artifact();
    let whole = fs::read(&artifact).unwrap();
    let n = whole.len();
    let mut odd: Vec<Vec<u8>> = [0, 1, 64, n / 2, n - 113, n - 112, n - 111, n - 32, n - 1]
        .iter()
        .map(|keep| whole[..*keep].to_vec())
        .collect();
    odd.push([&whole[..], b"more"].concat());
    // A part is missing in the middle, and the trailer is where it should be.
    odd.push([&whole[..n / 2], &whole[n / 2 + 4096..]].concat());
    odd.push(vec![0; n]);
    for bytes in odd {
        fs::write(&artifact, &bytes).unwrap();
        let stderr = cache.process(&["-v"], &component, "a");
        assert!(
            stderr.starts_with("warning: ") && stderr.contains(": is "),
            "{stderr}"
        );
        assert_eq!(fs::read(&artifact).unwrap().len(), n);
        assert_eq!(cache.process(&["-v"], &component, "a"), "");
    }
    assert_eq!(cache.says("verify").0, Some(0));
}

/// The artifact of this key around another image, as if it had been written so.
fn forged(key: &Path, image: &[u8]) -> Vec<u8> {
    let name = key.file_stem().unwrap().to_str().unwrap();
    let mut fields = b"WHCODE\x00\x01".to_vec();
    fields.extend((image.len() as u64).to_le_bytes());
    fields.extend(
        (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&name[at..at + 2], 16).unwrap()),
    );
    fields.extend(Sha256::digest(image));
    let check = Sha256::digest(&fields);
    [image, &fields, &check].concat()
}

#[test]
fn code_of_another_component_version_or_configuration_is_made_anew() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    let artifact = cache.artifact();
    let whole = fs::read(&artifact).unwrap();
    let image = &whole[..whole.len() - 112];
    assert!(
        forged(&artifact, image) == whole,
        "the test knows the format"
    );

    let others = Cache::new();
    others.process(&[], &scratch.file("b.wasm", answers("b")), "b");
    let other = fs::read(others.artifact()).unwrap();
    let fuel = Cache::new();
    fuel.process(&["--fuel", "1000000"], &component, "a");
    let fuel = fs::read(fuel.artifact()).unwrap();

    // Wasmtime's version stands in the image as a length and digits.
    let at = image.windows(4).position(|four| four == b"\x00\x0248");
    let mut older = image.to_vec();
    older[at.expect("the version in the image") + 3] = b'7';

    let cases = [
        ("another component", other.clone()),
        ("another configuration", fuel.clone()),
        ("another version, well written", forged(&artifact, &older)),
        (
            "another configuration, well written",
            forged(&artifact, &fuel[..fuel.len() - 112]),
        ),
    ];
    for (what, bytes) in cases {
        fs::write(&artifact, &bytes).unwrap();
        let stderr = cache.process(&["-v"], &component, "a");
        assert!(stderr.starts_with("warning: "), "{what}: {stderr}");
        assert_eq!(cache.process(&["-v"], &component, "a"), "", "{what}");
        assert!(
            fs::read(&artifact).unwrap() != bytes,
            "{what}: it is still there"
        );
    }
}

#[test]
fn verify_finds_what_a_start_does_not() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    cache.process(&[], &scratch.file("b.wasm", answers("b")), "b");
    let (code, text) = cache.says("verify");
    assert_eq!(code, Some(0));
    assert!(text.contains("2 components"), "{text}");

    let artifact = &cache.artifacts()[0];
    let mut bytes = fs::read(artifact).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(artifact, bytes).unwrap();
    let (code, text) = cache.says("verify");
    assert_eq!(code, Some(1));
    assert!(text.contains("other bytes than were written"), "{text}");
    assert!(text.contains("1 component,"), "{text}");
    assert!(!artifact.exists());
    cache.process(&[], &component, "a");
}

#[test]
fn what_others_can_write_is_not_run() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    let artifact = cache.artifact();
    let chmod = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for mode in [0o620, 0o602, 0o666] {
        chmod(&artifact, mode);
        let stderr = cache.process(&[], &component, "a");
        assert!(
            stderr.contains("is not loaded: it can be written by others"),
            "{stderr}"
        );
        // It is replaced by one that is this user's alone.
        assert_eq!(cache.process(&["-v"], &component, "a"), "");
    }

    for (dir, mode) in [
        (cache.dir().join("code"), 0o770),
        (cache.dir().into(), 0o777),
    ] {
        chmod(&dir, mode);
        let before = artifact.metadata().unwrap().ino();
        let stderr = cache.process(&[], &component, "a");
        let (line, rest) = stderr.split_once('\n').unwrap();
        assert!(
            line.starts_with("warning: the cache is not used: "),
            "{line}"
        );
        assert!(line.contains("can be written by others"), "{line}");
        assert_eq!(rest, "");
        assert_eq!(artifact.metadata().unwrap().ino(), before);
        let refused = cache.command(&["cache", "clear"]).output().unwrap();
        assert_eq!(refused.status.code(), Some(125));
        assert!(one_line(&refused.stderr).contains("can be written by others"));
        chmod(&dir, 0o700);
    }
}

#[test]
fn what_belongs_to_another_user_is_not_run() {
    if !is_root() {
        eprintln!("SKIPPED: only root can give files away");
        return;
    }
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    chown(cache.artifact(), Some(12345), None).unwrap();
    let stderr = cache.process(&[], &component, "a");
    assert!(
        stderr.contains("is not loaded: it belongs to user 12345"),
        "{stderr}"
    );
    assert_eq!(cache.process(&["-v"], &component, "a"), "");

    chown(cache.dir(), Some(12345), None).unwrap();
    let stderr = cache.process(&[], &component, "a");
    assert!(
        stderr.starts_with("warning: the cache is not used: ") && stderr.contains("user 12345"),
        "{stderr}"
    );
}

#[test]
fn a_symbolic_link_is_not_followed() {
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("a.wasm", answers("a"));
    cache.process(&[], &component, "a");
    let artifact = cache.artifact();
    let elsewhere = scratch.path().join("elsewhere");
    fs::rename(&artifact, &elsewhere).unwrap();
    symlink(&elsewhere, &artifact).unwrap();
    cache.process(&[], &component, "a");
    assert!(
        artifact.symlink_metadata().unwrap().is_file(),
        "it was followed"
    );
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
fn a_cache_that_cannot_be_written_costs_only_time() {
    let scratch = Scratch::new();
    let component = scratch.file("a.wasm", answers("a"));
    let file = scratch.file("file", "");
    let nowhere = Path::new("/proc/nowhere");
    for dir in [&file, &file.join("below"), nowhere] {
        let run = |args: &[&str]| {
            let mut command = command();
            command.env("WORLDHOST_CACHE_DIR", dir).args(args);
            command.arg(&component).arg("x").output().unwrap()
        };
        assert_eq!(succeeded(run(&["process"]), "a"), "");
        let stderr = succeeded(run(&["-v", "process"]), "a");
        assert!(
            stderr.starts_with("warning: cannot use the cache "),
            "{stderr}"
        );
        let mut info = command();
        info.env("WORLDHOST_CACHE_DIR", dir).args(["cache", "info"]);
        assert_eq!(info.output().unwrap().status.code(), Some(125));
    }
}

/// A file system in memory that is gone after the test.
struct Mount(Scratch);

impl Mount {
    fn new(options: &str) -> Option<Self> {
        let scratch = Scratch::new();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
        let mounted = mount.arg(scratch.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Mount(scratch));
        }
        eprintln!("SKIPPED: no file system can be mounted here");
        None
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let mut umount = std::process::Command::new("umount");
        let _ = umount.arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_costs_only_time() {
    let Some(mount) = Mount::new("size=64k,mode=700") else {
        return;
    };
    let run = |options: &[&str]| {
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", mount.0.path());
        command
            .args(["process"])
            .args(options)
            .arg(guest("plugin-rust"));
        succeeded(command.arg("hello").output().unwrap(), "HELLO")
    };
    assert_eq!(run(&[]), "[log] processing: hello\n");
    let stderr = run(&["-v"]);
    assert!(
        stderr.contains("warning: ") && stderr.contains("No space left"),
        "{stderr}"
    );
    let left = fs::read_dir(mount.0.path().join("code")).unwrap().count();
    assert_eq!(left, 0, "an unfinished file takes up the rest");
}

#[test]
fn code_is_read_where_it_may_not_be_mapped() {
    let Some(mount) = Mount::new("noexec,mode=700") else {
        return;
    };
    let scratch = Scratch::new();
    let component = scratch.file("a.wasm", answers("a"));
    for _ in 0..2 {
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", mount.0.path());
        command.args(["-v", "process"]).arg(&component).arg("x");
        assert_eq!(succeeded(command.output().unwrap(), "a"), "");
    }
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

/// A plugin with so much code that `auto` lets Winch go first.
fn large() -> Option<Vec<u8>> {
    let cores = available_parallelism().map_or(1, |n| n.get());
    if cores > 8 {
        eprintln!("SKIPPED: on {cores} cores this would take a very large component");
        return None;
    }
    let adds = "(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 12345)) (local.get 0)))";
    let one = format!(
        "(func (export \"f%\") (param i32) (result i32) {} (local.get 0))",
        adds.repeat(1000)
    );
    let functions: String = (0..12 * cores)
        .map(|n| one.replace('%', &n.to_string()))
        .collect();
    Some(plugin_with(&functions, "(i32.const 8)"))
}

#[test]
fn winch_goes_first_and_cranelift_follows_in_the_background() {
    let Some(large) = large() else {
        return;
    };
    let (cache, scratch) = (Cache::new(), Scratch::new());
    let component = scratch.file("large.wasm", large);
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
