//! Outgoing `wasi:http` requests, as far as a grant covers them.

use crate::policy::network::{Network, Verdict, public_address};
use crate::policy::resolver::Resolver;
use http::uri::Scheme;
use http::{HeaderName, HeaderValue};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_hooks};

/// Lets a request through when a grant covers it. Every component can be linked with
/// `wasi:http`; that allows nothing by itself.
pub(crate) struct HttpGate {
    pub(crate) network: Arc<Network>,
    pub(super) resolver: Resolver,
    /// The embedder's own, in the place of Wasmtime's.
    pub(crate) hooks: Option<Box<dyn WasiHttpHooks>>,
    /// Fields for requests that have none of their name.
    pub(crate) fields: Vec<(HeaderName, HeaderValue)>,
}

type Sent = (
    http::Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for HttpGate {
    fn forbidden_header_filter(&mut self) -> Arc<dyn Fn(&HeaderName) -> bool + Send + Sync> {
        self.hooks().forbidden_header_filter()
    }

    fn is_supported_scheme(&mut self, scheme: &Scheme) -> bool {
        self.hooks().is_supported_scheme(scheme)
    }

    fn set_host_header(&mut self) -> bool {
        self.hooks().set_host_header()
    }

    fn default_scheme(&mut self) -> Option<Scheme> {
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
        mut request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        body_sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Sent, Error>> + Send> {
        let Some((host, port)) = destination(request.uri()) else {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        for (name, value) in &self.fields {
            let field = request.headers_mut().entry(name);
            field.or_insert_with(|| value.clone());
        }
        match self.network.permits_request(&host, port) {
            Verdict::Denied => Box::new(async { Err(Error::HttpRequestDenied) }),
            Verdict::Permitted => self.hooks().send_request(request, options, body_sent),
            // The embedder's hooks find their own way to the host.
            Verdict::PermittedIfPublic if self.hooks.is_some() => {
                let public = public(&self.resolver, host, port);
                let sent = Box::into_pin(self.hooks().send_request(request, options, body_sent));
                Box::new(async move {
                    public.await?;
                    sent.await
                })
            }
            Verdict::PermittedIfPublic => {
                let public = public(&self.resolver, host, port);
                Box::new(async move {
                    let request = pinned(request, public.await?)?;
                    let sent = default_hooks().send_request(request, options, body_sent);
                    Box::into_pin(sent).await
                })
            }
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
}

/// The host and the port of a request.
fn destination(uri: &http::Uri) -> Option<(String, u16)> {
    let port = uri
        .port_u16()
        .unwrap_or(if is_https(uri) { 443 } else { 80 });
    Some((uri.host()?.to_string(), port))
}

fn is_https(uri: &http::Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

/// A public address of the host.
fn public(
    resolver: &Resolver,
    host: String,
    port: u16,
) -> impl Future<Output = Result<SocketAddr, Error>> + Send + use<> {
    let found = resolver.addresses(host);
    async move {
        let found = found.await.map_err(Error::Connect)?;
        let address = public_address(found).ok_or(Error::HttpRequestDenied)?;
        Ok((address, port).into())
    }
}

/// The request, to be sent to the address that was looked at and to no other. The name of
/// one for HTTPS stays, for the certificate to prove: whoever has that for a public name is
/// no private service. The `host` header was set before.
fn pinned(
    mut request: http::Request<WasiBody>,
    address: SocketAddr,
) -> Result<http::Request<WasiBody>, Error> {
    if is_https(request.uri()) {
        return Ok(request);
    }
    let mut parts = request.uri().clone().into_parts();
    let authority = address.to_string().parse();
    parts.authority = Some(authority.map_err(|_| Error::HttpRequestUriInvalid)?);
    let uri = http::Uri::from_parts(parts).map_err(|_| Error::HttpRequestUriInvalid)?;
    *request.uri_mut() = uri;
    Ok(request)
}
