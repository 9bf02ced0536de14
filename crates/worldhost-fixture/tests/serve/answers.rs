//! What a client is answered, of a guest of each WASI and by each version of HTTP.

use crate::client::{Client, Pieces, VERSIONS, Version, fetch, get, request};
use crate::server::{PATIENCE, Server};
use bytes::Bytes;
use http::StatusCode;

const GUESTS: [&str; 2] = ["web", "web-p3"];

/// A connection of each version to a server of each guest.
async fn each(options: &[&str], mut test: impl AsyncFnMut(&'static str, Version, Client)) {
    for guest in GUESTS {
        let server = Server::of(guest, options);
        for version in VERSIONS {
            test(guest, version, Client::to(server.address, version).await).await;
        }
    }
}

#[tokio::test]
async fn a_response_is_the_guest_s() {
    each(&[], async |guest, _, mut client| {
        let reply = client.get("/hello").await;
        assert_eq!((reply.status, reply.text()), (StatusCode::OK, "hello\n"));
        assert_eq!(reply.header("x-guest"), guest);
        // By the same connection.
        let reply = client.get("/teapot").await;
        assert_eq!(reply.status, StatusCode::IM_A_TEAPOT);
        assert_eq!(client.get("/nothing").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_request_is_the_client_s() {
    each(&[], async |_, version, mut client| {
        let mut put = request("PUT", "/uri?a=b%20c", Pieces::none());
        if version == Version::Http1 {
            *put.uri_mut() = "/uri?a=b%20c".parse().unwrap();
        }
        let reply = client.whole(put).await.unwrap();
        assert_eq!(reply.text(), "PUT http test.example /uri?a=b%20c\n");
        let mut asked = get("/headers");
        let headers = asked.headers_mut();
        headers.insert("x-one", "1".parse().unwrap());
        headers.append("x-two", "a".parse().unwrap());
        headers.append("x-two", "b".parse().unwrap());
        let reply = client.whole(asked).await.unwrap();
        for line in ["x-one: 1\n", "x-two: a\n", "x-two: b\n"] {
            assert!(reply.text().contains(line), "{}", reply.text());
        }
        // What is between two machines is not the guest's.
        assert!(!reply.text().contains("host: "), "{}", reply.text());
    })
    .await;
}

#[tokio::test]
async fn bodies_go_through_in_both_directions() {
    each(&[], async |guest, _, mut client| {
        let paths: &[&str] = match guest {
            "web" => &["/echo"],
            _ => &["/echo", "/pass"],
        };
        for path in paths {
            let piece: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
            let pieces = (0..30).map(|_| piece.clone());
            let mut post = request("POST", path, Pieces::of(pieces));
            let headers = post.headers_mut();
            headers.insert("content-type", "text/x-test".parse().unwrap());
            let reply = client.whole(post).await.unwrap();
            assert_eq!(reply.body.len(), 3_000_000, "{guest} {path}");
            let same = reply.body.chunks(piece.len()).all(|chunk| chunk == piece);
            assert!(same, "{guest} {path}");
            if *path == "/echo" {
                assert_eq!(reply.header("content-type"), "text/x-test");
            }
        }
        let post = request("POST", "/echo", Pieces::none());
        assert_eq!(client.whole(post).await.unwrap().body, Bytes::new());
        assert_eq!(client.get("/big?5000000").await.body.len(), 5_000_000);
    })
    .await;
}

#[tokio::test]
async fn trailers_go_through_in_both_directions() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        let mut client = Client::to(server.address, Version::Http2).await;
        let reply = client.get("/trailers").await;
        assert_eq!(reply.text(), "with trailers\n");
        assert_eq!(reply.trailers.unwrap()["x-sum"], "42", "{guest}");
        let pieces = Pieces::of(["some", "thing"]).with_trailer("x-end", "true");
        let reply = client
            .whole(request("POST", "/echo", pieces))
            .await
            .unwrap();
        assert_eq!(reply.text(), "something");
        assert_eq!(reply.trailers.unwrap()["x-end"], "true", "{guest}");
    }
}

#[tokio::test]
async fn a_body_comes_as_it_is_made() {
    use http_body_util::BodyExt;
    each(&[], async |guest, version, mut client| {
        let reply = client.get("/drip?3,30").await;
        assert_eq!(reply.text(), "0\n1\n2\n", "{guest} {version:?}");
        // Not with the last one, for there is none in this test's time.
        let response = client.send(get("/drip?100000,100")).await.unwrap();
        let mut body = response.into_body();
        for line in ["0\n", "1\n"] {
            let piece = tokio::time::timeout(PATIENCE, body.frame()).await.unwrap();
            assert_eq!(piece.unwrap().unwrap().into_data().unwrap(), line);
        }
    })
    .await;
}

#[tokio::test]
async fn small_responses_have_a_length_and_head_has_no_body() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        let mut reply = fetch(server.address, "/hello").await;
        // What a guest of 0.3 has still to do comes after its answer; and on a busy machine,
        // what one of 0.2 has that had to give way after its head.
        for _ in 0..20 {
            if reply.headers.contains_key("content-length") {
                break;
            }
            reply = fetch(server.address, "/hello").await;
        }
        if guest == "web" {
            assert_eq!(reply.header("content-length"), "6");
        }
        let mut client = Client::to(server.address, Version::Http1).await;
        let head = request("HEAD", "/hello", Pieces::none());
        let reply = client.whole(head).await.unwrap();
        assert_eq!((reply.status, reply.text()), (StatusCode::OK, ""));
        // The connection is as good as before.
        assert_eq!(client.get("/hello").await.text(), "hello\n", "{guest}");
    }
}

#[tokio::test]
async fn what_a_guest_does_after_its_answer_is_done() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        for path in ["/after?50", "/after?0"] {
            assert_eq!(fetch(server.address, path).await.text(), "answered\n");
        }
        server.said("after the answer");
    }
    let server = Server::of("web-p3", &[]);
    assert_eq!(fetch(server.address, "/sent").await.text(), "something\n");
    server.said("sent: true");
}

#[tokio::test]
async fn what_a_guest_prints_is_on_stderr() {
    for guest in GUESTS {
        let server = Server::of(guest, &[]);
        fetch(server.address, "/print").await;
        server.said("to stderr");
        if guest == "web" {
            server.said("to stdout");
        }
        assert!(!server.log().contains("to std"), "{}", server.log());
    }
}
