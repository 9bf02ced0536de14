//! Code that is loaded is run: what is wrong with a cache, and that the component
//! runs whatever that is.

use crate::support::cache::{Cache, answers, succeeded};
use crate::support::{Scratch, command, guest, one_line};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;

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

mod needs_root {
    use super::*;

    #[test]
    #[ignore = "needs root, to give files away: run the tests as root"]
    fn what_belongs_to_another_user_is_not_run() {
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

        // Root leaves nothing in another's home that its owner could not use.
        let home = Scratch::new();
        chown(home.path(), Some(12345), None).unwrap();
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", home.path().join("a/cache"));
        command.args(["-v", "process"]).arg(&component).arg("x");
        let stderr = succeeded(command.output().unwrap(), "a");
        assert!(stderr.contains("directory of user 12345"), "{stderr}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);

        chown(cache.dir(), Some(12345), None).unwrap();
        let stderr = cache.process(&[], &component, "a");
        assert!(
            stderr.starts_with("warning: the cache is not used: ") && stderr.contains("user 12345"),
            "{stderr}"
        );
    }

    /// One that the system does not know, either.
    #[test]
    #[ignore = "needs root, to be another user: run the tests as root"]
    fn a_user_without_a_home_has_no_cache_and_no_trouble() {
        let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755));
        // Beside the component, for the directories of the build may be root's alone.
        let scratch = Scratch::new();
        let component = scratch.file("a.wasm", answers("a"));
        let program = scratch.path().join("worldhost");
        fs::copy(command().get_program(), &program).unwrap();
        for path in [scratch.path(), &component, &program] {
            open(path).unwrap();
        }
        for variables in [&[][..], &[("WORLDHOST_CACHE_SIZE", "512MiB")]] {
            let run = |args: &[&str]| {
                let mut command = std::process::Command::new(&program);
                command.env_clear().envs(variables.iter().copied());
                command.uid(54321).gid(54321).current_dir(scratch.path());
                command.args(args).output().unwrap()
            };
            let stderr = succeeded(run(&["process", "a.wasm", "x"]), "a");
            assert_eq!(stderr, "");
            let refused = run(&["cache", "info"]);
            assert_eq!(refused.status.code(), Some(2));
            assert!(one_line(&refused.stderr).contains("WORLDHOST_CACHE_DIR"));
        }
    }
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

mod needs_mount {
    use super::*;

    /// A file system in memory that is gone after the test.
    struct Mount(Scratch);

    impl Mount {
        #[track_caller]
        fn new(options: &str) -> Self {
            let scratch = Scratch::new();
            let mut mount = std::process::Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
            let output = mount.arg(scratch.path()).output().unwrap();
            assert!(output.status.success(), "needs to mount: {output:?}");
            Mount(scratch)
        }
    }

    impl Drop for Mount {
        fn drop(&mut self) {
            let mut umount = std::process::Command::new("umount");
            let _ = umount.arg("-l").arg(self.0.path()).output();
        }
    }

    #[test]
    #[ignore = "needs to mount: run the tests as root, where that may mount"]
    fn a_full_disk_costs_only_time() {
        let mount = Mount::new("size=64k,mode=700");
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
    #[ignore = "needs to mount: run the tests as root, where that may mount"]
    fn code_is_read_where_it_may_not_be_mapped() {
        let mount = Mount::new("noexec,mode=700");
        let scratch = Scratch::new();
        let component = scratch.file("a.wasm", answers("a"));
        for _ in 0..2 {
            let mut command = command();
            command.env("WORLDHOST_CACHE_DIR", mount.0.path());
            command.args(["-v", "process"]).arg(&component).arg("x");
            assert_eq!(succeeded(command.output().unwrap(), "a"), "");
        }
    }
}
