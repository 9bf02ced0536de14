//! Outgoing `wasi:http` requests, as far as a grant covers them.

use crate::policy::network::Network;
use std::future::Future;
use std::sync::Arc;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_hooks};

/// Lets a request through when a grant covers it. Every component can be linked with
/// `wasi:http`; that allows nothing by itself.
pub(crate) struct HttpGate {
    pub(crate) network: Arc<Network>,
    /// The embedder's own, in the place of Wasmtime's.
    pub(crate) hooks: Option<Box<dyn WasiHttpHooks>>,
}

type Sent = (
    http::Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for HttpGate {
    fn forbidden_header_filter(&mut self) -> Arc<dyn Fn(&http::HeaderName) -> bool + Send + Sync> {
        self.hooks().forbidden_header_filter()
    }

    fn is_supported_scheme(&mut self, scheme: &http::uri::Scheme) -> bool {
        self.hooks().is_supported_scheme(scheme)
    }

    fn set_host_header(&mut self) -> bool {
        self.hooks().set_host_header()
    }

    fn default_scheme(&mut self) -> Option<http::uri::Scheme> {
        self.hooks().default_scheme()
    }

    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        self.hooks().p2_outgoing_body_buffer_chunks()
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        self.hooks().p2_outgoing_body_chunk_size()
    }

    #[cfg(feature = "p3")]
    fn p3_outgoing_body_chunk_size(&mut self) -> usize {
        self.hooks().p3_outgoing_body_chunk_size()
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        body_sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Sent, Error>> + Send> {
        if self.permits(request.uri()) {
            self.hooks().send_request(request, options, body_sent)
        } else {
            Box::new(async { Err(Error::HttpRequestDenied) })
        }
    }
}

impl HttpGate {
    fn hooks(&mut self) -> &mut dyn WasiHttpHooks {
        match &mut self.hooks {
            Some(hooks) => &mut **hooks,
            None => default_hooks(),
        }
    }

    fn permits(&self, uri: &http::Uri) -> bool {
        let https = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let host = uri.host();
        host.is_some_and(|host| self.network.permits_authority(host, port))
    }
}
