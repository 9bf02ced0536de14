//! The world of `tests/worlds/overlap`, whose host is the test.

use std::path::Path;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use wasmtime::component::{Accessor, HasSelf, Linker};
use wasmtime_wasi::I32Exit;
use worldhost::{Config, Instances, Limits, Pool, Runtime, Sandbox, Shared, Source, State};

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../../tests/worlds/overlap",
        imports: { default: async | trappable },
        exports: { default: async | store },
    });
}
use bindings::test::overlap::host;
pub use bindings::{Overlap, OverlapPre};

worldhost::guest!(Overlap, OverlapPre);

/// What the guest asked, and where the answer goes. Without one, the guest traps.
pub struct Question {
    pub name: String,
    answer: oneshot::Sender<u32>,
}

impl Question {
    pub fn answer(self, answer: u32) {
        // The guest may be gone.
        let _ = self.answer.send(answer);
    }
}

/// The error of the host for a question that was not answered.
#[derive(Debug)]
pub struct Refused(pub String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no answer for {}", self.0)
    }
}

impl std::error::Error for Refused {}

#[derive(Clone)]
pub struct Asking(mpsc::UnboundedSender<Question>);

impl Asking {
    async fn ask(self, name: String) -> wasmtime::Result<u32> {
        assert_ne!(name, "panic", "a host function that fails");
        let (answer, answered) = oneshot::channel();
        let refused = || Refused(name.clone());
        let question = Question {
            name: name.clone(),
            answer,
        };
        self.0.send(question).map_err(|_| refused())?;
        Ok(answered.await.map_err(|_| refused())?)
    }
}

impl host::HostWithStore<State<Asking>> for HasSelf<State<Asking>> {
    async fn ask(store: &Accessor<State<Asking>, Self>, name: String) -> wasmtime::Result<u32> {
        let asking = store.with(|mut access| access.get().data().clone());
        asking.ask(name).await
    }
}

impl host::Host for State<Asking> {
    async fn hold(&mut self, name: String) -> wasmtime::Result<u32> {
        self.data().clone().ask(name).await
    }

    async fn leave(&mut self, code: i32) -> wasmtime::Result<()> {
        Err(I32Exit(code).into())
    }
}

fn imports(linker: &mut Linker<State<Asking>>) -> wasmtime::Result<()> {
    host::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

/// Nothing here takes long, unless it hangs.
pub async fn soon<R>(what: impl Future<Output = R>) -> R {
    let soon = tokio::time::timeout(Duration::from_secs(60), what);
    soon.await.expect("it comes to its end")
}

/// An instance on trial, and what it asks.
pub struct Trial {
    pub instances: Instances<Overlap, Asking>,
    pub shared: Shared<Overlap, Asking>,
    pub questions: mpsc::UnboundedReceiver<Question>,
}

impl Trial {
    pub async fn of(calls: usize) -> Self {
        Self::within(calls, Limits::default()).await
    }

    pub async fn within(calls: usize, limits: Limits) -> Self {
        let mut config = Config::default();
        config.pool = Some(Pool::new(1));
        let runtime = Runtime::with_config(&config, imports).unwrap();
        let guest = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/guests/overlap.wasm"
        );
        let source = Source::open(Path::new(guest)).unwrap();
        let component = runtime.load_fresh(&source).await.unwrap();
        let (asking, questions) = mpsc::unbounded_channel();
        let data = move || Asking(asking.clone());
        let instances = Instances::new(&component, Sandbox::new(), limits, data).unwrap();
        let live = instances.live().await.unwrap();
        Trial {
            shared: live.share(calls).unwrap(),
            instances,
            questions,
        }
    }

    pub async fn question(&mut self) -> Question {
        soon(self.questions.recv()).await.expect("a question")
    }

    /// As many calls and no more, once those are at their end that nobody waits for.
    pub async fn in_flight(&self, calls: usize) {
        soon(async {
            while self.shared.in_flight() != calls {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// Asks in a task of its own.
pub fn ask(
    shared: &Shared<Overlap, Asking>,
    name: &str,
) -> tokio::task::JoinHandle<worldhost::Result<u32>> {
    let (shared, name) = (shared.clone(), name.to_string());
    tokio::spawn(async move {
        shared
            .call("ask", move |guest, store| {
                Box::pin(guest.call_ask(store, name))
            })
            .await
    })
}
