//! Ends of streams and futures in the host's hands.

use super::text::{self, Flow, Text};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime::component::types::Type;
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::{AsContextMut, Engine, Result, Store, StoreContextMut};

/// What an end has come to. It is told by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// There is something to take.
    Ready(usize),
    /// What was given is where it was to go, and whether more is wanted.
    Given(usize, bool),
}

/// The components for the flows that were met in a store, and their instances: those that
/// are done with are used again, as nothing ever leaves a store.
pub(crate) struct Adapters {
    known: Vec<Known>,
    events: UnboundedSender<Event>,
    made: usize,
}

struct Known {
    flow: Flow,
    way: Way,
    component: Component,
    text: Text,
    idle: Vec<Made>,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Read,
    Write,
}

#[derive(Clone, Copy)]
struct Made {
    instance: Instance,
    number: usize,
}

/// The end of a flow that the host reads.
pub(crate) struct Reader {
    known: usize,
    made: Made,
    wait: Func,
    take: Func,
    /// What comes are bytes.
    bytes: bool,
    is_waiting: bool,
}

/// The end of a flow that the host writes.
pub(crate) struct Writer {
    made: Made,
    give: Func,
    close: Func,
}

/// What is read or written at once.
pub(crate) enum Chunk {
    Bytes(Vec<u8>),
    Items(Vec<Val>),
    /// So many items of nothing.
    Count(u32),
}

impl Adapters {
    /// None yet, and where their events come. They do not pile up: each is asked for by
    /// one call.
    pub fn new() -> (Self, UnboundedReceiver<Event>) {
        let (events, receiver) = unbounded_channel();
        let adapters = Adapters {
            known: Vec::new(),
            events,
            made: 0,
        };
        (adapters, receiver)
    }

    /// Takes the end that a guest gave.
    pub async fn reader<T: Send + 'static>(
        &mut self,
        store: &mut Store<T>,
        flow: &Flow,
        end: Val,
    ) -> Result<Reader> {
        let (known, made) = self.instance(store, flow, Way::Read).await?;
        let mut function = |name| function(store, &made.instance, name);
        let (open, wait, take) = (function("open")?, function("wait")?, function("take")?);
        open.call_async(&mut *store, &[end], &mut []).await?;
        Ok(Reader {
            known,
            made,
            wait,
            take,
            bytes: matches!(flow, Flow::Stream(Some(Type::U8))),
            is_waiting: false,
        })
    }

    /// Makes a flow; the end to read is for a guest.
    pub async fn writer<T: Send + 'static>(
        &mut self,
        store: &mut Store<T>,
        flow: &Flow,
    ) -> Result<(Writer, Val)> {
        let (_, made) = self.instance(store, flow, Way::Write).await?;
        let mut function = |name| function(store, &made.instance, name);
        let (open, give, close) = (function("open")?, function("give")?, function("close")?);
        let mut end = [Val::Bool(false)];
        open.call_async(&mut *store, &[], &mut end).await?;
        let [end] = end;
        Ok((Writer { made, give, close }, end))
    }

    /// The reader has come to the end.
    pub fn done(&mut self, reader: Reader) {
        if let Some(known) = self.known.get_mut(reader.known) {
            known.idle.push(reader.made);
        }
    }

    async fn instance<T: Send + 'static>(
        &mut self,
        store: &mut Store<T>,
        flow: &Flow,
        way: Way,
    ) -> Result<(usize, Made)> {
        let is_known = |known: &Known| known.way == way && known.flow == *flow;
        let at = match self.known.iter().position(is_known) {
            Some(at) => at,
            None => {
                self.known.push(known(store.engine(), flow, way)?);
                self.known.len() - 1
            }
        };
        if let Some(made) = self.known[at].idle.pop() {
            return Ok((at, made));
        }
        let number = self.made;
        self.made += 1;
        let linker = self.linker(store.engine(), &self.known[at], number)?;
        let instance = linker.instantiate_async(store, &self.known[at].component);
        let instance = instance.await?;
        Ok((at, Made { instance, number }))
    }

    fn linker<T: Send + 'static>(
        &self,
        engine: &Engine,
        known: &Known,
        number: usize,
    ) -> Result<Linker<T>> {
        let mut linker = Linker::new(engine);
        let mut root = linker.root();
        let events = self.events.clone();
        // Who does not listen any more does not need to know.
        match known.way {
            Way::Read => root.func_wrap("ready", move |_: StoreContextMut<'_, T>, (): ()| {
                let _ = events.send(Event::Ready(number));
                Ok(())
            })?,
            Way::Write => root.func_wrap("given", move |_, (more,): (bool,)| {
                let _ = events.send(Event::Given(number, more));
                Ok(())
            })?,
        }
        for (n, resource) in known.text.resources.iter().enumerate() {
            // They only pass through.
            let dropped = |_: StoreContextMut<'_, T>, _: u32| Ok(());
            root.resource(&format!("r{n}"), *resource, dropped)?;
        }
        Ok(linker)
    }
}

fn known(engine: &Engine, flow: &Flow, way: Way) -> Result<Known> {
    let text = match way {
        Way::Read => text::reader(flow),
        Way::Write => text::writer(flow),
    };
    let binary = wat::parse_str(&text.text)?;
    Ok(Known {
        component: Component::from_binary(engine, &binary)?,
        flow: flow.clone(),
        way,
        text,
        idle: Vec::new(),
    })
}

fn function<T>(store: &mut Store<T>, instance: &Instance, name: &str) -> Result<Func> {
    let function = instance.get_func(store, name);
    function.ok_or_else(|| wasmtime::Error::msg(format!("no function {name}")))
}

impl Reader {
    pub fn number(&self) -> usize {
        self.made.number
    }

    /// Has [`Event::Ready`] told, once, when there is something to take.
    pub fn wait<T: Send + 'static>(&mut self, store: impl AsContextMut<Data = T>) -> Result<()> {
        if !self.is_waiting {
            // It goes on without us.
            self.wait.start_call_concurrent(store, &[], &mut [])?;
            self.is_waiting = true;
        }
        Ok(())
    }

    /// The event was told.
    pub fn is_ready(&mut self) {
        self.is_waiting = false;
    }

    /// Takes what there is, and waits for it if there is nothing yet; none at the end.
    pub async fn take<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
    ) -> Result<Option<Chunk>> {
        if self.bytes {
            let take = self.take.typed::<(), (Vec<u8>,)>(&store)?;
            let (bytes,) = take.call_async(&mut store, ()).await?;
            return Ok((!bytes.is_empty()).then_some(Chunk::Bytes(bytes)));
        }
        let mut taken = [Val::Bool(false)];
        self.take.call_async(&mut store, &[], &mut taken).await?;
        Ok(match taken {
            [Val::List(items)] if !items.is_empty() => Some(Chunk::Items(items)),
            [Val::U32(count)] if count > 0 => Some(Chunk::Count(count)),
            _ => None,
        })
    }
}

impl Writer {
    pub fn number(&self) -> usize {
        self.made.number
    }

    /// Gives to whoever reads, and has [`Event::Given`] told when that is done.
    pub fn give<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        chunk: Chunk,
    ) -> Result<()> {
        // The calls go on without us.
        let items = match chunk {
            Chunk::Bytes(bytes) => {
                let give = self.give.typed::<(Vec<u8>,), ()>(&store)?;
                give.start_call_concurrent(&mut store, (bytes,))?;
                return Ok(());
            }
            Chunk::Items(items) => Val::List(items),
            Chunk::Count(count) => Val::U32(count),
        };
        self.give.start_call_concurrent(store, &[items], &mut [])?;
        Ok(())
    }

    /// There is no more, after what was given.
    pub fn close<T: Send + 'static>(&self, store: impl AsContextMut<Data = T>) -> Result<()> {
        self.close.start_call_concurrent(store, &[], &mut [])?;
        Ok(())
    }
}
