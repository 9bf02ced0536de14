//! A guest whose inputs wait for each other.

wit_bindgen::generate!({ path: "../../worlds/meeting" });

use test::meeting::host;
use wit_bindgen::spawn_local as spawn;

struct Meeting;

export!(Meeting);

impl Guest for Meeting {
    async fn process(input: String) -> String {
        let number = |text: &str| text.parse().unwrap();
        match input.split(' ').collect::<Vec<_>>()[..] {
            ["meet", n] => host::meet(number(n)).await,
            ["log-after", n, text] => {
                let (n, text) = (number(n), text.to_string());
                // After it was answered.
                spawn(async move {
                    host::meet(n).await;
                    host::log(&text);
                });
            }
            ["trap-later", n] => {
                let n = number(n);
                spawn(async move {
                    host::meet(n).await;
                    core::arch::wasm32::unreachable()
                });
            }
            ["trap-after", n] => {
                host::meet(number(n)).await;
                core::arch::wasm32::unreachable()
            }
            ["spin"] => loop {
                core::hint::spin_loop();
            },
            _ => {}
        }
        input
    }
}
