//! The text of a call: which function, and whether its arguments fit.

use crate::error::{Error, Result};
use crate::export::Callable;
use crate::find::{self, Found, NotFound};
use crate::flow::supply::{Parse, Supply};
use crate::flow::text::Flow;
use crate::handle::{Earlier, Reference};
use crate::json;
use crate::quote::listed;
use crate::types::{Resources, has_flows, may_hold, resources_behind, resources_in};
use crate::wave::bad::Bad;
use crate::wave::read as wave;
use std::ops::Range;
use wasmtime::component::Val;
use wasmtime::component::types::{ComponentFunc, Type};

/// How arguments are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// WAVE, the text format of component values: `greet("you", some(3))`.
    #[default]
    Wave,
    /// JSON values, with commas between them: `greet("you", 3)`.
    Json,
}

/// A call that was read and fits its function.
#[derive(Clone)]
pub struct Call {
    text: String,
    syntax: Syntax,
    callable: Callable,
    /// The handle before the dot of `$1.add(…)`.
    receiver: Option<(Reference, Range<usize>)>,
    /// Where the arguments are, parentheses included.
    arguments: Range<usize>,
    older: Vec<String>,
    sources: Vec<String>,
    takes_from: Vec<usize>,
}

impl Call {
    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The function that it calls.
    pub fn callable(&self) -> &Callable {
        &self.callable
    }

    /// The same function in older versions of its interface, by their whole names. The
    /// newest is called where the text names no version.
    pub fn older(&self) -> &[String] {
        &self.older
    }

    /// The names after `@` in it, of what streams are given; `-` is meant to be stdin.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Whether it is given streams or futures of the result of the call with this number,
    /// from one on.
    pub fn takes_from(&self, call: usize) -> bool {
        self.takes_from.contains(&call)
    }

    /// The values of its arguments, for the function's type in an instance.
    pub(crate) fn values(&self, ty: &ComponentFunc, earlier: &mut dyn Earlier) -> Result<Vec<Val>> {
        let mut params = ty.params();
        let mut values = Vec::new();
        if let Some((reference, at)) = &self.receiver
            && let Some((_, ty)) = params.next()
        {
            let value = earlier.value(*reference, &ty);
            values.push(value.map_err(|message| self.error(at.clone(), message))?);
        }
        let params: Vec<(&str, Type)> = params.collect();
        match self.syntax {
            Syntax::Wave => self.wave(&params, earlier, &mut values)?,
            Syntax::Json => self.json(&params, earlier, &mut values)?,
        }
        Ok(values)
    }

    /// What reads a line of a file as a value, in the syntax of the call.
    pub(crate) fn line(&self, ty: Type) -> Parse {
        let (syntax, resources) = (self.syntax, self.callable.resources.clone());
        Box::new(move |line| match syntax {
            Syntax::Wave => wave::alone(line, &ty, &resources),
            Syntax::Json => json::read::alone(line, &ty, &resources),
        })
    }

    fn wave(
        &self,
        params: &[(&str, Type)],
        earlier: &mut dyn Earlier,
        values: &mut Vec<Val>,
    ) -> Result<()> {
        let text = &self.text[self.arguments.clone()];
        let nodes = wave::arguments(text).map_err(|bad| self.placed(bad, None))?;
        self.counted(nodes.len(), params)?;
        let mut reader = wave::Reader {
            text,
            resources: &self.callable.resources,
            earlier,
        };
        for ((name, ty), node) in params.iter().zip(&nodes) {
            let value = reader.value(node, ty);
            values.push(value.map_err(|bad| self.placed(bad, Some((name, ty))))?);
        }
        self.fill(&params[nodes.len().min(params.len())..], values);
        Ok(())
    }

    fn json(
        &self,
        params: &[(&str, Type)],
        earlier: &mut dyn Earlier,
        values: &mut Vec<Val>,
    ) -> Result<()> {
        let text = &self.text[self.arguments.clone()];
        let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
        let array = format!("[{}]", inner.unwrap_or_default());
        let given: Vec<serde_json::Value> = serde_json::from_str(&array).map_err(|error| {
            let lines = array
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1));
            let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let at = at.min(text.len() - 1);
            let message = error.to_string();
            let message = json::read::words(&message);
            self.placed(
                Bad {
                    at: at..at + 1,
                    message: format!("the arguments are no JSON: {message}"),
                },
                None,
            )
        })?;
        self.counted(given.len(), params)?;
        let mut reader = json::read::Reader {
            resources: &self.callable.resources,
            earlier,
        };
        for ((name, ty), json) in params.iter().zip(&given) {
            let value = reader.value(json, ty).map_err(|message| {
                let bad = Bad {
                    at: 0..text.len(),
                    message,
                };
                self.placed(bad, Some((name, ty)))
            })?;
            values.push(value);
        }
        self.fill(&params[given.len().min(params.len())..], values);
        Ok(())
    }

    /// Options at the end may be left out.
    fn counted(&self, given: usize, params: &[(&str, Type)]) -> Result<()> {
        let optional = |(_, ty): &&(&str, Type)| matches!(ty, Type::Option(_));
        let needed = params.len() - params.iter().rev().take_while(optional).count();
        if (needed..=params.len()).contains(&given) {
            return Ok(());
        }
        let end = self.arguments.end;
        let names: Vec<String> = params
            .iter()
            .map(|(name, ty)| format!("{name}: {}", self.callable.resources.short(ty)))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let wanted = match names.as_slice() {
            [] => "takes no arguments".to_string(),
            names => format!("takes ({})", listed(names)),
        };
        let name = self.callable.spelling();
        Err(self.error(
            end - 1..end,
            format!("{name} {wanted}, and {given} are given"),
        ))
    }

    fn fill(&self, left_out: &[(&str, Type)], values: &mut Vec<Val>) {
        values.extend(left_out.iter().map(|_| Val::Option(None)));
    }

    fn placed(&self, bad: Bad, param: Option<(&str, &Type)>) -> Error {
        let start = self.arguments.start;
        let message = match param {
            Some((name, ty)) => {
                let ty = self.callable.resources.short(ty);
                format!("parameter `{name}` ({ty}): {}", bad.message)
            }
            None => bad.message,
        };
        self.error(start + bad.at.start..start + bad.at.end, message)
    }

    fn error(&self, at: Range<usize>, message: String) -> Error {
        Error::Call {
            text: self.text.clone(),
            at,
            message,
            nearest: Vec::new(),
        }
    }
}

/// Reads the calls of one session: `EXPORT(ARGS)` each. Names and values are
/// checked against the functions that there are, before anything runs.
///
/// `EXPORT` is a function's name, with `INTERFACE#` before it where several
/// interfaces have one of that name; a resource's functions are
/// `counter.new(ARGS)`, `counter.sum(ARGS)`, and `counter.add(HANDLE, ARGS)` or
/// `HANDLE.add(ARGS)`. `ARGS` are in the [`Syntax`]. `$1` is the result of the
/// first call, as a value of its type or as the handle in it, and `$1.2` the
/// second handle in it.
///
/// # Errors
///
/// [`Error::Call`], which says where in the text.
pub fn parse_calls(
    callables: &[Callable],
    texts: &[impl AsRef<str>],
    syntax: Syntax,
) -> Result<Vec<Call>> {
    let mut calls: Vec<Call> = Vec::new();
    for text in texts {
        // Each with the types of those before it.
        let mut call = read(callables, text.as_ref(), syntax, &calls)?;
        let mut types = Types {
            calls: &calls,
            sources: Vec::new(),
            takes_from: Vec::new(),
        };
        call.values(&call.callable.ty, &mut types)?;
        let Types {
            sources,
            takes_from,
            ..
        } = types;
        (call.sources, call.takes_from) = (sources, takes_from);
        calls.push(call);
    }
    Ok(calls)
}

fn read(callables: &[Callable], text: &str, syntax: Syntax, before: &[Call]) -> Result<Call> {
    let name = text.trim_end().split('(').next().unwrap_or_default();
    let arguments = name.len()..text.trim_end().len();
    let error = |at: Range<usize>, NotFound { message, nearest }| Error::Call {
        text: text.to_string(),
        at,
        message,
        nearest,
    };
    let start = name.len() - name.trim_start().len();
    let name_at = start..start + name.trim().len();
    let (receiver, found) = match Reference::read(name.trim()) {
        None if name.trim().is_empty() => {
            let message = "a call is EXPORT(ARGS)".to_string();
            let nearest = Vec::new();
            return Err(error(name_at, NotFound { message, nearest }));
        }
        None => (None, find::find(callables, name.trim())),
        Some((reference, len)) => {
            let method = name.trim()[len..].strip_prefix('.').unwrap_or_default();
            let resources = resources_of(before, reference);
            let at = start..start + len;
            let found = match resources {
                Ok(resources) => {
                    find::method(callables, &resources, method).map(|callable| Found {
                        callable,
                        older: Vec::new(),
                    })
                }
                Err(message) => Err(NotFound {
                    message,
                    nearest: Vec::new(),
                }),
            };
            (Some((reference, at)), found)
        }
    };
    let Found { callable, older } = found.map_err(|not| error(name_at.clone(), not))?;
    if !text[arguments.clone()].ends_with(')') || arguments.len() < 2 {
        return Err(error(
            text.len()..text.len(),
            NotFound {
                message: format!(
                    "the arguments are not in parentheses: {}",
                    callable.template()
                ),
                nearest: Vec::new(),
            },
        ));
    }
    if let Some(ty) = callable.unsupported() {
        let message = format!("it takes an {ty}, which has no text");
        let nearest = Vec::new();
        return Err(error(name_at, NotFound { message, nearest }));
    }
    Ok(Call {
        text: text.to_string(),
        syntax,
        callable: callable.clone(),
        receiver,
        arguments,
        older: older.iter().map(|callable| callable.full_name()).collect(),
        sources: Vec::new(),
        takes_from: Vec::new(),
    })
}

/// The resources that an earlier call gave.
fn resources_of(before: &[Call], reference: Reference) -> std::result::Result<Vec<String>, String> {
    let (call, ty) = earlier(before, reference)?;
    let names: Vec<String> = resources_behind(&ty)
        .iter()
        .map(|resource| call.callable.resources.name(resource).to_string())
        .collect();
    match names.as_slice() {
        [] => Err(format!(
            "${} is {}, which has no methods",
            reference.call,
            call.callable.resources.short(&ty)
        )),
        _ => Ok(names),
    }
}

/// An earlier call, and the type of its result.
fn earlier(before: &[Call], reference: Reference) -> std::result::Result<(&Call, Type), String> {
    let call = reference.call.checked_sub(1).and_then(|at| before.get(at));
    let Some(call) = call else {
        return Err(match before.len() {
            0 => format!("{reference}: there is no call before this one"),
            n => format!("{reference}: before this there are {n} calls, $1 to ${n}"),
        });
    };
    match call.callable.result_type() {
        Some(ty) => Ok((call, ty)),
        None => Err(format!(
            "{reference}: {} has no result",
            call.callable.spelling()
        )),
    }
}

/// The earlier calls while none has run yet: only types are looked at.
struct Types<'a> {
    calls: &'a [Call],
    sources: Vec<String>,
    takes_from: Vec<usize>,
}

impl Earlier for Types<'_> {
    fn value(&mut self, reference: Reference, wanted: &Type) -> std::result::Result<Val, String> {
        let (call, ty) = earlier(self.calls, reference)?;
        let resources = &call.callable.resources;
        let fits = match wanted {
            Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => {
                may_hold(&ty, wanted)
            }
            wanted => *wanted == ty && reference.handle.is_none(),
        };
        match (fits, wanted) {
            // Never passed on: only whether there is one matters.
            (true, _) => {
                // A resource stays what it is when the streams beside it are read.
                if has_flows(wanted) {
                    self.takes_from.push(reference.call);
                }
                Ok(Val::Option(None))
            }
            (false, Type::Option(option)) => self.value(reference, &option.ty()),
            (false, wanted) => Err(misfit(reference, &ty, wanted, resources)),
        }
    }

    fn flow(&mut self, _: Flow, supply: Supply) -> std::result::Result<Val, String> {
        if let Supply::Named(name) = supply {
            self.sources.push(name);
        }
        Ok(Val::Option(None))
    }
}

/// Two types may look the same and have resources of the same name from elsewhere.
fn misfit(reference: Reference, ty: &Type, wanted: &Type, resources: &Resources) -> String {
    let (is, wants) = (resources.short(ty), resources.short(wanted));
    let other = resources_in(wanted);
    let ours = resources_in(ty);
    let namesake = ours.iter().find_map(|ours| {
        let named = |other: &&_| resources.name(other) == resources.name(ours) && *other != ours;
        other.iter().find(named).map(|other| (ours, other))
    });
    match namesake {
        None => format!("{reference} is {is}, not {wants}"),
        Some((ours, other)) => format!(
            "{reference} is {is}, not {wants}: it is the {}, not the {}",
            resources.origin(ours),
            resources.origin(other)
        ),
    }
}
