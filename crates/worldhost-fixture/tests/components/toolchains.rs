//! Components as Python's, JavaScript's and Go's toolchains make them by default.
//! They are too large to be committed: `scripts/build-guests.sh on-demand` builds
//! them, and these tests are ignored unless they are asked for.

use crate::support::need::on_demand;
use crate::support::worldhost;
use std::time::Duration;

#[track_caller]
fn process(name: &str) {
    worldhost()
        .arg("process")
        .arg(on_demand(name))
        .args(["hello", "21", "2147483647"])
        .timeout(Duration::from_secs(300))
        .assert()
        .success()
        .stdout("HELLO\n42\nerror: 2 * 2147483647 does not fit an s32\n")
        .stderr("[log] processing: hello\n[log] processing: 21\n[log] processing: 2147483647\n");
}

#[track_caller]
fn run(name: &str, exit_3: i32) {
    let component = on_demand(name);
    let run = |args: &[&str]| {
        let mut command = worldhost();
        command
            .arg("run")
            .arg(&component)
            .args(args)
            .timeout(Duration::from_secs(300));
        command.assert()
    };
    run(&["args", "a", "b c"]).success().stdout("a\nb c\n");
    run(&["exit", "3"]).code(exit_3);
}

mod needs_python {
    use super::*;

    #[test]
    #[ignore = "needs plugin-python: run scripts/build-guests.sh python"]
    fn python_makes_plugins() {
        process("plugin-python");
    }

    #[test]
    #[ignore = "needs command-python: run scripts/build-guests.sh python"]
    fn python_makes_commands() {
        run("command-python", 3);
    }

    #[test]
    #[ignore = "needs command-python-p3: run scripts/build-guests.sh python"]
    fn python_makes_commands_of_wasi_0_3() {
        run("command-python-p3", 3);
    }
}

mod needs_javascript {
    use super::*;

    #[test]
    #[ignore = "needs plugin-javascript: run scripts/build-guests.sh javascript"]
    fn javascript_makes_plugins() {
        process("plugin-javascript");
    }

    #[test]
    #[ignore = "needs command-javascript: run scripts/build-guests.sh javascript"]
    fn javascript_makes_commands() {
        run("command-javascript", 3);
    }
}

mod needs_go {
    use super::*;

    #[test]
    #[ignore = "needs command-go: run scripts/build-guests.sh go"]
    fn go_makes_commands() {
        // WASI preview1's adapter has one code for every failure.
        run("command-go", 1);
    }

    #[test]
    #[ignore = "needs command-go: run scripts/build-guests.sh go"]
    fn go_s_modules_run_as_they_are() {
        run("command-go.core", 3);
    }
}
