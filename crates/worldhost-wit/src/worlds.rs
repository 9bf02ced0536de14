//! Which world is meant, before and now.

use crate::error::{Error, Result};
use crate::source::Wit;
use std::collections::BTreeSet;
use wit_parser::WorldId;

/// The world that is meant on both sides.
///
/// Where it has gone and exactly one world has come that has half of what was its own, that
/// is the same world under another name. What any world has, such as the interfaces of
/// WASI, is no evidence.
///
/// # Errors
///
/// [`Error::WorldGone`], [`Error::WorldNew`], [`Error::NoWorld`] and [`Error::WhichWorld`].
pub fn worlds(old: &Wit, new: &Wit, wanted: Option<&str>) -> Result<(WorldId, WorldId)> {
    match (old.world(wanted), new.world(wanted)) {
        (Ok(before), Ok(now)) => by_name(old, new, before, now),
        // A component has one world, whatever the name.
        (Ok(_), Err(error)) if old.component.is_some() => Err(error),
        (Ok(before), Err(_)) => renamed(old, before, new)
            .map(|now| (before, now))
            .ok_or_else(|| gone(old, before, new)),
        (Err(_), Ok(now)) => {
            let name = &new.resolve.worlds[now].name;
            let before = old.world(Some(name)).ok();
            before
                .or_else(|| was_named(old, now, new))
                .map(|before| (before, now))
                .ok_or_else(|| Error::WorldNew {
                    world: name.clone(),
                    source_name: old.name.clone(),
                    worlds: old.worlds(),
                })
        }
        (Err(_), Err(error)) => Err(error),
    }
}

/// Both sides have a world for the name; without a name, each has one only.
fn by_name(old: &Wit, new: &Wit, before: WorldId, now: WorldId) -> Result<(WorldId, WorldId)> {
    let (was, is) = (
        &old.resolve.worlds[before].name,
        &new.resolve.worlds[now].name,
    );
    if was == is || old.component.is_some() {
        return Ok((before, now));
    }
    match renamed(old, before, new) {
        Some(found) if found == now => Ok((before, now)),
        _ => Err(gone(old, before, new)),
    }
}

fn gone(old: &Wit, world: WorldId, new: &Wit) -> Error {
    Error::WorldGone {
        world: old.resolve.worlds[world].name.clone(),
        old: old.name.clone(),
        new: new.name.clone(),
        worlds: new.worlds(),
    }
}

/// The one world that has come, if it is much like the one that has gone.
fn renamed(old: &Wit, gone: WorldId, new: &Wit) -> Option<WorldId> {
    let gone = Has::of(old, gone);
    only(others(new, old).filter(|come| gone.is_in(&Has::of(new, *come))))
}

/// The one world that has gone, if the one that has come is much like it.
fn was_named(old: &Wit, come: WorldId, new: &Wit) -> Option<WorldId> {
    let come = Has::of(new, come);
    only(others(old, new).filter(|gone| Has::of(old, *gone).is_in(&come)))
}

/// The worlds of one text whose names the other has not.
fn others<'a>(of: &'a Wit, but: &Wit) -> impl Iterator<Item = WorldId> + use<'a> {
    let names = but.worlds();
    let worlds = of.worlds().into_iter();
    let worlds = worlds.filter(move |name| !names.contains(name));
    worlds.filter_map(|name| of.world(Some(&name)).ok())
}

fn only(mut found: impl Iterator<Item = WorldId>) -> Option<WorldId> {
    match (found.next(), found.next()) {
        (one, None) => one,
        _ => None,
    }
}

/// What a world has, by name; a package's name and version may change with it.
struct Has {
    /// Of its own: what it exports, its functions, and the interfaces of its package.
    own: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl Has {
    fn of(wit: &Wit, world: WorldId) -> Has {
        let resolve = &wit.resolve;
        let own = &resolve.packages[wit.package_of(world)].name;
        let own = format!("{}:{}/", own.namespace, own.name);
        let world = &resolve.worlds[world];
        let mut has = Has {
            own: BTreeSet::new(),
            others: BTreeSet::new(),
        };
        for (side, items) in [("import", &world.imports), ("export", &world.exports)] {
            for key in items.keys() {
                let name = resolve.name_world_key(key);
                let name = name.split('@').next().unwrap_or_default();
                let plain = name.strip_prefix(&own);
                let is_own = plain.is_some() || !name.contains('/') || side == "export";
                let name = format!("{side} {}", plain.unwrap_or(name));
                match is_own {
                    true => has.own.insert(name),
                    false => has.others.insert(name),
                };
            }
        }
        has
    }

    /// Whether at least half of what is its own is in the other too; with nothing of its
    /// own, whether the two are the same.
    fn is_in(&self, other: &Has) -> bool {
        if self.own.is_empty() {
            let same = other.own.is_empty() && self.others == other.others;
            return same && !self.others.is_empty();
        }
        2 * self.own.intersection(&other.own).count() >= self.own.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{At, Inline, Source};

    fn wit(text: &str) -> Wit {
        let inline = Inline {
            name: "test.wit".into(),
            before: 0,
            text: format!(
                "package a:b;
                 interface x {{ f: func(); }} interface y {{ f: func(); }}
                 package w:i {{ interface one {{ f: func(); }} interface two {{ f: func(); }} }}
                 {text}"
            ),
        };
        let source = Source {
            paths: Vec::new(),
            inline: Some(inline),
        };
        Wit::read(&source, At::Now).unwrap()
    }

    fn found(old: &str, new: &str, wanted: Option<&str>) -> String {
        let (old, new) = (wit(old), wit(new));
        match worlds(&old, &new, wanted) {
            Ok((before, now)) => {
                let name = |wit: &Wit, id| wit.resolve.worlds[id].name.clone();
                format!("{} {}", name(&old, before), name(&new, now))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_rename_has_evidence() {
        let wasi = "import w:i/one; import w:i/two;";
        let old = format!("world old {{ {wasi} import x; export run: func(); }}");
        let same = format!("world new {{ {wasi} import x; export run: func(); }}");
        let half = format!("world new {{ {wasi} import x; }}");
        let other = format!("world new {{ {wasi} import y; export go: func(); }}");
        assert_eq!(found(&old, &same, Some("old")), "old new");
        assert_eq!(found(&old, &half, Some("old")), "old new");
        let gone = found(&old, &other, Some("old"));
        assert!(gone.starts_with("world `old` is gone: "), "{gone}");
        assert!(found(&old, &other, None).starts_with("world `old` is gone: "));
        // Two have come that are like it.
        let two = format!("{same} {}", same.replace("new", "newer"));
        assert!(found(&old, &two, Some("old")).contains("is gone"));
        let new = found(&other, &old, Some("old"));
        assert!(new.starts_with("world `old` is new: "), "{new}");
    }

    #[test]
    fn worlds_of_others_alone_are_the_same_or_not() {
        let old = "world old { import w:i/one; }";
        assert_eq!(
            found(old, "world new { import w:i/one; }", Some("old")),
            "old new"
        );
        let more = "world new { import w:i/one; import w:i/two; }";
        assert!(found(old, more, Some("old")).contains("is gone"));
    }
}
