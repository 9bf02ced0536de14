//! The engines of one runtime, made as they are needed.

use super::config::Config;
use super::kind::Kind;
use super::linked::{Imports, Linked};
use super::settings;
use crate::error::Result;
use std::sync::{Arc, OnceLock};

/// The engines of one configuration and one set of imports.
pub(crate) struct Engines<T: 'static> {
    pub(crate) config: Config,
    imports: Arc<Imports<T>>,
    /// By the index of their kind. One is there from the beginning.
    made: [OnceLock<Arc<Linked<T>>>; Kind::COUNT],
}

impl<T: Send + 'static> Engines<T> {
    /// With the first engine, which shows whether the imports can be linked.
    pub(crate) fn new(config: &Config, imports: Arc<Imports<T>>) -> Result<Self> {
        let mut config = config.clone();
        let mut kind = settings::first(&config);
        let mut linked = Linked::new(&config, kind, &imports);
        // Interfaces with `async` functions can only be linked with concurrency.
        if linked.is_err() && !kind.concurrent {
            config.concurrent = true;
            kind = settings::first(&config);
            linked = Linked::new(&config, kind, &imports);
        }
        let engines = Engines {
            config,
            imports,
            made: Default::default(),
        };
        let _ = engines.made[kind.index()].set(linked?);
        Ok(engines)
    }

    /// The engine of one kind, and its linker.
    pub(crate) fn linked(&self, kind: Kind) -> Result<&Arc<Linked<T>>> {
        let slot = &self.made[kind.index()];
        if let Some(linked) = slot.get() {
            return Ok(linked);
        }
        let linked = Linked::new(&self.config, kind, &self.imports)?;
        Ok(slot.get_or_init(|| linked))
    }

    /// The one that knows most.
    pub(crate) fn full(&self) -> &Linked<T> {
        let first = settings::first(&self.config);
        let full = Kind {
            concurrent: true,
            ..first
        };
        let linked = self.linked(full).or_else(|_| self.linked(first));
        linked.expect("the first engine was made with the runtime")
    }
}
