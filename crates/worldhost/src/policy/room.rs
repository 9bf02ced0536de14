//! What an engine has room for, whatever the limits say.

/// The room of one kind of engine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    /// Elements of one table, where there is a pool.
    pub(crate) table_elements: Option<usize>,
    /// Bytes of one memory, where they are reserved.
    pub(crate) memory: Option<usize>,
    /// Streams and futures of the component model, which Wasmtime keeps.
    pub(crate) streams: bool,
}
