//! What answers messages: a version of the component, which another may replace.

use super::by_export::{ByExport, Exported, NO_TEXT, Said};
use crate::project::{Names, Project};
use crate::service::{Loaded, Loader};
use crate::terminal::{explained, failure};
use std::sync::{Arc, PoisonError, RwLock};
use worldhost::Instances;
use worldhost_queue::{Answer, Outcome, Reason, Task};

/// A component as it is called with messages.
pub enum Version<P: Project> {
    /// This host's own export.
    Own(Instances<P::Guest, P::Data>),
    /// Another one.
    Exported(Box<Exported<P::Data>>),
}

/// How a version is made of the component.
pub struct Calling<P: Project> {
    pub loader: Loader<P>,
    pub export: ByExport,
}

impl<P: Project> Calling<P> {
    pub fn version(&self, loaded: &Loaded<P::Data>) -> anyhow::Result<Version<P>> {
        let Loaded { component, source } = loaded;
        let (sandbox, limits) = (self.loader.sandbox.clone(), self.loader.limits.clone());
        if self.export.is_given() {
            let exported = self.export.of(component.clone(), sandbox, limits)?;
            return Ok(Version::Exported(Box::new(exported)));
        }
        let instances = Instances::new(component, sandbox, limits, P::Data::default);
        let instances = instances.map_err(|error| explained::world::<P>(error, source))?;
        Ok(Version::Own(instances))
    }
}

impl<P: Project> Version<P> {
    pub fn name(&self) -> &str {
        match self {
            Version::Own(instances) => instances.component().name(),
            Version::Exported(exported) => exported.component().name(),
        }
    }

    async fn answer(&self, payload: &[u8]) -> Outcome {
        match self {
            Version::Own(instances) => {
                let Ok(input) = std::str::from_utf8(payload) else {
                    return never(2, NO_TEXT.to_string());
                };
                let call = async |guest: &_, store: &mut _| P::call(guest, store, input).await;
                match instances.call(P::EXPORT, call).await {
                    Ok(result) => Outcome::Result(result.into()),
                    Err(error) => again::<P>(&error.into()),
                }
            }
            Version::Exported(exported) => {
                let call = match exported.call(payload) {
                    Ok(call) => call,
                    Err(error) => return never(2, failure::line(&error, Names::of::<P>())),
                };
                let data = P::Data::default();
                match exported.answer(data, &call).await {
                    Ok(Said::Result(result)) => Outcome::Result(result.into()),
                    Ok(Said::Failed(message)) => Outcome::Again(Reason { message, code: 1 }),
                    Err(error) => again::<P>(&error),
                }
            }
        }
    }
}

fn again<P: Project>(error: &anyhow::Error) -> Outcome {
    Outcome::Again(Reason {
        message: failure::line(error, Names::of::<P>()),
        code: failure::code(error),
    })
}

fn never(code: i32, message: String) -> Outcome {
    Outcome::Never(Reason { message, code })
}

/// The version that there is.
pub struct Answering<P: Project>(RwLock<Arc<Version<P>>>);

impl<P: Project> Answering<P> {
    pub fn new(version: Version<P>) -> Arc<Self> {
        Arc::new(Answering(RwLock::new(Arc::new(version))))
    }

    /// Another one has the messages that come from now on.
    pub fn replace(&self, version: Version<P>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(version);
    }

    pub fn version(&self) -> Arc<Version<P>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl<P: Project> Answer for Answering<P> {
    async fn answer(&self, task: Task) -> Outcome {
        self.version().answer(&task.payload).await
    }
}
