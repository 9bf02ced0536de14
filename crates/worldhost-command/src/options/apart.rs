//! Compiling in a process of its own: this program again, with a word of its own.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;
use worldhost::{Apart, compile};

/// No subcommand, for what is about it would cost each compilation milliseconds.
const WORD: &str = "compile-apart";

/// Compiles and gives the exit code, if that is what this process was started for.
pub fn serve_if_asked() -> Option<i32> {
    let asked = std::env::args_os().nth(1);
    (asked.as_deref() == Some(OsStr::new(WORD))).then(compile::serve)
}

/// How such a process is started.
pub fn apart() -> Apart {
    Apart::new(|| {
        let mut command = itself()?;
        command.arg(WORD).env("RUST_BACKTRACE", "0");
        Ok(command)
    })
}

/// This program, also where its file has another name by now or none.
pub fn itself() -> io::Result<Command> {
    let running = Path::new("/proc/self/exe");
    let path = match cfg!(target_os = "linux") && running.exists() {
        true => running.to_path_buf(),
        false => std::env::current_exe()?,
    };
    let mut command = Command::new(path);
    #[cfg(unix)]
    if let Some(name) = std::env::args_os().next() {
        use std::os::unix::process::CommandExt;
        command.arg0(name);
    }
    Ok(command)
}
