//! A guest whose calls overlap, and some of which end it.

use std::cell::Cell;

wit_bindgen::generate!({ path: "../../worlds/overlap" });

use test::overlap::host;
use wit_bindgen::rt::async_support::{StreamReader, StreamResult};
use wit_bindgen::spawn_local as spawn;

struct Overlap;

export!(Overlap);

thread_local! {
    static ANSWERS: Cell<u32> = const { Cell::new(0) };
}

async fn ask(name: String) -> u32 {
    let answer = host::ask(name).await;
    ANSWERS.set(ANSWERS.get() + 1);
    answer
}

impl Guest for Overlap {
    async fn ask(name: String) -> u32 {
        ask(name).await
    }

    async fn hold(name: String) -> u32 {
        host::hold(&name)
    }

    async fn each(mut names: StreamReader<String>) -> StreamReader<u32> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            loop {
                let (status, some) = names.read(Vec::with_capacity(4)).await;
                for name in some {
                    if !to.write_all(vec![ask(name).await]).await.is_empty() {
                        return;
                    }
                }
                if status == StreamResult::Dropped {
                    return;
                }
            }
        });
        from
    }

    async fn later(name: String) {
        spawn(async move {
            ask(name).await;
        });
    }

    fn answers() -> u32 {
        ANSWERS.get()
    }

    async fn trap(name: String) {
        ask(name).await;
        core::arch::wasm32::unreachable()
    }

    async fn leave(name: String, code: i32) {
        ask(name).await;
        host::leave(code);
    }

    async fn spin(name: String) {
        ask(name).await;
        loop {
            core::hint::spin_loop();
        }
    }

    async fn grow(name: String, bytes: u32) -> bool {
        ask(name).await;
        let pages = bytes.div_ceil(65536) as usize;
        core::arch::wasm32::memory_grow(0, pages) != usize::MAX
    }

    async fn break_off(name: String) -> StreamReader<u32> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            to.write_all(vec![ask(name.clone()).await]).await;
            ask(name).await;
            core::arch::wasm32::unreachable()
        });
        from
    }
}
