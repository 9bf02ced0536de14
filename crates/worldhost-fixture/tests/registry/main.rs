//! Components from registries: of a directory as wkg's, of servers that are none, and, where
//! there is one, of a real registry.
#![cfg(unix)]

mod needs_docker_registry;
#[path = "../support/oci.rs"]
#[allow(dead_code, reason = "each test uses its part")]
mod oci;
#[path = "../serve/server.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;
mod user;

use server::Server;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use user::{HELLO, Said, User};

const TOOL: &str = "acme:tool@1.0.0";

#[test]
fn what_was_pulled_once_needs_no_registry() {
    let user = User::new();
    user.says(&["run", "--offline", TOOL])
        .fails(127, &[TOOL, "not in the store", "worldhost pull"]);
    user.says(&["run", TOOL])
        .fails(127, &["there is no acme:tool@1.0.0 in its registry"]);
    let digest = user.push(true, TOOL);
    user.says(&["run", TOOL]).is(0, HELLO);
    std::fs::remove_dir_all(user.path("packages")).unwrap();
    user.says(&["run", "--offline", TOOL]).is(0, HELLO);
    user.says(&["run", "--offline", "--digest", &digest, "acme:any@9.0.0"])
        .is(0, HELLO);
    user.says(&["run", TOOL, "args", "x"]).is(0, "x\n");
    let checked = user.says(&["check", "--json", TOOL]);
    assert!(
        String::from_utf8_lossy(&checked.0.stdout).contains("\"component\":\"acme:tool@1.0.0\"")
    );
    assert_eq!(
        user.says(&["inspect", "--wit", TOOL]).0.status.code(),
        Some(0)
    );
    user.says(&["compile", TOOL]).is(0, "");
    user.says(&["run", "--trust-compiled", "tool.cwasm"])
        .is(0, HELLO);
    user.says(&["run", "--trust-compiled", TOOL])
        .fails(2, &["--trust-compiled is for files"]);
}

#[test]
fn what_was_tampered_with_in_the_store_is_refused() {
    let user = User::new();
    let digest = user.push(true, TOOL);
    let out = user.path("out.wasm");
    let line = format!("{digest}  {}\n", out.display());
    user.says(&["pull", TOOL, "-o", out.to_str().unwrap()])
        .is(0, &line);
    user.says(&["run", TOOL]).is(0, HELLO);
    let other = std::fs::read(user.component(false).0).unwrap();
    std::fs::write(user.stored(&digest), other).unwrap();
    for words in [
        ["run", TOOL],
        ["call", "--list"],
        ["inspect", TOOL],
        ["check", TOOL],
    ] {
        let mut command = user.command(&words);
        if words[0] == "call" {
            command.arg(TOOL);
        }
        let said = Said(command.output().unwrap());
        assert_eq!(said.0.status.code(), Some(126), "{words:?}");
        let told = [&said.0.stdout[..], &said.0.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(
            told.contains(&format!("{TOOL} is sha256:")) && told.contains(&digest),
            "{told}"
        );
    }
    let line = format!("{digest}  {}\n", user.stored(&digest).display());
    user.says(&["pull", TOOL]).is(0, &line);
    user.says(&["run", TOOL]).is(0, HELLO);
}

#[test]
fn a_file_of_the_name_is_preferred() {
    let user = User::new();
    let (file, _) = user.component(true);
    std::fs::rename(file, user.path(TOOL)).unwrap();
    user.says(&["run", TOOL]).is(0, HELLO);
    assert!(!user.path("cache/components").exists());
}

#[test]
fn a_version_is_not_changed_and_a_name_has_to_be_one() {
    let user = User::new();
    let digest = user.push(true, TOOL);
    assert_eq!(user.push(true, TOOL), digest);
    let (other, _) = user.component(false);
    let other = other.to_str().unwrap();
    user.says(&["push", other, TOOL])
        .fails(125, &["there already, as", &digest]);
    for bad in ["tool.wasm", "acme:tool", "acme:tool@1", "oci://tool:1"] {
        user.says(&["push", other, bad])
            .fails(2, &[bad, "write oci://HOST/REPOSITORY:TAG"]);
        user.says(&["pull", bad]).fails(2, &[bad]);
    }
    user.says(&["run", "oci://tool:1"])
        .fails(2, &["it has no host"]);
    user.says(&["run", "other:tool@1.0.0"])
        .fails(127, &["no registry is known", "wkg config"]);
    user.says(&["push", "wkg.toml", TOOL])
        .fails(126, &["wkg.toml is not WebAssembly"]);
    let unreachable = ["pull", "oci://127.0.0.1:1/tool:1"];
    user.says(&unreachable).fails(
        125,
        &["cannot reach the registry of oci://127.0.0.1:1/tool:1"],
    );
}

#[test]
fn what_would_do_nothing_is_told() {
    let user = User::new();
    let watched = user.says(&["serve", "--watch", TOOL]);
    watched.fails(2, &["--watch is for files", "registry"]);
    let pulled = user.says(&["pull", "--update", "--lock", "none.lock"]);
    pulled.warns("the lock has no source yet");
}

#[test]
fn a_lock_holds_what_a_deployment_runs() {
    let user = User::new();
    let first = user.push(true, TOOL);
    let manifest = format!("[component.a]\nsource = \"{TOOL}\"\nrun = \"run\"\n");
    user.0.file("worldhost.toml", manifest);
    let check = |fits: bool| {
        let said = user.says(&["up", "--check"]);
        if fits {
            said.is(0, "a: fits, to run\n");
        }
        said
    };
    let lock = || std::fs::read_to_string(user.path("worldhost.lock")).unwrap();
    check(true);
    let locked = lock();
    assert!(locked.contains(&first) && locked.contains(TOOL), "{locked}");
    assert!(String::from_utf8_lossy(&user.says(&["up"]).0.stdout).contains(HELLO));
    // Its registry has another one now.
    std::fs::remove_dir_all(user.path("packages")).unwrap();
    let second = user.push(false, TOOL);
    check(true);
    let pull = ["pull", "--lock", "worldhost.lock"];
    let said = user.says(&pull);
    said.is(0, &format!("{first}  {}\n", user.stored(&first).display()));
    said.warns(&format!(
        "has moved: it is {second} by now; --update takes that"
    ));
    assert_eq!(lock(), locked);
    // Where the first was never pulled, the second does not stand in for it.
    std::fs::remove_dir_all(user.path("cache")).unwrap();
    let gone = check(false);
    assert_eq!(gone.0.status.code(), Some(126));
    let told = String::from_utf8_lossy(&gone.0.stdout).into_owned();
    assert!(
        told.contains("a: acme:tool@1.0.0 is pinned to") && told.contains(&second),
        "{told}"
    );
    let line = format!("{second}  {}\n", user.stored(&second).display());
    user.says(&[&pull[..], &["--update"]].concat()).is(0, &line);
    assert_eq!(lock(), locked.replace(&first, &second));
    std::fs::remove_dir_all(user.path("packages")).unwrap();
    user.says(&["up", "--check", "--offline"])
        .is(0, "a: fits, to run\n");
    user.0.file("worldhost.lock", "version = 1\nsources = 1\n");
    check(false).fails(2, &["worldhost.lock: line 2: unknown field `sources`"]);
}

/// A server that answers each path as the test says, and its port.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> u16 {
    answering_heads(move |head| answer(path(head)))
}

fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

fn answering_heads(answer: impl Fn(&str) -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let _ = stream.write_all(answer(&head).as_bytes());
            // More than anybody asked for.
            if path(&head).ends_with(&"e".repeat(64)) {
                while stream.write_all(&[0; 1 << 16]).is_ok() {}
            }
        }
    });
    port
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// A manifest with one layer.
fn manifest(kind: &str, digit: &str, size: u64) -> String {
    let digest = format!("sha256:{}", digit.repeat(64));
    let layer = format!("{{\"mediaType\":\"{kind}\",\"digest\":\"{digest}\",\"size\":{size}}}");
    let manifest = format!(
        "{{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\
         \"config\":{layer},\"layers\":[{layer}]}}"
    );
    http("200 OK", &manifest)
}

#[test]
fn what_a_registry_says_is_not_trusted() {
    let port = answering(|path| {
        let wasm = "application/wasm";
        match path {
            "/v2/" => http("200 OK", "{}"),
            "/v2/image/manifests/1" => {
                manifest("application/vnd.oci.image.layer.v1.tar+gzip", "a", 5)
            }
            "/v2/large/manifests/1" => manifest(wasm, "a", 1 << 40),
            "/v2/liar/manifests/1" => manifest(wasm, "a", 5),
            "/v2/endless/manifests/1" => manifest(wasm, "e", 5),
            "/v2/escape/manifests/1" => http("500 Internal Server Error", "\x1b[2J\nerror: forged"),
            "/v2/denied/manifests/1" => http("401 Unauthorized", "{}"),
            "/v2/junk/manifests/1" => http("200 OK", "<html>"),
            _ if path.ends_with(&"e".repeat(64)) => "HTTP/1.1 200 OK\r\n\r\n".into(),
            _ if path.contains("/liar/blobs/") => http("200 OK", "\0asm!"),
            _ => http("404 Not Found", ""),
        }
    });
    let user = User::new();
    for (name, code, words) in [
        (
            "image",
            126,
            "is no component: it is application/vnd.oci.image.layer.v1.tar+gzip",
        ),
        ("large", 126, "is larger than 1048576 bytes"),
        ("endless", 126, "is larger than 1048576 bytes"),
        ("liar", 126, "sent other bytes than those of sha256:aaaa"),
        ("escape", 125, r"\u{1b}[2J"),
        ("denied", 125, "does not let this user"),
        ("junk", 125, "cannot reach the registry"),
        ("none", 127, "there is no oci://127.0.0.1"),
    ] {
        let address = format!("oci://127.0.0.1:{port}/{name}:1");
        let said = user.says(&["run", "--max-component-size", "1MiB", &address]);
        said.fails(code, &[&address, words]);
        assert!(!said.0.stderr.contains(&0x1b));
    }
    let kept = std::fs::read_dir(user.path("cache/components")).unwrap();
    assert_eq!(kept.count(), 1, "the names alone");
}

#[test]
fn a_token_in_the_environment_is_the_login() {
    let (asked, heard) = std::sync::mpsc::channel();
    let port = answering_heads(move |head| {
        asked.send(head.to_ascii_lowercase()).unwrap();
        http("401 Unauthorized", "{}")
    });
    let user = User::new();
    let mut command = user.command(&["run", &format!("oci://127.0.0.1:{port}/tool:1")]);
    command.env(
        format!("WKG_REGISTRY_127_0_0_1_{port}_AUTH_BEARER"),
        "a.token",
    );
    Said(command.output().unwrap()).fails(125, &["does not let this user"]);
    let bearer = |head: String| head.contains("authorization: bearer a.token");
    assert!(heard.try_iter().any(bearer));
}

#[test]
fn a_component_of_a_registry_serves() {
    let user = User::new();
    let web = support::guest("web");
    let address = "acme:web@1.0.0";
    let pushed = user.says(&["push", web.to_str().unwrap(), address]);
    assert_eq!(pushed.0.status.code(), Some(0));
    for registry_is_there in [true, false] {
        let server = Server::spawn(user.command(&["serve", "--addr", "127.0.0.1:0", address]));
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream
            .write_all(b"GET /hello HTTP/1.0\r\nHost: a.example\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("hello\n"), "{answer}");
        if registry_is_there {
            std::fs::remove_dir_all(user.path("packages")).unwrap();
        }
    }
}
