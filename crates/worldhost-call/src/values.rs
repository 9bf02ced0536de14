//! What the calls of a session gave, and which handles are gone.

use crate::flow::adapter::Writer;
use crate::flow::flows::Feeder;
use crate::flow::supply::{Input, Left, Parse, Supply};
use crate::flow::text::Flow;
use crate::handle::{Earlier, Handle, Names, Reference, handles};
use crate::types::is_handle_for;
use std::io;
use wasmtime::component::Val;
use wasmtime::component::types::Type;

/// What the calls gave.
#[derive(Default)]
pub(crate) struct Values {
    calls: Vec<Given>,
    gone: Vec<(Val, Gone)>,
}

struct Given {
    value: Option<Val>,
    /// Those in the value, and then those that came by streams in it.
    handles: Vec<Handle>,
    in_value: usize,
}

#[derive(Clone, Copy)]
enum Gone {
    /// Given away in this call.
    To(usize),
    Read,
}

impl Values {
    /// One more call has given its result.
    pub fn push(&mut self, value: Option<Val>, ty: Option<&Type>) -> Names {
        let mut found = Vec::new();
        if let (Some(value), Some(ty)) = (&value, ty) {
            handles(value, ty, &mut found);
        }
        let in_value = found.len();
        self.calls.push(Given {
            value,
            handles: found,
            in_value,
        });
        Names::new(self.calls.len(), in_value, 1)
    }

    /// An item of a stream of the last call.
    pub fn push_item(&mut self, item: &Val, ty: &Type) -> (Names, Vec<(Reference, Handle)>) {
        let number = self.calls.len();
        let Some(last) = self.calls.last_mut() else {
            return (Names::new(0, 0, 1), Vec::new());
        };
        let before = last.handles.len();
        handles(item, ty, &mut last.handles);
        let names = Names::new(number, last.in_value, before + 1);
        let new = last.handles[before..].iter().cloned();
        (names.clone(), named(names, new))
    }

    /// The handles in the result of the last call.
    pub fn last(&self) -> Vec<(Reference, Handle)> {
        let Some(last) = self.calls.last() else {
            return Vec::new();
        };
        let names = Names::new(self.calls.len(), last.in_value, 1);
        named(names, last.handles.iter().take(last.in_value).cloned())
    }

    /// The names of items of nothing.
    pub fn no_names(&self) -> Names {
        Names::new(self.calls.len(), 0, 1)
    }

    /// Whether the stream or future is still there; from now on it is read.
    pub fn read(&mut self, handle: &Handle) -> bool {
        let is_there = self.gone.iter().all(|(gone, _)| *gone != handle.value);
        if is_there {
            self.gone.push((handle.value.clone(), Gone::Read));
        }
        is_there
    }

    /// The handle that a reference names.
    fn handle(&self, reference: Reference, wanted: &Type) -> Result<&Handle, String> {
        let call = reference.call;
        let given = call.checked_sub(1).and_then(|at| self.calls.get(at));
        let Some(given) = given else {
            return Err(format!("{reference} has no value"));
        };
        let handle = match (reference.handle, given.in_value) {
            (Some(n), _) => n.checked_sub(1).and_then(|n| given.handles.get(n)),
            (None, 1) => given.handles.first(),
            (None, 0) => None,
            (None, n) => {
                return Err(format!("${call} has {n} handles: ${call}.1 to ${call}.{n}"));
            }
        };
        let handle = handle.ok_or_else(|| format!("{reference}: there is no such handle"))?;
        if !is_handle_for(&handle.ty, wanted) {
            return Err(format!("{reference} is a handle of another type"));
        }
        self.still_there(reference, &handle.value)?;
        Ok(handle)
    }

    fn still_there(&self, reference: Reference, handle: &Val) -> Result<(), String> {
        match self.gone.iter().find(|(gone, _)| gone == handle) {
            Some((_, Gone::To(call))) => Err(format!("{reference} was given away in call {call}")),
            Some((_, Gone::Read)) => Err(format!("{reference} was read already")),
            None => Ok(()),
        }
    }

    /// The value for a place of type `wanted`.
    pub fn value(&mut self, reference: Reference, wanted: &Type) -> Result<Val, String> {
        let this = self.calls.len() + 1;
        match wanted {
            Type::Own(_) | Type::Stream(_) | Type::Future(_) => {
                let value = self.handle(reference, wanted)?.value.clone();
                self.gone.push((value.clone(), Gone::To(this)));
                return Ok(value);
            }
            Type::Borrow(_) => return Ok(self.handle(reference, wanted)?.value.clone()),
            _ => {}
        }
        let given = reference.call.checked_sub(1);
        let given = given.and_then(|at| self.calls.get(at));
        let Some((value, given)) = given.and_then(|given| Some((given.value.clone()?, given)))
        else {
            return Err(format!("{reference} has no value"));
        };
        match wanted {
            Type::Option(option) if !matches!(value, Val::Option(_)) => {
                let inner = self.value(reference, &option.ty())?;
                Ok(Val::Option(Some(Box::new(inner))))
            }
            // The whole, with all handles in it.
            _ => {
                let all = given.handles.iter().take(given.in_value);
                let all: Vec<Val> = all.map(|handle| handle.value.clone()).collect();
                for handle in all {
                    self.still_there(reference, &handle)?;
                    self.gone.push((handle, Gone::To(this)));
                }
                Ok(value)
            }
        }
    }
}

fn named(mut names: Names, handles: impl Iterator<Item = Handle>) -> Vec<(Reference, Handle)> {
    handles.map(|handle| (names.next(), handle)).collect()
}

/// The streams and futures that a call is to be given, before they are made.
#[derive(Default)]
pub(crate) struct Wanted(pub Vec<Flow>);

impl Earlier for Wanted {
    fn value(&mut self, _: Reference, _: &Type) -> Result<Val, String> {
        // Never passed on.
        Ok(Val::Option(None))
    }

    fn flow(&mut self, flow: Flow, _: Supply) -> Result<Val, String> {
        self.0.push(flow);
        Ok(Val::Option(None))
    }
}

/// Opens what a call names after `@`.
pub(crate) type Open = Box<dyn FnMut(&str) -> io::Result<Input> + Send>;

/// What a call is given when it is made: the streams that were made for it, in order.
pub(crate) struct Making<'a> {
    pub values: &'a mut Values,
    pub made: std::vec::IntoIter<(Writer, Val)>,
    pub open: &'a mut Open,
    pub parse: &'a dyn Fn(Type) -> Parse,
    pub feeders: &'a mut Vec<Feeder>,
}

impl Earlier for Making<'_> {
    fn value(&mut self, reference: Reference, wanted: &Type) -> Result<Val, String> {
        self.values.value(reference, wanted)
    }

    fn flow(&mut self, flow: Flow, supply: Supply) -> Result<Val, String> {
        let left = match supply {
            Supply::Bytes(bytes) => Left::Bytes(io::Cursor::new(bytes)),
            Supply::Items(items) => Left::Items(items.into_iter()),
            Supply::Count(count) => Left::Count(count),
            Supply::Named(name) => {
                let from = (self.open)(&name);
                let from = from.map_err(|error| format!("cannot read @{name}: {error}"))?;
                match flow.item() {
                    None | Some(Type::U8) => Left::Raw { name, from },
                    Some(item) => Left::lines(name, from, (self.parse)(item.clone())),
                }
            }
        };
        let (writer, end) = self.made.next().ok_or("a stream was not made")?;
        self.feeders.push(Feeder::new(writer, left));
        Ok(end)
    }
}
