//! One message, from its arrival to its end.

use crate::answer::{Answer, Outcome, Reason, Task};
use crate::counts::{Counts, add};
use crate::intake::Trouble;
use crate::letters::{Letters, task};
use crate::room::{Place, Room};
use crate::settings::Settings;
use async_nats::jetstream::{AckKind, Message};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

/// What all messages have in common.
pub(crate) struct Desk<A> {
    pub answer: Arc<A>,
    pub letters: Letters,
    pub settings: Settings,
    pub counts: Arc<Counts>,
    pub room: Arc<Room>,
    pub jobs: Semaphore,
    /// How often the server must hear of a message.
    pub sign: Duration,
}

/// The reason of a message whose workers did not live to tell one.
const NOBODY_LIVED: &str = "each worker that had it ended before it was done";

/// And the exit code: the host failed.
const HOST_FAILED: i32 = 125;

impl<A: Answer> Desk<A> {
    /// Works on a message, until it is done, put back or set aside; or until `over`.
    pub async fn work(
        self: Arc<Self>,
        message: Message,
        place: Place,
        mut over: watch::Receiver<bool>,
    ) {
        let task = match task(&message) {
            Ok(task) => task,
            Err(error) => return tracing::error!("a message of no stream came: {error}"),
        };
        let worked = {
            let mut working = pin!(self.settle(&message, &task));
            tokio::select! {
                biased;
                () = &mut working => true,
                _ = over.wait_for(|over| *over) => false,
            }
        };
        if !worked {
            add(&self.counts.returned);
            self.put_back(&message, None).await;
        }
        drop(place);
    }

    async fn settle(&self, message: &Message, task: &Task) {
        let outcome = match task.delivery > self.settings.max_deliver.max(1) {
            true => Outcome::Never(Reason {
                message: NOBODY_LIVED.to_string(),
                code: HOST_FAILED,
            }),
            false => self.keep(message, self.outcome(task)).await,
        };
        match outcome {
            Outcome::Result(result) => match self.letters.takes(result.len()) {
                Err(reason) => self.give_up(message, task, reason).await,
                Ok(()) => match self.letters.result(message, task, result).await {
                    Ok(repeated) => self.answered(message, repeated).await,
                    Err(error) => self.not_stored(message, task, &error).await,
                },
            },
            Outcome::Again(reason) if task.delivery < self.settings.max_deliver => {
                self.again(message, task, &reason).await;
            }
            Outcome::Again(reason) | Outcome::Never(reason) => {
                self.give_up(message, task, reason).await;
            }
        }
    }

    async fn answered(&self, message: &Message, repeated: bool) {
        add(&self.counts.answered);
        if repeated {
            add(&self.counts.repeated);
        }
        self.end(message, AckKind::Ack).await;
    }

    /// Answers it when it is its turn.
    async fn outcome(&self, task: &Task) -> Outcome {
        let turn = self.jobs.acquire().await;
        let start = Instant::now();
        let outcome = self.answer.answer(task.clone()).await;
        let took = start.elapsed();
        self.room.took(took);
        self.counts.took(took);
        tracing::info!(
            target: "worldhost_queue::access",
            id = task.id,
            subject = task.subject,
            delivery = task.delivery,
            trace = task.trace,
            code = outcome.code(),
            bytes = outcome.bytes(),
            ms = took.as_micros() as f64 / 1000.0,
        );
        drop(turn);
        outcome
    }

    /// Tells the server meanwhile that somebody is at it.
    async fn keep<R>(&self, message: &Message, work: impl Future<Output = R>) -> R {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = sleep(self.sign) => {
                    let _ = message.ack_with(AckKind::Progress).await;
                }
            }
        }
    }

    async fn again(&self, message: &Message, task: &Task, reason: &Reason) {
        let rest = self.settings.rest(task.delivery);
        add(&self.counts.again);
        tracing::warn!(
            id = task.id,
            delivery = task.delivery,
            code = reason.code,
            "{}; again in {rest:?}",
            reason.message
        );
        self.put_back(message, Some(rest)).await;
    }

    async fn not_stored(&self, message: &Message, task: &Task, error: &Trouble) {
        let rest = self.settings.rest(task.delivery);
        add(&self.counts.again);
        tracing::error!(
            id = task.id,
            delivery = task.delivery,
            "what came of it cannot be stored: {error}; again in {rest:?}"
        );
        self.put_back(message, Some(rest)).await;
    }

    async fn give_up(&self, message: &Message, task: &Task, reason: Reason) {
        // A worker before may have been killed between its result and its word of it.
        if task.delivery > 1 {
            match self.letters.has_result(task).await {
                Ok(false) => {}
                Ok(true) => return self.answered(message, true).await,
                Err(error) => return self.not_stored(message, task, &error).await,
            }
        }
        let kept = match self.letters.give_up(message, task, &reason).await {
            Ok(kept) => kept,
            Err(error) => return self.not_stored(message, task, &error).await,
        };
        add(&self.counts.given_up);
        let place = match kept {
            true => "it is among the dead letters",
            false => "there is no subject for dead letters",
        };
        tracing::error!(
            id = task.id,
            delivery = task.delivery,
            code = reason.code,
            "{}; given up: {place}",
            reason.message
        );
        self.end(message, AckKind::Term).await;
    }

    /// Has the server confirm that a message is at its end: else it would come again.
    async fn end(&self, message: &Message, kind: AckKind) {
        let Some(reply) = message.reply.clone() else {
            return;
        };
        let client = message.context.client();
        for _ in 0..TRIES {
            match client.request(reply.clone(), kind.into()).await {
                Ok(_) => return,
                Err(error) => tracing::debug!("an end was not confirmed: {error}"),
            }
            sleep(PAUSE).await;
        }
        tracing::warn!("the server did not confirm that a message is done; it may come again");
    }

    async fn put_back(&self, message: &Message, rest: Option<Duration>) {
        // If it does not arrive, the message comes again by itself.
        if let Err(error) = message.ack_with(AckKind::Nak(rest)).await {
            tracing::debug!("a message could not be put back: {error}");
        }
    }
}

const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
