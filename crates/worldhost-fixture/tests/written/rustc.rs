//! rustc, with the Wasmtime that these tests were built with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::SystemTime;
use tempfile::TempDir;

/// With all that the hosts of these tests take.
pub static RUSTC: LazyLock<Rustc> = LazyLock::new(|| {
    Rustc::of_projects()
        .with("worldhost_command", COMMAND_PROBE)
        .with("wasmtime_wasi_http", HTTP_PROBE)
        .with("http", REQUEST_PROBE)
});

/// The libraries, and where those are that they need.
pub struct Rustc {
    deps: PathBuf,
    libraries: Vec<(&'static str, PathBuf)>,
}

impl Rustc {
    /// Finds libraries that fit each other beside this test. There may be others, of
    /// builds with other features.
    fn find() -> Rustc {
        let test = std::env::current_exe().unwrap();
        let deps = test.parent().unwrap().to_path_buf();
        for wasmtime in libraries(&deps, "wasmtime") {
            for wasi in libraries(&deps, "wasmtime_wasi") {
                let rustc = Rustc {
                    deps: deps.clone(),
                    libraries: vec![("wasmtime", wasmtime.clone()), ("wasmtime_wasi", wasi)],
                };
                let dir = TempDir::new().unwrap();
                let text = "pub fn f(linker: &mut wasmtime::component::Linker<wasmtime_wasi::p2::bindings::sync::LinkOptions>) { let _ = linker; }";
                std::fs::write(dir.path().join("lib.rs"), text).unwrap();
                if rustc.check(dir.path(), "lib.rs").is_empty() {
                    return rustc;
                }
            }
        }
        panic!("no wasmtime beside {}", test.display());
    }

    /// Compiles as far as there are errors to be found, and returns these.
    pub fn check(&self, dir: &Path, file: &str) -> Vec<Error> {
        let mut command = Command::new("rustc");
        command.current_dir(dir).env("CARGO_MANIFEST_DIR", dir);
        command.args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--crate-name",
            "tested",
        ]);
        command.args([
            "--emit",
            "metadata",
            "-o",
            "tested.rmeta",
            "--cap-lints",
            "allow",
        ]);
        command.args(["--error-format", "short"]);
        command
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()));
        for (name, path) in &self.libraries {
            command
                .arg("--extern")
                .arg(format!("{name}={}", path.display()));
        }
        let output = command.arg(file).output().expect("rustc");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let errors: Vec<Error> = text.lines().filter_map(Error::of).collect();
        assert!(
            output.status.success() == errors.is_empty(),
            "rustc says\n{text}"
        );
        errors
    }
}

/// What needs all of these libraries, and that they go with each other.
const PROBE: &str = "#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let engine = wasmtime::Engine::new(&wasmtime::Config::new())?;
    let mut linker = wasmtime::component::Linker::<worldhost::State<()>>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    Ok(())
}
";

const COMMAND_PROBE: &str = "
pub fn f<P: worldhost_command::Project>(
    linker: &mut wasmtime::component::Linker<worldhost::State<P::Data>>,
) -> wasmtime::Result<()> {
    P::add_to_linker(linker)
}
";

const HTTP_PROBE: &str = "
pub fn f<T: wasmtime_wasi_http::WasiHttpView + 'static>(
    linker: &mut wasmtime::component::Linker<T>,
) -> wasmtime::Result<()> {
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)
}
";

const REQUEST_PROBE: &str = "
pub fn f(
    mut hooks: Box<dyn wasmtime_wasi_http::WasiHttpHooks>,
    request: http::Request<wasmtime_wasi_http::WasiBody>,
) {
    drop(hooks.send_request(request, None, Box::new(async { Ok(()) })));
}
";

impl Rustc {
    /// The libraries of made projects, too. Of several builds of each, some go with the
    /// Wasmtime that was found.
    fn of_projects() -> Rustc {
        let mut rustc = Rustc::find();
        let dir = TempDir::new().unwrap();
        std::fs::create_dir(dir.path().join("src")).unwrap();
        std::fs::write(dir.path().join("src/main.rs"), PROBE).unwrap();
        let found = rustc.libraries.clone();
        let mut said = String::new();
        for worldhost in libraries(&rustc.deps, "worldhost") {
            for anyhow in libraries(&rustc.deps, "anyhow") {
                for tokio in libraries(&rustc.deps, "tokio") {
                    let others = [
                        ("worldhost", &worldhost),
                        ("anyhow", &anyhow),
                        ("tokio", &tokio),
                    ];
                    let others = others.map(|(name, path)| (name, path.clone()));
                    rustc.libraries = found.iter().cloned().chain(others).collect();
                    match rustc.compiled(dir.path(), &["--emit", "metadata"]) {
                        Ok(()) => return rustc,
                        Err(error) => said = error,
                    }
                }
            }
        }
        panic!("no libraries that go with each other: {said}");
    }

    /// One more library, which goes with the others where this compiles.
    fn with(mut self, name: &'static str, probe: &str) -> Rustc {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join("lib.rs"), probe).unwrap();
        for path in libraries(&self.deps, name) {
            self.libraries.push((name, path));
            if self.check(dir.path(), "lib.rs").is_empty() {
                return self;
            }
            self.libraries.pop();
        }
        panic!("no {name} that goes with the others");
    }

    /// Links the program of a made project, to `program` in its directory. A warning is an
    /// error.
    pub fn program(&self, dir: &Path) {
        let compiled = self.compiled(dir, &["-D", "warnings"]);
        compiled.unwrap_or_else(|said| panic!("rustc says\n{said}"));
    }

    fn compiled(&self, dir: &Path, options: &[&str]) -> Result<(), String> {
        let mut command = Command::new("rustc");
        command.current_dir(dir).env("CARGO_MANIFEST_DIR", dir);
        command.args([
            "--edition",
            "2024",
            "--crate-name",
            "program",
            "-o",
            "program",
        ]);
        command.args(options).args(["src/main.rs", "-L"]);
        command.arg(format!("dependency={}", self.deps.display()));
        for (name, path) in &self.libraries {
            command
                .arg("--extern")
                .arg(format!("{name}={}", path.display()));
        }
        let output = command.output().expect("rustc");
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

/// The libraries of a name, newest first.
fn libraries(deps: &Path, name: &str) -> Vec<PathBuf> {
    let prefix = format!("lib{name}-");
    let mut found: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(deps)
        .unwrap()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let file = entry.file_name().into_string().ok()?;
            let is_it = file.starts_with(&prefix) && file.ends_with(".rlib");
            is_it.then(|| (entry.metadata().unwrap().modified().unwrap(), entry.path()))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// An error, and the project that it is in.
#[derive(Debug)]
pub struct Error {
    pub project: Option<usize>,
    pub text: String,
}

impl Error {
    /// `src/p12/imports/kv.rs:3:5: error[E0432]: ...`
    fn of(line: &str) -> Option<Error> {
        if !line.contains("error") || line.starts_with("error: aborting") {
            return None;
        }
        let project = line
            .split(['/', '.', ':'])
            .find_map(|part| part.strip_prefix('p')?.parse().ok());
        Some(Error {
            project,
            text: line.to_string(),
        })
    }
}

pub fn projects(errors: &[Error]) -> BTreeSet<usize> {
    errors.iter().filter_map(|error| error.project).collect()
}
