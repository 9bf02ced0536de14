//! The work on a stream.

use crate::answer::Answer;
use crate::counts::Counts;
use crate::delivery::Desk;
use crate::error::Result;
use crate::intake::{Intake, Trouble};
use crate::letters::Letters;
use crate::room::Room;
use crate::settings::Settings;
use async_nats::Client;
use async_nats::jetstream::{self, Message};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// A durable pull consumer of a stream, and where what comes of its messages goes.
pub struct Queue {
    client: Client,
    intake: Intake,
    letters: Letters,
    settings: Settings,
    counts: Arc<Counts>,
}

/// How the work came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// Whether all that had begun was done in [`Settings::shutdown_time`]. What was not is
    /// given back, and another worker has it at once.
    pub drained: bool,
}

impl Queue {
    /// Opens the consumer, or makes it.
    ///
    /// # Errors
    ///
    /// Those of [`Error`](crate::Error) but for the connection: what is missing at the server,
    /// or is of another kind.
    pub async fn open(client: Client, settings: Settings) -> Result<Self> {
        let context = jetstream::new(client.clone());
        let intake = Intake::open(&context, &settings).await?;
        let letters = Letters::open(context, &settings, &intake).await?;
        Ok(Queue {
            client,
            intake,
            letters,
            settings,
            counts: Arc::default(),
        })
    }

    /// What becomes of the messages.
    pub fn counts(&self) -> Arc<Counts> {
        self.counts.clone()
    }

    /// Works until `shutdown` is ready; then takes nothing more and brings to an end what has
    /// begun. A server that cannot be reached is waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`](crate::Error::Gone).
    pub async fn work<A: Answer>(
        self,
        answer: Arc<A>,
        shutdown: impl Future<Output = ()>,
    ) -> Result<Ended> {
        let room = Room::new(self.settings.jobs, self.counts.clone());
        let (stop, stopped) = watch::channel(false);
        let (over, is_over) = watch::channel(false);
        let desk = Arc::new(Desk {
            answer,
            letters: self.letters,
            jobs: Semaphore::new(self.settings.jobs.max(1)),
            counts: self.counts,
            room: room.clone(),
            sign: self.intake.sign(),
            settings: self.settings,
        });
        let time = desk.settings.shutdown_time;
        let worked = {
            let mut working = pin!(take_in(&self.intake, &desk, stopped, is_over));
            tokio::select! {
                ended = &mut working => ended,
                () = shutdown => {
                    stop.send_replace(true);
                    working.await
                }
            }
        };
        let drained = timeout(time, room.empty()).await.is_ok();
        over.send_replace(true);
        // What is given back is on its way then.
        let _ = timeout(LAST, room.empty()).await;
        let _ = timeout(LAST, self.client.flush()).await;
        worked.map(|()| Ended { drained })
    }
}

/// How long the server may take to hear of the end.
const LAST: Duration = Duration::from_secs(2);

/// How long until the server may be there again.
const AGAIN: Duration = Duration::from_millis(500);

/// Gives each message that comes a task of its own.
async fn take_in<A: Answer>(
    intake: &Intake,
    desk: &Arc<Desk<A>>,
    mut stopped: watch::Receiver<bool>,
    over: watch::Receiver<bool>,
) -> Result<()> {
    let begin = |message| {
        let place = desk.room.take();
        tokio::spawn(desk.clone().work(message, place, over.clone()));
    };
    let mut said = false;
    loop {
        let free = tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            free = desk.room.free() => free,
        };
        match some(intake, free, &mut stopped).await {
            Ok(messages) => {
                said = false;
                messages.into_iter().for_each(begin);
            }
            Err(_) if intake.is_gone().await => return Err(intake.gone()),
            Err(error) => {
                if !std::mem::replace(&mut said, true) {
                    tracing::error!("no messages can be had: {error}; trying again");
                }
                tokio::select! {
                    _ = stopped.wait_for(|stop| *stop) => return Ok(()),
                    () = sleep(AGAIN) => {}
                }
            }
        }
    }
}

/// Messages that are there already; if there are none, the next one, or none.
async fn some(
    intake: &Intake,
    free: usize,
    stopped: &mut watch::Receiver<bool>,
) -> std::result::Result<Vec<Message>, Trouble> {
    let messages = intake.fetch(free).await?;
    if !messages.is_empty() {
        return Ok(messages);
    }
    let mut next = pin!(intake.next());
    tokio::select! {
        biased;
        message = &mut next => Ok(message?.into_iter().collect()),
        _ = stopped.wait_for(|stop| *stop) => {
            // One may be on its way.
            let late = timeout(LATE, next).await;
            Ok(late.unwrap_or(Ok(None))?.into_iter().collect())
        }
    }
}

const LATE: Duration = Duration::from_millis(20);
