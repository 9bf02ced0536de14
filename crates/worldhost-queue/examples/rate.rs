//! How many messages a second workers do: what stands in a stream is worked off by one and by
//! two, and by two processes, in turn. A nats-server of its own is started for it.
//!
//! ```sh
//! cargo run --release -p worldhost-queue --example rate -- target/release/worldhost plugin.wasm 20000
//! ```

use async_nats::jetstream::{self, Context, stream::Config};
use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How the messages are worked off: processes, and messages at a time in each.
const WAYS: [(usize, usize); 4] = [(1, 1), (1, 2), (2, 1), (1, 8)];

const PORT: u16 = 14_222;

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let usage = "usage: rate WORLDHOST COMPONENT [MESSAGES]";
    let (worldhost, component) = (words.next().ok_or(usage)?, words.next().ok_or(usage)?);
    let messages: usize = words.next().map_or(Ok(20_000), |text| text.parse())?;
    let kept = std::env::temp_dir().join(format!("worldhost-rate-{}", std::process::id()));
    let server = Command::new("nats-server")
        .args(["-js", "-a", "127.0.0.1", "-p", &PORT.to_string(), "-sd"])
        .arg(&kept)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let server = Ended(server);
    let measured = measure(&worldhost, &component, messages).await;
    drop(server);
    std::fs::remove_dir_all(kept)?;
    measured
}

async fn measure(worldhost: &str, component: &str, messages: usize) -> Result<()> {
    let options = async_nats::ConnectOptions::new().retry_on_initial_connect();
    let client = options.connect(format!("127.0.0.1:{PORT}")).await?;
    while client.request("$JS.API.INFO", "".into()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let context = jetstream::new(client);
    println!("processes  at a time  messages/s  µs each");
    for (round, (processes, jobs)) in WAYS.into_iter().cycle().take(3 * WAYS.len()).enumerate() {
        stand(&context, messages).await?;
        let start = Instant::now();
        let workers: Vec<Ended> = (0..processes)
            .map(|_| worker(worldhost, component, jobs))
            .collect::<Result<_>>()?;
        let time = done(&context, messages, start).await?;
        drop(workers);
        let each = time.as_secs_f64() / messages as f64;
        // The first of all has what others find in memory.
        if round > 0 {
            println!(
                "{processes:9}  {jobs:9}  {:10.0}  {:7.1}",
                1.0 / each,
                each * 1e6
            );
        }
    }
    Ok(())
}

/// So many messages in the stream, and no result.
async fn stand(context: &Context, messages: usize) -> Result<()> {
    for (name, subject) in [("JOBS", "jobs.>"), ("DONE", "done.>")] {
        let _ = context.delete_stream(name).await;
        let config = Config {
            name: name.into(),
            subjects: vec![subject.into()],
            ..Config::default()
        };
        context.create_stream(config).await?;
    }
    let mut waited = Vec::new();
    for number in 0..messages {
        let sent = context.publish("jobs.c", number.to_string().into());
        waited.push(sent.await?);
        if waited.len() == 500 {
            for ack in waited.drain(..) {
                ack.await?;
            }
        }
    }
    for ack in waited {
        ack.await?;
    }
    Ok(())
}

/// The time from the first result to the last, as if the first tenth had taken as long as the
/// others: what a worker takes to start is no part of its rate.
async fn done(context: &Context, messages: usize, start: Instant) -> Result<Duration> {
    let mut stream = context.get_stream("DONE").await?;
    let mut began = None;
    loop {
        let there = stream.info().await?.state.messages as usize;
        if began.is_none() && there * 10 >= messages {
            began = Some((Instant::now(), there));
        }
        if there == messages {
            let (at, before) = began.unwrap_or((start, 0));
            let time = at
                .elapsed()
                .mul_f64(messages as f64 / (messages - before) as f64);
            return Ok(time);
        }
        if start.elapsed() > Duration::from_secs(600) {
            return Err(format!("after ten minutes {there} of {messages} are done").into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn worker(worldhost: &str, component: &str, jobs: usize) -> Result<Ended> {
    let mut command = Command::new(worldhost);
    command.args(["work", "--stream", "JOBS", "--consumer", "c"]);
    command.args(["--nats", &format!("nats://127.0.0.1:{PORT}")]);
    command.args(["--result-subject", "done.c", "--jobs", &jobs.to_string()]);
    command
        .arg(component)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(Ended(command.spawn()?))
}

/// A process, killed when this is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
