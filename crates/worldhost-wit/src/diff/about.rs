//! What is said of an item beside its type: gates, an identity outside of WIT, and
//! documentation. Components have nothing of it; the bindings of a host do.

use super::change::{Change, ChangeKind};
use crate::side::Side;
use wit_parser::{Docs, Function, InterfaceId, Resolve, Stability, TypeDefKind, TypeId, WorldItem};

/// All that is said of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// Of the item, and of the statement that brings it into the world.
    gates: Vec<Stability>,
    external: Vec<String>,
    /// Of the item and of its parts.
    docs: Vec<String>,
}

impl About {
    pub(crate) fn function(function: &Function) -> About {
        let mut about = About::default();
        about.add(&function.docs, &function.stability, &function.external_id);
        about
    }

    pub(crate) fn ty(resolve: &Resolve, id: TypeId) -> About {
        let ty = &resolve.types[id];
        let mut about = About::default();
        about.add(&ty.docs, &ty.stability, &ty.external_id);
        let mut parts = |name: &str, docs: &Docs| {
            if let Some(text) = &docs.contents {
                about.docs.push(format!("{name}: {text}"));
            }
        };
        match &ty.kind {
            TypeDefKind::Record(record) => {
                record.fields.iter().for_each(|f| parts(&f.name, &f.docs))
            }
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().for_each(|c| parts(&c.name, &c.docs));
            }
            TypeDefKind::Enum(all) => all.cases.iter().for_each(|c| parts(&c.name, &c.docs)),
            TypeDefKind::Flags(all) => all.flags.iter().for_each(|f| parts(&f.name, &f.docs)),
            _ => {}
        }
        about
    }

    /// An interface, and the statement in the world.
    pub(crate) fn interface(resolve: &Resolve, id: InterfaceId, item: &WorldItem) -> About {
        let interface = &resolve.interfaces[id];
        let mut about = About::default();
        about.add(&interface.docs, &interface.stability, &None);
        if let WorldItem::Interface {
            docs,
            stability,
            external_id,
            ..
        } = item
        {
            about.add(docs, stability, external_id);
        }
        about
    }

    pub(crate) fn docs(docs: &Docs) -> About {
        let mut about = About::default();
        about.add(docs, &Stability::Unknown, &None);
        about
    }

    /// Without documentation, where one of the two texts was stripped of it.
    pub(crate) fn undocumented(mut self) -> About {
        self.docs.clear();
        self
    }

    fn add(&mut self, docs: &Docs, stability: &Stability, external_id: &Option<String>) {
        self.docs.extend(docs.contents.clone());
        self.external.extend(external_id.clone());
        if !stability.is_unknown() && !self.gates.contains(stability) {
            self.gates.push(stability.clone());
        }
    }

    /// The features that a host has to turn on to have it.
    fn features(&self) -> Vec<&str> {
        let features = self.gates.iter().filter_map(|gate| match gate {
            Stability::Unstable { feature, .. } => Some(feature.as_str()),
            _ => None,
        });
        features.collect()
    }

    /// What is said otherwise.
    pub(crate) fn changes(&self, new: &About, side: Side, what: &str, item: &str) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.gates != new.gates {
            let mut change = Change::new(ChangeKind::Gated, side, what, item);
            change.old = text(self.gates.iter().map(gate));
            change.new = text(new.gates.iter().map(gate));
            let (was, is) = (self.features(), new.features());
            let come: Vec<&str> = is
                .iter()
                .copied()
                .filter(|one| !was.contains(one))
                .collect();
            match (side, &come[..]) {
                (Side::Import, [feature, ..]) => change.breaks(
                    false,
                    format!("a host links it only where it turns the feature `{feature}` on"),
                ),
                _ if was.len() > is.len() => {
                    change.why = "it needs no feature any more: the bindings lose an option".into();
                }
                _ => change.why = "components have no gates".into(),
            }
            changes.push(change);
        }
        let mut other = |kind, old: Option<String>, new: Option<String>, why: &str| {
            if old != new {
                let mut change = Change::new(kind, side, what, item);
                (change.old, change.new, change.why) = (old, new, why.into());
                changes.push(change);
            }
        };
        let ids = |about: &About| {
            text(
                about
                    .external
                    .iter()
                    .map(|id| format!("@external-id({id:?})")),
            )
        };
        other(
            ChangeKind::Identified,
            ids(self),
            ids(new),
            "the linker takes no notice of it",
        );
        let docs = |about: &About| {
            let lines = about.docs.iter().flat_map(|text| text.lines());
            text(lines.map(|line| format!("/// {line}")))
        };
        other(ChangeKind::Documented, docs(self), docs(new), "");
        changes
    }
}

fn text(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

fn gate(stability: &Stability) -> String {
    let (mut text, deprecated) = match stability {
        Stability::Unknown => (String::new(), &None),
        Stability::Unstable {
            feature,
            deprecated,
        } => (format!("@unstable(feature = {feature})"), deprecated),
        Stability::Stable { since, deprecated } => {
            (format!("@since(version = {since})"), deprecated)
        }
    };
    if let Some(version) = deprecated {
        text += &format!(" @deprecated(version = {version})");
    }
    text
}
