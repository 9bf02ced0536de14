//! How a process is started that compiles for this one.

use std::fmt;
use std::io;
use std::process::Command;
use std::sync::Arc;

/// A way to start a process that compiles, so that the memory and time of compiling are
/// bounded: see [`Config::apart`](super::config::Config::apart).
///
/// It is to be a process of the same program, in which
/// [`compile::serve`](crate::compile::serve) is called before anything else: its stdin,
/// stdout and stderr are for that alone. There is one for each compilation, and it ends with
/// it.
///
/// ```no_run
/// # use worldhost::{Apart, Config, compile};
/// if std::env::args().nth(1).as_deref() == Some("compile-apart") {
///     std::process::exit(compile::serve());
/// }
/// let mut config = Config::default();
/// config.apart = Some(Apart::new(|| {
///     let mut command = std::process::Command::new(std::env::current_exe()?);
///     command.arg("compile-apart");
///     Ok(command)
/// }));
/// ```
#[derive(Clone)]
pub struct Apart {
    start: Arc<dyn Fn() -> io::Result<Command> + Send + Sync>,
}

impl Apart {
    /// With what makes the command for each process.
    pub fn new(start: impl Fn() -> io::Result<Command> + Send + Sync + 'static) -> Self {
        Apart {
            start: Arc::new(start),
        }
    }

    pub(crate) fn command(&self) -> io::Result<Command> {
        (self.start)()
    }
}

impl fmt::Debug for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Apart")
    }
}
