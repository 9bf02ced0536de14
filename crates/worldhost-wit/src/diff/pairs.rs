//! Which interface of the one world is which of the other: an interface may be there in
//! several versions, and in others than before.

use super::change::Dated;
use crate::names::InterfaceName;
use crate::side::Side;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{WorldItem, WorldKey};

/// The interfaces of two worlds, with those that are the same put together.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// The old and the new name, of which one at least is there.
    pairs: Vec<Pair>,
}

#[derive(Clone, Debug)]
struct Pair {
    side: Side,
    old: Option<InterfaceName>,
    new: Option<InterfaceName>,
    /// What both are called.
    key: String,
}

impl Pairs {
    /// Puts together what has the same name and version; then what the linker takes for
    /// each other; then, of what is left, the one old and the one new version.
    pub fn of(old: Dated<'_>, new: Dated<'_>) -> Pairs {
        let mut pairs = Pairs::default();
        for side in [Side::Import, Side::Export] {
            let (old, new) = (interfaces(old, side), interfaces(new, side));
            let bases: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for base in bases {
                let of = |map: &BTreeMap<String, Vec<InterfaceName>>| {
                    map.get(base).cloned().unwrap_or_default()
                };
                pairs.add(side, base, of(&old), of(&new));
            }
        }
        pairs
    }

    fn add(
        &mut self,
        side: Side,
        base: &str,
        mut old: Vec<InterfaceName>,
        mut new: Vec<InterfaceName>,
    ) {
        let mut found = Vec::new();
        for same in [InterfaceName::eq, InterfaceName::compatible] {
            old.retain(|was| match new.iter().rposition(|is| same(is, was)) {
                Some(at) => {
                    found.push((Some(was.clone()), Some(new.remove(at))));
                    false
                }
                None => true,
            });
        }
        if let ([was], [is]) = (&old[..], &new[..]) {
            found.push((Some(was.clone()), Some(is.clone())));
        } else {
            found.extend(old.into_iter().map(|was| (Some(was), None)));
            found.extend(new.into_iter().map(|is| (None, Some(is))));
        }
        let alone = found.len() == 1;
        for (old, new) in found {
            let name = new.as_ref().or(old.as_ref());
            let key = match (alone, name) {
                (false, Some(name)) => name.to_string(),
                _ => base.to_string(),
            };
            self.pairs.push(Pair {
                side,
                old,
                new,
                key,
            });
        }
    }

    /// What an old interface is called now, with its version.
    pub fn now(&self, side: Side, old: &str) -> Option<&str> {
        let is_it = |pair: &&Pair| pair.side == side && named(&pair.old, old);
        let found = self.pairs.iter().find(is_it)?;
        found.new.as_ref().map(InterfaceName::as_str)
    }

    pub(crate) fn old_key(&self, side: Side, id: &str) -> String {
        self.key(|pair| pair.side == side && named(&pair.old, id), id)
    }

    pub(crate) fn new_key(&self, side: Side, id: &str) -> String {
        self.key(|pair| pair.side == side && named(&pair.new, id), id)
    }

    fn key(&self, is_it: impl Fn(&&Pair) -> bool, id: &str) -> String {
        let found = self.pairs.iter().find(is_it);
        found.map_or_else(|| id.to_string(), |pair| pair.key.clone())
    }
}

fn named(name: &Option<InterfaceName>, id: &str) -> bool {
    name.as_ref().is_some_and(|name| name.as_str() == id)
}

/// The interfaces of one side by their names without versions, the versions ascending.
fn interfaces(dated: Dated<'_>, side: Side) -> BTreeMap<String, Vec<InterfaceName>> {
    let resolve = &dated.wit.resolve;
    let world = &resolve.worlds[dated.world];
    let items = match side {
        Side::Import => &world.imports,
        Side::Export => &world.exports,
    };
    let is_interface = |item: &WorldItem| matches!(item, WorldItem::Interface { .. });
    let keys = items.iter().filter(|(_, item)| is_interface(item));
    let mut found: BTreeMap<String, Vec<InterfaceName>> = BTreeMap::new();
    for name in keys.map(|(key, _): (&WorldKey, _)| resolve.name_world_key(key)) {
        let name = InterfaceName::parse(name);
        found.entry(name.base().to_string()).or_default().push(name);
    }
    found.values_mut().for_each(|names| names.sort());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(old: &[&str], new: &[&str]) -> Vec<(Option<String>, Option<String>, String)> {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| InterfaceName::parse(*name))
                .collect()
        };
        let mut pairs = Pairs::default();
        pairs.add(Side::Import, "a:b/c", names(old), names(new));
        let text = |name: Option<InterfaceName>| name.map(|name| name.to_string());
        let pairs = pairs.pairs.into_iter();
        pairs
            .map(|pair| (text(pair.old), text(pair.new), pair.key))
            .collect()
    }

    #[test]
    fn versions_find_their_own() {
        let some = |text: &str| Some(text.to_string());
        let one = keys(&["a:b/c@1.0.0"], &["a:b/c@2.0.0"]);
        assert_eq!(
            one,
            [(some("a:b/c@1.0.0"), some("a:b/c@2.0.0"), "a:b/c".into())]
        );
        let second = keys(&["a:b/c@1.0.0"], &["a:b/c@1.0.0", "a:b/c@2.0.0"]);
        assert_eq!(
            second,
            [
                (
                    some("a:b/c@1.0.0"),
                    some("a:b/c@1.0.0"),
                    "a:b/c@1.0.0".into()
                ),
                (None, some("a:b/c@2.0.0"), "a:b/c@2.0.0".into()),
            ]
        );
        let moved = keys(
            &["a:b/c@1.0.0", "a:b/c@2.0.0"],
            &["a:b/c@1.1.0", "a:b/c@3.0.0"],
        );
        assert_eq!(
            moved,
            [
                (
                    some("a:b/c@1.0.0"),
                    some("a:b/c@1.1.0"),
                    "a:b/c@1.1.0".into()
                ),
                (
                    some("a:b/c@2.0.0"),
                    some("a:b/c@3.0.0"),
                    "a:b/c@3.0.0".into()
                ),
            ]
        );
    }
}
