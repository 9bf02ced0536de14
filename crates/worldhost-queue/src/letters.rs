//! What is published: results, and messages that were given up.

use crate::answer::{Reason, Task};
use crate::error::{Error, Result};
use crate::intake::{Intake, Trouble, is_of};
use crate::settings::Settings;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::{Context, Message};
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

/// By what a stream knows a message that it has already.
const ID: &str = "Nats-Msg-Id";
/// After which message of its stream one is to be.
const AFTER: &str = "Nats-Expected-Last-Sequence";
const TRACE: &str = "traceparent";
const REPLY_TO: &str = "Reply-To";

/// Where results go, and those that were given up.
pub(crate) struct Letters {
    context: Context,
    consumer: String,
    results: Option<String>,
    replies: Option<String>,
    dead: Option<String>,
}

impl Letters {
    /// That nobody keeps them is told at the start.
    pub async fn open(context: Context, settings: &Settings, intake: &Intake) -> Result<Self> {
        for subject in settings.results.iter().chain(&settings.dead_letters) {
            let subject = subject.clone();
            use async_nats::jetstream::context::GetStreamByNameErrorKind as Kind;
            match context.stream_by_subject(&subject).await {
                Ok(stream) if stream == settings.stream && intake.takes(&subject) => {
                    let consumer = settings.consumer.clone();
                    return Err(Error::Circle { subject, consumer });
                }
                Ok(_) => {}
                Err(error) => match error.kind() {
                    Kind::NotFound | Kind::InvalidSubject => {
                        return Err(Error::NotKept { subject });
                    }
                    // Not all may ask for the names of streams.
                    _ => tracing::warn!("cannot tell whether a stream keeps {subject}: {error}"),
                },
            }
        }
        Ok(Letters {
            context,
            consumer: settings.consumer.clone(),
            results: settings.results.clone(),
            replies: settings.replies.clone(),
            dead: settings.dead_letters.clone(),
        })
    }

    /// Has the result of a message stored and sent. Whether it was there already is told.
    pub async fn result(
        &self,
        message: &Message,
        task: &Task,
        result: Bytes,
    ) -> std::result::Result<bool, Trouble> {
        let mut headers = HeaderMap::new();
        headers.insert(ID, value(&format!("{}:{}", self.consumer, task.id)));
        if let Some(trace) = &task.trace {
            headers.insert(TRACE, value(trace));
        }
        let mut repeated = false;
        if let Some(subject) = &self.results {
            let (headers, result) = (headers.clone(), result.clone());
            let sent = self
                .context
                .publish_with_headers(subject.clone(), headers, result);
            repeated = sent.await?.await?.duplicate;
        }
        if let Some(subject) = self.reply_to(message) {
            let client = self.context.client();
            client
                .publish_with_headers(subject, headers, result)
                .await?;
            client.flush().await?;
        }
        Ok(repeated)
    }

    /// Whether a message has its result, by a worker that did not live to say so.
    ///
    /// It is published again, in a place that it cannot have: a stream asks first whether it
    /// has it, and then for the place.
    pub async fn has_result(&self, task: &Task) -> std::result::Result<bool, Trouble> {
        let Some(subject) = &self.results else {
            return Ok(false);
        };
        let mut headers = HeaderMap::new();
        headers.insert(ID, value(&format!("{}:{}", self.consumer, task.id)));
        headers.insert(AFTER, value(&i64::MAX.to_string()));
        let sent = self
            .context
            .publish_with_headers(subject.clone(), headers, Bytes::new());
        match sent.await?.await {
            Ok(ack) => Ok(ack.duplicate),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a result of so many bytes can be sent.
    pub fn takes(&self, bytes: usize) -> std::result::Result<(), Reason> {
        let most = self.context.client().server_info().max_payload;
        let sent = self.results.is_some() || self.replies.is_some();
        if !sent || bytes + HEADERS <= most {
            return Ok(());
        }
        Err(Reason {
            message: format!(
                "the result has {bytes} bytes, and the server takes {most} (its max_payload)"
            ),
            code: 125,
        })
    }

    fn reply_to(&self, message: &Message) -> Option<String> {
        let allowed = self.replies.as_deref()?;
        let subject = header(message, REPLY_TO)?;
        is_of(&subject, allowed).then_some(subject)
    }

    /// Sets a message aside, with the reason. Whether there is a place for it is told.
    pub async fn give_up(
        &self,
        message: &Message,
        task: &Task,
        reason: &Reason,
    ) -> std::result::Result<bool, Trouble> {
        let Some(subject) = &self.dead else {
            return Ok(false);
        };
        let mut headers = message.headers.clone().unwrap_or_default();
        headers.insert(ID, value(&format!("{}:{}", self.consumer, task.id)));
        for (name, text) in [
            ("Worldhost-Error", reason.message.as_str()),
            ("Worldhost-Code", &reason.code.to_string()),
            ("Worldhost-Subject", &task.subject),
            ("Worldhost-Deliveries", &task.delivery.to_string()),
        ] {
            headers.insert(HeaderName::from_static(name), value(text));
        }
        let payload = message.payload.clone();
        let sent = self
            .context
            .publish_with_headers(subject.clone(), headers, payload);
        sent.await?.await?;
        Ok(true)
    }
}

/// For what a result is sent with.
const HEADERS: usize = 1024;

/// A value has one line.
fn value(text: &str) -> HeaderValue {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.parse().unwrap_or_else(|_| HeaderValue::from(""))
}

fn header(message: &Message, name: &str) -> Option<String> {
    let headers = message.headers.as_ref()?;
    headers.get(name).map(|value| value.as_str().to_string())
}

/// What a message asks.
pub(crate) fn task(message: &Message) -> std::result::Result<Task, Trouble> {
    let info = message.info()?;
    let id = header(message, ID).filter(|id| !id.is_empty());
    Ok(Task {
        subject: message.subject.to_string(),
        payload: message.payload.clone(),
        id: id.unwrap_or_else(|| format!("{}:{}", info.stream, info.stream_sequence)),
        delivery: u64::try_from(info.delivered).unwrap_or(1).max(1),
        trace: header(message, TRACE),
    })
}
