//! Counts as text, by the crate that knows the format.

use super::counts::Metrics;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use worldhost::Limit;

impl Metrics {
    /// The whole of it as text for Prometheus, of the format 0.0.4.
    pub fn text(self: &Arc<Self>) -> String {
        let mut registry = Registry::with_prefix("worldhost");
        registry.register_collector(Box::new(self.clone()));
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).expect("a string takes all");
        text
    }
}

impl Collector for Metrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        let statuses = self.statuses.iter().zip(100u16..).map(|(count, status)| {
            let count = count.load(Relaxed);
            (count > 0).then(|| (status.to_string(), count))
        });
        page.counters(
            "requests",
            "Requests by the status of the response",
            "status",
            statuses.flatten(),
        )?;
        let observed = self.durations.observed();
        page.0
            .encode_descriptor(
                "request_duration",
                "Time of requests up to the end of the response",
                Some(&Unit::Seconds),
                MetricType::Histogram,
            )?
            .encode_histogram::<NoLabelSet>(
                observed.seconds,
                observed.count,
                &observed.buckets,
                None,
            )?;
        for (name, help, value) in [
            (
                "requests_in_flight",
                "Requests that are being handled",
                &self.in_flight,
            ),
            (
                "requests_queued",
                "Requests that wait for their turn",
                &self.queued,
            ),
            (
                "connections",
                "Connections that are open",
                &self.connections,
            ),
        ] {
            page.gauge(name, help, value.get())?;
        }
        for (name, help, value) in [
            (
                "requests_refused",
                "Requests for which there was no place",
                &self.refused,
            ),
            (
                "requests_abandoned",
                "Requests whose client went away",
                &self.abandoned,
            ),
            ("instances", "Instances that were made", &self.instances),
            ("traps", "Guests that trapped", &self.traps),
            ("exits", "Guests that exited", &self.exits),
            ("timeouts", "Guests that took too long", &self.timeouts),
        ] {
            page.counter(name, help, value)?;
        }
        let limits = Limit::ALL.iter().zip(&self.limits);
        let limits = limits.map(|(limit, count)| (limit.name().to_string(), count.load(Relaxed)));
        page.counters("limit_hits", "Limits that ended a guest", "limit", limits)?;
        let results = ["kept", "taken"].iter().zip(&self.reloads);
        let results = results.map(|(name, count)| (name.to_string(), count.load(Relaxed)));
        page.counters(
            "reloads",
            "New versions that were taken, or the old one kept",
            "result",
            results,
        )
    }
}

struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Gauge)?;
        metric.encode_gauge(&value)
    }

    fn counter(&mut self, name: &str, help: &str, value: &AtomicU64) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        metric.encode_counter::<NoLabelSet, _, f64>(&value.load(Relaxed), None)
    }

    fn counters(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl Iterator<Item = (String, u64)>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        for (value, count) in values {
            let labels = [(label, value.as_str())];
            let mut one = metric.encode_family(&labels)?;
            one.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }
}
