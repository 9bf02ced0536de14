//! A server: connections accepted, served, and brought to their end.

use crate::app::App;
use crate::connection;
use crate::listen::{Accepted, Acceptor, Listener};
use crate::phase::{Phase, Phases};
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto::Builder;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;

/// Serves an [`App`] at one or more sockets, by HTTP/1.1 and HTTP/2 in the clear.
///
/// ```no_run
/// use worldhost::{Limits, Runtime, Sandbox, Source};
/// use worldhost_http::{App, Handler, Listener, Server, Settings};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::new(|_| Ok(()))?;
/// let component = runtime.load_fresh(&Source::open("app.wasm")?).await?;
/// let handler = Handler::new(&component, Sandbox::new(), Limits::default(), |_request| ())?;
/// let app = App::new(handler, Settings::default());
/// let listener = Listener::bind(&"127.0.0.1:8080".parse()?)?;
/// let shutdown = async { drop(tokio::signal::ctrl_c().await) };
/// Server::new(app).listen(listener).serve(shutdown).await?;
/// # Ok(())
/// # }
/// ```
pub struct Server<T: Send + 'static> {
    app: App<T>,
    listeners: Vec<Listener>,
}

/// How a server came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// Whether all requests that had come were answered, and all that guests had begun was
    /// done, within [`Settings::shutdown_time`](crate::Settings::shutdown_time).
    pub drained: bool,
}

/// How long connections are kept after the end of a server has begun, for requests that are
/// under way already: their clients are told with the response.
const LINGER: Duration = Duration::from_millis(500);

impl<T: Send + 'static> Server<T> {
    /// A server that does not listen anywhere yet.
    pub fn new(app: App<T>) -> Self {
        Server {
            app,
            listeners: Vec::new(),
        }
    }

    /// Takes connections from here too.
    #[must_use]
    pub fn listen(mut self, listener: Listener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Serves until `shutdown` is ready; then accepts nothing more, answers what has come, and
    /// closes connections when they are without a request. What is not at its end after
    /// [`Settings::shutdown_time`](crate::Settings::shutdown_time) is ended.
    ///
    /// # Errors
    ///
    /// When a socket cannot be used on this executor.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio with input, output and timers.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> io::Result<Served> {
        let Server { app, listeners } = self;
        let (phase, _) = watch::channel(Phase::Serving);
        let places = app.settings().connections.clamp(1, MOST);
        let desk = Desk {
            builder: Arc::new(connection::builder(app.settings().header_bytes)),
            app: app.clone(),
            places: Arc::new(Semaphore::new(places)),
            phases: Phases::of(&phase),
        };
        let mut accepting = tokio::task::JoinSet::new();
        for listener in listeners {
            accepting.spawn(desk.clone().accept(listener.into_acceptor()?));
        }
        shutdown.await;
        app.close();
        phase.send_replace(Phase::Draining);
        accepting.join_all().await;
        let ended = async {
            if desk.places.available_permits() < places {
                sleep(LINGER).await;
            }
            phase.send_replace(Phase::Closing);
            let all = u32::try_from(places).unwrap_or(u32::MAX);
            let _ = desk.places.acquire_many(all).await;
            app.is_idle().await;
        };
        let ended = tokio::time::timeout(app.settings().shutdown_time, ended).await;
        phase.send_replace(Phase::Over);
        Ok(Served {
            drained: ended.is_ok(),
        })
    }
}

/// More connections than there can be.
const MOST: usize = 1 << 24;

/// Where connections come in.
struct Desk<T: Send + 'static> {
    app: App<T>,
    builder: Arc<Builder<TokioExecutor>>,
    places: Arc<Semaphore>,
    phases: Phases,
}

impl<T: Send + 'static> Clone for Desk<T> {
    fn clone(&self) -> Self {
        Desk {
            app: self.app.clone(),
            builder: self.builder.clone(),
            places: self.places.clone(),
            phases: self.phases.clone(),
        }
    }
}

impl<T: Send + 'static> Desk<T> {
    /// Until the server is about to end.
    async fn accept(self, acceptor: Acceptor) {
        let mut phases = self.phases.clone();
        {
            let mut draining = pin!(phases.reach(Phase::Draining));
            let mut trouble = Trouble::default();
            loop {
                tokio::select! {
                    biased;
                    () = &mut draining => break,
                    accepted = self.one(&acceptor) => trouble.seen(accepted).await,
                }
            }
        }
        // Those that the system has taken already would be lost with the socket, unless
        // somebody else keeps it.
        if !acceptor.kept {
            for accepted in acceptor.waiting().unwrap_or_default() {
                if let Ok(place) = self.places.clone().try_acquire_owned() {
                    self.begin(accepted, place);
                }
            }
        }
    }

    async fn one(&self, acceptor: &Acceptor) -> io::Result<()> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(io::Error::other)?;
        self.begin(acceptor.accept().await?, place);
        Ok(())
    }

    fn begin(&self, accepted: Accepted, place: OwnedSemaphorePermit) {
        let connection = connection::serve(
            self.app.clone(),
            self.builder.clone(),
            accepted,
            self.phases.clone(),
        );
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
}

/// What is in the way of accepting: a client that is gone already, or a system that has no
/// more descriptors.
#[derive(Default)]
struct Trouble {
    said: bool,
}

impl Trouble {
    async fn seen(&mut self, accepted: io::Result<()>) {
        let Err(error) = accepted else {
            self.said = false;
            return;
        };
        if is_of_one_client(&error) {
            return;
        }
        if !std::mem::replace(&mut self.said, true) {
            tracing::error!("cannot accept connections: {error}; trying again");
        }
        sleep(AGAIN).await;
    }
}

/// How long until descriptors may be there again.
const AGAIN: Duration = Duration::from_millis(100);

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::ConnectionAborted | K::ConnectionReset | K::ConnectionRefused | K::InvalidInput
    )
}
