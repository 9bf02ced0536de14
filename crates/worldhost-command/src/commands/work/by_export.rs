//! Any export that is called with a message, and what the payload is for it.

use crate::terminal::failure;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use wasmtime::component::Val;
use worldhost::{Component, Limits, Sandbox};
use worldhost_call::{Answer, Call, Callable, Session, Syntax, callables_of, parse_calls};

#[derive(Args, Clone)]
pub struct ByExport {
    /// The export that is called with each message, as `call` names it [default: that of
    /// this host's own world, with text].
    #[arg(long, value_name = "NAME", help_heading = "Export")]
    export: Option<String>,

    /// What a payload is for it: text, a string; json, the value of its parameter, or an
    /// array of them where it has several; bytes, a list<u8>. A result is written likewise.
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        default_value = "text",
        requires = "export",
        help_heading = "Export"
    )]
    payload: Payload,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Payload {
    Text,
    Json,
    Bytes,
}

/// An export of a component, and what it is called with.
pub struct Exported<T: 'static> {
    component: Component<T>,
    sandbox: Sandbox,
    limits: Limits,
    callables: Vec<Callable>,
    name: String,
    /// How many parameters it has.
    params: usize,
    payload: Payload,
}

/// What came of a message: the guest may say itself that it failed.
pub enum Said {
    Result(Vec<u8>),
    Failed(String),
}

impl ByExport {
    pub fn is_given(&self) -> bool {
        self.export.is_some()
    }

    /// The export of this component. That there is none, or another than the payloads are
    /// for, is told before any message is taken.
    pub fn of<T: Send + 'static>(
        &self,
        component: Component<T>,
        sandbox: Sandbox,
        limits: Limits,
    ) -> anyhow::Result<Exported<T>> {
        let name = self.export.clone().unwrap_or_default();
        let callables = callables_of(&component);
        let found = callables
            .iter()
            .filter(|callable| callable.full_name() == name || callable.spelling() == name);
        let found: Vec<_> = found.collect();
        let callable = match found[..] {
            [callable] => callable,
            // Its words say what there is, or that it is one of several.
            _ => {
                parse_calls(&callables, &[format!("{name}()")], Syntax::Json)?;
                bail!("--export {name}: it takes nothing, and a message is something");
            }
        };
        let params: Vec<String> = callable.params().into_iter().map(|(_, ty)| ty).collect();
        let fits = match self.payload {
            Payload::Text => params == ["string"],
            Payload::Bytes => params == ["list<u8>"],
            Payload::Json => callable.unsupported().is_none(),
        };
        if !fits {
            bail!(
                "--export {name} takes ({}), which --payload {} does not give{}",
                params.join(", "),
                self.payload.name(),
                match self.payload {
                    Payload::Json => "",
                    _ => "; see --payload json",
                }
            );
        }
        Ok(Exported {
            component,
            sandbox,
            limits,
            params: params.len(),
            name: callable.full_name(),
            payload: self.payload,
            callables,
        })
    }
}

impl Payload {
    fn name(self) -> &'static str {
        match self {
            Payload::Text => "text",
            Payload::Json => "json",
            Payload::Bytes => "bytes",
        }
    }
}

impl<T: Send + 'static> Exported<T> {
    pub fn component(&self) -> &Component<T> {
        &self.component
    }

    /// The call that a payload stands for.
    pub fn call(&self, payload: &[u8]) -> anyhow::Result<Call> {
        let arguments = match self.payload {
            Payload::Text => serde_json::to_string(std::str::from_utf8(payload).context(NO_TEXT)?)?,
            Payload::Bytes => serde_json::to_string(payload)?,
            Payload::Json => {
                let value: serde_json::Value =
                    serde_json::from_slice(payload).context("the payload is no JSON")?;
                match value {
                    serde_json::Value::Array(values) if self.params != 1 => {
                        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                        values.join(", ")
                    }
                    serde_json::Value::Null if self.params == 0 => String::new(),
                    value => value.to_string(),
                }
            }
        };
        let text = format!("{}({arguments})", self.name);
        let mut calls = parse_calls(&self.callables, &[text], Syntax::Json)?;
        let call = calls.pop().context("a payload is one call")?;
        if !call.sources().is_empty() {
            bail!("the payload names a file to be read, which a message may not");
        }
        Ok(call)
    }

    /// Calls a fresh instance.
    pub async fn answer(&self, data: T, call: &Call) -> anyhow::Result<Said> {
        let mut session =
            Session::start(&self.component, &self.sandbox, &self.limits, data).await?;
        let answer = session.call(call).await?;
        Ok(self.said(&answer))
    }

    fn said(&self, answer: &Answer) -> Said {
        match answer.value() {
            Some(Val::Result(Err(error))) => Said::Failed(match error.as_deref() {
                Some(Val::String(text)) => failure::on_one_line(text),
                _ => format!("it gave {}", answer.to_wave().unwrap_or_default()),
            }),
            Some(Val::Result(Ok(value))) => Said::Result(match value.as_deref() {
                Some(value) => self.written(value).unwrap_or_else(|| {
                    let ok = answer.to_json().get("ok").cloned().unwrap_or_default();
                    ok.to_string().into_bytes()
                }),
                None => Vec::new(),
            }),
            Some(value) => Said::Result(
                self.written(value)
                    .unwrap_or_else(|| answer.to_json().to_string().into_bytes()),
            ),
            None => Said::Result(Vec::new()),
        }
    }

    /// As the payloads are, where a result can be that.
    fn written(&self, value: &Val) -> Option<Vec<u8>> {
        match (self.payload, value) {
            (Payload::Text, Val::String(text)) => Some(text.clone().into_bytes()),
            (Payload::Bytes, Val::List(items)) => items
                .iter()
                .map(|item| match item {
                    Val::U8(byte) => Some(*byte),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}

/// What is wrong with a payload that is to be text.
pub const NO_TEXT: &str = "the payload is no UTF-8";
