//! `$1` and `$2.3`: what earlier calls of a session gave.

use wasmtime::component::types::Type;
use wasmtime::component::{ResourceAny, Val};

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
}

/// All handles in a value, in order.
pub(crate) fn handles(value: &Val, found: &mut Vec<ResourceAny>) {
    match value {
        Val::Resource(handle) => found.push(*handle),
        Val::List(values) | Val::Tuple(values) | Val::FixedLengthList(values) => {
            values.iter().for_each(|value| handles(value, found));
        }
        Val::Record(fields) => fields.iter().for_each(|(_, value)| handles(value, found)),
        Val::Variant(_, Some(value)) | Val::Option(Some(value)) => handles(value, found),
        Val::Result(Ok(Some(value)) | Err(Some(value))) => handles(value, found),
        _ => {}
    }
}

/// Names the handles of one call's result as they are met.
pub(crate) struct Names {
    call: usize,
    single: bool,
    next: usize,
}

impl Names {
    pub fn new(call: usize, value: &Val) -> Self {
        let mut found = Vec::new();
        handles(value, &mut found);
        Names {
            call,
            single: found.len() == 1,
            next: 1,
        }
    }

    pub fn next(&mut self) -> Reference {
        let handle = (!self.single).then_some(self.next);
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
