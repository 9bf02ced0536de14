//! Values as JSON. The mapping, which stays as it is:
//!
//! | WIT | JSON |
//! |---|---|
//! | bool, string, list, tuple | the same; a tuple is an array |
//! | map | an array of `[key, value]`; where keys are strings an object is read too |
//! | integers | a number, exact up to 64 bits; a string of digits is read too |
//! | f32, f64 | a number, or `"nan"`, `"inf"`, `"-inf"` |
//! | char | a string of one character |
//! | record | an object; a field of an option may be left out |
//! | variant | `{"case": value}`; without a value `"case"` |
//! | enum | `"case"` |
//! | flags | an array of names |
//! | option | null, or the value itself; where that is an option too, `{"some": value}` |
//! | result | `{"ok": value}` or `{"err": value}`, null where there is no value |
//! | error-context | `"error-context"`; it cannot be given |
//! | resource | `{"handle": "$1"}`; `"$1"` is read too |
//! | stream, future | `{"stream": "$1"}`, `{"future": "$1"}` |
//! | a stream to be given | an array, `{"file": name}` or, of bytes, a string |
//! | a future to be given | its value |

pub(crate) mod read;
pub(crate) mod write;
