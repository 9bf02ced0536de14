//! Every component under `run`, `call`, `process` and `process --fresh`, by Cranelift and by
//! Winch: it ends as is written beside it, in bounded memory and time, and is told in a line.

use crate::support::Scratch;
use crate::{MEMORY, in_shell_command};
use std::collections::VecDeque;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A component, and how it ends.
pub struct Hostile {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub options: Vec<&'static str>,
    pub ends: Ends,
    /// Of `process`, where that is another.
    pub in_process: Option<Ends>,
    /// Nobody reads its stdout.
    pub unread: bool,
}

/// An exit code and what the line says; each of these is as documented, where it hangs on the
/// compiler.
#[derive(Clone)]
pub struct Ends(pub Vec<(i32, &'static str)>);

pub fn hostile(name: &'static str, bytes: Vec<u8>, code: i32, says: &'static str) -> Hostile {
    Hostile {
        name,
        bytes,
        options: vec!["--timeout", "20s"],
        ends: Ends(vec![(code, says)]),
        in_process: None,
        unread: false,
    }
}

impl Hostile {
    pub fn with(mut self, options: &[&'static str]) -> Self {
        if options.contains(&"--timeout") {
            self.options.clear();
        }
        self.options.extend(options);
        self
    }

    pub fn or(mut self, code: i32, says: &'static str) -> Self {
        self.ends.0.push((code, says));
        self
    }

    pub fn in_process(mut self, code: i32, says: &'static str) -> Self {
        self.in_process = Some(Ends(vec![(code, says)]));
        self
    }

    pub fn unread(mut self) -> Self {
        self.unread = true;
        self
    }
}

/// One that does not end by itself.
pub fn endless(name: &'static str, bytes: Vec<u8>) -> Hostile {
    let mut endless = hostile(name, bytes, 124, "allow more with --timeout");
    endless.options = vec!["--timeout", "400ms"];
    endless
}

pub const COMMANDS: [(&[&str], &[&str]); 4] = [
    (&["run"], &[]),
    (&["call"], &["process(\"x\")"]),
    (&["process"], &["x"]),
    (&["process", "--fresh", "--jobs", "2"], &["x"]),
];

pub const COMPILERS: [&str; 2] = ["cranelift", "winch"];

/// So long one run may take, on a machine that has other things to do.
const MOST: Duration = Duration::from_secs(60);

/// Holds all of them to it.
#[track_caller]
pub fn hold(components: &[Hostile]) {
    let mut wrong = Vec::new();
    for component in components {
        for compiler in COMPILERS {
            for (command, words) in COMMANDS {
                if let Err(error) = holds(component, compiler, command, words) {
                    let Hostile { name, .. } = component;
                    wrong.push(format!("{name} {command:?} {compiler}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn holds(
    component: &Hostile,
    compiler: &str,
    command: &[&str],
    words: &[&str],
) -> Result<(), String> {
    let scratch = Scratch::new();
    let file = scratch.file("hostile.wasm", &component.bytes);
    let dir = playground(&scratch);
    let mut worldhost = crate::support::command();
    worldhost.args(command).args(["--compiler", compiler]);
    worldhost.args(component.options.iter().map(|option| match *option {
        "DIR" => format!("{}::/", dir.display()),
        option => option.to_string(),
    }));
    worldhost.arg(&file).args(words);
    let ended = run(
        in_shell_command(&format!("ulimit -d {MEMORY}; ulimit -c 0"), &worldhost),
        component.unread,
    )?;
    let ends = match (&component.in_process, command[0]) {
        (Some(ends), "process") => ends,
        _ => &component.ends,
    };
    let Ended { code, stderr } = ended;
    let errors: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let Some((_, says)) = ends.0.iter().find(|(due, says)| {
        Some(*due) == code && errors.first().is_none_or(|line| line.contains(says))
    }) else {
        let end: String = stderr.lines().rev().take(3).collect();
        let end: String = end.chars().take(400).collect();
        return Err(format!("it ended with {code:?}: {end}"));
    };
    // What the guest itself printed is its own; a host that failed shows itself.
    let raw = errors.iter().any(|line| line.chars().any(char::is_control));
    let one = errors.len() == 1 || (says.is_empty() && errors.is_empty());
    if !one || raw || stderr.contains("panicked") || stderr.contains("stack backtrace") {
        let end: String = stderr.lines().rev().take(3).collect();
        let end: String = end.chars().take(400).collect();
        return Err(format!("it was told in another way: {end:?}"));
    }
    outside(&scratch)
}

/// What a guest that gets out of its directory would have changed.
fn outside(scratch: &Scratch) -> Result<(), String> {
    let entries = std::fs::read_dir(scratch.path()).map_err(|error| error.to_string())?;
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let secret = std::fs::read_to_string(scratch.path().join("secret"));
    match (names.as_slice(), secret.as_deref()) {
        ([a, b, c], Ok("secret")) if [a, b, c] == ["dir", "hostile.wasm", "secret"] => Ok(()),
        _ => Err(format!("it got out of its directory: {names:?}")),
    }
}

/// A directory with what guests stumble over, and beside it what they may not reach.
fn playground(scratch: &Scratch) -> std::path::PathBuf {
    use std::os::unix::fs::symlink;
    let dir = scratch.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    let secret = scratch.file("secret", "secret");
    std::fs::write(dir.join("file"), "content").unwrap();
    let made = Command::new("mkfifo").arg(dir.join("fifo")).status();
    assert!(made.unwrap().success());
    symlink("fifo", dir.join("tofifo")).unwrap();
    symlink(&secret, dir.join("out")).unwrap();
    symlink("../secret", dir.join("up")).unwrap();
    symlink("..", dir.join("parent")).unwrap();
    symlink("loop", dir.join("loop")).unwrap();
    symlink("/dev/zero", dir.join("zero")).unwrap();
    dir
}

struct Ended {
    code: Option<i32>,
    stderr: String,
}

/// Runs it with a stdin on which nothing ever comes.
fn run(mut command: Command, unread: bool) -> Result<Ended, String> {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    drop(command);
    let silence = child.stdin.take();
    let stdout = child.stdout.take().unwrap();
    let (stdout, reader) = match unread {
        true => (Some(stdout), None),
        false => (None, Some(ends_of(stdout))),
    };
    let stderr = ends_of(child.stderr.take().unwrap());
    let code = wait(&mut child);
    drop((silence, stdout));
    if let Some(reader) = reader {
        reader.join().unwrap();
    }
    let stderr = stderr.join().unwrap();
    let code = code?;
    Ok(Ended { code, stderr })
}

fn wait(child: &mut Child) -> Result<Option<i32>, String> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status.code());
        }
        if begun.elapsed() > MOST {
            child.kill().map_err(|error| error.to_string())?;
            let _ = child.wait();
            return Err("it does not end".into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// All that comes, of which the last is kept.
fn ends_of(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    const KEPT: usize = 64 << 10;
    std::thread::spawn(move || {
        let mut kept = VecDeque::new();
        let mut piece = [0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            kept.extend(&piece[..count]);
            let excess = kept.len().saturating_sub(KEPT);
            kept.drain(..excess);
        }
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    })
}

/// The number of runs, for who counts them.
pub fn runs(components: usize) -> usize {
    components * COMMANDS.len() * COMPILERS.len()
}
