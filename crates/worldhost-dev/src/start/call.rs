//! The first export that can be called with values that are made up.

use super::expression::Expressions;
use crate::api::Api;

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The export, as it is shown.
    pub(super) name: String,
    /// What leads to it from the world: nothing, or `.acme_shop_orders()`.
    path: String,
    method: String,
    arguments: Vec<String>,
    /// Whether it is `async` in the WIT.
    pub(super) is_async: bool,
}

impl Call {
    pub(super) fn first(api: &Api, world: &str) -> Option<Call> {
        let mut all = api.calls();
        // The world's own functions, and what needs no other way of calling.
        all.sort_by_key(|call| (call.signature.contains("Accessor"), !call.module.is_empty()));
        let expressions = Expressions::of(api);
        all.into_iter().find_map(|call| {
            let path = match (&call.module[..], call.owner.as_str()) {
                ([], owner) if owner == world => String::new(),
                (module, "Guest") => format!(".{}()", api.accessor(world, module)?),
                _ => return None,
            };
            let signature: syn::TraitItemFn =
                syn::parse_str(&format!("{};", call.signature)).ok()?;
            let inputs = signature.sig.inputs.iter().skip(2);
            let arguments = inputs.map(|input| match input {
                syn::FnArg::Typed(input) => expressions.argument(&call.module, &input.ty),
                syn::FnArg::Receiver(_) => None,
            });
            let arguments: Option<Vec<String>> = arguments.collect();
            let result = call
                .signature
                .split_once("->")
                .map_or("", |(_, result)| result);
            if !is_plain(result) {
                return None;
            }
            let function = call.name.strip_prefix("call_").unwrap_or(&call.name);
            let module = call.module.iter().skip(1).cloned();
            let parts: Vec<String> = module.chain([function.to_string()]).collect();
            Some(Call {
                name: parts.join("."),
                path,
                is_async: call.signature.contains("Accessor"),
                method: call.name,
                arguments: arguments?,
            })
        })
    }

    /// The call on a world, and in a store or by an accessor, of these names.
    pub(super) fn on(&self, world: &str, store: &str) -> String {
        let arguments: Vec<&str> = std::iter::once(store)
            .chain(self.arguments.iter().map(String::as_str))
            .collect();
        format!(
            "{world}{}.{}({}).await",
            self.path,
            self.method,
            arguments.join(", ")
        )
    }
}

/// Zeros are no handles.
fn is_plain(result: &str) -> bool {
    let handles = ["Resource", "StreamReader", "FutureReader", "ErrorContext"];
    handles.iter().all(|handle| !result.contains(handle))
}
