//! The consumer, and what it gives.

use crate::error::{Error, Result};
use crate::settings::Settings;
use async_nats::jetstream::consumer::{AckPolicy, Config, PullConsumer, pull};
use async_nats::jetstream::context::{ConsumerInfoErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, ErrorCode, Message};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

/// A durable pull consumer.
pub(crate) struct Intake {
    consumer: PullConsumer,
    stream: String,
    name: String,
}

/// What could not be fetched; it may be there later.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// How long an answer of the server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one request for a message stands; another follows.
const STANDS: Duration = Duration::from_secs(30);

impl Intake {
    /// Opens it, or makes it.
    pub async fn open(context: &Context, settings: &Settings) -> Result<Self> {
        let stream = stream(context, settings).await?;
        let consumer = match stream.consumer_info(&settings.consumer).await {
            Ok(info) => {
                is_fit(&info.config, settings)?;
                stream.get_consumer(&settings.consumer).await
            }
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => {
                let made = stream.create_consumer(new(settings)).await;
                made.map_err(Into::into)
            }
            Err(error) => Err(error.into()),
        };
        let consumer = consumer.map_err(|source| Error::Server {
            what: format!(
                "consumer {} of stream {}",
                settings.consumer, settings.stream
            ),
            source,
        })?;
        Ok(Intake {
            consumer,
            stream: settings.stream.clone(),
            name: settings.consumer.clone(),
        })
    }

    /// The messages that are there, and no more than so many.
    pub async fn fetch(&self, most: usize) -> std::result::Result<Vec<Message>, Trouble> {
        let fetch = self.consumer.fetch().max_messages(most);
        let mut batch = fetch.messages().await?;
        let mut messages = Vec::new();
        while let Some(message) = timeout(PATIENCE, batch.next()).await? {
            messages.push(message?);
        }
        Ok(messages)
    }

    /// Waits for a message, for some time.
    pub async fn next(&self) -> std::result::Result<Option<Message>, Trouble> {
        let batch = self.consumer.batch().max_messages(1).expires(STANDS);
        batch.messages().await?.next().await.transpose()
    }

    /// Whether it is there no more.
    pub async fn is_gone(&self) -> bool {
        let info = self.consumer.get_info().await;
        info.is_err_and(|error| error.kind() == ConsumerInfoErrorKind::NotFound)
    }

    pub fn gone(&self) -> Error {
        Error::Gone {
            stream: self.stream.clone(),
            consumer: self.name.clone(),
        }
    }

    fn config(&self) -> &Config {
        &self.consumer.cached_info().config
    }

    /// How often it must hear of a message, so as not to give it to another.
    pub fn sign(&self) -> Duration {
        (self.config().ack_wait / 3).max(Duration::from_millis(100))
    }

    /// Whether a message of this subject, in its own stream, would come by it.
    pub fn takes(&self, subject: &str) -> bool {
        let config = self.config();
        let mut filters = config.filter_subjects.clone();
        if !config.filter_subject.is_empty() {
            filters.push(config.filter_subject.clone());
        }
        filters.is_empty() || filters.iter().any(|filter| is_of(subject, filter))
    }
}

async fn stream(context: &Context, settings: &Settings) -> Result<Stream> {
    let stream = settings.stream.clone();
    match context.get_stream(&stream).await {
        Ok(found) => Ok(found),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(error)
                if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Err(Error::NoStream { stream })
            }
            GetStreamErrorKind::EmptyName | GetStreamErrorKind::InvalidStreamName => {
                Err(Error::NoStream { stream })
            }
            _ => Err(Error::Server {
                what: format!("stream {stream}"),
                source: error.into(),
            }),
        },
    }
}

fn new(settings: &Settings) -> pull::Config {
    pull::Config {
        durable_name: Some(settings.consumer.clone()),
        filter_subject: settings.subject.clone().unwrap_or_default(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: settings.ack_wait,
        // Giving up is for a worker, which says why.
        max_deliver: -1,
        max_ack_pending: UNANSWERED,
        ..pull::Config::default()
    }
}

/// So many messages may be with all workers together.
const UNANSWERED: i64 = 100_000;

/// Whether somebody else's consumer does what is needed.
fn is_fit(config: &Config, settings: &Settings) -> Result<()> {
    let message = if config.deliver_subject.is_some() {
        "pushes its messages; a pull consumer is needed, by another name".to_string()
    } else if config.ack_policy != AckPolicy::Explicit {
        "waits for no acknowledgement of each message; make one with --ack explicit".to_string()
    } else {
        match &settings.subject {
            Some(subject) if *subject != config.filter_subject => format!(
                "was made for {}, and not for {subject}; leave the subject out, or name another consumer",
                match config.filter_subject.as_str() {
                    "" => "all subjects",
                    filter => filter,
                }
            ),
            _ => {
                let most = u64::try_from(config.max_deliver).unwrap_or(0);
                if (1..=settings.max_deliver).contains(&most) {
                    tracing::warn!(
                        "consumer {} gives a message no more than {most} times: one whose worker \
                         ends in the last of them is neither answered nor given up; make it \
                         without that limit",
                        settings.consumer
                    );
                }
                return Ok(());
            }
        }
    };
    Err(Error::Consumer {
        stream: settings.stream.clone(),
        consumer: settings.consumer.clone(),
        message,
    })
}

/// Whether a subject is one of those that a filter stands for.
pub(crate) fn is_of(subject: &str, filter: &str) -> bool {
    let mut tokens = subject.split('.');
    for part in filter.split('.') {
        match (part, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (part, Some(token)) if part == token => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_stands_for_subjects() {
        for (filter, subject, is) in [
            ("a.b", "a.b", true),
            ("a.b", "a.b.c", false),
            ("a.*", "a.b", true),
            ("a.*", "a", false),
            ("a.*.c", "a.b.c", true),
            ("a.>", "a.b.c", true),
            ("a.>", "a", false),
            (">", "a", true),
            ("*", "a.b", false),
            ("_INBOX.>", "_INBOX.x.y", true),
        ] {
            assert_eq!(is_of(subject, filter), is, "{filter} {subject}");
        }
    }
}
