//! A registry as it is on the network: Debian's docker-registry on loopback, for one test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// With what it keeps in this directory, and more lines in its configuration.
    pub fn start(dir: &Path, more: &str) -> Server {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\n\
             http:\n  addr: 127.0.0.1:{port}\n{more}",
            dir.join("oci").display()
        );
        let file = dir.join("oci.yml");
        std::fs::write(&file, config).unwrap();
        let mut server = Command::new("docker-registry");
        server.arg("serve").arg(file);
        server.stdout(Stdio::null()).stderr(Stdio::null());
        let child = server.spawn();
        let child = child.expect("needs docker-registry: apt-get install docker-registry");
        let server = Server { child, port };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            // Who has to log in is told so.
            if server
                .ask("GET", "/v2/")
                .is_some_and(|said| said.starts_with("HTTP/"))
            {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("docker-registry does not answer");
    }

    /// What it answers, with its head.
    pub fn ask(&self, method: &str, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let accept = "application/vnd.oci.image.manifest.v1+json";
        let head = format!("{method} {path} HTTP/1.0\r\nAccept: {accept}\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
