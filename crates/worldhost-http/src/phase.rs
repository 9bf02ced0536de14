//! How far a server is on its way to the end.

use tokio::sync::watch;

/// In this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    #[default]
    Serving,
    /// Nothing new is accepted. What is there is answered.
    Draining,
    /// Connections without a request are closed.
    Closing,
    /// All others too.
    Over,
}

/// Tells of the phases.
#[derive(Clone)]
pub(crate) struct Phases(watch::Receiver<Phase>);

impl Phases {
    pub(crate) fn of(sender: &watch::Sender<Phase>) -> Self {
        Phases(sender.subscribe())
    }

    /// Waits for a phase or a later one. Without a server, all is over.
    pub(crate) async fn reach(&mut self, phase: Phase) {
        let _ = self.0.wait_for(|now| *now >= phase).await;
    }
}
