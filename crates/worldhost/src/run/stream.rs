//! Streams of a guest as channels.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{OwnedPermit, Receiver, Sender};
use tokio::sync::oneshot;
use wasmtime::component::{
    Destination, Lift, Lower, Source, StreamConsumer, StreamProducer, StreamReader, StreamResult,
    VecBuffer,
};
use wasmtime::{AsContextMut, Result, StoreContextMut};

/// A stream for a guest, of what is sent into a channel, as the guest asks for it. It ends
/// when all senders are gone.
///
/// When the guest reads no further, sending fails.
///
/// # Errors
///
/// When the store has no room for another stream.
pub fn from_channel<S, T>(store: S, items: Receiver<T>) -> Result<StreamReader<T>>
where
    S: AsContextMut,
    T: Lower + Lift + Unpin + Send + Sync + 'static,
{
    StreamReader::new(store, Inlet(items))
}

/// Sends what a guest gives by a stream into a channel, as long as it has room: a guest that
/// is faster than the reader waits. When nobody receives any more, the guest is told so.
///
/// What it gives comes to its end when the stream does. The channel ends with the instance
/// as well, if that traps: a call that awaits the end of its stream is told so, and it has
/// its place and its time up to there.
///
/// # Errors
///
/// When the stream is closed already.
pub fn into_channel<S, T>(store: S, stream: StreamReader<T>, items: Sender<T>) -> Result<Closed>
where
    S: AsContextMut,
    T: Lift + Send + Sync + 'static,
{
    let (open, closed) = oneshot::channel();
    let outlet = Outlet {
        items,
        room: None,
        waiting: None,
        _open: open,
    };
    stream.pipe(store, outlet)?;
    Ok(Closed(closed))
}

/// The end of a stream, to be awaited.
#[must_use = "a call that does not await it may be at its end before its stream is"]
pub struct Closed(oneshot::Receiver<()>);

impl Future for Closed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Nothing is sent: it is dropped.
        Pin::new(&mut self.0).poll(context).map(|_| ())
    }
}

struct Inlet<T>(Receiver<T>);

/// So many items are given at once to a reader that does not say how many it wants.
const SOME: usize = 64;

impl<T, D> StreamProducer<D> for Inlet<T>
where
    T: Unpin + Send + Sync + 'static,
{
    type Item = T;
    type Buffer = VecBuffer<T>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<'a, D>,
        mut to: Destination<'a, T, VecBuffer<T>>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let wanted = to.remaining(store).unwrap_or(SOME);
        // It asks whether there is something, which cannot be told without taking it.
        if wanted == 0 {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let mut items = Vec::new();
        match self.0.poll_recv_many(context, &mut items, wanted) {
            Poll::Ready(0) => Poll::Ready(Ok(StreamResult::Dropped)),
            Poll::Ready(_) => {
                to.set_buffer(items.into());
                Poll::Ready(Ok(StreamResult::Completed))
            }
            Poll::Pending if finish => Poll::Ready(Ok(StreamResult::Cancelled)),
            Poll::Pending => Poll::Pending,
        }
    }
}

type Waiting<T> = Pin<Box<dyn Future<Output = Result<OwnedPermit<T>, SendError<()>>> + Send>>;

struct Outlet<T> {
    items: Sender<T>,
    /// For an item that is not here yet.
    room: Option<OwnedPermit<T>>,
    waiting: Option<Waiting<T>>,
    _open: oneshot::Sender<()>,
}

impl<T: Send + 'static> Outlet<T> {
    /// Room for one item; none when nobody receives any more.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<Option<OwnedPermit<T>>> {
        if self.items.is_closed() {
            return Poll::Ready(None);
        }
        if let Some(room) = self.room.take() {
            return Poll::Ready(Some(room));
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(self.items.clone().reserve_owned()));
        let room = ready!(waiting.as_mut().poll(context));
        self.waiting = None;
        Poll::Ready(room.ok())
    }
}

impl<T, D> StreamConsumer<D> for Outlet<T>
where
    T: Lift + Send + Sync + 'static,
{
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<D>,
        mut from: Source<'_, T>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let outlet = self.get_mut();
        let mut room = match outlet.poll_room(context) {
            Poll::Ready(Some(room)) => room,
            Poll::Ready(None) => return Poll::Ready(Ok(StreamResult::Dropped)),
            Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            Poll::Pending => return Poll::Pending,
        };
        // As many as there is room for now, and one at least.
        loop {
            let mut item = None;
            from.read(store.as_context_mut(), &mut item)?;
            let Some(item) = item else {
                outlet.room = Some(room);
                break;
            };
            match room.send(item).try_reserve_owned() {
                Ok(more) => room = more,
                Err(_) => break,
            }
        }
        Poll::Ready(Ok(StreamResult::Completed))
    }
}
