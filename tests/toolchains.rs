//! Components as Python's, JavaScript's and Go's toolchains make them by default.
//! They are too large to be committed: `scripts/build-guests.sh on-demand` builds
//! them, and each test says on stderr when it has nothing to run.

mod support;

use std::path::Path;
use std::time::Duration;
use support::{on_demand, worldhost};

fn process(component: &Path) {
    worldhost()
        .arg("process")
        .arg(component)
        .args(["hello", "21", "2147483647"])
        .timeout(Duration::from_secs(300))
        .assert()
        .success()
        .stdout("HELLO\n42\nerror: 2 * 2147483647 does not fit an s32\n")
        .stderr("[log] processing: hello\n[log] processing: 21\n[log] processing: 2147483647\n");
}

fn run(component: &Path, exit_3: i32) {
    let run = |args: &[&str]| {
        let mut command = worldhost();
        command
            .arg("run")
            .arg(component)
            .args(args)
            .timeout(Duration::from_secs(300));
        command.assert()
    };
    run(&["args", "a", "b c"]).success().stdout("a\nb c\n");
    run(&["exit", "3"]).code(exit_3);
}

#[test]
fn python_makes_plugins() {
    on_demand("plugin-python")
        .iter()
        .for_each(|component| process(component));
}

#[test]
fn javascript_makes_plugins() {
    on_demand("plugin-javascript")
        .iter()
        .for_each(|component| process(component));
}

#[test]
fn python_makes_commands() {
    on_demand("command-python")
        .iter()
        .for_each(|component| run(component, 3));
}

#[test]
fn python_makes_commands_of_wasi_0_3() {
    on_demand("command-python-p3")
        .iter()
        .for_each(|component| run(component, 3));
}

#[test]
fn javascript_makes_commands() {
    on_demand("command-javascript")
        .iter()
        .for_each(|component| run(component, 3));
}

#[test]
fn go_makes_commands() {
    // WASI preview1's adapter has one code for every failure.
    on_demand("command-go")
        .iter()
        .for_each(|component| run(component, 1));
}
