//! What an embedder puts into WASI itself.

use std::fmt;
use std::sync::Arc;
use wasmtime_wasi::WasiCtxBuilder;
#[cfg(feature = "http")]
use wasmtime_wasi_http::WasiHttpHooks;

type SetWasi = dyn Fn(&mut WasiCtxBuilder) + Send + Sync;
#[cfg(feature = "http")]
type MakeHooks = dyn Fn() -> Box<dyn WasiHttpHooks> + Send + Sync;

/// The hatches of a sandbox.
#[derive(Clone, Default)]
pub(crate) struct Hatches {
    pub(crate) wasi: Option<Arc<SetWasi>>,
    #[cfg(feature = "http")]
    pub(crate) http: Option<Arc<MakeHooks>>,
}

impl fmt::Debug for Hatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Hatches");
        shown.field("wasi", &self.wasi.is_some());
        #[cfg(feature = "http")]
        shown.field("http", &self.http.is_some());
        shown.finish()
    }
}
