//! A component of the world of `examples/async`, which waits for the host's clock.

wit_bindgen::generate!({
    path: "../../../examples/async/wit",
    world: "relay",
    generate_all,
});

use example::relay::clock;
use wit_bindgen::rt::async_support::StreamReader;
use wit_bindgen::spawn_local as spawn;

struct Relay;

export!(Relay);

impl Guest for Relay {
    async fn greet(name: String, ticks: u32) -> String {
        let tick = clock::after(ticks).await;
        format!("hello {name}, at tick {tick}")
    }

    async fn shout(mut lines: StreamReader<String>) -> StreamReader<String> {
        let (mut to, from) = wit_stream::new();
        spawn(async move {
            while let Some(line) = lines.next().await {
                clock::after(1).await;
                // Nobody reads on.
                if !to.write_all(vec![line.to_uppercase()]).await.is_empty() {
                    return;
                }
            }
        });
        from
    }
}
