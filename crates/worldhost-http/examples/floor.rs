//! What a request costs at the least, for `scripts/bench-serve.sh`: hyper alone at a port, or
//! instances and their calls alone, on one core and without a connection.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use worldhost::{Config, Limits, Pool, Runtime, Sandbox, Source};
use worldhost_http::{App, Handler, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["hyper", address] => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(hyper(address)),
        ["calls", component, seconds] => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(calls(component, seconds.parse()?)),
        _ => Err("usage: floor hyper ADDRESS | floor calls COMPONENT SECONDS".into()),
    }
}

/// Answers as the guests do.
async fn hyper(address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let service = service_fn(async |_| {
                Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from("hello\n"))))
            });
            let builder = Builder::new(TokioExecutor::new());
            // That a client goes is no fault.
            let _ = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Prints requests a second.
async fn calls(component: &str, seconds: u64) -> Result<(), Box<dyn Error>> {
    let mut config = Config::default();
    config.interruptible = true;
    config.pool = Some(Pool::new(10));
    let runtime = Runtime::<()>::with_config(&config, |_| Ok(()))?;
    let component = runtime.load_fresh(&Source::open(component)?).await?;
    let handler = Handler::new(&component, Sandbox::new(), Limits::default(), |_| ())?;
    let app = App::new(handler, Settings::default());
    let one = async || {
        let request = http::Request::get("/hello").header("host", "floor");
        let response = app.handle(request.body(Empty::<Bytes>::new())?).await;
        let body = response.into_body().collect().await?.to_bytes();
        assert_eq!(body, "hello\n");
        Ok::<_, Box<dyn Error>>(())
    };
    for _ in 0..1000 {
        one().await?;
    }
    let (start, mut requests) = (Instant::now(), 0u32);
    while start.elapsed() < Duration::from_secs(seconds) {
        one().await?;
        requests += 1;
    }
    println!("{:.0}", f64::from(requests) / start.elapsed().as_secs_f64());
    Ok(())
}
