//! Files that are files: what has the name of one by now may be a named pipe.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens a file for reading, and nothing else: whoever opens a named pipe waits until somebody
/// opens its other end, which may be for ever.
///
/// # Errors
///
/// Those of the system, and that there is something else under this name.
pub fn open_regular(path: impl AsRef<Path>) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe is opened at once then. Of a file it changes nothing.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    let file = options.open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is no file")),
    }
}
