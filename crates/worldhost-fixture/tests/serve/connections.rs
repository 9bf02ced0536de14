//! Where connections come from.

use crate::client::{Client, Version, fetch};
use crate::server::{Server, until};
use crate::support::{self, Scratch, guest, one_line};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use tokio::net::UnixStream;

/// The addresses that a server says it serves at.
fn addresses(server: &Server) -> Vec<SocketAddr> {
    let log = server.log();
    let served = log.lines().filter(|line| line.contains("serving "));
    let served = served.filter_map(|line| line.split("http://").nth(1));
    served
        .map(|address| address.trim().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn a_server_may_have_several_addresses() {
    let scratch = Scratch::new();
    let path = scratch.path().join("app.sock");
    let socket = format!("unix:{}", path.display());
    let pages = scratch.path().join("admin.sock");
    let admin = format!("--admin-addr=unix:{}", pages.display());
    let mut server = Server::of("web", &["--addr", "127.0.0.1:0", "--addr", &socket, &admin]);
    server.logged(&socket);
    let addresses = addresses(&server);
    assert_eq!(addresses.len(), 2, "{}", server.log());
    for address in addresses {
        assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    }
    for version in [Version::Http1, Version::Http2] {
        let stream = UnixStream::connect(&path).await.unwrap();
        let mut client = Client::over(stream, version).await.unwrap();
        assert_eq!(client.get("/hello").await.text(), "hello\n");
    }
    assert!(pages.exists());
    server.signal("TERM");
    assert!(server.ended().success());
    assert!(!path.exists() && !pages.exists());
}

#[tokio::test]
async fn a_socket_that_was_left_behind_is_taken_and_one_in_use_is_not() {
    let scratch = Scratch::new();
    let path = scratch.path().join("app.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let socket = format!("unix:{}", path.display());
    let server = Server::of("web", &["--addr", &socket]);
    server.logged(&socket);
    let stream = UnixStream::connect(&path).await.unwrap();
    let mut client = Client::over(stream, Version::Http1).await.unwrap();
    assert_eq!(client.get("/hello").await.text(), "hello\n");

    let mut second = support::worldhost();
    second.args(["serve", "--addr", &socket]).arg(guest("web"));
    let refused = second.assert().failure().code(125);
    let line = one_line(&refused.get_output().stderr);
    assert!(line.contains("in use"), "{line}");
    assert!(path.exists());
}

#[test]
fn a_port_that_is_taken_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for option in ["--addr", "--admin-addr", "--shutdown-addr"] {
        let mut serve = support::worldhost();
        serve.args(["serve", "--addr", "127.0.0.1:0", option, &address]);
        let refused = serve.arg(guest("web")).assert().failure().code(125);
        let line = one_line(&refused.get_output().stderr);
        assert!(line.contains(&address) && line.contains(option), "{line}");
    }
    let mut serve = support::worldhost();
    serve.args(["serve", "--addr", "8080"]).arg(guest("web"));
    serve.assert().failure().code(2);
}

/// The command with a socket as its fourth descriptor, as a service manager passes it on.
fn with_passed_on(socket: impl Into<OwnedFd>) -> Command {
    let serve = support::command();
    let mut shell = Command::new("bash");
    shell.args([
        "-c",
        "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"",
        "bash",
    ]);
    shell.arg(serve.get_program());
    shell
        .args(["serve", "--systemd-listenfd"])
        .arg(guest("web"));
    shell.current_dir(support::root());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.stdin(Stdio::from(socket.into()));
    shell
}

#[tokio::test]
async fn sockets_of_a_service_manager_are_served() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let mut server = Server::spawn_as_it_is(with_passed_on(socket.try_clone().unwrap()));
    assert_eq!(server.address, address);
    assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    server.signal("TERM");
    assert!(server.ended().success());
    // Who comes while nobody serves it waits for the next one.
    let waiting = tokio::spawn(fetch(address, "/hello"));
    let _server = Server::spawn_as_it_is(with_passed_on(socket));
    assert_eq!(waiting.await.unwrap().text(), "hello\n");

    let scratch = Scratch::new();
    let path = scratch.path().join("app.sock");
    let server = Server::spawn_as_it_is(with_passed_on(UnixListener::bind(&path).unwrap()));
    server.logged("unix:");
    let stream = UnixStream::connect(&path).await.unwrap();
    let mut client = Client::over(stream, Version::Http1).await.unwrap();
    assert_eq!(client.get("/hello").await.text(), "hello\n");
}

#[test]
fn without_a_socket_that_was_passed_on_it_says_so() {
    let mut serve = support::worldhost();
    serve
        .args(["serve", "--systemd-listenfd"])
        .arg(guest("web"));
    let refused = serve.assert().failure().code(125);
    let line = one_line(&refused.get_output().stderr);
    assert!(line.contains("LISTEN_FDS"), "{line}");
}

#[test]
fn a_connection_to_the_shutdown_address_ends_it() {
    let mut server = Server::of("web", &["--shutdown-addr", "127.0.0.1:0"]);
    let line = server.logged("stops it");
    let address = line.split("http://").nth(1).unwrap();
    let address: SocketAddr = address.split(' ').next().unwrap().parse().unwrap();
    drop(std::net::TcpStream::connect(address).unwrap());
    assert!(server.ended().success());
    until(|| server.log().contains("stopping"));
}
