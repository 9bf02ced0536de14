//! Asking the system for the addresses of a name. It answers when it likes, and who waits no
//! longer cannot call the question back: so there are few of them at a time.

use std::future::Future;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, oneshot};

/// The questions of one store. Each has a thread of its own, as none of the executor's is to
/// be held by a name server; clones are one.
#[derive(Clone)]
pub(crate) struct Resolver {
    own: Arc<Semaphore>,
    all: &'static Semaphore,
}

/// So many questions of one store are out at a time, and the others wait for them.
const OF_ONE: usize = 4;

/// The same of all stores of this process, with those of stores that are gone.
const OF_ALL: usize = 64;

static ALL: Semaphore = Semaphore::const_new(OF_ALL);

/// Leave to ask, until there is an answer.
type Turn = (OwnedSemaphorePermit, SemaphorePermit<'static>);

impl Resolver {
    pub(crate) fn new() -> Self {
        Self::among(&ALL)
    }

    fn among(all: &'static Semaphore) -> Self {
        Resolver {
            own: Arc::new(Semaphore::new(OF_ONE)),
            all,
        }
    }

    /// The addresses of a name.
    ///
    /// # Errors
    ///
    /// Those of the system, also when it gives no thread.
    pub(crate) fn addresses(
        &self,
        name: String,
    ) -> impl Future<Output = io::Result<Vec<IpAddr>>> + Send + use<> {
        let asked = self.ask(move || {
            let found = (name.as_str(), 0).to_socket_addrs()?;
            Ok(found.map(|found| found.ip().to_canonical()).collect())
        });
        async { asked.await? }
    }

    /// The answer, in its turn. Who does not wait for it leaves a thread that does.
    fn ask<A, Q>(&self, question: Q) -> impl Future<Output = io::Result<A>> + Send + use<A, Q>
    where
        A: Send + 'static,
        Q: FnOnce() -> A + Send + 'static,
    {
        let Resolver { own, all } = self.clone();
        async move {
            let turn: Turn = (
                own.acquire_owned().await.map_err(io::Error::other)?,
                all.acquire().await.map_err(io::Error::other)?,
            );
            let (give, answer) = oneshot::channel();
            std::thread::Builder::new()
                .name("lookup".into())
                .spawn(move || {
                    let _ = give.send(question());
                    drop(turn);
                })?;
            answer.await.map_err(io::Error::other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;
    use tokio::time::timeout;

    /// A system that answers when it is told to, and tells when it is asked.
    struct Slow {
        answer: Sender<()>,
        answers: Arc<Mutex<Receiver<()>>>,
        asked: Sender<()>,
        asks: Receiver<()>,
    }

    impl Slow {
        fn new() -> Self {
            let ((answer, answers), (asked, asks)) = (channel(), channel());
            let answers = Arc::new(Mutex::new(answers));
            Slow {
                answer,
                answers,
                asked,
                asks,
            }
        }

        /// Asks so many times, and goes away.
        async fn is_left_by(&self, resolver: &Resolver, times: usize) {
            for _ in 0..times {
                let (answers, asked) = (self.answers.clone(), self.asked.clone());
                let question = resolver.ask(move || {
                    let _ = asked.send(());
                    let _ = answers.lock().unwrap().recv();
                });
                let left = timeout(Duration::from_millis(20), question).await;
                assert!(left.is_err());
            }
        }

        fn asks(&self) -> usize {
            self.asks.try_iter().count()
        }
    }

    fn places(count: usize) -> &'static Semaphore {
        Box::leak(Box::new(Semaphore::new(count)))
    }

    async fn is_answered(resolver: &Resolver) -> bool {
        let answer = timeout(Duration::from_millis(200), resolver.ask(|| 7)).await;
        answer.is_ok_and(|answer| answer.unwrap() == 7)
    }

    /// A thread gives its place back a moment after the answer.
    async fn comes_to_be_answered(resolver: &Resolver) -> bool {
        for _ in 0..50 {
            if is_answered(resolver).await {
                return true;
            }
        }
        false
    }

    #[tokio::test]
    async fn one_store_leaves_few_questions_and_holds_up_itself_alone() {
        let (slow, all) = (Slow::new(), places(OF_ALL));
        let (one, other) = (Resolver::among(all), Resolver::among(all));
        slow.is_left_by(&one, 3 * OF_ONE).await;
        assert_eq!(slow.asks(), OF_ONE);
        assert!(!is_answered(&one).await);
        assert!(is_answered(&other).await);
        slow.answer.send(()).unwrap();
        assert!(comes_to_be_answered(&one).await);
    }

    #[tokio::test]
    async fn all_stores_together_leave_no_more_than_there_may_be() {
        let (slow, all) = (Slow::new(), places(6));
        for _ in 0..5 {
            slow.is_left_by(&Resolver::among(all), OF_ONE).await;
        }
        assert_eq!(slow.asks(), 6);
        let last = Resolver::among(all);
        assert!(!is_answered(&last).await);
        slow.answer.send(()).unwrap();
        assert!(comes_to_be_answered(&last).await);
    }

    #[tokio::test]
    async fn the_system_knows_this_machine() {
        let found = Resolver::new().addresses("localhost".into()).await.unwrap();
        assert!(found.iter().any(IpAddr::is_loopback), "{found:?}");
    }
}
