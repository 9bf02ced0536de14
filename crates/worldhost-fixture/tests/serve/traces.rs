//! Spans of requests, as a collector has them.

use crate::client::{Client, Pieces, Version, fetch, get, request};
use crate::server::{PATIENCE, Server};
use crate::support::{guest, one_line, worldhost};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A collector, and what came.
struct Collector {
    address: SocketAddr,
    came: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    async fn begin() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn at(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let came = Arc::new(Mutex::new(Vec::new()));
        let into = came.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let into = into.clone();
                let service = service_fn(move |request| take(request, into.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Collector { address, came }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans so far, and what they say of who sent them.
    fn spans(&self) -> Vec<(Vec<KeyValue>, Span)> {
        let came = self.came.lock().unwrap();
        let resources = came.iter().flat_map(|request| &request.resource_spans);
        let spans = resources.flat_map(|of| {
            let who = of.resource.clone().unwrap().attributes;
            let spans = of.scope_spans.iter().flat_map(|scope| scope.spans.clone());
            spans.map(move |span| (who.clone(), span))
        });
        spans.collect()
    }

    /// The span of a request for this path, once it has come.
    async fn of(&self, path: &str) -> Span {
        let start = std::time::Instant::now();
        loop {
            let found = self.spans().into_iter().find(|(_, span)| {
                attribute(&span.attributes, "url.path") == Some(Value::StringValue(path.into()))
            });
            if let Some((_, span)) = found {
                return span;
            }
            assert!(start.elapsed() < PATIENCE, "no span of {path}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

async fn take(
    request: Request<Incoming>,
    into: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    assert_eq!(request.uri().path(), "/v1/traces");
    assert_eq!(request.headers()["content-type"], "application/x-protobuf");
    let body = request.into_body().collect().await?.to_bytes();
    into.lock()
        .unwrap()
        .push(ExportTraceServiceRequest::decode(body).unwrap());
    Ok(Response::new(Full::default()))
}

fn attribute(attributes: &[KeyValue], name: &str) -> Option<Value> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    found.value.clone().and_then(|AnyValue { value, .. }| value)
}

#[track_caller]
fn has(span: &Span, name: &str, value: impl Into<AnyValue>) {
    let found = attribute(&span.attributes, name);
    assert_eq!(found, value.into().value, "{name} of {span:?}");
}

fn text(text: &str) -> AnyValue {
    Value::StringValue(text.into()).into_any()
}

fn number(number: i64) -> AnyValue {
    Value::IntValue(number).into_any()
}

trait IntoAny {
    fn into_any(self) -> AnyValue;
}

impl IntoAny for Value {
    fn into_any(self) -> AnyValue {
        AnyValue { value: Some(self) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// It is of the kind of which SpanKind has it.
const SERVER: i32 = 2;
const ERROR: i32 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_of_the_client_s_trace() {
    for name in ["web", "web-p3"] {
        let collector = Collector::begin().await;
        let mut server = Server::of(name, &["--otlp", &collector.url()]);
        let mut client = Client::to(server.address, Version::Http1).await;
        let mut asked = get("/headers?secret=1");
        let headers = asked.headers_mut();
        headers.insert("traceparent", PARENT.parse().unwrap());
        let reply = client.whole(asked).await.unwrap();
        let told = reply.text().lines();
        let told = told.filter_map(|line| line.strip_prefix("traceparent: "));
        let told: Vec<String> = told.map(String::from).collect();
        // What is left is sent at the end, and by then everything is.
        server.signal("TERM");
        assert!(server.ended().success());
        let span = collector.of("/headers").await;
        assert_eq!(hex(&span.trace_id), TRACE);
        assert_eq!(hex(&span.parent_span_id), "b7ad6b7169203331");
        // The guest was told of this one.
        assert_eq!(told, [format!("00-{TRACE}-{}-01", hex(&span.span_id))]);
        assert_eq!((&span.name[..], span.kind), ("GET", SERVER));
        has(&span, "http.request.method", text("GET"));
        has(&span, "http.response.status_code", number(200));
        has(&span, "network.protocol.version", text("1.1"));
        has(&span, "worldhost.instance", text("made"));
        assert!(span.end_time_unix_nano > span.start_time_unix_nano);
        assert!(!format!("{span:?}").contains("secret"), "{span:?}");
        // The call of the guest is in it.
        let spans = collector.spans();
        let call = spans.iter().find(|(_, span)| span.name == "call");
        assert_eq!(call.unwrap().1.parent_span_id, span.span_id);
        let service = attribute(&spans[0].0, "service.name");
        assert_eq!(service, Some(Value::StringValue(name.into())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_tells_what_went_wrong_and_whose_instance_it_was() {
    for name in ["web", "web-p3"] {
        let collector = Collector::begin().await;
        let url = collector.url();
        let at_a_time = "--max-instance-concurrent-reuse-count";
        let mut options = vec!["--otlp", &url, "--max-instance-reuse-count", "9"];
        options.extend(["--idle-instance-timeout", "60s"]);
        options.extend(
            (name == "web-p3")
                .then_some([at_a_time, "4"])
                .iter()
                .flatten(),
        );
        let mut server = Server::of(name, &options);
        fetch(server.address, "/hello").await;
        let mut client = Client::to(server.address, Version::Http2).await;
        client.get("/teapot").await;
        let odd = request("BREW", "/trap", Pieces::none());
        let reply = client.whole(odd).await.unwrap();
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        server.signal("TERM");
        assert!(server.ended().success());
        let first = collector.of("/hello").await;
        has(&first, "worldhost.instance", text("made"));
        // None began it, so this is its first.
        assert!(first.parent_span_id.is_empty(), "{first:?}");
        let second = collector.of("/teapot").await;
        if cores() == 1 || name == "web" {
            has(&second, "worldhost.instance", text("reused"));
        }
        has(&second, "http.response.status_code", number(418));
        has(&second, "network.protocol.version", text("2"));
        assert_ne!(second.trace_id, first.trace_id);
        let third = collector.of("/trap").await;
        has(&third, "http.request.method", text("_OTHER"));
        assert_eq!(third.name, "HTTP");
        assert_eq!(third.status.clone().unwrap().code, ERROR);
        let said = format!("{:?}", third.events);
        assert!(said.contains("trapped: wasm `unreachable`"), "{said}");
    }
}

/// There is an instance for each, before one has two requests.
fn cores() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_wants_no_span_has_none() {
    let collector = Collector::begin().await;
    let mut server = Server::of("web", &["--otlp", &collector.url()]);
    let mut client = Client::to(server.address, Version::Http1).await;
    let mut asked = get("/headers");
    let unsampled = PARENT.replace("-01", "-00");
    asked
        .headers_mut()
        .insert("traceparent", unsampled.parse().unwrap());
    let reply = client.whole(asked).await.unwrap();
    assert!(reply.text().contains(TRACE), "{reply:?}");
    client.get("/hello").await;
    server.signal("TERM");
    assert!(server.ended().success());
    collector.of("/hello").await;
    let spans = collector.spans();
    let unwanted = |(_, span): &(_, Span)| hex(&span.trace_id) == TRACE;
    assert!(!spans.iter().any(unwanted), "{spans:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_says_where_to_and_by_which_name() {
    let collector = Collector::begin().await;
    let mut command = crate::support::command();
    command.args(["serve", "--addr", "127.0.0.1:0"]);
    command.arg(guest("web"));
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
    command.env("OTEL_SERVICE_NAME", "shop");
    let mut server = Server::spawn(command);
    fetch(server.address, "/hello").await;
    server.signal("TERM");
    assert!(server.ended().success());
    collector.of("/hello").await;
    let service = attribute(&collector.spans()[0].0, "service.name");
    assert_eq!(service, Some(Value::StringValue("shop".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_is_told_once_and_holds_up_nothing() {
    // A port that nobody has as long as this is there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let mut server = Server::of("web", &["--otlp", &url]);
    for _ in 0..3 {
        assert_eq!(fetch(server.address, "/hello").await.text(), "hello\n");
    }
    server.signal("TERM");
    assert!(server.ended().success());
    let line = server.logged("spans cannot be sent to");
    assert!(line.contains(&url), "{line}");
    let lines = server.log();
    let lines = lines.lines().filter(|line| line.contains("spans cannot"));
    assert_eq!(lines.count(), 1, "{}", server.log());
}

#[test]
fn an_address_of_no_collector_is_told_in_one_line() {
    for url in ["https://collector:4318", "127.0.0.1:4318", "http://"] {
        let mut serve = worldhost();
        serve.args(["serve", "--addr", "127.0.0.1:0", "--otlp", url]);
        let refused = serve.arg(guest("web")).assert().failure().code(125);
        let line = one_line(&refused.get_output().stderr);
        assert!(line.contains("--otlp") && line.contains(url), "{line}");
    }
}

/// What has an end tells of it too: what was loaded, by its digest, and what was called.
#[tokio::test(flavor = "multi_thread")]
async fn spans_of_commands_are_of_what_they_loaded_and_called() {
    let collector = Collector::begin().await;
    let runs: [(&[&str], &str, &[&str]); 3] = [
        (&["run"], "command", &[]),
        (&["call"], "plugin-rust", &["process(\"21\")"]),
        (&["process", "--fresh"], "plugin-rust", &["21", "hello"]),
    ];
    for (command, name, words) in runs {
        collector.came.lock().unwrap().clear();
        let mut worldhost = worldhost();
        worldhost.args(command).args(["--otlp", &collector.url()]);
        worldhost.arg(guest(name)).args(words);
        let run = tokio::task::spawn_blocking(move || worldhost.output().unwrap());
        let output = run.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let spans = collector.spans();
        let named = |wanted: &str| -> Vec<&Span> {
            let spans = spans.iter().map(|(_, span)| span);
            spans.filter(|span| span.name == wanted).collect()
        };
        let [load] = named("load")[..] else {
            panic!("{command:?}: {spans:?}");
        };
        let Some(Value::StringValue(digest)) = attribute(&load.attributes, "digest") else {
            panic!("{load:?}");
        };
        use sha2::{Digest, Sha256};
        let bytes = std::fs::read(guest(name)).unwrap();
        let expected: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(digest, expected);
        let calls: Vec<_> = named("call")
            .iter()
            .map(|span| attribute(&span.attributes, "export").unwrap())
            .collect();
        let export = |name: &str| Value::StringValue(name.into());
        match command {
            ["run"] => assert!(
                matches!(&calls[..], [Value::StringValue(name)] if name.starts_with("wasi:cli/run@"))
            ),
            ["call"] => assert!(calls.contains(&export("process")), "{calls:?}"),
            _ => {
                assert_eq!(calls, [export("process"), export("process")]);
                assert_eq!(named("instantiate").len(), 2);
            }
        }
        for span in named("call").iter().chain(&named("instantiate")) {
            has(span, "digest", text(&expected));
            has(span, "outcome", text("ok"));
        }
        // What is one thing is one trace; inputs have nothing to do with each other.
        let whole = named(&format!("worldhost {}", command[0]));
        match whole[..] {
            [whole] => assert!(
                spans
                    .iter()
                    .all(|(_, span)| span.trace_id == whole.trace_id)
            ),
            _ => assert_eq!(command[0], "process"),
        }
        assert!(
            !spans.iter().any(|(_, span)| span.name.contains('#')),
            "{spans:?}"
        );
        let (who, _) = &spans[0];
        assert_eq!(
            attribute(who, "service.name"),
            Some(Value::StringValue(name.into()))
        );
    }
    // Nobody is there: it is told, and changes nothing.
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let mut worldhost = worldhost();
    worldhost
        .args(["run", "--otlp", &format!("http://{nobody}")])
        .arg(guest("command"));
    let output = tokio::task::spawn_blocking(move || worldhost.output().unwrap())
        .await
        .unwrap();
    assert_eq!(
        (output.status.code(), &*output.stdout),
        (Some(0), &b"hello from a command\n"[..])
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("warning: spans cannot be sent to "),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// Of WASI here, and of the world's own interfaces where their bindings are `tracing`; what they were given is nobody's
/// business.
#[tokio::test(flavor = "multi_thread")]
async fn host_calls_are_spans_where_they_are_asked_for() {
    const SECRET: &str = "what-nobody-is-to-know";
    let env = format!("SECRET={SECRET}");
    let runs: [(&[&str], &str, &[&str], &str); 2] = [
        (&["run", "--env", &env], "command", &[], "stdout#get-stdout"),
        (&["process"], "plugin-rust", &[SECRET], "stdin#get-stdin"),
    ];
    for (command, name, words, wanted) in runs {
        let collector = Collector::begin().await;
        let mut worldhost = worldhost();
        let url = collector.url();
        worldhost.args(command);
        worldhost.args(["--otlp", &url, "--otlp-host-calls"]);
        worldhost.arg(guest(name)).args(words);
        let run = tokio::task::spawn_blocking(move || worldhost.output().unwrap());
        let output = run.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let spans = collector.spans();
        let named = |wanted: &str| spans.iter().find(|(_, span)| span.name == wanted);
        let Some((_, host)) = named(wanted) else {
            let names: Vec<_> = spans.iter().map(|(_, span)| &span.name).collect();
            panic!("{wanted} is not in {names:?}");
        };
        let around = ["call", "instantiate"].into_iter().filter_map(named);
        let mut traces = around.map(|(_, span)| &span.trace_id);
        assert!(traces.any(|trace| *trace == host.trace_id), "{spans:?}");
        let all = format!("{spans:?}");
        assert!(
            !all.contains(SECRET) && !all.contains("wit-bindgen"),
            "{all}"
        );
    }
    let mut nowhere = worldhost();
    nowhere
        .args(["run", "--otlp-host-calls"])
        .arg(guest("command"));
    let output = nowhere.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("name a collector with --otlp URL"), "{said}");
}
