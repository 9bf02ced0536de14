//! A component that handles requests: how its instances come, and what each is given.

use crate::answer::Head;
use crate::body::Run;
use crate::call::{self, Incoming, Until};
use crate::guest::{self, Proxy};
use crate::metrics::Metrics;
use crate::reuse::{Crew, Stack, Used};
use crate::settings::Reuse;
use crate::span;
use crate::trace::{TRACEPARENT, Trace};
use http::request::Parts;
use std::any::Any;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tracing::{Instrument, Span};
use worldhost::version::Wasi;
use worldhost::{Component, Instances, Limits, Live, Result, Sandbox};

/// One version of a component that handles requests, with its grants and limits. Cheap to
/// clone; clones are one.
///
/// Load it with [`Runtime::load_fresh`](worldhost::Runtime::load_fresh), for it has many
/// instances.
pub struct Handler<T: Send + 'static> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: Send + 'static> {
    instances: Instances<Proxy, T>,
    export: String,
    wasi: Wasi,
    data: Data<T>,
    timeout: Option<Duration>,
    supply: Supply<T>,
}

type Data<T> = Arc<dyn Fn(&Parts) -> T + Send + Sync>;

/// Where instances come from.
enum Supply<T: Send + 'static> {
    /// A fresh one each time.
    Fresh,
    InTurn(Arc<Stack<T>>),
    /// To as many as there are cores, each by itself: on the task of its connection, a request
    /// costs the least. The others share.
    AtOnce {
        alone: Arc<Stack<T>>,
        places: Arc<Semaphore>,
        crew: Arc<Crew<T>>,
        stall: Duration,
    },
}

impl<T: Send + 'static> Supply<T> {
    fn of(reuse: &Reuse, wasi: Wasi) -> Self {
        let Reuse {
            requests,
            at_a_time,
            idle_time,
            stall_time,
        } = *reuse;
        if requests <= 1 {
            return Supply::Fresh;
        }
        let stack = Arc::new(Stack::new(requests, idle_time));
        if wasi != Wasi::P3 || at_a_time <= 1 {
            return Supply::InTurn(stack);
        }
        let cores = available_parallelism().map_or(1, usize::from);
        Supply::AtOnce {
            alone: stack,
            places: Arc::new(Semaphore::new(cores)),
            crew: Arc::new(Crew::new(requests, at_a_time, idle_time)),
            stall: stall_time,
        }
    }

    /// Those that have one request at a time.
    fn in_turn(&self) -> Option<&Arc<Stack<T>>> {
        match self {
            Supply::Fresh => None,
            Supply::InTurn(stack) | Supply::AtOnce { alone: stack, .. } => Some(stack),
        }
    }
}

impl<T: Send + 'static> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Handler {
            inner: self.inner.clone(),
        }
    }
}

impl<T: Send + 'static> Handler<T> {
    /// A component with its grants and limits: a fresh instance for each request. `data`
    /// gives each instance its own, by the request that it is made for.
    ///
    /// # Errors
    ///
    /// [`Error::NoExport`](worldhost::Error::NoExport) when it handles no requests, and
    /// [`Error::World`](worldhost::Error::World) when its handler has another type.
    pub fn new(
        component: &Component<T>,
        sandbox: Sandbox,
        limits: Limits,
        data: impl Fn(&Parts) -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::reusing(component, sandbox, limits, &Reuse::default(), data)
    }

    /// As [`Handler::new`], with instances that are used again.
    ///
    /// # Errors
    ///
    /// As for [`Handler::new`].
    pub fn reusing(
        component: &Component<T>,
        sandbox: Sandbox,
        limits: Limits,
        reuse: &Reuse,
        data: impl Fn(&Parts) -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        let (export, wasi) = guest::handler(component)?;
        let data: Data<T> = Arc::new(data);
        let timeout = limits.timeout;
        // Each is made with the data of its request; this is for none.
        let without = data.clone();
        let without = move || without(&http::Request::new(()).into_parts().0);
        let inner = Inner {
            instances: Instances::new(component, sandbox, limits, without)?,
            export,
            wasi,
            data,
            timeout,
            supply: Supply::of(reuse, wasi),
        };
        Ok(Handler {
            inner: Arc::new(inner),
        })
    }

    /// The WASI that its handler is of.
    pub fn wasi(&self) -> Wasi {
        self.inner.wasi
    }

    /// The component.
    pub fn component(&self) -> &Component<T> {
        self.inner.instances.component()
    }

    /// A guest that is given the request when it is first polled. `place` is held until it
    /// is at its end.
    pub(crate) fn run(
        &self,
        request: Incoming,
        span: Span,
        trace: Trace,
        answer: oneshot::Sender<Head>,
        metrics: &Arc<Metrics>,
        place: impl Any + Send,
    ) -> Run {
        let (inner, metrics) = (self.inner.clone(), metrics.clone());
        let alone = match &self.inner.supply {
            Supply::AtOnce {
                places,
                crew,
                stall,
                ..
            } => match places.clone().try_acquire_owned() {
                Ok(alone) => Some(alone),
                Err(_) => {
                    let (crew, stall) = (crew.clone(), *stall);
                    let run = async move {
                        let _place = place;
                        inner.at_once(&crew, stall, request, answer, &metrics).await
                    };
                    return Run::elsewhere(run.instrument(span));
                }
            },
            Supply::Fresh | Supply::InTurn(_) => None,
        };
        let run = async move {
            let _places = (place, alone);
            inner.in_turn(request, trace, answer, &metrics).await
        };
        Run::new(run.instrument(span))
    }
}

impl<T: Send + 'static> Inner<T> {
    async fn fresh(&self, head: &Parts, metrics: &Metrics) -> Result<Live<Proxy, T>> {
        let data = (self.data)(head);
        let live = self.instances.live_with(data).await?;
        metrics.count_instance();
        span::instance(span::Instance::Made);
        Ok(live)
    }

    /// By an instance that has no other request.
    async fn in_turn(
        &self,
        request: Incoming,
        trace: Trace,
        answer: oneshot::Sender<Head>,
        metrics: &Metrics,
    ) -> Result<()> {
        let stack = self.supply.in_turn();
        let mut used = match stack.and_then(|stack| stack.take()) {
            Some(used) => {
                span::instance(span::Instance::Reused);
                used
            }
            None => Used::never(self.fresh(&request.head, metrics).await?),
        };
        let state = used.live.store_mut().state_mut();
        state.add_to_requests(TRACEPARENT, trace.field());
        let call = used.live.call(&self.export, async move |proxy, store| {
            call::alone(proxy, store, request, answer).await
        });
        call.await?;
        if let Some(stack) = stack {
            stack.put(used);
        }
        Ok(())
    }

    /// By an instance that may have others.
    async fn at_once(
        &self,
        crew: &Arc<Crew<T>>,
        stall: Duration,
        request: Incoming,
        answer: oneshot::Sender<Head>,
        metrics: &Metrics,
    ) -> Result<()> {
        let make = async {
            let mut live = self.fresh(&request.head, metrics).await?;
            // It bounds how long the guest gives way to nobody.
            live.store_mut().set_timeout(Some(stall))?;
            Ok(live)
        };
        let share = crew.share(make).await?;
        if !share.first {
            span::instance(span::Instance::Reused);
        }
        let shared = match self.timeout {
            Some(time) => share.shared.within(time),
            None => share.shared.without_timeout(),
        };
        let call = shared.call(&self.export, move |proxy, store| {
            Box::pin(async move {
                match proxy {
                    Proxy::P3(service) => {
                        call::beside(service, store, request, answer, Until::Sent).await
                    }
                    Proxy::P2(_) => Err(wasmtime::Error::msg("it has one request at a time")),
                }
            })
        });
        call.await
    }
}
