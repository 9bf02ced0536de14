//! One view of all that runs: whether it is ready, how it is, what it counts.

use super::child::MOST;
use super::fleet::Fleet;
use super::state::{Phase, State};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use worldhost_http::{Operated, ask};

/// What the pages tell of.
#[derive(Clone)]
pub struct View {
    pub fleet: Fleet,
    pub closing: Arc<AtomicBool>,
}

/// How long one may take to tell what it counts.
const PATIENCE: Duration = Duration::from_secs(2);

impl Operated for View {
    fn not_ready(&self) -> Option<String> {
        if self.closing.load(Relaxed) {
            return Some("draining".into());
        }
        let states = self.fleet.states();
        let waited = states.iter().filter(|state| {
            // What has an end is well when it has come to it.
            let well = state.phase == Phase::Ended && state.code == Some(0);
            let goes = state.phase == Phase::Starting && !state.what.kind.goes_on();
            state.phase != Phase::Ready && !well && !goes
        });
        let words: Vec<_> = waited
            .map(|state| format!("{} is {}", state.what.name, state.phase.name()))
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    async fn counted(&self) -> String {
        let states = self.fleet.states();
        let mut all = Families::default();
        all.own(&states);
        for state in &states {
            let Some(pages) = &state.pages else { continue };
            let asked = ask(pages, "/metrics", MOST);
            // One that does not tell is missing there, and not ready here.
            if let Ok(Ok((status, text))) = tokio::time::timeout(PATIENCE, asked).await
                && status.is_success()
            {
                all.add(&state.what.name, &text);
            }
        }
        all.text()
    }

    fn state(&self) -> Option<String> {
        serde_json::to_string_pretty(&self.fleet.states()).ok()
    }
}

/// Families of metrics, by their names: what they are, and the samples of all components.
#[derive(Default)]
struct Families(BTreeMap<String, Family>);

#[derive(Default)]
struct Family {
    about: Vec<String>,
    samples: Vec<String>,
}

impl Families {
    fn own(&mut self, states: &[State]) {
        type Value = fn(&State) -> u64;
        let own: [(&str, &str, &str, Value); 2] = [
            (
                "worldhost_component_ready",
                "Whether the component is ready",
                "gauge",
                |state| (state.phase == Phase::Ready).into(),
            ),
            (
                "worldhost_component_restarts",
                "How often the component was started again after it had ended",
                "counter",
                |state| state.restarts,
            ),
        ];
        for (name, help, kind, value) in own {
            let total = if kind == "counter" { "_total" } else { "" };
            let family = self.0.entry(name.into()).or_default();
            family.about = vec![
                format!("# HELP {name}{total} {help}."),
                format!("# TYPE {name}{total} {kind}"),
            ];
            let samples = states.iter().map(|state| {
                format!(
                    "{name}{total}{{component=\"{}\"}} {}",
                    state.what.name,
                    value(state)
                )
            });
            family.samples = samples.collect();
        }
    }

    /// What one component counts, under its name.
    fn add(&mut self, component: &str, text: &str) {
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(about) = line.strip_prefix("# ") {
                let mut words = about.split(' ').skip(1);
                let Some(name) = words.next() else { continue };
                current = name.to_string();
                let family = self.0.entry(current.clone()).or_default();
                if !family.about.iter().any(|other| other == line) {
                    family.about.push(line.to_string());
                }
                continue;
            }
            let family = self.0.entry(current.clone()).or_default();
            family.samples.push(named(component, line));
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for line in self
            .0
            .values()
            .flat_map(|family| family.about.iter().chain(&family.samples))
        {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// A sample with the label of its component.
fn named(component: &str, sample: &str) -> String {
    let label = format!("component=\"{component}\"");
    let end = sample.find(['{', ' ']).unwrap_or(sample.len());
    let (name, rest) = sample.split_at(end);
    match rest.strip_prefix('{') {
        Some(rest) if rest.starts_with('}') => format!("{name}{{{label}{rest}"),
        Some(rest) => format!("{name}{{{label},{rest}"),
        None => format!("{name}{{{label}}}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_one_family_stand_together_under_their_components() {
        let text =
            "# HELP a_total What.\n# TYPE a_total counter\na_total{x=\"1 {\"} 2\na_total 3\n";
        let mut all = Families::default();
        all.add("one", text);
        all.add("two", text);
        let expected = "# HELP a_total What.\n# TYPE a_total counter\n\
                        a_total{component=\"one\",x=\"1 {\"} 2\na_total{component=\"one\"} 3\n\
                        a_total{component=\"two\",x=\"1 {\"} 2\na_total{component=\"two\"} 3\n";
        assert_eq!(all.text(), expected);
    }
}
