//! A guest that takes and gives streams and futures of every kind.

use std::cell::Cell;

wit_bindgen::generate!({
    path: "../../worlds/streams",
    generate_all,
});

use exports::test::streams::types::GuestCounter;
use exports::test::streams::{bytes, futures, items, trouble, types};
use types::{Counter, Event, File, Line};
use wit_bindgen::rt::async_support::{FutureReader, StreamReader, StreamResult, StreamWriter};
use wit_bindgen::spawn_local as spawn;

struct Streams;

export!(Streams);

/// What reads pieces until there are no more.
async fn each<T: 'static>(mut from: StreamReader<T>, mut f: impl AsyncFnMut(Vec<T>) -> bool) {
    loop {
        let (status, piece) = from.read(Vec::with_capacity(4096)).await;
        if !piece.is_empty() && !f(piece).await || status == StreamResult::Dropped {
            return;
        }
    }
}

/// Whether they were all taken.
async fn give<T: 'static>(to: &mut StreamWriter<T>, items: Vec<T>) -> bool {
    to.write_all(items).await.is_empty()
}

async fn all<T: 'static>(from: StreamReader<T>) -> Vec<T> {
    let mut all = Vec::new();
    each(from, async |piece| {
        all.extend(piece);
        true
    })
    .await;
    all
}

async fn text(from: StreamReader<u8>) -> String {
    String::from_utf8(all(from).await).unwrap()
}

fn stream_of(text: String) -> StreamReader<u8> {
    let (mut to, from) = wit_stream::new();
    spawn(async move {
        give(&mut to, text.into_bytes()).await;
    });
    from
}

struct Count(Cell<u32>);

impl types::Guest for Streams {
    type Counter = Count;
}

impl GuestCounter for Count {
    fn new(start: u32) -> Self {
        Count(Cell::new(start))
    }

    fn next(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

impl bytes::Guest for Streams {
    async fn upper(text: StreamReader<u8>) -> StreamReader<u8> {
        let (mut to, from) = wit_stream::new();
        spawn(each_into(text, async move |mut piece| {
            piece.make_ascii_uppercase();
            give(&mut to, piece).await
        }));
        from
    }

    async fn count(of: StreamReader<u8>) -> u64 {
        let mut count = 0;
        each(of, async |piece| {
            count += piece.len() as u64;
            true
        })
        .await;
        count
    }

    async fn zeros(count: u64) -> StreamReader<u8> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            let mut left = count;
            while left > 0 {
                let piece = left.min(65536);
                if !give(&mut to, vec![0; piece as usize]).await {
                    return;
                }
                left -= piece;
            }
        });
        from
    }

    async fn first(count: u32, mut of: StreamReader<u8>) -> Vec<u8> {
        let mut first = Vec::new();
        while first.len() < count as usize {
            let left = count as usize - first.len();
            let (status, piece) = of.read(Vec::with_capacity(left)).await;
            first.extend(piece);
            if status == StreamResult::Dropped {
                break;
            }
        }
        first
    }

    async fn pieces() -> (StreamReader<u8>,) {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            let text = "aé€😀".as_bytes();
            for byte in text {
                give(&mut to, vec![*byte]).await;
            }
            give(&mut to, vec![0xff, 0xfe]).await;
            give(&mut to, vec![0xf0, 0x9f]).await;
        });
        (from,)
    }

    async fn files() -> Vec<File> {
        let file = |name: &str, body: &str| File {
            name: name.into(),
            body: stream_of(body.into()),
        };
        vec![file("a", "first"), file("b", "second")]
    }

    async fn joined(files: Vec<File>) -> String {
        let mut joined = Vec::new();
        for file in files {
            joined.push(format!("{}={}", file.name, text(file.body).await));
        }
        joined.join(";")
    }
}

async fn each_into<T: 'static>(from: StreamReader<T>, f: impl AsyncFnMut(Vec<T>) -> bool) {
    each(from, f).await;
}

impl items::Guest for Streams {
    async fn lines(text: StreamReader<u8>) -> (StreamReader<Line>, FutureReader<u64>) {
        let (mut to, from) = wit_stream::new();
        let (count_to, count_from) = wit_future::new(|| 0);
        spawn(async move {
            let mut rest = Vec::new();
            let mut number = 0;
            each(text, async |piece| {
                rest.extend(piece);
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    number += 1;
                    let text = String::from_utf8_lossy(&line).trim_end().to_string();
                    if !give(&mut to, vec![Line { number, text }]).await {
                        return false;
                    }
                }
                true
            })
            .await;
            drop(to);
            let _ = count_to.write(u64::from(number)).await;
        });
        (from, count_from)
    }

    async fn sum(numbers: StreamReader<i32>) -> i64 {
        let numbers = all(numbers).await;
        numbers.into_iter().map(i64::from).sum()
    }

    async fn joined(texts: StreamReader<String>, separator: Option<String>) -> String {
        all(texts).await.join(&separator.unwrap_or_default())
    }

    async fn events(lines: StreamReader<Line>) -> StreamReader<Event> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            give(&mut to, vec![Event::Started]).await;
            each(lines, async |piece| {
                let events = piece.into_iter().map(|line| match line.text.as_str() {
                    "" => Event::Failed(format!("line {} is empty", line.number)),
                    _ => Event::Line(line),
                });
                give(&mut to, events.collect()).await
            })
            .await;
        });
        from
    }

    async fn same(lines: StreamReader<Line>) -> StreamReader<Line> {
        lines
    }

    fn same_event(events: StreamReader<Event>) -> StreamReader<Event> {
        events
    }

    async fn nested(texts: Vec<String>) -> StreamReader<StreamReader<u8>> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            for text in texts {
                give(&mut to, vec![stream_of(text)]).await;
            }
        });
        from
    }

    async fn flattened(streams: StreamReader<StreamReader<u8>>) -> String {
        let mut flat = Vec::new();
        each(streams, async |piece| {
            for stream in piece {
                flat.push(text(stream).await);
            }
            true
        })
        .await;
        flat.join("|")
    }

    async fn counters(count: u32) -> StreamReader<Counter> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            for start in 0..count {
                give(&mut to, vec![Counter::new(Count(Cell::new(start * 10)))]).await;
            }
        });
        from
    }

    async fn total(counters: StreamReader<Counter>) -> u32 {
        let counters = all(counters).await;
        counters
            .iter()
            .map(|counter| counter.get::<Count>().0.get())
            .sum()
    }

    async fn ticks(count: u32) -> StreamReader<()> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            give(&mut to, vec![(); count as usize]).await;
        });
        from
    }

    async fn ticked(ticks: StreamReader<()>) -> u32 {
        all(ticks).await.len() as u32
    }
}

impl futures::Guest for Streams {
    async fn later(text: String) -> FutureReader<String> {
        let (to, from) = wit_future::new(String::new);
        spawn(async move {
            let _ = to.write(text + "!").await;
        });
        from
    }

    async fn waited(text: FutureReader<String>) -> String {
        text.await
    }

    async fn either(ok: bool) -> Result<FutureReader<u8>, FutureReader<String>> {
        if !ok {
            return Err(Self::later("no".into()).await);
        }
        let (to, from) = wit_future::new(|| 0);
        spawn(async move {
            let _ = to.write(7).await;
        });
        Ok(from)
    }

    async fn done() -> FutureReader<()> {
        let (to, from) = wit_future::new(|| ());
        spawn(async move {
            let _ = to.write(()).await;
        });
        from
    }

    async fn waited_done(done: FutureReader<()>) -> bool {
        done.await;
        true
    }
}

impl trouble::Guest for Streams {
    async fn trap_after(count: u32) -> StreamReader<String> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            for number in 0..count {
                give(&mut to, vec![format!("line {number}")]).await;
            }
            core::arch::wasm32::unreachable()
        });
        from
    }

    async fn stuck() -> StreamReader<String> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            give(&mut to, vec!["one".to_string()]).await;
            let (_to, mut never) = wit_stream::new::<u8>();
            never.read(Vec::with_capacity(1)).await;
            drop(to);
        });
        from
    }

    async fn endless() -> StreamReader<u64> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            let mut number = 0;
            while give(&mut to, vec![number]).await {
                number += 1;
            }
        });
        from
    }

    async fn in_turn(count: u32) -> (StreamReader<u8>, StreamReader<u32>) {
        let (mut zeros_to, zeros) = wit_stream::new();
        let (mut numbers_to, numbers) = wit_stream::new();
        spawn(async move {
            for number in 0..count {
                give(&mut zeros_to, vec![0; 1000]).await;
                give(&mut numbers_to, vec![number]).await;
            }
        });
        (zeros, numbers)
    }
}
