//! `$1` and `$2.3`: what earlier calls of a session gave.

use crate::flow::supply::Supply;
use crate::flow::text::Flow;
use wasmtime::component::Val;
use wasmtime::component::types::Type;

/// `$CALL`, or `$CALL.HANDLE`, both counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub call: usize,
    pub handle: Option<usize>,
}

impl Reference {
    /// A reference at the start of the text, and its length.
    pub fn read(text: &str) -> Option<(Self, usize)> {
        let rest = text.strip_prefix('$')?;
        let (call, len) = number(rest)?;
        let dotted = rest[len..].strip_prefix('.').and_then(number);
        let (handle, more) = match dotted {
            Some((handle, more)) => (Some(handle), more + 1),
            None => (None, 0),
        };
        Some((Reference { call, handle }, 1 + len + more))
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.handle {
            Some(handle) => write!(f, "${}.{handle}", self.call),
            None => write!(f, "${}", self.call),
        }
    }
}

fn number(text: &str) -> Option<(usize, usize)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..len].parse().ok()?;
    Some((number, len))
}

/// Where references are looked up: by type while calls are read, by value while
/// they run.
pub(crate) trait Earlier {
    /// The value for a place of type `wanted`, or why there is none.
    fn value(&mut self, reference: Reference, wanted: &Type) -> Result<Val, String>;

    /// A stream or future that is given this, or why there is none.
    fn flow(&mut self, flow: Flow, supply: Supply) -> Result<Val, String>;
}

/// Where there are no calls.
pub(crate) struct Alone;

impl Earlier for Alone {
    fn value(&mut self, reference: Reference, _: &Type) -> Result<Val, String> {
        Err(format!(
            "{reference}: a line of a file cannot refer to a call"
        ))
    }

    fn flow(&mut self, _: Flow, _: Supply) -> Result<Val, String> {
        Err("a stream or future in an item cannot be given by a line of a file".into())
    }
}

/// What is kept for one call and has a name: a resource, a stream or a future.
#[derive(Clone)]
pub(crate) struct Handle {
    pub value: Val,
    pub ty: Type,
}

/// All handles in a value, in order.
pub(crate) fn handles(value: &Val, ty: &Type, found: &mut Vec<Handle>) {
    match (value, ty) {
        (Val::Resource(_) | Val::Stream(_) | Val::Future(_), _) => found.push(Handle {
            value: value.clone(),
            ty: ty.clone(),
        }),
        (Val::List(values), Type::List(list)) => all(values, &list.ty(), found),
        (Val::FixedLengthList(values), Type::FixedLengthList(list)) => {
            all(values, &list.ty(), found);
        }
        (Val::Map(pairs), Type::Map(map)) => {
            for (key, value) in pairs {
                handles(key, &map.key(), found);
                handles(value, &map.value(), found);
            }
        }
        (Val::Tuple(values), Type::Tuple(tuple)) => {
            for (value, ty) in values.iter().zip(tuple.types()) {
                handles(value, &ty, found);
            }
        }
        (Val::Record(fields), Type::Record(record)) => {
            for ((_, value), field) in fields.iter().zip(record.fields()) {
                handles(value, &field.ty, found);
            }
        }
        (Val::Variant(name, Some(value)), Type::Variant(variant)) => {
            let case = variant.cases().find(|case| case.name == name);
            maybe(value, case.and_then(|case| case.ty), found);
        }
        (Val::Option(Some(value)), Type::Option(option)) => handles(value, &option.ty(), found),
        (Val::Result(Ok(Some(value))), Type::Result(result)) => maybe(value, result.ok(), found),
        (Val::Result(Err(Some(value))), Type::Result(result)) => maybe(value, result.err(), found),
        _ => {}
    }
}

fn all(values: &[Val], ty: &Type, found: &mut Vec<Handle>) {
    // Of numbers there may be many.
    if crate::types::may_hold_handles(ty) {
        values.iter().for_each(|value| handles(value, ty, found));
    }
}

fn maybe(value: &Val, ty: Option<Type>, found: &mut Vec<Handle>) {
    if let Some(ty) = ty {
        handles(value, &ty, found);
    }
}

/// Names the handles in a value as they are met.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    call: usize,
    /// There is one in the result, which needs no number.
    single: bool,
    next: usize,
}

impl Names {
    /// For a value whose first handle has this number, in the call whose result has so
    /// many.
    pub fn new(call: usize, in_result: usize, next: usize) -> Self {
        Names {
            call,
            single: in_result == 1,
            next,
        }
    }

    pub fn next(&mut self) -> Reference {
        let handle = (!self.single || self.next > 1).then_some(self.next);
        self.next += 1;
        Reference {
            call: self.call,
            handle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        let read = |text| Reference::read(text).map(|(r, len)| (r.to_string(), len));
        assert_eq!(read("$1"), Some(("$1".into(), 2)));
        assert_eq!(read("$12.3.add"), Some(("$12.3".into(), 5)));
        assert_eq!(read("$1.add"), Some(("$1".into(), 2)));
        assert_eq!(read("$x"), None);
        assert_eq!(read("1"), None);
    }
}
