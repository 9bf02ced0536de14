//! The scripts around wkg, with the real wkg and real registries.

use crate::project::{Project, ROOT, Said, copy};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use worldhost_dev::verify::published;

/// A program on PATH, which has to be there.
#[track_caller]
fn program(name: &str) -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&paths).map(|dir| dir.join(name));
    let found = found.find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("needs {name}, which is not on PATH"))
}

/// Everything that is on PATH but wkg.
fn without_wkg(project: &Project, command: &mut Command) {
    let bin = project.path("without-wkg");
    std::fs::create_dir_all(&bin).unwrap();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    for dir in std::env::split_paths(&paths) {
        for program in dir.read_dir().into_iter().flatten().flatten() {
            // The first of a name is the one that counts.
            if program.file_name() != "wkg" {
                let _ = symlink(program.path(), bin.join(program.file_name()));
            }
        }
    }
    command.env("PATH", bin);
}

/// A wkg registry in a directory, with the packages of this project.
fn local_registry(project: &Project) {
    let root = Path::new(ROOT);
    let packages = published(&root.join("wit"), &root.join("wkg.lock")).unwrap();
    assert_eq!(packages.len(), 6);
    for package in packages {
        let file = format!(
            "registry/{}/{}.wasm",
            package.name.replace(':', "/"),
            package.version
        );
        let file = project.path(&file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, package.bytes).unwrap();
    }
    let config = format!(
        "[namespace_registries]\nwasi = \"wasi.dev\"\n\
         [registry.\"wasi.dev\"]\ndefault = \"local\"\n\
         [registry.\"wasi.dev\".local]\nroot = \"{}\"\n",
        project.path("registry").display()
    );
    project.write("registry.toml", &config);
}

/// A script of the project, with its configuration and a cache of its own.
fn script(project: &Project, name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(project.path(&format!("scripts/{name}")));
    command
        .args(args)
        .current_dir(project.path("."))
        .env("WKG_CONFIG_FILE", project.path("registry.toml"))
        .env("WKG_CACHE_DIR", project.path("cache"))
        .env("WORLDHOST", env!("CARGO_BIN_EXE_worldhost-fixture"));
    command
}

fn fetch(project: &Project, args: &[&str]) -> Said {
    Said::of(&script(project, "wit-fetch.sh", args).output().unwrap())
}

/// Paths and texts.
type Tree = Vec<(String, String)>;

/// Everything that a fetch can change, in order.
fn tree(project: &Project) -> Tree {
    let mut files = Vec::new();
    for file in ["wkg.lock", "wit"] {
        read(&project.path("."), Path::new(file), &mut files);
    }
    files
}

fn read(root: &Path, path: &Path, files: &mut Tree) {
    let full = root.join(path);
    if full.is_file() {
        let text = std::fs::read_to_string(&full).unwrap();
        files.push((path.display().to_string(), text));
    } else if let Ok(entries) = full.read_dir() {
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        for name in names {
            read(root, &path.join(name), files);
        }
    }
}

/// A tree that lacks a package in deps and lock, so that a fetch has work to do.
fn behind() -> (Project, Tree, Tree) {
    let project = Project::copy();
    local_registry(&project);
    let done = tree(&project);
    project.remove("wit/deps/wasi-random-0.2.12");
    let lock = project.read("wkg.lock");
    let (before, after) = lock
        .split_once("[[packages]]\nname = \"wasi:random\"")
        .unwrap();
    let (_, after) = after.split_once("[[packages]]\n").unwrap();
    project.write("wkg.lock", &format!("{before}[[packages]]\n{after}"));
    let before = tree(&project);
    (project, before, done)
}

/// Puts an `mv` first on PATH that does `instead` at the n-th call.
fn with_mv(project: &Project, command: &mut Command, n: usize, instead: &str) {
    let real = program("mv");
    let text = format!(
        "#!/bin/sh\nn=$(($(cat '{count}' 2>/dev/null || echo 0) + 1))\necho $n > '{count}'\n\
         [ $n -ne {n} ] || {{ {instead}; }}\nexec '{}' \"$@\"\n",
        real.display(),
        count = project.path("count").display(),
    );
    project.write("bin/mv", &text);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.path("bin/mv"), mode).unwrap();
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", project.path("bin").display()));
}

#[test]
fn wasi_is_moved_only_to_what_the_host_speaks() {
    let project = Project::copy();
    local_registry(&project);
    let before = tree(&project);
    fetch(&project, &["--wasi", "0.2.10"]).has(
        2,
        &["does not speak WASI 0.2.10; it speaks 0.2.12 and 0.3.0"],
    );
    assert_eq!(tree(&project), before);
}

#[test]
fn without_wkg_it_says_how_to_get_it() {
    let project = Project::copy();
    project.write("registry.toml", "");
    let mut command = script(&project, "wit-fetch.sh", &[]);
    without_wkg(&project, &mut command);
    let said = Said::of(&command.output().unwrap());
    said.has(
        127,
        &["wkg is not installed; run: cargo install wkg --version 0.16.1 --locked"],
    );
}

/// The whole flow on a host that is quick to check: its code does not use the
/// bindings.
fn regen_ends_with_what_to_do(wkg: bool) {
    let project = Project::copy();
    local_registry(&project);
    project.remove("src/main.rs");
    project.write("src/lib.rs", "");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"scratch\"\nedition = \"2024\"\n",
    );
    project.write("tests/project.rs", "");
    project.write(".gitignore", "/target\n/cache\n/registry\n/without-wkg\n");
    project.commit();
    let regen = |args: &[&str]| {
        let mut command = script(&project, "regen.sh", args);
        command.env("CARGO_TARGET_DIR", project.path("target"));
        if !wkg {
            without_wkg(&project, &mut command);
        }
        Said::of(&command.output().unwrap())
    };
    let fetched = match wkg {
        true => "ok       fetch: wit/deps and wkg.lock were up to date",
        false => "skipped  fetch: wkg is not installed",
    };
    let verified = "ok       verify: wit/deps is what wkg.lock says";
    let checked = "ok       cargo check: the host fits its world";
    regen(&[]).has(0, &[fetched, verified, "ok       diff: no change", checked]);

    // A break, text that is not what was locked, and a host that does not build.
    project.edit("wit/host.wit", "x: s32", "x: s64");
    project.edit("wit/deps/wasi-cli-0.2.12/package.wit", "/// ", "/// x");
    project.remove("registry/wasi/random");
    project.write("src/lib.rs", "fn f() -> u32 {}");
    let said = regen(&["HEAD"]);
    let told = [
        "FAILED   verify: see above",
        "BREAKING diff: see above",
        "FAILED   cargo check: do what",
    ];
    said.has(1, &told);
    said.has(
        1,
        &[
            "wasi:cli@0.2.12: wit/deps/wasi-cli-0.2.12 is not the text",
            "change in Host:",
        ],
    );
    if wkg {
        said.has(
            1,
            &["skipped  fetch: the registry cannot be reached or lacks a package"],
        );
    }
}

#[test]
fn regen_goes_on_without_wkg() {
    regen_ends_with_what_to_do(false);
}

/// A package of somebody's, with a world that has WASI in it, as it is published.
fn published_kv(project: &Project) {
    let text = "package acme:kv@1.0.0;
interface store { get: func(key: string) -> option<string>; }
world host { import wasi:cli/stdout@0.2.12; import store; export go: func() -> u32; }
world other { import store; }
";
    project.write("kv/kv.wit", text);
    copy(&Path::new(ROOT).join("wit/deps"), &project.path("kv/deps"));
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_path(project.path("kv")).unwrap();
    let bytes = wit_component::encode(&resolve, package).unwrap();
    std::fs::create_dir_all(project.path("registry/acme/kv")).unwrap();
    std::fs::write(project.path("registry/acme/kv/1.0.0.wasm"), bytes).unwrap();
    let config = format!(
        "[namespace_registries]\nacme = \"acme.dev\"\n\
         [registry.\"acme.dev\"]\ndefault = \"local\"\n\
         [registry.\"acme.dev\".local]\nroot = \"{}\"\n",
        project.path("registry").display()
    );
    project.write("registry.toml", &config);
}

fn new(project: &Project, package: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
    command.args(["new", "host", "--plain", "--wit", package]);
    command.current_dir(project.path("."));
    command.env("WKG_CONFIG_FILE", project.path("registry.toml"));
    command.env("WKG_CACHE_DIR", project.path("cache"));
    command
}

#[test]
fn without_wkg_a_new_project_says_how_to_get_it() {
    let project = Project::empty();
    published_kv(&project);
    let mut command = new(&project, "acme:kv/host@1.0.0");
    without_wkg(&project, &mut command);
    let said = Said::of(&command.output().unwrap());
    said.has(2, &["acme:kv@1.0.0", "cargo install wkg"]);
    assert!(!project.path("host").exists());
}

mod needs_wkg {
    use super::*;

    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn a_new_project_of_a_package_that_is_published() {
        for package in ["acme:kv/host@1.0.0", "acme:kv/host"] {
            let project = Project::empty();
            published_kv(&project);
            let made = Said::of(&new(&project, package).output().unwrap());
            made.has(
                0,
                &[
                    "created  host/wit/deps/acme-kv-1.0.0/package.wit",
                    "created  host/src/imports/store.rs",
                    "no wkg.lock: the digest of acme:kv@1.0.0",
                    "It calls `go`",
                ],
            );
            let world = project.read("host/wit/world.wit");
            assert!(world.contains("include acme:kv/host@1.0.0;"), "{world}");
        }
        let project = Project::empty();
        published_kv(&project);
        let said = |package: &str| Said::of(&new(&project, package).output().unwrap());
        said("acme:kv@1.0.0").has(2, &["the worlds host, other"]);
        said("acme:kv@2.0.0").has(2, &["acme:kv@2.0.0", "wkg says: "]);
        assert!(!project.path("host").exists());
    }

    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn a_fetch_gives_what_is_committed() {
        let project = Project::copy();
        local_registry(&project);
        let committed = tree(&project);
        fetch(&project, &[]).has(0, &["were up to date"]);
        project.remove("wit/deps").remove("wkg.lock");
        fetch(&project, &[]).has(0, &["wit/deps and wkg.lock updated"]);
        assert_eq!(tree(&project), committed);
        project
            .wit(&["verify"])
            .has(0, &["6 packages are what the lock says"]);
        assert!(!project.path(".wit-fetch").exists());
    }

    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn a_fetch_that_fails_changes_nothing() {
        let project = Project::copy();
        local_registry(&project);
        // The registry has other bytes than were locked: wkg takes them in silence.
        project.edit("wkg.lock", "sha256:27a883ca", "sha256:27a883cb");
        let before = tree(&project);
        let said = fetch(&project, &[]);
        said.has(
            1,
            &["other bytes than wkg.lock says for wasi:random@0.2.12; nothing was changed"],
        );
        assert_eq!(tree(&project), before);
        // The registry lacks a package.
        let project = Project::copy();
        local_registry(&project);
        project
            .remove("registry/wasi/random")
            .remove("wit/deps/wasi-random-0.2.12");
        let before = tree(&project);
        fetch(&project, &[]).has(
            1,
            &["wkg could not fetch; wit/deps and wkg.lock are as they were"],
        );
        assert_eq!(tree(&project), before);
        // The text is no WIT.
        project.edit("wit/host.wit", "interface host {", "interface host");
        let before = tree(&project);
        fetch(&project, &[]).has(1, &["as they were"]);
        assert_eq!(tree(&project), before);
        assert!(!project.path(".wit-fetch").exists());
    }

    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn wasi_is_moved_as_a_whole() {
        let project = Project::copy();
        local_registry(&project);
        let before = tree(&project);
        // From an older version everywhere.
        for file in ["wit/world.wit", "wit/wasi-pins.wit"] {
            project.write(file, &project.read(file).replace("0.2.12", "0.2.6"));
        }
        project.remove("wit/deps").remove("wkg.lock");
        fetch(&project, &["--wasi", "0.2.12"]).has(0, &["updated"]);
        assert_eq!(tree(&project), before);
    }

    /// The shell that moves is killed before each of its moves in turn. The next run
    /// completes the work or begins anew; it needs no registry for that.
    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn a_run_that_is_killed_at_any_step_is_completed_or_undone() {
        let mut ends = [0, 0];
        for n in 1..20 {
            let (project, before, done) = behind();
            let mut command = script(&project, "wit-fetch.sh", &[]);
            with_mv(&project, &mut command, n, "kill -9 $PPID; exit 1");
            let output = command.output().unwrap();
            if output.status.success() {
                assert_eq!(tree(&project), done);
                break;
            }
            // Without wkg the next run recovers, and then has no more to do.
            let mut again = script(&project, "wit-fetch.sh", &[]);
            without_wkg(&project, &mut again);
            let again = Said::of(&again.output().unwrap());
            let after = tree(&project);
            assert!(!project.path(".wit-fetch").exists(), "step {n}: {again:?}");
            assert!(after == before || after == done, "step {n}: {again:?}");
            ends[usize::from(after == done)] += 1;
        }
        // Both happen: the steps before and after the decision.
        assert!(ends[0] >= 2 && ends[1] >= 3, "{ends:?}");
    }

    /// What kills the script and all that it started does not reach the moves.
    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn killing_the_script_leaves_no_half() {
        // The moves of the decided part, one of which kills the script's group.
        for n in 4..=6 {
            let (project, _, done) = behind();
            let mut command = script(&project, "wit-fetch.sh", &[]);
            let kill = format!("kill -9 -$(cat '{}')", project.path("group").display());
            with_mv(&project, &mut command, n, &kill);
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            let mut child = command.spawn().unwrap();
            project.write("group", &child.id().to_string());
            let status = child.wait().unwrap();
            assert!(!status.success(), "step {n} was not reached");
            let start = Instant::now();
            while project.path(".wit-fetch").exists() && start.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(20));
            }
            assert_eq!(tree(&project), done, "step {n}");
        }
    }

    #[test]
    #[ignore = "needs wkg: cargo install wkg --version 0.16.1 --locked"]
    fn regen_fetches_first() {
        regen_ends_with_what_to_do(true);
    }
}

mod needs_wkg_and_docker_registry {
    use super::*;

    /// A registry as it is on the network: Debian's docker-registry on loopback.
    #[test]
    #[ignore = "needs wkg and docker-registry: cargo install wkg --version 0.16.1 --locked; apt-get install docker-registry"]
    fn an_oci_registry_gives_the_same() {
        let wkg = program("wkg");
        let project = Project::copy();
        local_registry(&project);
        let committed = tree(&project);
        let server = crate::oci::Server::start(&project.path("."), "");
        let port = server.port;
        let config = format!(
            "[namespace_registries]\nwasi = {{ registry = \"wasi.dev\", metadata = {{ \
             preferredProtocol = \"oci\", oci = {{ registry = \"127.0.0.1:{port}\" }} }} }}\n\
             [registry.\"wasi.dev\"]\ndefault = \"oci\"\n\
             [registry.\"wasi.dev\".oci]\nprotocol = \"http\"\n"
        );
        project.write("registry.toml", &config);
        // Each after those that it uses, which wkg looks up.
        for name in ["io", "clocks", "random", "filesystem", "sockets", "cli"] {
            let package = project.path(&format!("registry/wasi/{name}/0.2.12.wasm"));
            let output = Command::new(&wkg)
                .args(["publish", "--config"])
                .args([project.path("registry.toml"), package])
                .env("WKG_CACHE_DIR", project.path("publish-cache"))
                .output()
                .unwrap();
            Said::of(&output).has(0, &[]);
        }
        project
            .remove("registry")
            .remove("wit/deps")
            .remove("wkg.lock");
        fetch(&project, &[]).has(0, &["updated"]);
        assert_eq!(tree(&project), committed);
    }
}
