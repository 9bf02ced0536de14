//! The two worlds of components that handle HTTP requests, as one.

use wasmtime::component::InstancePre;
use wasmtime_wasi_http::{p2, p3};
use worldhost::version::Wasi;
use worldhost::{Component, Error, Guest, Result, State};

/// An instance of a component that handles requests.
pub(crate) enum Proxy {
    P2(p2::bindings::Proxy),
    P3(p3::bindings::Service),
}

/// Its component, in which the handler is found.
pub(crate) enum ProxyPre<T: 'static> {
    P2(p2::bindings::ProxyPre<State<T>>),
    P3(p3::bindings::ServicePre<State<T>>),
}

impl<T: Send + 'static> Guest<T> for Proxy {
    type Pre = ProxyPre<T>;

    fn pre(component: InstancePre<State<T>>) -> wasmtime::Result<ProxyPre<T>> {
        let compiled = component.component();
        let exports = compiled.component_type();
        let names: Vec<&str> = exports
            .exports(compiled.engine())
            .map(|(name, _)| name)
            .collect();
        match Wasi::choose_handler(&names) {
            Some((Wasi::P3, _)) => p3::bindings::ServicePre::new(component).map(ProxyPre::P3),
            _ => p2::bindings::ProxyPre::new(component).map(ProxyPre::P2),
        }
    }

    fn component(pre: &ProxyPre<T>) -> &InstancePre<State<T>> {
        match pre {
            ProxyPre::P2(pre) => pre.instance_pre(),
            ProxyPre::P3(pre) => pre.instance_pre(),
        }
    }

    async fn instantiate(
        pre: &ProxyPre<T>,
        store: &mut wasmtime::Store<State<T>>,
    ) -> wasmtime::Result<Self> {
        match pre {
            ProxyPre::P2(pre) => pre.instantiate_async(store).await.map(Proxy::P2),
            ProxyPre::P3(pre) => pre.instantiate_async(store).await.map(Proxy::P3),
        }
    }
}

/// The name of the export that handles requests, and its WASI.
///
/// # Errors
///
/// [`Error::NoExport`] when there is none.
pub(crate) fn handler<T: Send + 'static>(component: &Component<T>) -> Result<(String, Wasi)> {
    let exports = component.exports();
    let names: Vec<&str> = exports.iter().map(String::as_str).collect();
    match Wasi::choose_handler(&names) {
        Some((wasi, name)) => Ok((name.to_string(), wasi)),
        None => Err(Error::NoExport {
            name: component.name().to_string(),
            wanted: WANTED.to_string(),
            exports,
        }),
    }
}

/// What an error calls it that a component lacks.
const WANTED: &str = "wasi:http/incoming-handler of WASI 0.2 or wasi:http/handler of 0.3";
