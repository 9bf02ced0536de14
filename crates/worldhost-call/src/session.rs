//! Calls in order on one instance.

use crate::answer::{Answer, Part};
use crate::error::Result;
use crate::export::Callable;
use crate::flow::adapter::Chunk;
use crate::flow::flows::{Flows, Reading};
use crate::flow::supply::Input;
use crate::flow::text::Flow;
use crate::handle::{Handle, Reference};
use crate::parse::Call;
use crate::types::has_flows;
use crate::values::{Making, Open, Values, Wanted};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};
use tokio::io::AsyncRead;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{ComponentExportIndex, Func, Instance, Val};
use worldhost::{Component, Error, Limits, Sandbox, State, Store};

/// One live instance, and what its calls gave.
pub struct Session<T: 'static> {
    component: Component<T>,
    store: Store<T>,
    instance: Instance,
    values: Values,
    open: Open,
    flows: Flows,
    last: Last,
    /// What the start took of the time of the first call.
    spent: Duration,
}

/// The last call, and what is still to come of it.
#[derive(Default)]
struct Last {
    export: String,
    /// What is left of the time that it has.
    left: Option<Duration>,
    /// Streams and futures that nobody reads yet.
    unread: VecDeque<(Reference, Handle)>,
    parts: VecDeque<Part>,
}

impl<T: Send + 'static> Session<T> {
    /// A fresh instance for calls by text, which may touch what `sandbox` grants and
    /// use what `limits` allow. What its start takes is taken from the time of the first call.
    ///
    /// # Errors
    ///
    /// Those of [`Component::store`] and, for the guest's own start, of
    /// [`Store::call`].
    pub async fn start(
        component: &Component<T>,
        sandbox: &Sandbox,
        limits: &Limits,
        data: T,
    ) -> Result<Self> {
        let mut store = component.store(sandbox, limits, data)?;
        let start = Instant::now();
        let instance = store.start(component).await?;
        Ok(Session {
            component: component.clone(),
            store,
            instance,
            values: Values::default(),
            open: Box::new(|_| Err(io::Error::other("nothing can be read here"))),
            flows: Flows::default(),
            last: Last {
                left: limits.timeout,
                ..Last::default()
            },
            spent: start.elapsed(),
        })
    }

    /// With what opens a stream's `@NAME`: it is called once for each in a
    /// [`Call::sources`], when that is made. Without it, such a call fails.
    #[must_use]
    pub fn with_sources(
        mut self,
        mut open: impl FnMut(&str) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> + Send + 'static,
    ) -> Self {
        self.open = Box::new(move |name| -> io::Result<Input> { open(name) });
        self
    }

    /// Makes the next of the calls that [`parse_calls`](crate::parse_calls) gave.
    ///
    /// Streams that it is given are fed as the guest asks for more, in this call and in
    /// later ones. Of streams in its result [`Session::part`] tells, until the next call.
    ///
    /// # Errors
    ///
    /// [`Error::Call`](crate::Error::Call) when an argument refers to a handle that is
    /// not there or was given away, or to a source that cannot be opened;
    /// [`Error::Item`](crate::Error::Item) and
    /// [`Error::Unreadable`](crate::Error::Unreadable) for what a source gives; and those
    /// of [`Store::call`].
    pub async fn call(&mut self, call: &Call) -> Result<Answer> {
        let callable = call.callable();
        self.flows.reading.clear();
        let spent = std::mem::take(&mut self.spent);
        let limit = self.store.timeout();
        self.last = Last {
            export: callable.full_name(),
            left: limit.map(|limit| limit.saturating_sub(spent)),
            ..Last::default()
        };
        let index = self.export(callable)?;
        let instance = self.instance;
        let (function, ty) = self
            .within(async |store, _| {
                let function = instance
                    .get_func(&mut *store, index)
                    .ok_or_else(|| wasmtime::Error::msg("the export is not a function"))?;
                let ty = function.ty(&*store);
                Ok(Ok((function, ty)))
            })
            .await?;
        let params = self.params(call, &ty).await?;
        let value = self.run(function, &params, ty.results().len()).await?;
        let result = ty.results().next();
        let names = self.values.push(value.clone(), result.as_ref());
        let handles = self.values.last().into_iter();
        self.last.unread = handles
            .filter(|(_, handle)| has_flows(&handle.ty))
            .collect();
        Ok(Answer { value, names })
    }

    /// The arguments; streams among them are made.
    async fn params(&mut self, call: &Call, ty: &ComponentFunc) -> Result<Vec<Val>> {
        let mut wanted = Wanted::default();
        if ty.params().any(|(_, ty)| has_flows(&ty)) {
            call.values(ty, &mut wanted)?;
        }
        let mut made = Vec::new();
        for flow in wanted.0 {
            let writer = self
                .within(async |store, flows| Ok(Ok(flows.adapters.writer(store, &flow).await?)));
            made.push(writer.await?);
        }
        let mut making = Making {
            values: &mut self.values,
            made: made.into_iter(),
            open: &mut self.open,
            parse: &|ty| call.line(ty),
            feeders: &mut self.flows.feeders,
        };
        call.values(ty, &mut making)
    }

    /// Calls the function, and meanwhile gives to whoever wants more.
    async fn run(&mut self, function: Func, params: &[Val], results: usize) -> Result<Option<Val>> {
        let called = self.within(async |store, flows| {
            let mut results = vec![Val::Bool(false); results];
            if flows.feeders.is_empty() {
                function.call_async(store, params, &mut results).await?;
                return Ok(Ok(results));
            }
            let concurrent = store.run_concurrent(async |accessor| {
                tokio::select! {
                    called = function.call_concurrent(accessor, params, &mut results) => {
                        called?;
                    }
                    fed = flows.pump(accessor) => {
                        if let Err(error) = fed? {
                            return Ok(Err(error));
                        }
                    }
                }
                Ok(Ok(results))
            });
            concurrent.await?
        });
        Ok(called.await?.into_iter().next())
    }

    /// What came next by the streams and futures in the result of the last call; none
    /// when all of them are at their end. They are read from the first time on that this
    /// is called, all together, and none of them faster than this is called.
    ///
    /// # Errors
    ///
    /// As for [`Session::call`]. The time that a call may take is for this as well.
    pub async fn part(&mut self) -> Result<Option<Part>> {
        loop {
            if let Some(part) = self.last.parts.pop_front() {
                return Ok(Some(part));
            }
            while let Some((name, handle)) = self.last.unread.pop_front() {
                self.begin(name, handle).await?;
            }
            if self.flows.reading.is_empty() {
                return Ok(None);
            }
            let at = self.ready().await?;
            self.take(at).await?;
        }
    }

    /// Waits for what the caller does with an answer or a part, in what is left of the time
    /// for the last call: a reader who stalls is no reason to keep a guest.
    ///
    /// # Errors
    ///
    /// [`worldhost::Error::Timeout`], as for [`Session::call`]; `done` is dropped then.
    pub async fn meanwhile<R>(&mut self, done: impl Future<Output = R>) -> Result<R> {
        let Some(limit) = self.store.timeout() else {
            return Ok(done.await);
        };
        let start = Instant::now();
        let left = self.last.left.unwrap_or(limit);
        let late = |_| Error::Timeout {
            export: self.last.export.clone(),
            limit,
        };
        let done = tokio::time::timeout(left, done).await.map_err(late)?;
        self.last.left = Some(left.saturating_sub(start.elapsed()));
        Ok(done)
    }

    /// Begins to read a stream or future.
    async fn begin(&mut self, name: Reference, handle: Handle) -> Result<()> {
        let Some(flow) = Flow::of(&handle.ty) else {
            return Ok(());
        };
        if !self.values.read(&handle) {
            return Ok(());
        }
        let reader = self.within(async |store, flows| {
            Ok(Ok(flows
                .adapters
                .reader(store, &flow, handle.value)
                .await?))
        });
        let reader = reader.await?;
        self.flows.reading.push(Reading { reader, name, flow });
        Ok(())
    }

    /// Which of those that are read has something to take.
    async fn ready(&mut self) -> Result<usize> {
        // Nothing else is to go on: a guest that does not either is found out.
        if self.flows.reading.len() == 1 && self.flows.feeders.is_empty() {
            return Ok(0);
        }
        self.within(async |store, flows| {
            let pumped = store.run_concurrent(async |accessor| flows.pump(accessor).await);
            pumped.await?
        })
        .await
    }

    async fn take(&mut self, at: usize) -> Result<()> {
        let taken =
            self.within(async |store, flows| Ok(Ok(flows.reading[at].reader.take(store).await?)));
        let taken = taken.await?;
        let Reading { name, flow, .. } = &self.flows.reading[at];
        let (of, flow) = (name.to_string(), flow.clone());
        if taken.is_none() || matches!(flow, Flow::Future(_)) {
            let done = self.flows.reading.remove(at);
            self.flows.adapters.done(done.reader);
        }
        match taken {
            None => {}
            Some(Chunk::Bytes(bytes)) => self.last.parts.push_back(Part::Bytes { of, bytes }),
            Some(Chunk::Items(items)) => {
                for item in items {
                    let (of, item) = (of.clone(), self.item(item, &flow));
                    self.last.parts.push_back(Part::Item { of, item });
                }
            }
            Some(Chunk::Count(count)) => {
                for _ in 0..count {
                    let (of, names) = (of.clone(), self.values.no_names());
                    let item = Answer { value: None, names };
                    self.last.parts.push_back(Part::Item { of, item });
                }
            }
        }
        Ok(())
    }

    /// An item, with the streams in it to be read as well.
    fn item(&mut self, value: Val, flow: &Flow) -> Answer {
        let (names, handles) = match flow.item() {
            Some(ty) => self.values.push_item(&value, ty),
            None => (self.values.no_names(), Vec::new()),
        };
        let flows = handles.into_iter();
        let flows = flows.filter(|(_, handle)| has_flows(&handle.ty));
        self.last.unread.extend(flows);
        let value = Some(value);
        Answer { value, names }
    }

    /// Runs guest code in what is left of the time for the last call.
    async fn within<R>(
        &mut self,
        run: impl AsyncFnOnce(&mut wasmtime::Store<State<T>>, &mut Flows) -> wasmtime::Result<Result<R>>,
    ) -> Result<R> {
        let limit = self.store.timeout();
        let start = Instant::now();
        if limit.is_some() {
            self.store.set_timeout(self.last.left)?;
        }
        let (flows, export) = (&mut self.flows, &self.last.export);
        let ran = self
            .store
            .call(export, async |store| run(store, flows).await);
        let ran = ran.await;
        if limit.is_some() {
            self.store.set_timeout(limit)?;
            let left = self.last.left.unwrap_or_default();
            self.last.left = Some(left.saturating_sub(start.elapsed()));
        }
        match (ran, limit) {
            (Err(Error::Timeout { export, .. }), Some(limit)) => {
                Err(Error::Timeout { export, limit }.into())
            }
            (ran, _) => ran?,
        }
    }

    fn export(&self, callable: &Callable) -> worldhost::Result<ComponentExportIndex> {
        let compiled = self.component.instance_pre().component();
        let index = match &callable.interface {
            None => compiled.get_export_index(None, &callable.name),
            Some(interface) => compiled
                .get_export_index(None, interface)
                .and_then(|interface| compiled.get_export_index(Some(&interface), &callable.name)),
        };
        index.ok_or_else(|| Error::NoExport {
            name: self.component.name().to_string(),
            wanted: callable.full_name(),
            exports: self.component.exports(),
        })
    }

    /// The store that the instance lives in.
    pub fn store(&self) -> &Store<T> {
        &self.store
    }
}
