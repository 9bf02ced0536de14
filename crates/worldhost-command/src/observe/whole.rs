//! The span that all of a command is in.

use tracing::{Span, debug_span};

/// Its target.
pub const TARGET: &str = "worldhost::command";

/// That of a command that is one thing, by its name.
pub fn span(name: Option<&'static str>) -> Span {
    match name {
        Some(name) => debug_span!(target: TARGET, "command", otel.name = name),
        None => Span::none(),
    }
}
