//! The engines: one for all plugins that need the same of it.

use crate::setup::Setup;
use std::sync::{Arc, Mutex, Weak};
use worldhost::{LoadLimits, Runtime, Unstable};
use worldhost_policy::InForce;

/// The runtimes that some version of a plugin is made with.
pub(crate) struct Runtimes<T: 'static>(Mutex<Vec<(Needs, Weak<Runtime<T>>)>>);

/// What is an engine's for good, and a plugin's grants or limits speak of.
#[derive(PartialEq)]
struct Needs {
    fuel: bool,
    stack: usize,
    table_elements: usize,
    unstable: Unstable,
    load: LoadLimits,
}

impl<T: Send + 'static> Runtimes<T> {
    pub(crate) fn new() -> Self {
        Runtimes(Mutex::default())
    }

    /// One for a plugin of which this is in force.
    pub(crate) fn of(
        &self,
        setup: &Setup<T>,
        in_force: &InForce,
    ) -> worldhost::Result<Arc<Runtime<T>>> {
        let limits = in_force.limits();
        let needs = Needs {
            fuel: limits.fuel.is_some(),
            stack: limits.stack,
            table_elements: limits.table_elements,
            unstable: in_force.unstable(),
            load: in_force.load_limits().clone(),
        };
        let mut made = self.0.lock().unwrap();
        made.retain(|(_, runtime)| runtime.strong_count() > 0);
        let same = made.iter().find(|(other, _)| *other == needs);
        if let Some(runtime) = same.and_then(|(_, runtime)| runtime.upgrade()) {
            return Ok(runtime);
        }
        let mut config = setup.config.clone();
        config.unstable = needs.unstable;
        config.load = needs.load.clone();
        // Plugins share threads with all else.
        config.interruptible = true;
        config.set_for(&limits);
        let imports = setup.imports.clone();
        let runtime = Runtime::with_config(&config, move |linker| imports(linker))?;
        let runtime = Arc::new(runtime);
        made.push((needs, Arc::downgrade(&runtime)));
        Ok(runtime)
    }
}
