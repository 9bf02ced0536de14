//! The functions of a component, as calls to fill in.

use crate::terminal::json;
use crate::terminal::style::{DIM, NAME};
use worldhost::printable;
use worldhost_call::Callable;

/// All of them, each on a line.
pub fn list(callables: &[Callable], as_json: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut interface = &None;
    for callable in callables {
        if as_json {
            text += &json::line(&object(callable, callables))?;
            continue;
        }
        if callable.interface != *interface {
            interface = &callable.interface;
            let name = interface.as_deref().unwrap_or_default();
            text += &format!("{DIM}# {}{DIM:#}\n", printable(name));
        }
        let call = callable.template_among(callables);
        let call = quoted(&printable(&call));
        text += &match (callable.unsupported(), callable.result()) {
            (Some(ty), _) => {
                let name = callable.spelling();
                format!("{DIM}# {}: has a {ty}{DIM:#}\n", printable(&name))
            }
            (None, Some(result)) => {
                let result = printable(&result);
                format!("{NAME}{call}{NAME:#}  {DIM}# -> {result}{DIM:#}\n")
            }
            (None, None) => format!("{NAME}{call}{NAME:#}\n"),
        };
    }
    Ok(text)
}

fn object(callable: &Callable, callables: &[Callable]) -> serde_json::Value {
    let params: Vec<_> = callable
        .params()
        .into_iter()
        .map(|(name, ty)| serde_json::json!({ "name": name, "type": ty }))
        .collect();
    let mut object = serde_json::json!({
        "interface": callable.interface,
        "name": callable.name,
        "call": callable.template_among(callables),
        "params": params,
        "result": callable.result(),
    });
    if let Some(ty) = callable.unsupported() {
        object["unsupported"] = ty.into();
    }
    object
}

/// One word to a shell.
fn quoted(call: &str) -> String {
    format!("'{}'", call.replace('\'', r"'\''"))
}
