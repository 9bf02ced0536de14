//! Another manifest, and another component, without a lost request.

use crate::client::{Version, fetch};
use crate::load::Load;
use crate::place::{Place, address, process};
use crate::server::Server;
use crate::support::guest;

const SHOP: &str =
    "[component.shop]\nsource = \"web.wasm\"\nrun = \"serve\"\naddr = \"127.0.0.1:0\"\n";
const JOB: &str =
    "[component.job]\nsource = \"plugin-rust.wasm\"\nrun = \"process\"\nargs = [\"21\"]\n";

/// What the log says only when all that came before has been done.
fn taken(up: &Server, times: usize) {
    crate::server::until(|| {
        up.log()
            .matches("the manifest as it is now is in force")
            .count()
            == times
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_options_change_gives_way_without_a_lost_request() {
    let place = Place::new(&format!("{SHOP}{JOB}"));
    let mut up = place.up(&[]);
    let address = address(&up, "shop");
    let first = process(&up.logged("shop: ready"));
    let load = Load::begin(address, Version::Http1, "/hello", &["hello\n"]);
    load.has_done(20).await;
    for (times, memory) in (1..).zip(["32MiB", "48MiB", "64MiB"]) {
        place.write(&format!("{SHOP}max-memory = \"{memory}\"\n{JOB}"));
        up.signal("HUP");
        taken(&up, times);
        crate::server::until(|| up.log().matches("shop: another takes over").count() == times);
    }
    load.has_done(200).await;
    load.end().await;
    let second = process(&up.logged("another takes over"));
    assert_ne!(first, second);
    // What had come to its end has not run again.
    assert_eq!(up.log().matches("job  | 42").count(), 1, "{}", up.log());
    up.signal("TERM");
    assert_eq!(up.ended().code(), Some(0), "{}", up.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_leaves_all_as_it_was() {
    let place = Place::new(SHOP);
    let up = place.up(&[]);
    let address = address(&up, "shop");
    up.logged("shop: ready");
    let wrong = [
        (
            format!("{SHOP}[component.b]\nsource = \"nowhere.wasm\"\nrun = \"run\"\n"),
            "all goes on as it was: b: no such file",
        ),
        (
            SHOP.replace("web.wasm", "command.wasm"),
            "all goes on as it was: shop: command.wasm",
        ),
        (SHOP.replace("run", "rum"), "all goes on as it was: "),
        (format!("{SHOP}max-memroy = 1\n"), "did you mean max-memory"),
    ];
    for (manifest, words) in wrong {
        place.write(&manifest);
        up.signal("HUP");
        up.logged(words);
        assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    }
    assert!(!up.log().contains("in force"), "{}", up.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn components_come_and_go_with_the_manifest() {
    let place = Place::new(SHOP);
    let mut up = place.up(&["--watch"]);
    let shop = address(&up, "shop");
    let first = process(&up.logged("shop: ready"));
    let more = SHOP
        .replace("shop", "store")
        .replace("web.wasm", "web-p3.wasm");
    place.write(&format!("{SHOP}{more}"));
    up.logged("store: ready");
    // It serves where it did, by the process that did.
    assert_eq!(fetch(shop, "/hello").await.text(), "hello\n");
    assert!(std::path::Path::new(&format!("/proc/{first}")).exists());
    place.write(&more);
    up.logged("shop: is no more in the manifest");
    crate::server::until(|| !std::path::Path::new(&format!("/proc/{first}")).exists());
    up.signal("TERM");
    assert_eq!(up.ended().code(), Some(0), "{}", up.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_component_in_the_file_is_taken_and_garbage_is_not() {
    let place = Place::new(SHOP);
    let up = place.up(&["--watch"]);
    let address = address(&up, "shop");
    up.logged("shop: ready");
    place.file("web.wasm", "garbage");
    up.logged("the version before is served on");
    assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
    place.put("web.wasm", &guest("web-p3"));
    up.logged("serving web.wasm, wasi:http 0.3.0");
    assert_eq!(fetch(address, "/hello").await.text(), "hello\n");
}
