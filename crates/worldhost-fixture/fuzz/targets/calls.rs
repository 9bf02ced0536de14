//! Text as calls of a component that has every type, in WAVE and in JSON.

use std::sync::OnceLock;
use worldhost::Runtime;
use worldhost_call::{Callable, Syntax, callables_of, parse_calls};

/// The functions of a guest that has every type.
fn callables() -> &'static [Callable] {
    static CALLABLES: OnceLock<Vec<Callable>> = OnceLock::new();
    CALLABLES.get_or_init(|| {
        let executor = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let runtime = Runtime::<()>::new(|_| Ok(())).unwrap();
        let guest = include_bytes!("../../../../tests/guests/all-types-self.wasm");
        let component = executor.block_on(runtime.load_bytes(guest)).unwrap();
        callables_of(&component)
    })
}

pub fn run(bytes: &[u8]) {
    let Some((syntax, text)) = bytes.split_first() else {
        return;
    };
    let syntax = match syntax % 2 {
        0 => Syntax::Wave,
        _ => Syntax::Json,
    };
    let text = String::from_utf8_lossy(text);
    let calls: Vec<&str> = text.split('\u{c}').collect();
    match parse_calls(callables(), &calls, syntax) {
        Ok(read) => assert_eq!(read.len(), calls.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
