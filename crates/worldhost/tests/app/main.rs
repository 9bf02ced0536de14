//! An application with plugins, as an embedder writes one: two worlds, a host function that
//! waits for the application, its own errors, more callers than places, a plugin that is
//! replaced while it is in use, an asynchronous export.

mod guests;
mod shop;
mod timer;

use shop::Shop;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tokio::sync::mpsc;
use worldhost::{Config, Error, Instances, Limits, Pool, Runtime, Sandbox, Source};

type Shops = Instances<shop::bindings::Plugin, Shop>;

fn runtime(pool: u32) -> Runtime<Shop> {
    let mut config = Config::default();
    config.pool = Some(Pool::new(pool));
    Runtime::with_config(&config, shop::imports).unwrap()
}

async fn shops(runtime: &Runtime<Shop>, guest: Vec<u8>, shop: Shop) -> Shops {
    let source = Source::from_bytes("shop", guest);
    let component = runtime.load_fresh(&source).await.unwrap();
    assert!(component.is_pooled());
    let data = move || shop.clone();
    Instances::new(&component, Sandbox::new(), Limits::default(), data).unwrap()
}

async fn price(shops: &Shops, item: u32) -> worldhost::Result<u32> {
    shops
        .call("price", async |plugin, store| {
            plugin.call_price(store, item).await
        })
        .await
}

/// The application answers each plugin's question, one after the other.
fn answering(answer: u32) -> Shop {
    let (asked, mut questions) = mpsc::channel::<shop::Question>(10);
    tokio::spawn(async move {
        while let Some(question) = questions.recv().await {
            tokio::task::yield_now().await;
            let _ = question.answer.send(answer);
        }
    });
    Shop::new(asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_plugins_ask_the_application() {
    let runtime = runtime(10);
    let times = shops(&runtime, guests::price("i32.mul"), answering(3)).await;
    let plus = shops(&runtime, guests::price("i32.add"), answering(4)).await;
    let tasks = (0..20).map(|item| {
        let (times, plus) = (times.clone(), plus.clone());
        tokio::spawn(async move {
            let (a, b) = tokio::join!(price(&times, item), price(&plus, item));
            assert_eq!((a.unwrap(), b.unwrap()), (item * 3, item + 4));
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let counts = times.counts();
    assert_eq!((counts.succeeded, counts.failed), (20, 0));
    assert!(counts.busy > Duration::ZERO);
}

#[tokio::test]
async fn the_applications_own_error_comes_back() {
    let runtime = runtime(1);
    let (asked, _) = mpsc::channel(1);
    // Nobody is there to answer.
    let shops = shops(&runtime, guests::price("i32.mul"), Shop::new(asked)).await;
    let error = price(&shops, 1).await.unwrap_err();
    let closed: &shop::Closed = error.trap_cause().expect("the host function's error");
    assert_eq!(closed.question, "rate");
    assert!(error.to_string().contains("the shop is closed"), "{error}");
    let mut causes = std::iter::successors(std::error::Error::source(&error), |e| e.source());
    assert!(causes.any(|cause| cause.is::<shop::Closed>()));
    let counts = shops.counts();
    assert_eq!((counts.succeeded, counts.failed, counts.trapped), (0, 1, 1));
    // And the next call is as good as any.
    assert!(matches!(price(&shops, 1).await, Err(Error::Trap(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_callers_share_two_hundred_places() {
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let (asked, mut questions) = mpsc::channel::<shop::Question>(1000);
    tokio::spawn(async move {
        while let Some(question) = questions.recv().await {
            MOST.fetch_max(INSIDE.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                INSIDE.fetch_sub(1, SeqCst);
                let _ = question.answer.send(2);
            });
        }
    });
    let runtime = runtime(200);
    let shops = shops(&runtime, guests::price("i32.mul"), Shop::new(asked)).await;
    let calls: Vec<_> = (0..1000)
        .map(|item| {
            let shops = shops.clone();
            tokio::spawn(async move { price(&shops, item).await.unwrap() })
        })
        .collect();
    for (item, call) in (0..).zip(calls) {
        assert_eq!(call.await.unwrap(), 2 * item);
    }
    let most = MOST.load(SeqCst);
    assert!(most > 20 && most <= 200, "{most} at once");
}

#[tokio::test]
async fn who_waits_is_served_in_the_order_of_coming() {
    let runtime = runtime(1);
    let shops = shops(&runtime, guests::price("i32.mul"), answering(1)).await;
    let first = shops.live().await.unwrap();
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = Vec::new();
    for number in 0..50 {
        let (shops, served) = (shops.clone(), served.clone());
        waiting.push(tokio::spawn(async move {
            let live = shops.live().await.unwrap();
            served.lock().unwrap().push(number);
            drop(live);
        }));
        // It waits before the next one comes.
        tokio::task::yield_now().await;
    }
    assert!(served.lock().unwrap().is_empty());
    drop(first);
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(*served.lock().unwrap(), (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_does_not_want_to_wait_is_told_so() {
    let runtime = runtime(1);
    let shops = shops(&runtime, guests::price("i32.mul"), answering(1)).await;
    let live = shops.live().await.unwrap();
    let patient = Duration::from_millis(10);
    let error = price(&shops.waiting_at_most(patient), 1).await.unwrap_err();
    assert!(matches!(error, Error::PoolFull { .. }), "{error}");
    // Past the counter, too, a full pool is no trap of the guest.
    let component = shops.component().clone();
    let mut store = component
        .store(&Sandbox::new(), &Limits::default(), answering(1))
        .unwrap();
    let pre = component.typed(shop::bindings::PluginPre::new).unwrap();
    let full = store.instantiate::<shop::bindings::Plugin>(&pre).await;
    assert!(matches!(full, Err(Error::PoolFull { .. })));
    drop((live, store));
    assert_eq!(price(&shops, 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_call_has_its_own_time() {
    let runtime = runtime(2);
    let (asked, questions) = mpsc::channel(10);
    let shops = shops(&runtime, guests::price("i32.mul"), Shop::new(asked)).await;
    let error = price(&shops.within(Duration::from_millis(20)), 1).await;
    match error.unwrap_err() {
        Error::Timeout { export, limit } => {
            assert_eq!(
                (export.as_str(), limit),
                ("price", Duration::from_millis(20))
            );
        }
        error => panic!("{error}"),
    }
    assert_eq!(shops.counts().timed_out, 1);
    drop(questions);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_is_replaced_while_it_is_called() {
    let runtime = runtime(50);
    let old = shops(&runtime, guests::price("i32.mul"), answering(10)).await;
    let current = Arc::new(RwLock::new(old));
    let calls: Vec<_> = (0..500u32)
        .map(|_| {
            let current = current.clone();
            tokio::spawn(async move {
                loop {
                    let shops = current.read().unwrap().clone();
                    match price(&shops, 7).await {
                        Ok(price) => return price,
                        Err(Error::Draining { .. }) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let new = shops(&runtime, guests::price("i32.add"), answering(10)).await;
    let old = std::mem::replace(&mut *current.write().unwrap(), new);
    old.drain().await;
    assert!(matches!(price(&old, 7).await, Err(Error::Draining { .. })));
    for call in calls {
        assert!([70, 17].contains(&call.await.unwrap()));
    }
    let new = current.read().unwrap().clone();
    assert_eq!(price(&new, 7).await.unwrap(), 17);
    assert_eq!(old.counts().failed + new.counts().failed, 0);
}

#[tokio::test]
async fn data_comes_back_and_a_live_instance_keeps_its_own() {
    let runtime = runtime(2);
    let shops = shops(&runtime, guests::price("i32.mul"), answering(2)).await;
    let mut mine = answering(5);
    mine.asked = 100;
    let mut live = shops.live_with(mine).await.unwrap();
    for item in 1..=3 {
        let price = live
            .call("price", async |plugin, store| {
                plugin.call_price(store, item).await
            })
            .await;
        assert_eq!(price.unwrap(), 5 * item);
    }
    assert!(live.is_alive());
    assert_eq!(live.into_data().asked, 103);
}

#[tokio::test]
async fn bindings_of_another_runtime_are_refused() {
    let (one, other) = (runtime(1), runtime(1));
    let guest = || Source::from_bytes("shop", guests::price("i32.mul"));
    let (a, b) = (
        one.load_fresh(&guest()).await.unwrap(),
        other.load_fresh(&guest()).await.unwrap(),
    );
    let pre = b.typed(shop::bindings::PluginPre::new).unwrap();
    let mut store = a
        .store(&Sandbox::new(), &Limits::default(), answering(1))
        .unwrap();
    let refused = store.instantiate::<shop::bindings::Plugin>(&pre).await;
    assert!(matches!(refused, Err(Error::OtherRuntime { .. })));
}

#[tokio::test]
async fn an_asynchronous_export_is_called() {
    let runtime = Runtime::<()>::new(timer::imports).unwrap();
    let source = Source::from_bytes("timer", guests::timer());
    let component = runtime.load_fresh(&source).await.unwrap();
    let timers = Instances::<timer::bindings::Timer, ()>::new(
        &component,
        Sandbox::new(),
        Limits::default(),
        || (),
    )
    .unwrap();
    let doubled = timers
        .call("double", async |timer, store| {
            store
                .run_concurrent(async |store| timer.call_double(store, 21).await)
                .await?
        })
        .await;
    assert_eq!(doubled.unwrap(), 42);
}

#[cfg(feature = "p3")]
#[tokio::test]
async fn an_instance_is_shared_whose_component_has_async_functions() {
    let plain = shops(&runtime(1), guests::price("i32.mul"), answering(1)).await;
    let refused = plain.live().await.unwrap().share(2).map(drop);
    assert!(matches!(refused, Err(Error::Host(_))), "{refused:?}");

    let runtime = Runtime::<()>::new(timer::imports).unwrap();
    let source = Source::from_bytes("timer", guests::timer());
    let component = runtime.load_source(&source).await.unwrap();
    let (sandbox, limits) = (Sandbox::new(), Limits::default());
    let timers =
        Instances::<timer::bindings::Timer, ()>::new(&component, sandbox, limits, || ()).unwrap();
    let timer = timers.live().await.unwrap().share(2).unwrap();
    let double = |n| {
        timer.call("double", move |timer, store| {
            Box::pin(timer.call_double(store, n))
        })
    };
    let (one, two) = tokio::try_join!(double(1), double(2)).unwrap();
    assert_eq!((one, two), (2, 4));
}
