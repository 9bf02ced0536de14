//! Sockets that are open for connections.

use super::address::Address;
use std::io;
use std::net::TcpListener as StdTcp;
#[cfg(unix)]
use std::os::fd::OwnedFd;
#[cfg(unix)]
use std::os::unix::net::{UnixListener as StdUnix, UnixStream as StdUnixStream};
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// A socket that is open for connections. The file of one that was made in the file system
/// goes with it.
pub struct Listener {
    socket: Socket,
    name: String,
    file: Option<SocketFile>,
    /// Who passed it on keeps it open: what waits there is not lost.
    kept: bool,
}

enum Socket {
    Tcp(StdTcp),
    #[cfg(unix)]
    Unix(StdUnix),
}

/// As many connections wait at the most to be accepted, if the system has room for them.
const BACKLOG: u32 = 4096;

impl Listener {
    /// Opens a socket.
    ///
    /// # Errors
    ///
    /// What the system says: the address is in use, or is not this machine's.
    pub fn bind(address: &Address) -> io::Result<Self> {
        let (socket, file) = match address {
            Address::Tcp(address) => (Socket::Tcp(tcp(*address)?), None),
            #[cfg(unix)]
            Address::Unix(path) => (Socket::Unix(unix(path)?), Some(SocketFile(path.clone()))),
            #[cfg(not(unix))]
            Address::Unix(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        Listener::of(socket, file, false)
    }

    /// The sockets that a service manager passed on to this process, as systemd does by
    /// `LISTEN_FDS`. To be asked for once.
    ///
    /// # Errors
    ///
    /// When there are none.
    #[cfg(unix)]
    pub fn inherited() -> io::Result<Vec<Self>> {
        let sockets = super::inherited::sockets().map_err(io::Error::other)?;
        let listeners = sockets.into_iter().map(|socket| {
            // Which it is, only the address of the right kind tells.
            let unix = StdUnix::from(socket.try_clone()?);
            let socket = match unix.local_addr() {
                Ok(_) => Socket::Unix(unix),
                Err(_) => Socket::Tcp(StdTcp::from(socket)),
            };
            Listener::of(socket, None, true)
        });
        listeners.collect()
    }

    fn of(socket: Socket, file: Option<SocketFile>, kept: bool) -> io::Result<Self> {
        let name = match &socket {
            Socket::Tcp(socket) => {
                socket.set_nonblocking(true)?;
                format!("http://{}", socket.local_addr()?)
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                socket.set_nonblocking(true)?;
                let address = socket.local_addr()?;
                let path = address.as_pathname().unwrap_or(Path::new("(unnamed)"));
                format!("unix:{}", path.display())
            }
        };
        Ok(Listener {
            socket,
            name,
            file,
            kept,
        })
    }

    /// Where it is: `http://127.0.0.1:8080` or `unix:PATH`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file of its socket, if it made one: with this it goes, whoever has the listener. A
    /// process that ends drops nothing that its threads still have.
    pub fn take_file(&mut self) -> Option<SocketFile> {
        self.file.take()
    }

    /// The socket once more, to pass it on to another process.
    ///
    /// # Errors
    ///
    /// What the system says: there are too many descriptors.
    #[cfg(unix)]
    pub fn descriptor(&self) -> io::Result<OwnedFd> {
        match &self.socket {
            Socket::Tcp(socket) => socket.try_clone().map(OwnedFd::from),
            Socket::Unix(socket) => socket.try_clone().map(OwnedFd::from),
        }
    }

    /// Waits for one connection, and closes it: a word by itself.
    ///
    /// # Errors
    ///
    /// What the system says.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio with input and output.
    pub async fn connected(self) -> io::Result<()> {
        self.into_acceptor()?.accept().await.map(drop)
    }

    pub(crate) fn into_acceptor(self) -> io::Result<Acceptor> {
        let (_file, kept) = (self.file, self.kept);
        Ok(match self.socket {
            Socket::Tcp(socket) => Acceptor {
                accepts: Accepts::Tcp(TcpListener::from_std(socket)?),
                kept,
                _file,
            },
            #[cfg(unix)]
            Socket::Unix(socket) => Acceptor {
                accepts: Accepts::Unix(UnixListener::from_std(socket)?),
                kept,
                _file,
            },
        })
    }
}

fn tcp(address: std::net::SocketAddr) -> io::Result<StdTcp> {
    let socket = match address {
        std::net::SocketAddr::V4(_) => TcpSocket::new_v4()?,
        std::net::SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // After a restart the port is free at once. On Windows the same word would let two
    // programs have it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

#[cfg(unix)]
fn unix(path: &Path) -> io::Result<StdUnix> {
    match StdUnix::bind(path) {
        // What a process that was killed has left behind. One that lives would answer.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left_behind(path) => {
            std::fs::remove_file(path)?;
            StdUnix::bind(path)
        }
        bound => bound,
    }
}

#[cfg(unix)]
fn is_left_behind(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = path
        .symlink_metadata()
        .is_ok_and(|found| found.file_type().is_socket());
    let answer = StdUnixStream::connect(path);
    is_socket && answer.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// The file of a socket, removed when this is dropped.
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A [`Listener`] on an executor.
pub(crate) struct Acceptor {
    accepts: Accepts,
    pub(crate) kept: bool,
    _file: Option<SocketFile>,
}

enum Accepts {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

/// A connection.
pub(crate) enum Accepted {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Acceptor {
    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match &self.accepts {
            Accepts::Tcp(socket) => {
                let (stream, _) = socket.accept().await?;
                // Small pieces of a response go out as they come.
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream))
            }
            #[cfg(unix)]
            Accepts::Unix(socket) => Ok(Accepted::Unix(socket.accept().await?.0)),
        }
    }

    /// Closes the socket, and gives the connections that the system has accepted by then. It
    /// is asked itself, for the executor may not have heard of them yet.
    pub(crate) fn waiting(self) -> io::Result<Vec<Accepted>> {
        let mut waiting = Vec::new();
        match self.accepts {
            Accepts::Tcp(socket) => {
                let socket = socket.into_std()?;
                while let Ok((stream, _)) = socket.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    waiting.push(Accepted::Tcp(TcpStream::from_std(stream)?));
                }
            }
            #[cfg(unix)]
            Accepts::Unix(socket) => {
                let socket = socket.into_std()?;
                while let Ok((stream, _)) = socket.accept() {
                    stream.set_nonblocking(true)?;
                    waiting.push(Accepted::Unix(UnixStream::from_std(stream)?));
                }
            }
        }
        Ok(waiting)
    }
}
