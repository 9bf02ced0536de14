//! The sources of the packages that this is built of, which every build has.

use super::root;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the sources of a package are, in the version that Wasmtime has inside.
pub fn package(name: &str) -> PathBuf {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    // What is for other platforms was not fetched.
    let platform = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--offline",
            "--filter-platform",
        ])
        .arg(platform.unwrap())
        .current_dir(root())
        // The compiler that it asks reads it.
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&metadata.stderr)));
    let packages = metadata["packages"].as_array().unwrap();
    let ours = |package: &&Value| package["name"] == name;
    let version = |package: &Value| -> semver::Version {
        package["version"].as_str().unwrap().parse().unwrap()
    };
    let newest = packages.iter().filter(ours).max_by_key(|one| version(one));
    let manifest = newest.unwrap()["manifest_path"].as_str().unwrap();
    Path::new(manifest).parent().unwrap().to_path_buf()
}
