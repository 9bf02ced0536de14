//! Texts, with form feeds between them, as a project's WIT, a package beside it, and the files
//! that say what that is to be: wkg's and wit-deps'.

use super::place::Place;
use std::path::PathBuf;
use std::sync::OnceLock;
use worldhost::version::{WASI_P2, WASI_P3, WASMTIME};
use worldhost_dev::{Subject, verify};
use worldhost_wit::Source;

/// Where each of the texts is.
const FILES: [&str; 6] = [
    "wit/world.wit",
    "wit/deps/a-b/package.wit",
    "wkg.lock",
    "wkg.toml",
    "wit/deps.lock",
    "wit/deps.toml",
];

fn project() -> &'static PathBuf {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let place = Place::new("vendored");
        std::fs::create_dir_all(place.file("wit/deps/a-b")).unwrap();
        place.file("")
    })
}

pub fn run(bytes: &[u8]) {
    let project = project();
    let mut texts = bytes.split(|byte| *byte == 0xc);
    for file in FILES {
        let file = project.join(file);
        match texts.next() {
            Some(text) if !text.is_empty() => std::fs::write(file, text).unwrap(),
            _ => drop(std::fs::remove_file(file)),
        }
    }
    let mut subject = Subject::alone(Source::path(project.join("wit")), None);
    subject.home = project.clone();
    let verified = verify::verify(&verify::Tree {
        subject: &subject,
        lock: None,
        wasmtime: WASMTIME,
        linked: &[WASI_P2, WASI_P3],
    });
    match verified {
        Ok(report) => drop(report.to_string()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
