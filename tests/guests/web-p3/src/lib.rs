//! A handler of HTTP requests of WASI 0.3. The path says what it does; `web` has the same
//! paths.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use wasip3::clocks::monotonic_clock;
use wasip3::exports::http::handler::Guest;
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Method, Request, Response, Scheme, Trailers};
use wasip3::wit_bindgen::rt::async_support::{
    FutureReader, StreamReader, StreamResult, StreamWriter,
};
use wasip3::wit_bindgen::spawn_local;
use wasip3::{wit_future, wit_stream};

wasip3::http::service::export!(Web);

struct Web;

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Guest for Web {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let number = |at: usize| -> u64 {
            let number = query.split(',').nth(at).and_then(|text| text.parse().ok());
            number.unwrap_or_default()
        };
        Ok(match path {
            "/hello" => text(200, "hello\n"),
            "/teapot" => text(418, "short and stout\n"),
            "/uri" => text(200, &uri(&request)),
            "/headers" => text(200, &headers(&request)),
            "/count" => text(200, &format!("{}\n", COUNT.fetch_add(1, Relaxed) + 1)),
            "/echo" => echo(request),
            "/pass" => pass(request),
            "/sum" => sum(request).await,
            "/big" => big(number(0)),
            "/drip" => drip(number(0), number(1)),
            "/sleep" => {
                sleep(number(0)).await;
                text(200, "slept\n")
            }
            "/after" => {
                let milliseconds = number(0);
                spawn_local(async move {
                    sleep(milliseconds).await;
                    print("after the answer\n").await;
                });
                text(200, "answered\n")
            }
            "/sent" => sent(),
            "/trailers" => trailers(),
            "/print" => {
                print("to stderr\n").await;
                text(200, "printed\n")
            }
            "/fetch" => fetch(query).await,
            "/trap" => panic!("asked to panic"),
            "/print-trap" => {
                print("before the trap\n").await;
                panic!("asked to panic")
            }
            "/trap-late" => trap_late(),
            "/exit" => {
                wasip3::cli::exit::exit(Err(()));
                unreachable!()
            }
            "/error" => return Err(ErrorCode::ConfigurationError),
            "/spin" => loop {
                std::hint::spin_loop();
            },
            "/hoard" => {
                let hoard = std::hint::black_box(vec![1u8; 1 << 30]);
                text(200, &format!("{}\n", hoard.len()))
            }
            _ => text(404, "no such path\n"),
        })
    }
}

async fn sleep(milliseconds: u64) {
    monotonic_clock::wait_for(milliseconds * 1_000_000).await;
}

async fn print(text: &str) {
    let (mut out, read_end) = wit_stream::new();
    let written = wasip3::cli::stderr::write_via_stream(read_end);
    out.write_all(text.into()).await;
    drop(out);
    let _ = written.await;
}

type Told = FutureReader<Result<Option<Trailers>, ErrorCode>>;

/// A future that is there when it is asked for.
fn told(trailers: Option<Trailers>) -> Told {
    let (writer, reader) = wit_future::new(|| Ok(None));
    spawn_local(async move {
        let _ = writer.write(Ok(trailers)).await;
    });
    reader
}

fn response(status: u16, headers: Fields, body: StreamReader<u8>, told: Told) -> Response {
    let (response, _) = Response::new(headers, Some(body), told);
    response.set_status_code(status).unwrap();
    response
}

/// A response of what a task writes.
fn streamed<F: Future<Output = ()> + 'static>(
    status: u16,
    headers: Fields,
    write: impl FnOnce(StreamWriter<u8>) -> F,
) -> Response {
    let (writer, reader) = wit_stream::new();
    spawn_local(write(writer));
    response(status, headers, reader, told(None))
}

fn text(status: u16, text: &str) -> Response {
    let headers = Fields::new();
    headers.append("x-guest", b"web-p3").unwrap();
    let text = text.as_bytes().to_vec();
    streamed(status, headers, async move |mut writer| {
        writer.write_all(text).await;
    })
}

fn uri(request: &Request) -> String {
    let method = match request.get_method() {
        Method::Get => "GET".to_string(),
        Method::Post => "POST".to_string(),
        Method::Put => "PUT".to_string(),
        Method::Other(name) => name,
        _ => "?".to_string(),
    };
    let scheme = match request.get_scheme() {
        Some(Scheme::Http) => "http".to_string(),
        Some(Scheme::Https) => "https".to_string(),
        Some(Scheme::Other(name)) => name,
        None => "-".to_string(),
    };
    let authority = request.get_authority().unwrap_or_default();
    let target = request.get_path_with_query().unwrap_or_default();
    format!("{method} {scheme} {authority} {target}\n")
}

fn headers(request: &Request) -> String {
    let mut lines: Vec<String> = request
        .get_headers()
        .copy_all()
        .into_iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(&value)))
        .collect();
    lines.sort();
    lines.concat()
}

/// The body of a request, and what comes after it.
fn body(request: Request) -> (StreamReader<u8>, Told) {
    let (writer, reader) = wit_future::new(|| Ok(()));
    drop(writer);
    Request::consume_body(request, reader)
}

/// Reads and writes each piece.
fn echo(request: Request) -> Response {
    let headers = Fields::new();
    if let Some(kind) = request.get_headers().get("content-type").first() {
        headers.append("content-type", kind).unwrap();
    }
    let (mut from, after) = body(request);
    let (mut to, reader) = wit_stream::new();
    let (writer, told) = wit_future::new(|| Ok(None));
    spawn_local(async move {
        loop {
            let (status, piece) = from.read(Vec::with_capacity(16 << 10)).await;
            if !to.write_all(piece).await.is_empty() || status == StreamResult::Dropped {
                break;
            }
        }
        drop(to);
        let trailers = after.await;
        let _ = writer.write(trailers).await;
    });
    response(200, headers, reader, told)
}

/// Hands the body on as it is.
fn pass(request: Request) -> Response {
    let (from, after) = body(request);
    response(200, Fields::new(), from, after)
}

async fn sum(request: Request) -> Response {
    let (mut from, after) = body(request);
    let mut bytes = 0;
    loop {
        let (status, piece) = from.read(Vec::with_capacity(64 << 10)).await;
        bytes += piece.len();
        if status == StreamResult::Dropped {
            break;
        }
    }
    if let Err(code) = after.await {
        panic!("the body ended in {code:?}");
    }
    text(200, &format!("{bytes}\n"))
}

fn big(bytes: u64) -> Response {
    streamed(200, Fields::new(), async move |mut writer| {
        let mut left = bytes as usize;
        while left > 0 {
            let piece = vec![b'x'; left.min(64 << 10)];
            left -= piece.len();
            if !writer.write_all(piece).await.is_empty() {
                return;
            }
        }
    })
}

fn drip(pieces: u64, milliseconds: u64) -> Response {
    streamed(200, Fields::new(), async move |mut writer| {
        for number in 0..pieces {
            if !writer
                .write_all(format!("{number}\n").into())
                .await
                .is_empty()
            {
                print("nobody listens\n").await;
                return;
            }
            sleep(milliseconds).await;
        }
    })
}

/// Says when the response was sent.
fn sent() -> Response {
    let (mut writer, reader) = wit_stream::new();
    let (response, sent) = Response::new(Fields::new(), Some(reader), told(None));
    spawn_local(async move {
        writer.write_all(b"something\n".to_vec()).await;
        drop(writer);
        let sent = sent.await;
        print(&format!("sent: {}\n", sent.is_ok())).await;
    });
    response
}

fn trailers() -> Response {
    let trailers = Fields::new();
    trailers.append("x-sum", b"42").unwrap();
    let (mut writer, reader) = wit_stream::new();
    spawn_local(async move {
        writer.write_all(b"with trailers\n".to_vec()).await;
    });
    response(200, Fields::new(), reader, told(Some(trailers)))
}

fn trap_late() -> Response {
    streamed(200, Fields::new(), async move |mut writer| {
        writer.write_all(b"some of it".to_vec()).await;
        sleep(20).await;
        panic!("asked to panic late");
    })
}

/// What another server answers to `GET /headers`.
async fn fetch(authority: &str) -> Response {
    let (request, _) = Request::new(Fields::new(), None, told(None), None);
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some("/headers")).unwrap();
    let response = match client::send(request).await {
        Ok(response) => response,
        Err(code) => return text(502, &format!("{code:?}\n")),
    };
    let status = response.get_status_code();
    let (writer, reader) = wit_future::new(|| Ok(()));
    drop(writer);
    let (mut from, _) = Response::consume_body(response, reader);
    let mut all = Vec::new();
    loop {
        let (read, piece) = from.read(Vec::with_capacity(64 << 10)).await;
        all.extend(piece);
        if read == StreamResult::Dropped {
            break;
        }
    }
    text(status, &String::from_utf8_lossy(&all))
}
