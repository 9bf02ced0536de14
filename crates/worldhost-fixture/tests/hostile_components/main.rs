//! Components that come to far more than they are, under every command that reads one.
//! Each is refused in a line that names the limit, its value and the option, before it has
//! taken memory or time.

#![cfg(target_os = "linux")]

mod compiling;
mod exits;
mod files;
mod floods;
mod guests;
mod hoards;
mod lies;
mod loops;
mod matrix;
mod overlaps;
#[path = "../support/mod.rs"]
mod support;
mod waits;

use matrix::{COMMANDS, COMPILERS};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use support::bombs;
use support::cache::{Cache, answers, succeeded};
use support::{Scratch, command};
use worldhost::{LoadLimit, LoadLimits};

/// Kilobytes of memory that each command must do with.
const MEMORY: usize = 400_000;

/// The command in a shell that lets it have so much memory, and no more.
fn bounded(args: &[&str], component: &Path, after: &[&str]) -> Output {
    let mut worldhost = command();
    worldhost.args(args).arg(component).args(after);
    in_shell(&format!("ulimit -d {MEMORY}"), &worldhost)
}

/// The command in a shell that has done something before.
fn in_shell(before: &str, worldhost: &Command) -> Output {
    let shell = in_shell_command(before, worldhost);
    let mut command = assert_cmd::Command::from_std(shell);
    command.timeout(Duration::from_secs(60)).output().unwrap()
}

fn in_shell_command(before: &str, worldhost: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{before}; exec \"$@\""), "sh"])
        .arg(worldhost.get_program())
        .args(worldhost.get_args())
        .current_dir(worldhost.get_current_dir().unwrap());
    for (name, value) in worldhost.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Beside those of the matrix.
const OTHER_WAYS: &[(&[&str], &[&str])] = &[
    (&["run", "--no-cache"], &[]),
    (&["process", "--fresh", "--no-cache"], &["x"]),
    (&["call", "--list"], &[]),
    (&["compile", "-o", "/dev/null"], &[]),
    (&["inspect"], &[]),
    (&["inspect", "--json"], &[]),
    (&["wit", "diff"], &[]),
];

/// The commands with their options, and what comes behind the component.
fn ways() -> Vec<(Vec<&'static str>, &'static [&'static str])> {
    let mut ways = Vec::new();
    for compiler in COMPILERS {
        for (command, after) in COMMANDS {
            ways.push(([command, &["--compiler", compiler]].concat(), after));
        }
    }
    ways.extend(
        OTHER_WAYS
            .iter()
            .map(|(args, after)| (args.to_vec(), *after)),
    );
    ways
}

#[test]
fn every_command_refuses_what_comes_to_too_much() {
    let scratch = Scratch::new();
    let mut wrong = Vec::new();
    for bomb in bombs::all() {
        let file = scratch.file(&format!("{}.wasm", bomb.name), &bomb.bytes);
        for (args, after) in ways() {
            let output = bounded(&args, &file, after);
            let advice = format!("if you trust it, allow more with {}\n", bomb.option);
            let more = format!("more than {} ", default(bomb.option));
            let said = String::from_utf8_lossy(&output.stderr);
            let is_told =
                said.lines().count() == 1 && said.contains(&more) && said.ends_with(&advice);
            if output.status.code() != Some(126) || !is_told {
                wrong.push(format!("{} {args:?}: {} {said}", bomb.name, output.status));
            }
        }
        let output = bounded(&["check"], &file, &[]);
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.code() != Some(126) || !said.contains("more than ") {
            wrong.push(format!("{} check: {} {said}", bomb.name, output.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One test for each kind, so that they run beside each other.
macro_rules! matrix {
    ($($kind:ident)*) => {
        $(
            #[test]
            fn $kind() {
                matrix::hold(&$kind::all());
            }
        )*

        #[test]
        fn there_are_many_of_each_kind() {
            let bombs = ("bombs", bombs::all().len());
            let counts = [bombs, $((stringify!($kind), $kind::all().len())),*];
            let all = counts.iter().map(|(_, count)| count).sum();
            println!("{counts:?}: {all} components, {} runs", matrix::runs(all));
            for (kind, count) in counts {
                assert!(count > 8, "{kind}: {count}");
            }
        }
    };
}

matrix!(compiling exits files floods hoards lies loops overlaps waits);

/// What the limit is that has this option.
fn default(option: &str) -> u64 {
    let mut limits = LoadLimit::ALL.iter();
    let limit = limits.find(|limit| option.strip_prefix("--") == Some(limit.name()));
    limit.unwrap().of(&LoadLimits::default()).unwrap()
}

/// The option of a limit, a value that is too little for an ordinary component, and how it
/// is told.
const TOO_LITTLE: [[&str; 3]; 7] = [
    ["--max-component-size", "100B", "is larger than 100 bytes"],
    ["--max-component-nesting", "0", "more than 0 deep"],
    ["--max-component-instances", "1", "more than 1 instances"],
    ["--max-component-items", "10", "more than 10 items"],
    ["--max-component-functions", "0", "more than 0 functions"],
    [
        "--max-component-locals",
        "2",
        "more than 2 parameters and locals",
    ],
    ["--max-component-data", "3B", "more than 3 bytes"],
];

/// The same of those that hold while it is compiled, for a laborious one.
const COMPILING: [[&str; 3]; 2] = [
    [
        "--max-compile-memory",
        "48MiB",
        "takes more than 50331648 bytes to compile",
    ],
    [
        "--max-compile-time",
        "300ms",
        "takes longer than 300ms to compile",
    ],
];

/// Who sets one is told by its number; by commands that take a policy, and by the others.
#[test]
fn every_limit_that_is_counted_is_named_with_its_number_and_its_option() {
    let scratch = Scratch::new();
    let file = scratch.file("ordinary.wasm", bombs::ordinary());
    let ways: &[&[&str]] = &[
        &["run", "--no-cache", "--compiler", "cranelift"],
        &["process", "--no-cache", "--compiler", "winch"],
        &["compile", "-o", "/dev/null"],
        &["check"],
        &["inspect"],
    ];
    for [option, value, words] in TOO_LITTLE {
        for way in ways {
            let mut command = command();
            command.args(*way).args([option, value]).arg(&file);
            let output = command.output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            let place = format!("{way:?} {option}: {said}");
            assert_eq!(output.status.code(), Some(126), "{place}");
            assert_eq!(said.lines().count(), 1, "{place}");
            assert!(said.contains(words), "{place}");
            let advised = said
                .trim_end()
                .ends_with(&format!("allow more with {option}"));
            assert!(advised || *way == ["check"], "{place}");
        }
    }
    // And without it is none of these.
    let output = command().arg("run").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// A limit that is added has its line here, and one in the documentation.
#[test]
fn no_limit_is_left_out() {
    let told = std::fs::read_to_string(support::root().join("docs/loading.md")).unwrap();
    for limit in LoadLimit::ALL {
        let option = format!("--{}", limit.name());
        let mut tried = TOO_LITTLE.iter().chain(&COMPILING);
        assert!(tried.any(|[tried, ..]| *tried == option), "{option}");
        assert!(
            told.contains(&format!("\n| `{}` | ", limit.name())),
            "{option}"
        );
    }
}

/// What cannot be counted before ends in the process that compiles.
#[test]
fn compiling_has_so_much_memory_and_time() {
    let scratch = Scratch::new();
    let file = scratch.file("laborious.wasm", bombs::laborious());
    let ways: &[&[&str]] = &[
        &["run", "--compiler", "cranelift"],
        &["run", "--compiler", "winch", "--no-cache"],
        &["process", "--fresh"],
        &["compile", "-o", "/dev/null"],
        &["check"],
    ];
    for way in ways {
        for [option, limit, words] in COMPILING {
            let args = [way, &[option, limit][..]].concat();
            let output = bounded(&args, &file, &[]);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert_eq!(output.status.code(), Some(126), "{args:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
            assert!(said.contains(words), "{args:?}: {said}");
            let advised = said
                .trim_end()
                .ends_with(&format!("allow more with {option}"));
            assert!(advised || *way == ["check"], "{args:?}: {said}");
        }
    }
}

/// It is compiled apart, and who waits for it is told to end.
#[test]
fn a_signal_leaves_no_process_and_no_file() {
    use std::os::unix::process::ExitStatusExt;
    let (scratch, cache) = (Scratch::new(), Cache::new());
    let file = scratch.file("laborious.wasm", bombs::laborious());
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let mut command = cache.command(&["run", "--compiler", "cranelift"]);
        command.arg(&file).stderr(Stdio::piped());
        let mut parent = command.spawn().unwrap();
        let compiler = wait_for(|| child_of(parent.id()));
        let killed = Command::new("kill")
            .args([format!("-{name}"), parent.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(parent.wait().unwrap().signal(), Some(number));
        wait_for(|| {
            let state = std::fs::read_to_string(format!("/proc/{compiler}/stat"));
            // One that nobody waits for is as good as gone.
            let gone = state.map_or(true, |state| state.contains(") Z "));
            gone.then_some(())
        });
        assert!(cache.files_if_any("code").is_empty());
        assert!(cache.files_if_any("memo").is_empty());
    }
}

fn child_of(parent: u32) -> Option<String> {
    let mut tasks = std::fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    tasks.find_map(|task| {
        let children = task.ok()?.path().join("children");
        let found = std::fs::read_to_string(children).ok()?;
        Some(found.split_whitespace().next()?.to_string())
    })
}

/// As the system does that has no memory left.
#[test]
fn a_compiler_that_is_killed_is_told_with_what_it_was_about() {
    let scratch = Scratch::new();
    let file = scratch.file("laborious.wasm", bombs::laborious());
    for args in [
        &["run", "--no-cache"][..],
        &["process", "--fresh"],
        &["check"],
    ] {
        let mut parent = command();
        parent
            .args(args)
            .args(["--max-compile-time", "60s"])
            .arg(&file);
        parent.stdin(Stdio::null());
        let parent = parent.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let parent = parent.unwrap();
        let compiler = wait_for(|| child_of(parent.id()));
        let killed = Command::new("kill").args(["-KILL", &compiler]).status();
        assert!(killed.unwrap().success());
        let output = parent.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(125), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        let told = said.contains("laborious.wasm") && said.contains("signal: 9");
        assert!(told, "{args:?}: {said}");
    }
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it does not come"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file that may grow no further, as on a full disk.
#[test]
fn a_cache_write_that_is_cut_off_costs_nothing_and_leaves_nothing() {
    let (scratch, cache) = (Scratch::new(), Cache::new());
    let file = scratch.file("plugin.wasm", answers("a"));
    for compiler in ["cranelift", "winch"] {
        let mut command = cache.command(&["process", "--compiler", compiler]);
        command.arg(&file).arg("x");
        let output = in_shell("ulimit -f 8", &command);
        succeeded(output, "a");
        assert!(cache.files("code").is_empty(), "{:?}", cache.files("code"));
    }
    // And with room it is kept.
    cache.process(&[], &file, "a");
    cache.artifact();
}

/// Where the system has too little for this program, that is no fault of the component.
#[test]
fn a_host_that_runs_out_blames_itself() {
    let scratch = Scratch::new();
    let file = scratch.file("plugin.wasm", answers("a"));
    let mut failed = 0;
    let limits = [150, 170, 200, 300].map(|mib| format!("ulimit -v {}", mib << 10));
    let files = [6, 8, 10, 12, 14, 16, 18].map(|n| format!("ulimit -n {n}"));
    for limit in limits.iter().chain(&files) {
        for args in [&["process"][..], &["process", "--fresh", "--no-cache"]] {
            let cache = Cache::new();
            let mut command = cache.command(args);
            command.arg(&file).arg("x");
            let output = in_shell(limit, &command);
            let said = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => {}
                Some(125) => failed += 1,
                _ => panic!("{limit} {args:?}: {}: {said}", output.status),
            }
            assert!(!said.contains("--max-"), "{limit} {args:?}: {said}");
        }
    }
    assert!(failed > 4, "the limits are not low enough: {failed}");
}
