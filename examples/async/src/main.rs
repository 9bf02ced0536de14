//! A world whose functions are `async`: `cargo run -p relay [COMPONENT]`. Calls of one
//! instance overlap, and lines of stdin go through it while they are read. Its WIT is in
//! `wit/` beside `src/`.

mod relay;

use relay::{greet, shout, start};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::{mpsc, watch};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (tick, clock) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            tick.send_modify(|now| *now += 1);
        }
    });
    let path = std::env::args_os().nth(1);
    let path = path.unwrap_or("tests/guests/relay.wasm".into());
    let relay = start(path, clock).await?;

    let (ada, bob) = (greet(&relay, "Ada", 2), greet(&relay, "Bob", 2));
    let (ada, bob) = tokio::try_join!(ada, bob)?;
    println!("{ada}\n{bob}");

    let (to_guest, lines) = mpsc::channel(8);
    let (loud, mut from_guest) = mpsc::channel(8);
    tokio::spawn(async move {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            // The guest may read no further.
            if to_guest.send(line).await.is_err() {
                return;
            }
        }
    });
    let print = async {
        while let Some(line) = from_guest.recv().await {
            println!("{line}");
        }
    };
    let (ended, ()) = tokio::join!(shout(&relay, lines, loud), print);
    Ok(ended?)
}
