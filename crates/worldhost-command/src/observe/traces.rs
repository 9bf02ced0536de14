//! Where spans are sent to.

use super::export;
use crate::terminal::Usage;
use anyhow::{Context, bail};
use clap::Args;
use std::path::Path;
use worldhost::printable;

pub use export::{Sent, Spans};

#[derive(Args)]
pub struct Traces {
    /// Send spans to the OpenTelemetry collector at this address, by OTLP over HTTP
    /// (http://127.0.0.1:4318). Without it, to where OTEL_EXPORTER_OTLP_ENDPOINT says.
    #[arg(long, value_name = "URL", help_heading = "Log")]
    otlp: Option<String>,

    /// Send a span of each host call too: which function of WASI or of the host's own
    /// interfaces was called, without what it was given.
    #[arg(long, help_heading = "Log")]
    otlp_host_calls: bool,
}

/// What all signals are sent to, and what spans are.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const OF_TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const DISABLED: &str = "OTEL_SDK_DISABLED";

impl Traces {
    /// What `tracing` is to be told by, if spans are to be sent anywhere.
    pub fn begin(&self, component: &Path) -> anyhow::Result<Option<(Spans, Sent)>> {
        let Some((given, url)) = self.place(|name| std::env::var(name).ok()) else {
            if self.otlp_host_calls {
                bail!(Usage(format!(
                    "--otlp-host-calls: spans are sent nowhere; name a collector with --otlp URL or {ENDPOINT}"
                )));
            }
            return Ok(None);
        };
        // Of the environment, what is meant for others too.
        if !export::IS_THERE && given != "--otlp" {
            return Ok(None);
        }
        let words = || format!("{given}={url}");
        if !url.starts_with("http://") {
            bail!(
                "{}: no http:// URL; TLS is not spoken here: name a collector on this machine, as http://127.0.0.1:4318",
                words()
            );
        }
        export::begin(&url, &name(component), self.otlp_host_calls)
            .map(Some)
            .with_context(words)
    }

    /// The address, and what gives it.
    fn place(&self, variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        if let Some(base) = &self.otlp {
            return Some(("--otlp", with_path(base)));
        }
        if variable(DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        if let Some(whole) = variable(OF_TRACES) {
            return Some((OF_TRACES, whole));
        }
        variable(ENDPOINT).map(|base| (ENDPOINT, with_path(&base)))
    }
}

/// What a collector knows us by, unless the environment says it: the name of the file.
fn name(component: &Path) -> String {
    let stem = component.file_stem().unwrap_or_default();
    printable(&stem.to_string_lossy()).into_owned()
}

/// As a collector has it for spans.
fn with_path(base: &str) -> String {
    format!("{}/v1/traces", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_first_and_the_environment_as_the_standard_has_it() {
        let place = |otlp: Option<&str>, variables: &[(&str, &str)]| {
            let otlp = otlp.map(String::from);
            let otlp_host_calls = false;
            let place = Traces {
                otlp,
                otlp_host_calls,
            }
            .place(|wanted| {
                let found = variables.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| value.to_string())
            });
            place.map(|(_, url)| url)
        };
        let all = [(ENDPOINT, "http://a:4318/"), (OF_TRACES, "http://b/spans")];
        let url = |text: &str| Some(text.to_string());
        assert_eq!(place(Some("http://c"), &all), url("http://c/v1/traces"));
        assert_eq!(place(None, &all), url("http://b/spans"));
        assert_eq!(place(None, &all[..1]), url("http://a:4318/v1/traces"));
        assert_eq!(place(None, &[(ENDPOINT, "")]), None);
        assert_eq!(place(None, &[all[0], (DISABLED, "true")]), None);
        assert_eq!(place(None, &[]), None);
    }
}
