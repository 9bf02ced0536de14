//! Text as calls of a component that has every type, in WAVE and in JSON; and what it answers,
//! as text once more.

use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime as Executor};
use worldhost::{Component, Limits, Runtime, Sandbox};
use worldhost_call::{Answer, Call, Callable, Session, Syntax, callables_of, parse_calls};

/// A guest that has every type, and gives back what it is given.
struct Guest {
    component: Component<()>,
    callables: Vec<Callable>,
}

fn executor() -> Executor {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn guest() -> &'static Guest {
    static GUEST: OnceLock<Guest> = OnceLock::new();
    GUEST.get_or_init(|| {
        let runtime = Runtime::<()>::new(|_| Ok(())).unwrap();
        let guest = include_bytes!("../../../../tests/guests/all-types-self.wasm");
        let component = executor().block_on(runtime.load_bytes(guest)).unwrap();
        Guest {
            callables: callables_of(&component),
            component,
        }
    })
}

pub fn run(bytes: &[u8]) {
    let Some((syntax, text)) = bytes.split_first() else {
        return;
    };
    let syntax = match syntax % 2 {
        0 => Syntax::Wave,
        _ => Syntax::Json,
    };
    let text = String::from_utf8_lossy(text);
    let calls: Vec<&str> = text.split('\u{c}').collect();
    let guest = guest();
    match parse_calls(&guest.callables, &calls, syntax) {
        Ok(read) => {
            assert_eq!(read.len(), calls.len());
            executor().block_on(answered(guest, &read));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Makes the calls. What is given back is, as text, the same again.
async fn answered(guest: &Guest, calls: &[Call]) {
    let (sandbox, limits) = (Sandbox::new(), Limits::default());
    let session = Session::start(&guest.component, &sandbox, &limits, ()).await;
    let mut session = session.unwrap();
    for call in calls {
        let Ok(answer) = session.call(call).await else {
            return;
        };
        let callable = call.callable();
        let params = callable.params();
        let echoes = match &params[..] {
            [(_, ty)] => callable.result().as_ref() == Some(ty) && !ty.contains("token"),
            _ => false,
        };
        if echoes && callable.spelling().ends_with("-value") {
            for (syntax, text) in texts(&answer) {
                again(guest, callable, syntax, &text, &answer).await;
            }
        }
    }
}

fn texts(answer: &Answer) -> [(Syntax, String); 2] {
    [
        (Syntax::Wave, answer.to_wave().unwrap_or_default()),
        (Syntax::Json, answer.to_json().to_string()),
    ]
}

async fn again(guest: &Guest, callable: &Callable, syntax: Syntax, text: &str, answer: &Answer) {
    let interface = callable.interface.as_deref().unwrap_or_default();
    let call = format!("{interface}#{}({text})", callable.spelling());
    let read = parse_calls(&guest.callables, &[&call], syntax);
    let read = read.unwrap_or_else(|error| panic!("{call}: {error}"));
    let (sandbox, limits) = (Sandbox::new(), Limits::default());
    let session = Session::start(&guest.component, &sandbox, &limits, ()).await;
    let same = session.unwrap().call(&read[0]).await.unwrap();
    assert_eq!(
        texts(&same).map(|(_, text)| text),
        texts(answer).map(|(_, text)| text),
        "{call}"
    );
}
