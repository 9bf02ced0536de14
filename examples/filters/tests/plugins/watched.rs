//! Files that are saved while plugins are watched.

use crate::place::{Place, next, said, says, tables};
use worldhost_plugins::Event;

fn is_refusal(event: &Event) -> bool {
    matches!(event, Event::Refused { .. })
}

#[tokio::test]
async fn what_is_saved_takes_over_if_it_fits() {
    let place = Place::new();
    let (plugins, plugin) = place.one("one").await;
    let mut events = plugins.events();
    let watching = plugins.watch();
    let is_replaced = |event: &Event| matches!(event, Event::Replaced { .. });

    place.file("a.wasm", says("two"));
    next(&mut events, is_replaced).await;
    assert_eq!(said(&plugin).await.unwrap(), "two");

    place.file("a.wasm", "no component");
    let told = next(&mut events, is_refusal).await.to_string();
    assert!(told.contains("all goes on as it was: a: "), "{told}");
    assert_eq!(said(&plugin).await.unwrap(), "two");

    // What was rolled back stays so, until something is saved again.
    place.file("a.wasm", says("three"));
    next(&mut events, is_replaced).await;
    plugins.roll_back("a").await.unwrap();
    place.file("b.wasm", says("b"));
    place.file("plugins.toml", "[plugin.b");
    let told = next(&mut events, is_refusal).await.to_string();
    assert!(told.contains("plugins.toml:1:"), "{told}");
    assert_eq!(said(&plugin).await.unwrap(), "two");

    place.file("plugins.toml", tables(&["b"]));
    next(&mut events, |event| matches!(event, Event::Removed { .. })).await;
    assert_eq!(said(&plugins.get("b").unwrap()).await.unwrap(), "b");

    // What a manifest was refused for is looked at too.
    place.file("c.wasm", "no component");
    place.file("plugins.toml", tables(&["b", "c"]));
    next(&mut events, is_refusal).await;
    assert!(plugins.get("c").is_none());
    place.file("c.wasm", says("c"));
    next(&mut events, |event| matches!(event, Event::Loaded { .. })).await;
    let c = plugins.get("c").unwrap();
    assert_eq!(said(&c).await.unwrap(), "c");

    // And when nobody watches any more, nothing is taken.
    drop(watching);
    place.file("b.wasm", says("another"));
    tokio::time::sleep(3 * worldhost::Watch::OFTEN).await;
    assert_eq!(said(&plugins.get("b").unwrap()).await.unwrap(), "b");
}
