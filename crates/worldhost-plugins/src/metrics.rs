//! What is counted, for each plugin.

use crate::plugins::Plugins;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, NoLabelSet, prometheus_text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use worldhost::{Counts, Guest, Pin};

/// What is counted of one plugin, of all its versions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Metrics {
    /// Its name.
    pub plugin: String,
    /// What its file is; none when it was removed meanwhile.
    pub digest: Option<Pin>,
    /// What became of its calls.
    pub calls: Counts,
    /// Versions that took over, the first one too.
    pub taken: u64,
    /// Versions that did not fit.
    pub refused: u64,
}

impl<G: Guest<T>, T: Send + 'static> Plugins<G, T> {
    /// What is counted, in the manifest's order.
    pub fn metrics(&self) -> Vec<Metrics> {
        let plugins = self.all();
        let metrics = plugins.iter().map(|plugin| {
            let (taken, refused) = plugin.turns();
            Metrics {
                plugin: plugin.name().to_string(),
                digest: plugin.digest(),
                calls: plugin.counts(),
                taken,
                refused,
            }
        });
        metrics.collect()
    }

    /// The same as text for Prometheus, of the format 0.0.4.
    pub fn metrics_text(&self) -> String {
        let mut registry = Registry::with_prefix("worldhost_plugin");
        registry.register_collector(Box::new(Page(self.metrics())));
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).expect("a string takes all");
        text
    }
}

#[derive(Debug)]
struct Page(Vec<Metrics>);

impl Collector for Page {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        self.counters(
            &mut to,
            "calls",
            "Calls by what became of them",
            None,
            |of| {
                let calls = &of.calls;
                let others = calls.failed.saturating_sub(calls.trapped + calls.timed_out);
                vec![
                    (Some("succeeded"), calls.succeeded),
                    (Some("trapped"), calls.trapped),
                    (Some("timed_out"), calls.timed_out),
                    (Some("failed"), others),
                ]
            },
        )?;
        let help = "Traps in which a limit was in the way";
        self.counters(&mut to, "limit_hits", help, None, |of| {
            vec![(None, of.calls.limited)]
        })?;
        let help = "New versions by what became of them";
        self.counters(&mut to, "versions", help, None, |of| {
            vec![(Some("taken"), of.taken), (Some("refused"), of.refused)]
        })?;
        let unit = Some(&Unit::Seconds);
        self.counters(&mut to, "call_time", "Time in calls", unit, |of| {
            vec![(None, of.calls.busy.as_secs_f64())]
        })?;
        let help = "The most linear memory that one instance had";
        let unit = Some(&Unit::Bytes);
        let mut memory = to.encode_descriptor("memory", help, unit, MetricType::Gauge)?;
        for of in &self.0 {
            let labels = [("plugin", of.plugin.as_str())];
            memory
                .encode_family(&labels)?
                .encode_gauge(&of.calls.memory)?;
        }
        let mut info = to.encode_descriptor("version", "What is called", None, MetricType::Info)?;
        for of in &self.0 {
            if let Some(digest) = of.digest {
                let labels = [
                    ("plugin", of.plugin.clone()),
                    ("digest", digest.to_string()),
                ];
                info.encode_info(&labels)?;
            }
        }
        Ok(())
    }
}

impl Page {
    /// A counter of each plugin, or several with what makes the difference.
    fn counters<V: EncodeCounterValue>(
        &self,
        to: &mut DescriptorEncoder<'_>,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        each: impl Fn(&Metrics) -> Vec<(Option<&'static str>, V)>,
    ) -> fmt::Result {
        let mut metric = to.encode_descriptor(name, help, unit, MetricType::Counter)?;
        for of in &self.0 {
            for (result, value) in each(of) {
                let mut labels = vec![("plugin", of.plugin.as_str())];
                labels.extend(result.map(|result| ("result", result)));
                let mut one = metric.encode_family(&labels)?;
                one.encode_counter::<NoLabelSet, _, f64>(&value, None)?;
            }
        }
        Ok(())
    }
}
