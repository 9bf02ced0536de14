//! A handler of HTTP requests of WASI 0.2. The path says what it does; `web-p3` has the same
//! paths.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use wasip2::clocks::monotonic_clock;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingRequest,
    OutgoingResponse, ResponseOutparam, Scheme,
};
use wasip2::io::streams::{OutputStream, StreamError};

wasip2::http::proxy::export!(Web);

struct Web;

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Guest for Web {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let number = |at: usize| -> u64 {
            let number = query.split(',').nth(at).and_then(|text| text.parse().ok());
            number.unwrap_or_default()
        };
        match path {
            "/hello" => text(out, 200, "hello\n"),
            "/teapot" => text(out, 418, "short and stout\n"),
            "/uri" => text(out, 200, &uri(&request)),
            "/headers" => text(out, 200, &headers(&request)),
            "/count" => text(out, 200, &format!("{}\n", COUNT.fetch_add(1, Relaxed) + 1)),
            "/echo" => echo(request, out),
            "/sum" => sum(request, out),
            "/big" => big(out, number(0)),
            "/drip" => drip(out, number(0), number(1)),
            "/sleep" => {
                sleep(number(0));
                text(out, 200, "slept\n");
            }
            "/after" => {
                text(out, 200, "answered\n");
                sleep(number(0));
                eprintln!("after the answer");
            }
            "/trailers" => trailers(out),
            "/print" => {
                println!("to stdout");
                eprintln!("to stderr");
                text(out, 200, "printed\n");
            }
            "/fetch" => fetch(out, query),
            "/trap" => panic!("asked to panic"),
            "/print-trap" => {
                eprintln!("before the trap");
                panic!("asked to panic")
            }
            "/trap-late" => {
                let (body, stream) = begin(out, 200, Fields::new());
                stream.blocking_write_and_flush(b"some of it").unwrap();
                sleep(20);
                panic!("asked to panic late, with {body:?}");
            }
            "/exit" => wasip2::cli::exit::exit(Err(())),
            "/silent" => {}
            "/error" => ResponseOutparam::set(out, Err(ErrorCode::ConfigurationError)),
            "/spin" => loop {
                std::hint::spin_loop();
            },
            "/hoard" => {
                eprintln!("a lot of memory");
                let hoard = std::hint::black_box(vec![1u8; 1 << 30]);
                text(out, 200, &format!("{}\n", hoard.len()));
            }
            _ => text(out, 404, "no such path\n"),
        }
    }
}

fn sleep(milliseconds: u64) {
    monotonic_clock::subscribe_duration(milliseconds * 1_000_000).block();
}

fn begin(out: ResponseOutparam, status: u16, headers: Fields) -> (OutgoingBody, OutputStream) {
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).unwrap();
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().unwrap();
    (body, stream)
}

/// A small body at once.
fn text(out: ResponseOutparam, status: u16, text: &str) {
    let headers = Fields::new();
    headers.append("x-guest", b"web").unwrap();
    let (body, stream) = begin(out, status, headers);
    write(&stream, text.as_bytes());
    drop(stream);
    OutgoingBody::finish(body, None).unwrap();
}

/// In pieces that may be written; false when nobody takes them any more.
fn write(stream: &OutputStream, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(bytes.len().min(4096));
        match stream.blocking_write_and_flush(piece) {
            Ok(()) => bytes = rest,
            Err(_) => return false,
        }
    }
    true
}

fn uri(request: &IncomingRequest) -> String {
    let method = match request.method() {
        Method::Get => "GET".to_string(),
        Method::Post => "POST".to_string(),
        Method::Put => "PUT".to_string(),
        Method::Other(name) => name,
        _ => "?".to_string(),
    };
    let scheme = match request.scheme() {
        Some(Scheme::Http) => "http".to_string(),
        Some(Scheme::Https) => "https".to_string(),
        Some(Scheme::Other(name)) => name,
        None => "-".to_string(),
    };
    let authority = request.authority().unwrap_or_default();
    let target = request.path_with_query().unwrap_or_default();
    format!("{method} {scheme} {authority} {target}\n")
}

fn headers(request: &IncomingRequest) -> String {
    let mut lines: Vec<String> = request
        .headers()
        .entries()
        .into_iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(&value)))
        .collect();
    lines.sort();
    lines.concat()
}

/// The body of a request, piece by piece, and its trailers.
fn read(request: IncomingRequest, mut each: impl FnMut(&[u8]) -> bool) -> Option<Fields> {
    let body = request.consume().unwrap();
    let stream = body.stream().unwrap();
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(piece) if !each(&piece) => return None,
            Ok(_) => {}
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                panic!("the body ended in {}", error.to_debug_string())
            }
        }
    }
    drop(stream);
    let trailers = IncomingBody::finish(body);
    trailers.subscribe().block();
    trailers.get()?.ok()?.ok()?
}

fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let headers = Fields::new();
    if let Some(kind) = request.headers().get("content-type").first() {
        headers.append("content-type", kind).unwrap();
    }
    let (body, stream) = begin(out, 200, headers);
    let trailers = read(request, |piece| write(&stream, piece));
    drop(stream);
    let trailers = trailers.map(|trailers| Fields::from_list(&trailers.entries()).unwrap());
    let _ = OutgoingBody::finish(body, trailers);
}

fn sum(request: IncomingRequest, out: ResponseOutparam) {
    let mut bytes = 0;
    read(request, |piece| {
        bytes += piece.len();
        true
    });
    text(out, 200, &format!("{bytes}\n"));
}

fn big(out: ResponseOutparam, bytes: u64) {
    let (body, stream) = begin(out, 200, Fields::new());
    let piece = [b'x'; 4096];
    let mut left = bytes as usize;
    while left > 0 && write(&stream, &piece[..left.min(piece.len())]) {
        left = left.saturating_sub(piece.len());
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn drip(out: ResponseOutparam, pieces: u64, milliseconds: u64) {
    let (body, stream) = begin(out, 200, Fields::new());
    for number in 0..pieces {
        if !write(&stream, format!("{number}\n").as_bytes()) {
            eprintln!("nobody listens");
            return;
        }
        sleep(milliseconds);
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn trailers(out: ResponseOutparam) {
    let (body, stream) = begin(out, 200, Fields::new());
    write(&stream, b"with trailers\n");
    drop(stream);
    let trailers = Fields::new();
    trailers.append("x-sum", b"42").unwrap();
    OutgoingBody::finish(body, Some(trailers)).unwrap();
}

/// What another server answers to `GET /`.
fn fetch(out: ResponseOutparam, authority: &str) {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some("/headers")).unwrap();
    let answer = outgoing_handler::handle(request, None).and_then(|response| {
        response.subscribe().block();
        response.get().unwrap().unwrap()
    });
    let response = match answer {
        Ok(response) => response,
        Err(code) => return text(out, 502, &format!("{code:?}\n")),
    };
    let body = response.consume().unwrap();
    let stream = body.stream().unwrap();
    let mut all = Vec::new();
    while let Ok(piece) = stream.blocking_read(64 << 10) {
        all.extend(piece);
    }
    text(out, response.status(), &String::from_utf8_lossy(&all));
}
