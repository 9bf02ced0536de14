//! One request to one instance.

use crate::answer::Head;
use crate::body::Sending;
use crate::guest::Proxy;
use http::request::Parts;
use http::uri::Authority;
use http::{Request, Response};
use std::future::poll_fn;
use std::task::Poll;
use tokio::sync::oneshot;
use wasmtime::component::Accessor;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p3;
use wasmtime_wasi_http::{Error, FieldMap, WasiBody, WasiHttpView};
use worldhost::State;

/// A request as it is handed to a guest: it names its host.
pub(crate) struct Incoming {
    pub(crate) head: Parts,
    pub(crate) authority: Authority,
    pub(crate) body: WasiBody,
}

/// What is to end a call beside the guest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The instance has nothing more to do.
    Idle,
    /// The response was sent: others have the instance too.
    Sent,
}

/// Calls an instance that has no other call, and waits until it has nothing more to do.
pub(crate) async fn alone<T: Send + 'static>(
    proxy: &Proxy,
    store: &mut wasmtime::Store<State<T>>,
    request: Incoming,
    answer: oneshot::Sender<Head>,
) -> wasmtime::Result<()> {
    match proxy {
        Proxy::P2(proxy) => {
            let mut http = store.data_mut().http();
            let request = Request::from_parts(request.head, request.body);
            let request = http.new_incoming_request(Scheme::Http, request)?;
            let out = http.new_response_outparam_from_callback(move |response| {
                // Nobody waits any more when the client is gone.
                let _ = answer.send(match response {
                    Ok(response) => Head::Response(response, None),
                    Err(code) => Head::Refused(code.to_string()),
                });
            })?;
            let handler = proxy.wasi_http_incoming_handler();
            handler.call_handle(store, request, out).await
        }
        Proxy::P3(service) => {
            store
                .run_concurrent(async |store| {
                    beside(service, store, request, answer, Until::Idle).await
                })
                .await?
        }
    }
}

/// Calls an instance of WASI 0.3, which may have other calls.
pub(crate) async fn beside<T: Send + 'static>(
    service: &p3::bindings::Service,
    store: &Accessor<State<T>>,
    request: Incoming,
    answer: oneshot::Sender<Head>,
    until: Until,
) -> wasmtime::Result<()> {
    let request = store.with(|mut store| {
        let http = store.data_mut().http();
        let Incoming {
            head,
            authority,
            body,
        } = request;
        // Whether its body was read to the end is nothing to us.
        let (request, _) = p3::Request::new(
            head.method,
            Some(http::uri::Scheme::HTTP),
            Some(authority),
            head.uri.into_parts().path_and_query,
            FieldMap::new_immutable(http.hooks, head.headers),
            None,
            body,
        );
        http.table.push(request)
    })?;
    let handler = service.wasi_http_handler();
    let response = match handler.call_handle(store, request).await? {
        Ok(response) => response,
        Err(code) => {
            let _ = answer.send(Head::Refused(code.to_string()));
            return Ok(());
        }
    };
    let (sent, was_sent) = oneshot::channel();
    let (over, is_over) = oneshot::channel();
    let response: Response<WasiBody> = store.with(|mut store| {
        let response = store.data_mut().http().table.delete(response)?;
        let told = async move { was_sent.await.map_err(|_| Error::ConnectionTerminated) };
        response.into_http(&mut store, told)
    })?;
    let sending = Sending { sent, over };
    if until == Until::Sent {
        turns().await;
    }
    let _ = answer.send(Head::Response(response, Some(sending)));
    match until {
        Until::Idle => poll_fn(|context| store.poll_no_interesting_tasks(context)).await,
        // It is dropped with the response.
        Until::Sent => drop(is_over.await),
    }
    Ok(())
}

/// Lets the guest go on for as long as it does so without waiting for anybody: what it has to
/// say at once is there then, and goes to the client in one piece with the head. Whoever sends
/// it is on another task, and may be faster than the guest.
async fn turns() {
    for _ in 0..TURNS {
        let mut had = false;
        poll_fn(|context| {
            if std::mem::replace(&mut had, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// One to write, one for the host to take it, one to tell that it was all.
const TURNS: usize = 3;
