//! An app in a program of one's own: its data, its versions, its own interfaces.

use crate::support::guest;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use worldhost::{Config, Error, Limits, Pool, Runtime, Sandbox, Source};
use worldhost_http::{App, Handler, Settings};

/// The data of a store: the tenant that a request is of, for as long as it is there.
struct Tenant(Arc<AtomicUsize>);

impl Drop for Tenant {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn runtime<T: Send + 'static>() -> Runtime<T> {
    let mut config = Config::default();
    config.pool = Some(Pool::new(10));
    Runtime::with_config(&config, |_| Ok(())).unwrap()
}

async fn handler(name: &str, data: Arc<AtomicUsize>) -> Handler<Tenant> {
    let source = Source::open(guest(name)).unwrap();
    let component = runtime().load_fresh(&source).await.unwrap();
    let data = move |request: &http::request::Parts| {
        assert_eq!(request.headers["x-tenant"], "one");
        data.fetch_add(1, Relaxed);
        Tenant(data.clone())
    };
    Handler::new(&component, Sandbox::new(), Limits::default(), data).unwrap()
}

fn get(path: &str) -> Request<Empty<Bytes>> {
    let asked = Request::get(path)
        .header("host", "a")
        .header("x-tenant", "one");
    asked.body(Empty::new()).unwrap()
}

#[tokio::test]
async fn each_store_has_the_data_of_its_request() {
    let tenants = Arc::new(AtomicUsize::new(0));
    let app = App::new(handler("web", tenants.clone()).await, Settings::default());
    let response = app.handle(get("/drip?2,1")).await;
    assert_eq!(tenants.load(Relaxed), 1);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "0\n1\n");
    assert_eq!(tenants.load(Relaxed), 0);
    // One that is not waited for any more is gone, and so is one whose response is.
    let response = app.handle(get("/drip?1000,1000")).await;
    assert_eq!(tenants.load(Relaxed), 1);
    drop(response);
    assert_eq!(tenants.load(Relaxed), 0);
    assert_eq!(app.metrics().abandoned(), 1);

    let second = handler("web-p3", tenants.clone()).await;
    let slow = app.handle(get("/drip?2,1")).await;
    app.replace(second);
    assert_eq!(
        app.handle(get("/hello")).await.headers()["x-guest"],
        "web-p3"
    );
    assert!(slow.into_body().collect().await.is_ok());
    let without = Request::get("/hello").header("x-tenant", "one");
    let without = app.handle(without.body(Empty::new()).unwrap()).await;
    assert_eq!(without.status(), StatusCode::BAD_REQUEST);
    assert_eq!(app.metrics().in_flight(), 1);
    drop(without);
    assert_eq!(app.metrics().in_flight(), 0);
    assert_eq!(app.metrics().instances(), 4);
}

/// Tokio has a task that never waits give way by telling it that nothing is there.
#[tokio::test]
async fn a_task_that_never_waits_has_all_its_answers() {
    for name in ["web", "web-p3"] {
        let app = App::new(handler(name, Arc::default()).await, Settings::default());
        for request in 0..200 {
            let response = app.handle(get("/hello")).await;
            assert_eq!(response.status(), StatusCode::OK, "{name}: {request}");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body, "hello\n", "{name}: {request}");
        }
    }
}

#[tokio::test]
async fn a_host_that_panics_is_500_and_goes_on() {
    let source = Source::open(guest("web")).unwrap();
    let component = runtime().load_fresh(&source).await.unwrap();
    let data = |request: &http::request::Parts| {
        assert!(request.uri.path() != "/panic", "as it was to be");
    };
    let handler = Handler::new(&component, Sandbox::new(), Limits::default(), data).unwrap();
    let app = App::new(handler, Settings::default());
    let get = |path| {
        Request::get(path)
            .header("host", "a")
            .body(Empty::<Bytes>::new())
    };
    let response = app.handle(get("/panic").unwrap()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let response = app.handle(get("/hello").unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_handler_is_an_error_of_its_own() {
    let source = Source::open(guest("command")).unwrap();
    let component = runtime::<()>().load_fresh(&source).await.unwrap();
    let error = Handler::new(&component, Sandbox::new(), Limits::default(), |_| ());
    assert!(matches!(error.err(), Some(Error::NoExport { .. })));
}
