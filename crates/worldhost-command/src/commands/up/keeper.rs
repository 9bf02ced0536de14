//! Keeps one component running: started, started again, exchanged, ended.

use super::child::{Child, Plan, is_ready};
use super::state::{Phase, State, What};
use crate::terminal::failure;
use rustix::process::Signal;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// What a keeper is told.
pub enum Order {
    /// It is to be run like this from now on.
    Renew(Box<Plan>),
    /// Its file may be another.
    Reload,
    /// It is to come to its end.
    Stop,
    /// At once.
    Kill,
}

/// One that is kept.
pub struct Keeper {
    orders: mpsc::UnboundedSender<Order>,
    state: watch::Receiver<State>,
}

/// What is said of a component has its name.
macro_rules! tell {
    ($level:ident, $name:expr, $($words:tt)*) => {
        tracing::$level!(target: "up", "{}: {}", $name, format_args!($($words)*))
    };
}

impl Keeper {
    pub fn keep(plan: Plan) -> Self {
        let (orders, told) = mpsc::unbounded_channel();
        let (say, state) = watch::channel(State::new(&plan.entry));
        let keeping = Keeping {
            plan,
            orders: told,
            state: say,
            number: 0,
            draining: JoinSet::new(),
        };
        tokio::spawn(keeping.keep());
        Keeper { orders, state }
    }

    pub fn tell(&self, order: Order) {
        // One that has come to its end needs none.
        let _ = self.orders.send(order);
    }

    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// To wait for another one.
    pub fn watched(&self) -> watch::Receiver<State> {
        self.state.clone()
    }
}

/// The work of keeping one.
struct Keeping {
    plan: Plan,
    orders: mpsc::UnboundedReceiver<Order>,
    state: watch::Sender<State>,
    /// Of the process that was started last.
    number: u64,
    /// Those whose place another has taken.
    draining: JoinSet<()>,
}

type Ready = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A process that is not ready yet, and what it is to run.
struct Next {
    child: Child,
    ready: Ready,
    /// It is to be ready by then.
    until: Instant,
    plan: Plan,
}

/// How it went on with a process.
enum Went {
    /// It ended, with this exit code.
    Ended(i32),
    /// It was ended to make way for another of the same.
    MadeWay,
    /// It was told to end.
    Stopped,
}

/// What another one takes to be ready, at the most.
const READY: Duration = Duration::from_secs(120);

/// How long one rests that has ended: twice as long each time, until one has lived.
const FIRST_REST: Duration = Duration::from_secs(1);
const LAST_REST: Duration = Duration::from_secs(60);
const LIVED: Duration = Duration::from_secs(60);

impl Keeping {
    async fn keep(mut self) {
        let mut rest = FIRST_REST;
        loop {
            let began = Instant::now();
            let went = match self.start(&self.plan.clone()) {
                Ok(child) => self.attend(child).await,
                Err(error) => {
                    tell!(error, self.name(), "{}", words(&error));
                    Went::Ended(failure::HOST)
                }
            };
            let code = match went {
                Went::Stopped => return self.end().await,
                Went::MadeWay => continue,
                Went::Ended(code) => code,
            };
            if !self.plan.entry.restart.again(code) {
                self.said_end(code);
                match self.rest(None).await {
                    true => continue,
                    false => return self.end().await,
                }
            }
            if began.elapsed() > LIVED {
                rest = FIRST_REST;
            }
            self.state.send_modify(|state| {
                state.restarts += 1;
                state.to(Phase::Resting, None);
                state.code = Some(code);
            });
            tell!(
                error,
                self.name(),
                "ended with {code}; it is started again in {rest:?}"
            );
            if !self.rest(Some(rest)).await {
                return self.end().await;
            }
            rest = LAST_REST.min(rest * 2);
        }
    }

    fn name(&self) -> &str {
        &self.plan.entry.name
    }

    fn start(&mut self, plan: &Plan) -> anyhow::Result<Child> {
        self.number += 1;
        plan.start(self.number)
    }

    fn said_end(&mut self, code: i32) {
        let name = self.name();
        match code {
            0 => tell!(info, name, "has come to its end"),
            code => tell!(error, name, "ended with {code}, and is not started again"),
        }
        self.state.send_modify(|state| {
            state.to(Phase::Ended, None);
            state.code = Some(code);
        });
    }

    /// All that is left comes to its end.
    async fn end(mut self) {
        while self.draining.join_next().await.is_some() {}
        self.state
            .send_modify(|state| state.to(Phase::Stopped, None));
    }

    /// Rests for a time, or until another is to be run; false if nothing is to run any more.
    async fn rest(&mut self, time: Option<Duration>) -> bool {
        let time = async {
            match time {
                Some(time) => sleep(time).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = time => true,
            order = self.orders.recv() => match order {
                Some(Order::Renew(plan)) => {
                    self.take(*plan);
                    true
                }
                // It may be one that can be run now.
                Some(Order::Reload) => true,
                Some(Order::Stop | Order::Kill) | None => false,
            },
        }
    }

    fn take(&mut self, plan: Plan) {
        self.state
            .send_modify(|state| state.what = What::of(&plan.entry));
        self.plan = plan;
    }

    /// Until it has ended.
    async fn attend(&mut self, mut child: Child) -> Went {
        self.state
            .send_modify(|state| state.to(Phase::Starting, Some(&child)));
        let mut ready: Option<Ready> = Some(Box::pin(is_ready(child.pages().cloned())));
        let mut next: Option<Next> = None;
        let mut makes_way = false;
        loop {
            tokio::select! {
                code = child.ended() => return match makes_way {
                    true => Went::MadeWay,
                    false => {
                        // What was not ready yet has its chance from the beginning.
                        if let Some(Next { plan, .. }) = next {
                            self.take(plan);
                            return Went::MadeWay;
                        }
                        Went::Ended(code)
                    }
                },
                () = at(&mut ready) => {
                    ready = None;
                    self.state.send_modify(|state| state.to(Phase::Ready, Some(&child)));
                    let is = match self.plan.entry.kind.goes_on() {
                        true => "ready",
                        false => "begun",
                    };
                    tell!(info, self.name(), "{is}, as process {}", child.pid());
                }
                is_ready = comes(&mut next) => {
                    let Some(mut new) = next.take() else { continue };
                    match is_ready {
                        Ok(()) => {
                            tell!(info, self.name(), "another takes over, as process {}", new.child.pid());
                            std::mem::swap(&mut child, &mut new.child);
                            ready = None;
                            self.take(new.plan);
                            self.state.send_modify(|state| state.to(Phase::Ready, Some(&child)));
                            self.drain(new.child);
                        }
                        Err(why) => tell!(error, self.name(), "the one before goes on: {why}"),
                    }
                }
                order = self.orders.recv() => match order {
                    Some(Order::Renew(plan)) if plan.entry.kind.goes_on() && self.plan.entry.kind.goes_on() => {
                        // The last one told stands.
                        next = match self.start(&plan) {
                            Ok(child) => Some(Next {
                                ready: Box::pin(is_ready(child.pages().cloned())),
                                until: Instant::now() + READY,
                                child,
                                plan: *plan,
                            }),
                            Err(error) => {
                                tell!(error, self.name(), "the one before goes on: {}", words(&error));
                                None
                            }
                        };
                    }
                    Some(Order::Renew(plan)) => {
                        self.take(*plan);
                        makes_way = true;
                        child.tell(Signal::TERM);
                    }
                    Some(Order::Reload) if self.plan.entry.kind.goes_on() => child.tell(Signal::HUP),
                    Some(Order::Reload) => {}
                    Some(Order::Stop) | None => {
                        drop(next);
                        self.stop(child).await;
                        return Went::Stopped;
                    }
                    Some(Order::Kill) => {
                        self.draining.abort_all();
                        return Went::Stopped;
                    }
                },
            }
        }
    }

    /// One that has no more to do than what it has begun.
    fn drain(&mut self, mut child: Child) {
        child.tell(Signal::TERM);
        self.draining.spawn(async move {
            child.ended().await;
        });
    }

    async fn stop(&mut self, mut child: Child) {
        self.state
            .send_modify(|state| state.to(Phase::Stopping, Some(&child)));
        child.tell(Signal::TERM);
        let code = loop {
            tokio::select! {
                code = child.ended() => break code,
                order = self.orders.recv() => if let Some(Order::Kill) | None = order {
                    self.draining.abort_all();
                    // It is killed as it is dropped.
                    return;
                },
            }
        };
        self.state.send_modify(|state| state.code = Some(code));
    }
}

fn words(error: &anyhow::Error) -> String {
    failure::on_one_line(&failure::in_words(error))
}

async fn at(ready: &mut Option<Ready>) {
    match ready {
        Some(ready) => ready.await,
        None => pending().await,
    }
}

/// Whether the next one is ready, or why it will not be.
async fn comes(next: &mut Option<Next>) -> Result<(), String> {
    let Some(Next {
        child,
        ready,
        until,
        ..
    }) = next
    else {
        return pending().await;
    };
    tokio::select! {
        () = ready => Ok(()),
        code = child.ended() => Err(format!("the other one ended with {code}")),
        () = sleep_until(*until) => Err(format!("the other one was not ready within {READY:?}")),
    }
}
