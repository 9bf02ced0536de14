//! Works on the messages of a NATS JetStream stream, each of which is answered, or set aside
//! with the reason, once.
//!
//! ```no_run
//! use std::sync::Arc;
//! use worldhost_queue::{Answer, Connection, Outcome, Queue, Settings, Task};
//!
//! struct Echo;
//!
//! impl Answer for Echo {
//!     async fn answer(&self, task: Task) -> Outcome {
//!         Outcome::Result(task.payload)
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> worldhost_queue::Result<()> {
//! let client = Connection::new("nats://127.0.0.1:4222").open().await?;
//! let mut settings = Settings::new("JOBS", "echo");
//! settings.results = Some("results.echo".into());
//! settings.dead_letters = Some("dead.echo".into());
//! let queue = Queue::open(client, settings).await?;
//! let stop = async { drop(tokio::signal::ctrl_c().await) };
//! queue.work(Arc::new(Echo), stop).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Connection`]: to which server, and as whom;
//! - [`Settings`]: which messages, how many at a time, and where results go;
//! - [`Queue`]: a durable pull consumer, and the work on what it gives;
//! - [`Answer`] makes an [`Outcome`] of each [`Task`];
//! - [`Counts`]: what became of them.

#![deny(missing_docs)]

mod answer;
mod connection;
mod counts;
mod delivery;
mod error;
mod intake;
mod letters;
mod queue;
mod room;
mod settings;

pub use answer::{Answer, Outcome, Reason, Task};
pub use connection::{Connection, Credentials};
pub use counts::{Counts, Tally};
pub use error::{Error, Result};
pub use queue::{Ended, Queue};
pub use settings::Settings;
