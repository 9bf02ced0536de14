//! Calls in order on one instance.

use crate::error::Result;
use crate::export::Callable;
use crate::handle::{Earlier, Names, Reference, handles};
use crate::json::write::to_json;
use crate::parse::Call;
use crate::wave::write;
use wasmtime::component::types::Type;
use wasmtime::component::{ComponentExportIndex, Instance, ResourceAny, Val};
use worldhost::{Component, Error, Limits, Sandbox, Store};

/// One live instance, and what its calls gave.
pub struct Session<T: 'static> {
    component: Component<T>,
    store: Store<T>,
    instance: Instance,
    values: Values,
}

/// The result of a call.
#[derive(Debug)]
pub struct Answer {
    call: usize,
    value: Option<Val>,
}

impl Answer {
    /// The value; none when the function has no result.
    pub fn value(&self) -> Option<&Val> {
        self.value.as_ref()
    }

    /// The value as WAVE, handles by the name that later calls have for them.
    pub fn to_wave(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        Some(write::text(value, &mut Names::new(self.call, value)))
    }

    /// The value as JSON; null when the function has no result.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Some(value) => to_json(value, &mut Names::new(self.call, value)),
            None => serde_json::Value::Null,
        }
    }
}

impl<T: Send + 'static> Session<T> {
    /// A fresh instance for calls by text, which may touch what `sandbox` grants and
    /// use what `limits` allow.
    ///
    /// # Errors
    ///
    /// Those of [`Component::store`] and, for the guest's own start, of
    /// [`Store::call`].
    pub async fn start(
        component: &Component<T>,
        sandbox: &Sandbox,
        limits: &Limits,
        data: T,
    ) -> Result<Self> {
        let mut store = component.store(sandbox, limits, data)?;
        let instance = store
            .call("instantiation", async |store| {
                component.instance_pre().instantiate_async(store).await
            })
            .await?;
        Ok(Session {
            component: component.clone(),
            store,
            instance,
            values: Values::default(),
        })
    }

    /// Makes the next of the calls that [`parse_calls`](crate::parse_calls) gave.
    ///
    /// # Errors
    ///
    /// [`Error::Call`](crate::Error::Call) when an argument refers to a handle that is
    /// not there or was given away, and those of [`Store::call`].
    pub async fn call(&mut self, call: &Call) -> Result<Answer> {
        let params = call.values(&mut self.values)?;
        let callable = call.callable();
        let index = self.export(callable)?;
        let mut results = vec![Val::Bool(false); callable.ty.results().len()];
        let instance = &self.instance;
        self.store
            .call(&callable.full_name(), async |store| {
                let function = instance
                    .get_func(&mut *store, index)
                    .ok_or_else(|| wasmtime::Error::msg("the export is not a function"))?;
                function.call_async(store, &params, &mut results).await
            })
            .await?;
        let value = results.into_iter().next();
        self.values.results.push(value.clone());
        Ok(Answer {
            call: self.values.results.len(),
            value,
        })
    }

    fn export(&self, callable: &Callable) -> worldhost::Result<ComponentExportIndex> {
        let compiled = self.component.instance_pre().component();
        let index = match &callable.interface {
            None => compiled.get_export_index(None, &callable.name),
            Some(interface) => compiled
                .get_export_index(None, interface)
                .and_then(|interface| compiled.get_export_index(Some(&interface), &callable.name)),
        };
        index.ok_or_else(|| Error::NoExport {
            name: self.component.name().to_string(),
            wanted: callable.full_name(),
            exports: self.component.exports(),
        })
    }

    /// The store that the instance lives in.
    pub fn store(&self) -> &Store<T> {
        &self.store
    }
}

/// What the calls gave, and which handles are gone.
#[derive(Default)]
struct Values {
    results: Vec<Option<Val>>,
    given: Vec<(ResourceAny, usize)>,
}

impl Earlier for Values {
    fn value(&mut self, reference: Reference, wanted: &Type) -> std::result::Result<Val, String> {
        let at = reference.call.checked_sub(1);
        let value = at.and_then(|at| self.results.get(at)).cloned().flatten();
        let Some(value) = value else {
            return Err(format!("{reference} has no value"));
        };
        match wanted {
            Type::Own(_) => {
                let handle = self.handle(reference, &value)?;
                self.given.push((handle, self.results.len() + 1));
                Ok(Val::Resource(handle))
            }
            Type::Borrow(_) => Ok(Val::Resource(self.handle(reference, &value)?)),
            Type::Option(option) if !matches!(value, Val::Option(_)) => {
                let inner = self.value(reference, &option.ty())?;
                Ok(Val::Option(Some(Box::new(inner))))
            }
            _ => self.whole(reference, value),
        }
    }
}

impl Values {
    /// The handle that a reference names.
    fn handle(
        &self,
        reference: Reference,
        value: &Val,
    ) -> std::result::Result<ResourceAny, String> {
        let mut found = Vec::new();
        handles(value, &mut found);
        let handle = match (reference.handle, found.as_slice()) {
            (Some(n), all) => n.checked_sub(1).and_then(|n| all.get(n)).copied(),
            (None, [one]) => Some(*one),
            (None, []) => None,
            (None, several) => {
                let (call, n) = (reference.call, several.len());
                return Err(format!("${call} has {n} handles: ${call}.1 to ${call}.{n}"));
            }
        };
        let handle = handle.ok_or_else(|| format!("{reference}: there is no such handle"))?;
        self.still_there(reference, handle)
    }

    /// A whole result, with all handles in it.
    fn whole(&mut self, reference: Reference, value: Val) -> std::result::Result<Val, String> {
        let mut found = Vec::new();
        handles(&value, &mut found);
        for handle in found {
            self.still_there(reference, handle)?;
            self.given.push((handle, self.results.len() + 1));
        }
        Ok(value)
    }

    fn still_there(
        &self,
        reference: Reference,
        handle: ResourceAny,
    ) -> std::result::Result<ResourceAny, String> {
        match self.given.iter().find(|(gone, _)| *gone == handle) {
            Some((_, call)) => Err(format!("{reference} was given away in call {call}")),
            None => Ok(handle),
        }
    }
}
