//! Compiled code runs outside of any sandbox: a guest gets no directory by which it
//! could change what is run.

use crate::support::cache::answers;
use crate::support::{Scratch, command, guest, one_line};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use worldhost::{Access, Cache, Config, Error, Limits, Sandbox, Source, compile};
use worldhost_fixture::imports::Imports;

/// A home with a cache in it, as `home/.cache/worldhost`, and a component beside it.
struct Home {
    scratch: Scratch,
    component: PathBuf,
}

impl Home {
    fn new() -> Self {
        let scratch = Scratch::new();
        let component = scratch.file("a.wasm", answers("a"));
        let home = Home { scratch, component };
        home.dir("home/.cache/worldhost/code");
        home.dir("home/.cache/worldhost/memo");
        home.dir("home/project");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn dir(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    fn link(&self, name: &str, to: impl AsRef<Path>) -> PathBuf {
        let path = self.path(name);
        symlink(to, &path).unwrap();
        path
    }

    fn cache(&self) -> PathBuf {
        self.path("home/.cache/worldhost")
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", self.cache()).args(args);
        command
    }

    /// `process` with these options on one input.
    fn process(&self, options: &[&str]) -> Output {
        let mut command = self.command(&["process"]);
        command.args(options).arg(&self.component).arg("x");
        command.output().unwrap()
    }

    fn artifacts(&self) -> usize {
        fs::read_dir(self.cache().join("code")).unwrap().count()
    }
}

#[track_caller]
fn refused(output: &Output) -> String {
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{line}");
    assert_eq!(output.stdout, b"", "{line}");
    assert!(line.contains("runs outside of any sandbox"), "{line}");
    assert!(line.contains("--dir-ro"), "{line}");
    line
}

/// It ran, and this is all of stderr.
#[track_caller]
fn ran(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    assert_eq!(output.stdout, b"a\n");
    stderr
}

#[test]
fn a_directory_with_the_cache_is_not_granted_for_writing() {
    let home = Home::new();
    home.link("link", "home");
    home.link("deep", "home/.cache/worldhost/code");
    let exposed = [
        "home",
        "home/.cache",
        "home/.cache/worldhost",
        "home/.cache/worldhost/code",
        "home/.cache/worldhost/memo",
        "link",
        "link/.cache",
        "deep",
        "home/project/..",
        "home/project/../.cache/worldhost/../../project/../.cache",
        "",
    ];
    for name in exposed {
        let dir = home.path(name);
        let line = refused(&home.process(&["--dir", &format!("{}::/d", dir.display())]));
        for told in [&dir, &home.cache()] {
            assert!(line.contains(told.to_str().unwrap()), "{line}");
        }
        assert!(line.contains("WORLDHOST_CACHE_DIR"), "{line}");
        assert!(line.contains("--no-cache"), "{line}");
        assert_eq!(home.artifacts(), 0, "{name}: it was compiled");
    }
    // Elsewhere there is nothing when all is granted.
    let line = refused(&home.process(&["--dir", "/"]));
    assert!(!line.contains("WORLDHOST_CACHE_DIR"), "{line}");
    assert!(line.contains("--no-cache"), "{line}");
}

#[test]
fn what_does_not_lead_to_the_cache_is_granted() {
    let home = Home::new();
    home.dir("home/.cache/other");
    // Who writes there cannot follow it.
    home.link("home/project/cache", home.cache());
    for name in ["home/project", "home/.cache/other"] {
        let dir = format!("{}::/d", home.path(name).display());
        assert_eq!(ran(&home.process(&["--dir", &dir])), "", "{name}");
    }
    let all = format!("{}::/d", home.path("home").display());
    assert_eq!(ran(&home.process(&["--dir-ro", &all])), "");
    assert_eq!(home.artifacts(), 1);
}

#[test]
fn a_link_on_the_way_to_the_cache_could_be_changed_too() {
    let home = Home::new();
    home.dir("data/sub");
    home.link("data/sub/second", "../../home/.cache");
    home.link("first", "data/sub/second");
    // The cache's own parts can be elsewhere.
    fs::remove_dir(home.cache().join("code")).unwrap();
    home.link("home/.cache/worldhost/code", "../../../code");
    home.dir("code");
    home.dir("beside");
    let through = |dir: &str| {
        let mut command = home.command(&["process", "--dir"]);
        command.env("WORLDHOST_CACHE_DIR", home.path("first/worldhost"));
        command.arg(format!("{}::/d", home.path(dir).display()));
        command.arg(&home.component).arg("x").output().unwrap()
    };
    for dir in ["data", "data/sub", "home", "code"] {
        refused(&through(dir));
    }
    ran(&through("beside"));
}

mod needs_mount {
    use super::*;

    #[test]
    #[ignore = "needs to mount: run the tests as root, where that may mount"]
    fn a_mount_of_the_cache_is_the_cache() {
        let home = Home::new();
        let mount = home.dir("mount");
        let bound = std::process::Command::new("mount")
            .arg("--bind")
            .args([&home.path("home/.cache"), &mount])
            .output()
            .unwrap();
        assert!(bound.status.success(), "needs to mount: {bound:?}");
        let output = home.process(&["--dir", &format!("{}::/d", mount.display())]);
        let mut unmount = std::process::Command::new("umount");
        assert!(unmount.arg("-l").arg(&mount).status().unwrap().success());
        refused(&output);
    }
}

#[test]
fn every_command_that_runs_a_component_refuses_it() {
    let home = Home::new();
    let dir = format!("{}::/d", home.path("home").display());
    let run = home
        .command(&["run", "--dir", &dir])
        .arg(guest("command"))
        .args(["write", "/d/written", "text"])
        .output()
        .unwrap();
    refused(&run);
    assert!(!home.path("home/written").exists());
    let call = home
        .command(&["call", "--dir", &dir])
        .arg(&home.component)
        .arg("process(\"x\")")
        .output()
        .unwrap();
    refused(&call);
    refused(&home.process(&["--fresh", "--jobs", "2", "--dir", &dir]));
    assert_eq!(home.artifacts(), 0);
}

#[test]
fn without_the_cache_it_runs_and_later_runs_are_warned_of() {
    let home = Home::new();
    let warned = |output: &Output| {
        let stderr = ran(output);
        assert_eq!(stderr.matches("warning: ").count(), 1, "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        for told in ["later runs", "--dir-ro", "WORLDHOST_CACHE_DIR"] {
            assert!(stderr.contains(told), "{stderr}");
        }
    };
    let dir = format!("{}::/d", home.path("home").display());
    warned(&home.process(&["--no-cache", "--dir", &dir]));
    warned(&home.process(&["--no-cache", "--fresh", "--jobs", "2", "--dir", &dir]));
    // A guest could make one.
    fs::remove_dir_all(home.cache()).unwrap();
    warned(&home.process(&["--no-cache", "--dir", &dir]));
    assert!(!home.cache().exists());

    let read_only = home.process(&["--no-cache", "--dir-ro", &dir]);
    assert_eq!(ran(&read_only), "");
    let project = format!("{}::/d", home.path("home/project").display());
    assert_eq!(ran(&home.process(&["--no-cache", "--dir", &project])), "");
}

#[test]
fn compiled_code_that_is_trusted_is_out_of_reach_too() {
    let mut home = Home::new();
    home.dir("tools");
    let compiled = home.path("tools/a.cwasm");
    let made = home
        .command(&["compile", "-o"])
        .args([&compiled, &home.component])
        .output()
        .unwrap();
    assert!(made.status.success());
    home.link("home/project/link.cwasm", &compiled);
    let process = |home: &Home, grant: &str, dir: &str| {
        let dir = format!("{}::/d", home.path(dir).display());
        home.process(&["--trust-compiled", grant, &dir])
    };

    home.component = compiled.clone();
    let line = refused(&process(&home, "--dir", "tools"));
    assert!(line.contains("move the file"), "{line}");
    assert_eq!(ran(&process(&home, "--dir-ro", "tools")), "");
    assert_eq!(ran(&process(&home, "--dir", "home/project")), "");
    assert!(ran(&process(&home, "--dir", "home")).contains("later runs"));
    home.component = home.path("home/project/link.cwasm");
    refused(&process(&home, "--dir", "home/project"));

    // What is not there cannot be run.
    home.component = home.path("tools/none.cwasm");
    let missing = process(&home, "--dir", "tools");
    assert_eq!(missing.status.code(), Some(127));
}

#[tokio::test]
async fn the_library_makes_no_store_for_it() {
    let home = Home::new();
    let mut config = Config::default();
    let cache = Cache::open(home.cache()).unwrap();
    config.cache = Some(cache.clone());
    let cached = worldhost_fixture::runtime(&config).unwrap();
    let cached = cached.load(&home.component).await.unwrap();
    let sandbox = |name: &str, access| Sandbox::new().dir(home.path(name), "/d", access).unwrap();
    let store = |component: &worldhost::Component<Imports>, sandbox: &Sandbox| {
        let store = component.store(sandbox, &Limits::default(), Imports::default());
        store.map(drop)
    };

    let exposed = sandbox("home/project/..", Access::ReadWrite);
    for result in [store(&cached, &exposed), cache.check(&exposed)] {
        let Err(Error::Exposed { dir, code }) = result else {
            panic!("{result:?}");
        };
        assert_eq!(dir, home.path("home/project/.."));
        assert_eq!(code, home.cache());
    }
    let project = sandbox("home/project", Access::ReadWrite);
    store(&cached, &project).unwrap();
    store(&cached, &sandbox("home", Access::ReadOnly)).unwrap();

    // Without the cache, it is for the embedder to ask.
    let plain = worldhost_fixture::runtime(&Config::default()).unwrap();
    let component = plain.load(&home.component).await.unwrap();
    store(&component, &exposed).unwrap();

    let file = home.path("home/project/a.cwasm");
    let source = Source::open(&home.component).unwrap();
    let code = compile::ahead_of_time(&Config::default(), &source, None).unwrap();
    fs::write(&file, code).unwrap();
    // SAFETY: it was compiled here, and no guest is run.
    let trusted = unsafe { plain.load_compiled(&file) }.await.unwrap();
    let refused = store(&trusted, &project);
    assert!(matches!(refused, Err(Error::Exposed { code, .. }) if code == file));
    store(&trusted, &sandbox("home/.cache", Access::ReadWrite)).unwrap();

    let reaches = |path: &str| exposed.can_change(home.path(path)).unwrap().is_some();
    assert!(reaches("home/.cache/none/yet"));
    assert!(!reaches("elsewhere"));
}
