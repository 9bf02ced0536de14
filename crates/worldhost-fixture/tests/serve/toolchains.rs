//! Handlers as the toolchains of other languages make them: see `tests/components/toolchains.rs`.

use crate::client::{Client, Pieces, VERSIONS, request};
use crate::server::Server;
use crate::support::need::on_demand;

async fn is_served(guest: &str, options: &[&str]) {
    let server = Server::of_file(&on_demand(guest), options);
    for version in VERSIONS {
        let mut client = Client::to(server.address, version).await;
        let reply = client.get("/hello").await;
        assert_eq!((reply.text(), reply.header("x-guest")), ("hello\n", guest));
        let body = "something ".repeat(1000);
        let pieces = Pieces::of([body.clone(), body.clone()]);
        let reply = client.whole(request("POST", "/echo", pieces)).await;
        assert_eq!(reply.unwrap().text(), body.repeat(2));
        assert_eq!(client.get("/nothing").await.status, 404);
        if options.is_empty() {
            assert_eq!(client.get("/count").await.text(), "1\n");
            assert_eq!(client.get("/count").await.text(), "1\n");
        }
    }
}

mod needs_python {
    #[tokio::test]
    #[ignore = "needs web-python: run scripts/build-guests.sh python"]
    async fn python_makes_handlers() {
        super::is_served("web-python", &[]).await;
        super::is_served("web-python", &["--max-instance-reuse-count", "10"]).await;
    }
}

mod needs_javascript {
    #[tokio::test]
    #[ignore = "needs web-javascript: run scripts/build-guests.sh javascript"]
    async fn javascript_makes_handlers() {
        // An instance has one event of its kind in its life.
        super::is_served("web-javascript", &[]).await;
    }
}

mod needs_handlers {
    #[tokio::test]
    #[ignore = "needs web-go: run scripts/build-guests.sh handlers"]
    async fn go_makes_handlers() {
        super::is_served("web-go", &[]).await;
        super::is_served("web-go", &["--max-instance-reuse-count", "10"]).await;
    }

    #[tokio::test]
    #[ignore = "needs web-c: run scripts/build-guests.sh handlers"]
    async fn c_makes_handlers() {
        super::is_served("web-c", &[]).await;
        super::is_served("web-c", &["--max-instance-reuse-count", "10"]).await;
    }
}
