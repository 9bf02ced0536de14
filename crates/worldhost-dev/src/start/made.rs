//! Making it: all beside the place where it is to be, and then there by one rename.

use super::call::Call;
use super::guests::{self, Language, Of};
use super::origin::{Origin, Wanted};
use super::plan::{Engine, Flavour, Plan};
use super::wasi::Wasi;
use super::{lock, manifest, package, program, readme, vendor, zeros};
use crate::bindgens::{self, Bindgen};
use crate::change::Transaction;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::todo::{Own, Sides, Todo, todo_of};
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::{At, Dated, Inline, Source, Wit, WorldId};

/// What is to be made.
#[derive(Clone, Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "it is the arguments of a command"
)]
pub struct Start<'a> {
    /// Where; what is there must be empty.
    pub dir: &'a Path,
    /// Where the world is from.
    pub wit: Origin<'a>,
    /// The world, if there are several.
    pub world: Option<&'a str>,
    /// What it stands on.
    pub flavour: Flavour,
    /// What the guest beside it is written in, if one is to be made.
    pub guest: Option<Language>,
    /// The version of Wasmtime, as a requirement of Cargo.
    pub wasmtime: &'a str,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Started {
    /// The files, from the project's directory.
    pub files: Vec<PathBuf>,
    /// The export that `main` calls; none when none can be called with values that are
    /// made up.
    pub call: Option<String>,
    /// What is good to know.
    pub notes: Vec<String>,
}

impl Start<'_> {
    /// Makes the project. Nothing is fetched but a package that is not WASI's, and nothing is
    /// left when it fails.
    ///
    /// # Errors
    ///
    /// [`Error::NotEmpty`]; what is wrong with the WIT, and which package is missing;
    /// that a file cannot be written.
    pub fn make(&self) -> Result<Started> {
        let dir = std::path::absolute(self.dir).map_err(|error| Error::file(self.dir, error))?;
        let is_free = match fs::read_dir(&dir) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if !is_free {
            return Err(Error::NotEmpty {
                path: self.dir.to_path_buf(),
            });
        }
        let above = dir.parent().unwrap_or(&dir);
        fs::create_dir_all(above).map_err(|error| Error::file(above, error))?;
        let above = &above
            .canonicalize()
            .map_err(|error| Error::file(above, error))?;
        let stage = tempfile::Builder::new()
            .prefix(".worldhost-new-")
            .tempdir_in(above)
            .map_err(|error| Error::file(above, error))?;
        let root = stage.path().join("project");
        let started = self.made(&root, &dir)?;
        if dir.is_dir() {
            fs::remove_dir(&dir).map_err(|error| Error::file(&dir, error))?;
        }
        fs::rename(&root, &dir).map_err(|error| Error::file(&dir, error))?;
        Ok(started)
    }

    fn made(&self, root: &Path, dir: &Path) -> Result<Started> {
        let mut notes = Vec::new();
        let dir_of_wit = root.join("wit");
        let (wit, world) = match self.wit {
            Origin::Path(path) => {
                let wit = vendor::vendor(path, &dir_of_wit)?;
                let world = wit.world(self.world)?;
                (wit, world)
            }
            Origin::Package(name) => {
                let wit = package::vendor(&Wanted::of(name)?, self.world, &dir_of_wit)?;
                let world = wit.world(None)?;
                (wit, world)
            }
        };
        let mut plan = Plan {
            wasmtime: self.wasmtime,
            is_async: false,
            name: manifest::name(dir),
            flavour: &self.flavour,
            world_name: world_name(&wit, world),
            wasi: Wasi::of(&wit.resolve, world)?,
        };
        write(root, "Cargo.toml", &manifest::text(&plan))?;
        write(root, ".gitignore", "/target\n")?;
        write(root, "src/bindings.rs", &program::bindings(&plan))?;
        write(root, "src/main.rs", "mod bindings;\n")?;
        if self.flavour == Flavour::Plain {
            write(root, "src/main.rs", "mod bindings;\nmod state;\n")?;
            write(root, "src/state.rs", &program::state(&plan))?;
        }
        let bindgen = bindgen(root)?;
        let old = nothing(&wit, world)?;
        let old_world = old.world(None)?;
        let old = Dated {
            wit: &old,
            world: old_world,
        };
        let new = Dated { wit: &wit, world };
        let sides = Sides::of(old, new, &bindgen)?;
        let todo = todo_of(&sides, Some(own(&self.flavour)));
        Transaction::begin(root)?.commit(&Todo::changes(&[&todo])?)?;
        let api = sides.new_api.text();
        let concurrent = ["Accessor", "StreamReader", "FutureReader"];
        plan.is_async = plan.wasi.is_p3 || concurrent.iter().any(|word| api.contains(word));
        let call = Call::first(&sides.new_api, &sides.new_type());
        write(
            root,
            "src/main.rs",
            &program::main(&plan, &sides.new_type(), call.as_ref()),
        )?;
        write(root, "tests/guest.rs", &program::test(&plan, call.as_ref()))?;
        let guest = zeros::answering(&dir_of_wit, &plan.world_name)?;
        let path = root.join("tests/guest.wasm");
        fs::write(&path, guest).map_err(|error| Error::file(&path, error))?;
        if let Some(language) = self.guest {
            let of = Of {
                wit: &wit,
                world,
                name: plan.world_name.clone(),
                has_http: plan.wasi.has_http(),
            };
            for (path, text) in guests::files(language, &of) {
                write(root, &format!("guest/{path}"), &text)?;
            }
            executable(&root.join("guest/build.sh"))?;
        }
        match lock::text(&wit) {
            Ok(Some(lock)) => write(root, "wkg.lock", &lock)?,
            Ok(None) => {}
            Err(package) => notes.push(format!(
                "no wkg.lock: the digest of {package} is not known without a registry"
            )),
        }
        if let Flavour::Worldhost(Engine::Version(version)) = &self.flavour {
            notes.push(format!(
                "it takes worldhost {version} from the registry; --engine-path names a directory"
            ));
        }
        write(
            root,
            "README.md",
            &readme::text(&plan, call.as_ref(), self.guest, &notes),
        )?;
        let mut files = Vec::new();
        list(root, Path::new(""), &mut files)?;
        Ok(Started {
            files,
            call: call.map(|call| call.name),
            notes,
        })
    }
}

/// What `bindgen!` is told: with the package, if that is not the one that is read.
fn world_name(wit: &Wit, world: WorldId) -> String {
    let found = &wit.resolve.worlds[world];
    match found.package {
        Some(package) if package != wit.package => wit.resolve.id_of_name(package, &found.name),
        _ => found.name.clone(),
    }
}

fn own(flavour: &Flavour) -> Own {
    match flavour {
        Flavour::Worldhost(_) => Own::new(
            "State<Imports>",
            &[
                ("State", "worldhost::State"),
                ("Imports", "crate::imports::Imports"),
            ],
            Some("Imports"),
        ),
        Flavour::Plain => Own::new("State", &[("State", "crate::state::State")], None),
    }
}

fn bindgen(root: &Path) -> Result<Bindgen> {
    let root = root
        .canonicalize()
        .map_err(|error| Error::file(root, error))?;
    let found = Project::around(&root)?.map(|project| bindgens::find(&project));
    let found = found
        .transpose()?
        .and_then(|found| found.bindgens.into_iter().next());
    found.ok_or_else(|| Error::Options {
        path: "src/bindings.rs".into(),
        message: "there is no bindgen! in it".into(),
    })
}

/// A world of the same name with nothing in it.
fn nothing(wit: &Wit, world: WorldId) -> Result<Wit> {
    let found = &wit.resolve.worlds[world];
    let package = found.package.unwrap_or(wit.package);
    let package = &wit.resolve.packages[package].name;
    let text = format!("package {package};\nworld %{} {{}}\n", found.name);
    let source = Source {
        paths: Vec::new(),
        inline: Some(Inline {
            name: "nothing".into(),
            before: 0,
            text,
        }),
    };
    Ok(Wit::read(&source, At::Now)?)
}

fn write(root: &Path, file: &str, text: &str) -> Result<()> {
    let path = root.join(file);
    let dir = path.parent().unwrap_or(root);
    fs::create_dir_all(dir).map_err(|error| Error::file(dir, error))?;
    fs::write(&path, text).map_err(|error| Error::file(&path, error))
}

/// So that it is run by its name.
#[cfg(unix)]
fn executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, permissions).map_err(|error| Error::file(file, error))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<()> {
    Ok(())
}

fn list(root: &Path, dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let full = root.join(dir);
    let entries = fs::read_dir(&full).map_err(|error| Error::file(&full, error))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let path = dir.join(name);
        match root.join(&path).is_dir() {
            true => list(root, &path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
