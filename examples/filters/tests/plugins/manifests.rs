//! One manifest after another.

use crate::filters::{Filters, setup};
use crate::place::{Place, next, said, says, tables};
use worldhost::{Error, Pin, Source};
use worldhost_plugins::{Error as Failed, Event};

fn names(plugins: &Filters) -> Vec<String> {
    let plugins = plugins.all();
    plugins.iter().map(|plugin| plugin.name().into()).collect()
}

#[tokio::test]
async fn what_differs_is_changed_and_what_is_the_same_goes_on() {
    let place = Place::new();
    for name in ["a", "b", "c", "d"] {
        place.file(&format!("{name}.wasm"), says(name));
    }
    let plugins = place.load(setup(), &["a", "b", "c"]).await;
    let all = plugins.all();
    let [a, b, c] = &all[..] else {
        panic!("{:?}", names(&plugins));
    };
    let mut events = plugins.events();
    // `a` is gone, `b` has another limit, `c` is the same, and `d` is new.
    let text = format!("{}timeout = \"5s\"\n", tables(&["d", "c", "b"]));
    let manifest = place.manifest(&text).unwrap();
    plugins.apply(&manifest).await.unwrap();
    assert_eq!(names(&plugins), ["d", "c", "b"]);
    let mut told = Vec::new();
    while told.len() < 5 {
        let event = next(&mut events, |_| true).await.to_string();
        told.push(event.split(" sha256").next().unwrap().to_string());
    }
    told.sort();
    assert!(
        told[0].starts_with("a:") && told[1] == "a: removed",
        "{told:?}"
    );
    assert!(
        told[2].starts_with("b:") && told[3].starts_with("b: "),
        "{told:?}"
    );
    assert_eq!(told[4], "d: loaded,");
    let taken = |name: &str| {
        let metrics = plugins.metrics();
        let of = metrics.iter().find(|metrics| metrics.plugin == name);
        of.unwrap().taken
    };
    assert_eq!((taken("b"), taken("c"), taken("d")), (2, 1, 1));
    for plugin in [b, c, &plugins.get("d").unwrap()] {
        assert_eq!(said(plugin).await.unwrap(), plugin.name());
    }
    // Who has a handle yet is told.
    assert!(matches!(said(a).await, Err(Error::Draining { .. })));
    assert!(a.digest().is_none() && plugins.get("a").is_none());

    plugins.remove("c").await.unwrap();
    assert_eq!(names(&plugins), ["d", "b"]);
    plugins.apply(&manifest).await.unwrap();
    assert_eq!(names(&plugins), ["d", "c", "b"]);
    assert!(matches!(plugins.remove("a").await, Err(Failed::Unknown(_))));
}

/// A component of another world.
const OTHER: &str = r#"(component
    (core module $m (func (export "filter") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (func (export "filter") (param "line" u32) (result u32) (canon lift (core func $i "filter"))))"#;

/// One that wants what there is not.
const WANTS: &str = r#"(component
    (import "example:filters/other@1.0.0" (instance (export "f" (func)))))"#;

#[tokio::test]
async fn a_misfit_changes_nothing_and_says_why() {
    let place = Place::new();
    place.file("a.wasm", says("one"));
    place.file("b.wasm", says("one"));
    let plugins = place.load(setup(), &["a", "b"]).await;
    let mut events = plugins.events();
    let pinned = Pin::of(b"another");
    place.file("a.wasm", says("two"));
    for (number, (guest, more, words)) in [
        (wat::parse_str(OTHER).unwrap(), "", "does not fit the world"),
        (wat::parse_str(WANTS).unwrap(), "", "example:filters/other"),
        (b"text".to_vec(), "", "is not WebAssembly"),
        (says("two"), "dir = \"gone\"\n", "gone"),
        (says("two"), "env = \"NOT_SET_HERE\"\n", "not set here"),
        (says("two"), "max-component-size = 10\n", "10 bytes"),
        (
            says("two"),
            &format!("digest = \"{pinned}\"\n"),
            "pinned to",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        place.file("b.wasm", guest);
        let manifest = place.manifest(&(tables(&["a", "b"]) + more)).unwrap();
        let checked = plugins.check(&manifest).await.unwrap_err();
        let error = plugins.apply(&manifest).await.unwrap_err();
        let text = error.to_string();
        assert_eq!(checked.to_string(), text);
        let Failed::Misfits(misfits) = error else {
            panic!("{text}");
        };
        assert_eq!(misfits.len(), 1);
        let place = misfits[0].to_string();
        assert!(
            place.starts_with("b: ") && place.contains("plugins.toml:"),
            "{text}"
        );
        assert!(text.contains(words), "{text}");
        let told = next(&mut events, |event| matches!(event, Event::Refused { .. })).await;
        assert!(told.to_string().contains(words), "{told}");
        for plugin in plugins.all().iter() {
            assert_eq!(said(plugin).await.unwrap(), "one");
        }
        assert_eq!(plugins.metrics()[1].refused, number as u64 + 1);
    }
    place.file("b.wasm", says("two"));
    let manifest = place.manifest(&tables(&["a", "b"])).unwrap();
    plugins.apply(&manifest).await.unwrap();
    for plugin in plugins.all().iter() {
        assert_eq!(said(plugin).await.unwrap(), "two");
    }
}

#[tokio::test]
async fn what_is_pinned_is_replaced_by_itself_alone() {
    let place = Place::new();
    place.file("a.wasm", says("one"));
    let pin = Pin::of(&says("one"));
    let text = format!("{}digest = \"{pin}\"\n", tables(&["a"]));
    let plugins = Filters::load(setup(), &place.manifest(&text).unwrap())
        .await
        .unwrap();
    let two = Source::from_bytes("two", says("two"));
    let error = plugins.replace("a", two).await.unwrap_err();
    assert!(error.to_string().contains("pinned to"), "{error}");
    place.file("a.wasm", says("two"));
    assert!(plugins.reload("a").await.is_err());
    let plugin = plugins.get("a").unwrap();
    assert_eq!(said(&plugin).await.unwrap(), "one");
    assert_eq!(plugin.digest(), Some(pin));
}
