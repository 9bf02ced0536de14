//! Which of this process's streams a store wrote to, for what it wrote to be out when a call
//! of its ends.

use crate::outlet::Outlet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Printed(Arc<[AtomicBool; 2]>);

impl Printed {
    /// Something was put there, and is still held.
    pub(super) fn mark(&self, outlet: Outlet, held: bool) {
        if held {
            self.0[outlet as usize].store(true, Relaxed);
        }
    }

    /// Whether there may be something to wait for.
    pub(crate) fn is_marked(&self) -> bool {
        self.0.iter().any(|marked| marked.load(Relaxed))
    }

    /// Waits until it is written, or cannot be.
    pub(crate) async fn flush(&self) {
        for outlet in [Outlet::Stdout, Outlet::Stderr] {
            let marked = &self.0[outlet as usize];
            if marked.load(Relaxed) {
                // The guest hears of it when it writes more.
                let _ = outlet.flush().await;
                marked.store(false, Relaxed);
            }
        }
    }
}
