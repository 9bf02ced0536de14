//! Of a real registry.

use crate::TOOL;
use crate::oci;
use crate::support::{Scratch, one_line};
use crate::user::{HELLO, User};
use std::process::Command;

/// A user whose namespace `acme` is in this registry.
fn user_of(server: &oci::Server) -> User {
    let user = User::new();
    let config = format!(
        "[namespace_registries]\nacme = {{ registry = \"acme.test\", metadata = {{ oci = {{ \
         registry = \"127.0.0.1:{}\", namespacePrefix = \"all/\" }} }} }}\n",
        server.port
    );
    user.0.file("wkg.toml", config);
    user
}

#[test]
#[ignore = "needs docker-registry: apt-get install docker-registry"]
fn tags_digests_and_versions_are_pushed_and_run() {
    let kept = Scratch::new();
    let server = oci::Server::start(kept.path(), "");
    let user = user_of(&server);
    let tag = format!("oci://127.0.0.1:{}/team/tool:dev", server.port);
    user.says(&["run", &tag])
        .fails(127, &["there is no oci://127.0.0.1"]);
    let first = user.push(true, &tag);
    user.says(&["run", &tag]).is(0, HELLO);
    let head = server.ask("HEAD", "/v2/team/tool/manifests/dev").unwrap();
    let head = head.to_ascii_lowercase();
    let manifest = head
        .split("docker-content-digest: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let by_digest = tag.replace(":dev", &format!("@{manifest}"));
    user.says(&["run", &by_digest]).is(0, HELLO);
    // The tag moves: what was pulled is run, and told of, until it is taken.
    let second = user.push(false, &tag);
    user.says(&["run", &tag]).is(0, HELLO);
    let said = user.says(&["pull", &tag]);
    said.is(0, &format!("{first}  {}\n", user.stored(&first).display()));
    said.warns(&second);
    // Another user gets the first one by its digest, as the registry has it still.
    let other = user_of(&server);
    other.says(&["run", "--digest", &first, &tag]).is(0, HELLO);
    let nowhere = format!("sha256:{}", "0".repeat(64));
    other
        .says(&["run", "--digest", &nowhere, &tag])
        .fails(126, &["pinned to", &second]);
    let said = user.says(&["pull", "--update", &tag]);
    said.is(
        0,
        &format!("{second}  {}\n", user.stored(&second).display()),
    );
    user.says(&["run", &tag]).is(0, "");
    user.says(&["run", &by_digest]).is(0, HELLO);
    // A package, where wkg's configuration says that it is.
    let digest = user.push(true, TOOL);
    user.says(&["push", user.component(false).0.to_str().unwrap(), TOOL])
        .fails(125, &[&digest]);
    other.says(&["run", TOOL]).is(0, HELLO);
    let tags = server.ask("GET", "/v2/all/acme/tool/tags/list").unwrap();
    assert!(tags.contains("1.0.0"), "{tags}");
    drop(server);
    user.says(&["run", "--offline", &tag]).is(0, "");
    other.says(&["pull", &tag]).fails(125, &["cannot reach"]);
}

#[test]
#[ignore = "needs docker-registry: apt-get install docker-registry"]
fn who_has_to_log_in_is_known_by_dockers_login() {
    let kept = Scratch::new();
    // user:secret
    let hash = "user:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";
    let file = kept.file("htpasswd", hash);
    let auth = format!(
        "auth:\n  htpasswd:\n    realm: test\n    path: {}\n",
        file.display()
    );
    let server = oci::Server::start(kept.path(), &auth);
    let user = user_of(&server);
    let tag = format!("oci://127.0.0.1:{}/tool:1", server.port);
    let (file, _) = user.component(true);
    let push = ["push", file.to_str().unwrap(), &tag];
    user.says(&push)
        .fails(125, &["does not let this user", "docker login"]);
    user.says(&["run", &tag])
        .fails(125, &["does not let this user"]);
    let config = |auth: &str| {
        std::fs::create_dir_all(user.path("docker")).unwrap();
        let host = format!("127.0.0.1:{}", server.port);
        let text = format!("{{\"auths\":{{\"{host}\":{{\"auth\":\"{auth}\"}}}}}}");
        user.0.file("docker/config.json", text);
    };
    // user:wrong, user:secret
    config("dXNlcjp3cm9uZw==");
    user.says(&push).fails(125, &["does not let this user"]);
    config("dXNlcjpzZWNyZXQ=");
    user.push(true, &tag);
    user.push(true, TOOL);
    user.says(&["run", &tag]).is(0, HELLO);
}

#[test]
#[ignore = "needs docker-registry and openssl: apt-get install docker-registry openssl"]
fn a_registry_is_known_by_its_certificate() {
    let kept = Scratch::new();
    let (key, cert) = (kept.path().join("key.pem"), kept.path().join("cert.pem"));
    let mut made = Command::new("openssl");
    made.args([
        "req",
        "-x509",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=registry",
    ]);
    made.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    made.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
    made.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    made.arg("-keyout").arg(&key).arg("-out").arg(&cert);
    assert!(made.output().unwrap().status.success());
    let (key, pem) = (key.display(), cert.display());
    let tls = format!("  tls:\n    certificate: {pem}\n    key: {key}\n");
    let server = oci::Server::start(kept.path(), &tls);
    let user = user_of(&server);
    let config = std::fs::read_to_string(user.path("wkg.toml")).unwrap();
    let https = "[registry.\"acme.test\".oci]\nprotocol = \"https\"\n";
    user.0.file("wkg.toml", config + https);
    let (file, _) = user.component(true);
    for words in [&["push", file.to_str().unwrap(), TOOL][..], &["run", TOOL]] {
        user.says(words)
            .fails(125, &["cannot reach the registry", "certificate"]);
        let mut command = user.command(words);
        let output = command.env("SSL_CERT_FILE", &cert).output().unwrap();
        assert!(output.status.success(), "{}", one_line(&output.stderr));
    }
    // Or as wkg's configuration has it.
    let config = std::fs::read_to_string(user.path("wkg.toml")).unwrap();
    let root = std::fs::read_to_string(&cert).unwrap();
    let known = format!(
        "extra_root_certificates = [{{ encoding = \"pem\", data = \"\"\"\n{root}\"\"\" }}]\n"
    );
    for more in [known.as_str(), "accept_invalid_certificates = true\n"] {
        let other = user_of(&server);
        other.0.file("wkg.toml", format!("{config}{more}"));
        other.says(&["run", TOOL]).is(0, HELLO);
    }
    let no_root = "extra_root_certificates = [{ encoding = \"pem\", data = \"none\" }]\n";
    user.0.file("wkg.toml", config + no_root);
    user.says(&["pull", TOOL])
        .fails(125, &["cannot reach the registry"]);
}
