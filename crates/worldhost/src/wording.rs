//! The one place that reads Wasmtime's messages, where it has no type for what they
//! say. Each is tried against the Wasmtime that is linked, in the tests below.

/// Whether a linker says that it has an instance where a function was asked for.
pub fn found_instance(error: &wasmtime::Error) -> bool {
    format!("{error:#}").contains("found instance")
}

/// Whether the words of a linker say that it has no such item, rather than one of
/// another type.
pub fn is_missing(words: &str) -> bool {
    words.contains("implementation is missing")
}

/// The linker's reason, without the path to it.
pub fn reason(words: &str) -> &str {
    let reason = words.rsplit("has the wrong type: ").next();
    reason.unwrap_or(words)
}

/// Whether compiled code was refused since it is for an engine of another kind, of which
/// a runtime has several.
pub(crate) fn is_other_kind(words: &str) -> bool {
    ["concurrency", "signals-based traps", "guard size", "memory"]
        .iter()
        .any(|setting| words.contains(setting))
}

/// Whether an instantiation was refused since it would be one instance, memory or table
/// too many in its store.
pub(crate) fn is_too_many(error: &wasmtime::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.to_string().contains("count too high"))
}
