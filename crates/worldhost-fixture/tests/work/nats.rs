//! A NATS server with JetStream, for one test.

use crate::server::Server;
use crate::support::{self, Scratch};
use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server, and what it keeps. Both are gone with this.
pub struct Nats {
    child: Child,
    port: u16,
    kept: Scratch,
}

impl Nats {
    pub fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let kept = Scratch::new();
        let child = spawn(port, kept.path());
        Nats { child, port, kept }
    }

    /// As after a crash: what it keeps is there.
    pub fn kill_and_start(&mut self, pause: Duration) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::thread::sleep(pause);
        self.child = spawn(self.port, self.kept.path());
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub async fn context(&self) -> Context {
        let options = async_nats::ConnectOptions::new().retry_on_initial_connect();
        let client = options.connect(self.url()).await.unwrap();
        // It may not listen yet.
        let patience = Duration::from_secs(60);
        let asked = client.request("$JS.API.INFO", "".into());
        let first = tokio::time::timeout(patience, asked).await;
        let mut answered = first.is_ok_and(|answer| answer.is_ok());
        while !answered {
            tokio::time::sleep(Duration::from_millis(50)).await;
            answered = client.request("$JS.API.INFO", "".into()).await.is_ok();
        }
        jetstream::new(client)
    }

    /// With a stream `JOBS` of `jobs.>`, `DONE` of `done.>` and `DEAD` of `dead.>`.
    pub async fn streams(&self) -> Context {
        let context = self.context().await;
        for (name, subject) in [("JOBS", "jobs.>"), ("DONE", "done.>"), ("DEAD", "dead.>")] {
            stream(&context, name, subject).await;
        }
        context
    }

    /// A worker on them, as consumer `c`, with these options.
    pub fn worker(&self, component: &Path, options: &[&str]) -> Server {
        Self::worker_by(self.command(), component, options)
    }

    /// The same, begun by a command that has an environment of its own.
    pub fn worker_by(mut command: Command, component: &Path, options: &[&str]) -> Server {
        command.args(["--stream", "JOBS", "--consumer", "c"]);
        command.args([
            "--result-subject",
            "done.c",
            "--dead-letter-subject",
            "dead.c",
        ]);
        command.args(options).arg(component);
        let worker = Server::unready(command);
        worker.logged(" works on JOBS, as c");
        worker
    }

    pub fn command(&self) -> Command {
        let mut command = support::command();
        command.args(["work", "--nats", &self.url()]);
        command
    }
}

fn spawn(port: u16, kept: &Path) -> Child {
    let started = Command::new("nats-server")
        .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
        .arg(kept)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    started.expect("needs nats-server: apt-get install nats-server")
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub async fn stream(context: &Context, name: &str, subject: &str) -> Stream {
    let config = Config {
        name: name.into(),
        subjects: vec![subject.into()],
        ..Config::default()
    };
    context.create_stream(config).await.unwrap()
}

/// Publishes messages that are known by their place in the list: "0", "1", …
pub async fn ask(context: &Context, payloads: impl IntoIterator<Item = impl Into<String>>) {
    let mut acks = Vec::new();
    for (number, payload) in payloads.into_iter().enumerate() {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", number.to_string().as_str());
        let payload: String = payload.into();
        let sent = context.publish_with_headers("jobs.c", headers, payload.into());
        acks.push(sent.await.unwrap());
        if acks.len() == 100 {
            for ack in acks.drain(..) {
                ack.await.unwrap();
            }
        }
    }
    for ack in acks {
        ack.await.unwrap();
    }
}

/// A message that came of the work.
#[derive(Debug)]
pub struct Came {
    pub payload: String,
    pub headers: HeaderMap,
}

impl Came {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.as_str())
    }
}

/// Waits until a stream has so many messages and a moment longer, and gives all.
pub async fn came(context: &Context, stream: &str, count: u64) -> Vec<Came> {
    let mut stream = context.get_stream(stream).await.unwrap();
    until(async || {
        stream
            .info()
            .await
            .is_ok_and(|info| info.state.messages >= count)
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let count = stream.info().await.unwrap().state.messages;
    let all = pull::Config {
        ack_policy: AckPolicy::None,
        ..pull::Config::default()
    };
    let consumer: PullConsumer = stream.create_consumer(all).await.unwrap();
    let batch = consumer.fetch().max_messages(count.max(1) as usize);
    let messages = batch.messages().await.unwrap();
    messages
        .map(|message| {
            let message = message.unwrap();
            Came {
                payload: String::from_utf8(message.payload.to_vec()).unwrap(),
                headers: message.headers.clone().unwrap_or_default(),
            }
        })
        .collect()
        .await
}

/// Waits until the consumer of the worker has nothing to give, and nothing that is not
/// acknowledged.
pub async fn all_done(context: &Context) {
    until(async || {
        let consumer: Result<PullConsumer, _> = context.get_consumer_from_stream("c", "JOBS").await;
        let Ok(consumer) = consumer else { return false };
        let info = consumer.cached_info();
        info.num_pending == 0 && info.num_ack_pending == 0
    })
    .await;
}

pub async fn until(mut so: impl AsyncFnMut() -> bool) {
    let start = std::time::Instant::now();
    while !so().await {
        assert!(
            start.elapsed() < crate::server::PATIENCE * 2,
            "it never came to be so"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
