//! A manifest: which plugins there are, and what each is granted and held to.

use crate::error::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::DeValue;
use worldhost::{Pin, Watch};
use worldhost_policy::{Document, Error, Origin, Policy, Value, in_order};

/// What a manifest says: TOML, a table for each plugin.
///
/// ```toml
/// [plugin.shout]
/// component = "shout.wasm"
/// digest = "sha256:…"            # optional: no other file is loaded, now or later
/// dir-ro = ["words::/words"]
/// allow-net = "api.example.com:443"
/// max-memory = "16MiB"
/// timeout = "100ms"
/// ```
///
/// All keys but the first two are the grants and limits of a policy of the command, by the
/// same names: [`Policy::keys`]. Paths are relative to the manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub(crate) entries: Vec<Entry>,
    /// Of the file, as it was before it was read.
    pub(crate) watch: Option<Watch>,
}

/// What is said of one plugin.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: Arc<str>,
    pub(crate) component: PathBuf,
    pub(crate) pin: Option<Pin>,
    pub(crate) policy: Policy,
    /// Where the component is named.
    pub(crate) place: Origin,
}

impl Entry {
    /// Whether the same is said, wherever that is.
    pub(crate) fn is_same(&self, other: &Entry) -> bool {
        self.component == other.component
            && self.pin == other.pin
            && self.policy.is_same(&other.policy)
    }
}

/// The keys that are not of a policy.
const COMPONENT: &str = "component";
const DIGEST: &str = "digest";

impl Manifest {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or says what cannot be: where, what, and what may be meant.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let watch = Watch::new(path);
        let name = path.display().to_string();
        let document = Document::read(path, "manifest", &name)?;
        let entries = entries(&document, path.parent().unwrap_or(Path::new("")))?;
        Ok(Manifest {
            entries,
            watch: Some(watch),
        })
    }

    /// What is text already, of an application whose settings are elsewhere. `name` is what
    /// errors call it, and its paths are relative to `base`.
    ///
    /// # Errors
    ///
    /// As for [`Manifest::read`].
    pub fn of_text(text: &str, name: &str, base: &Path) -> Result<Self> {
        let entries = entries(&Document::of_text(text, name), base)?;
        Ok(Manifest {
            entries,
            watch: None,
        })
    }

    /// The names of the plugins, in its order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }
}

fn entries(document: &Document, base: &Path) -> Result<Vec<Entry>> {
    // What is relative to no directory is relative to that of the process.
    let base = match base.as_os_str().is_empty() {
        true => Path::new("."),
        false => base,
    };
    let table = document.table()?;
    let mut entries = Vec::new();
    let mut found = false;
    for (key, at, value) in in_order(table.get_ref()) {
        let plugins = match value.get_ref() {
            DeValue::Table(plugins) if key == "plugin" => plugins,
            _ => {
                let otherwise = "[plugin.NAME] begins a plugin";
                return Err(document
                    .unknown((key, at), "here", ["plugin"], otherwise)
                    .into());
            }
        };
        found = true;
        for (name, at, value) in in_order(plugins) {
            entries.push(entry(document, base, (name, at), value)?);
        }
    }
    // A file that somebody is about to write has none either.
    if !found {
        let words = "it names no plugin: [plugin.NAME] begins one, and [plugin] alone says that \
                     there are none";
        return Err(document.wrong(0, words).into());
    }
    Ok(entries)
}

fn entry(
    document: &Document,
    base: &Path,
    (name, at): (&str, usize),
    value: &Value<'_>,
) -> Result<Entry, Error> {
    document.is_name((name, at), "plugin")?;
    let DeValue::Table(table) = value.get_ref() else {
        return Err(document.wrong(at, "a plugin is a table: [plugin.NAME]"));
    };
    let (mut component, mut pin, mut policy) = (None, None, Policy::default());
    for (key, at, value) in in_order(table) {
        let place = value.span().start;
        match (key, value.get_ref()) {
            (COMPONENT, DeValue::String(file)) => {
                component = Some((base.join(&**file), document.origin(place)));
            }
            (DIGEST, DeValue::String(text)) => {
                let parsed = text.parse::<Pin>();
                pin = Some(parsed.map_err(|error| {
                    document.wrong(place, &format!("{DIGEST} = \"{text}\" {error}"))
                })?);
            }
            (COMPONENT | DIGEST, _) => return Err(document.not(key, "a string", value)),
            _ if policy.take(document, base, key, value)? => {}
            _ => {
                let known: Vec<_> = [COMPONENT, DIGEST]
                    .into_iter()
                    .chain(Policy::keys())
                    .collect();
                let otherwise = format!("there are {}", known.join(", "));
                return Err(document.unknown((key, at), "in a plugin", known, &otherwise));
            }
        }
    }
    let Some((component, place)) = component else {
        let words = format!("{name} has no `{COMPONENT}`, which names its file");
        return Err(document.wrong(at, &words));
    };
    Ok(Entry {
        name: name.into(),
        component,
        pin,
        policy,
        place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest> {
        Manifest::of_text(text, "p.toml", Path::new("/dir"))
    }

    #[test]
    fn plugins_are_in_the_order_of_the_file() {
        let text = "[plugin.b]\ncomponent = \"b.wasm\"\n[plugin.a]\ncomponent = \"/a.wasm\"\n";
        let manifest = read(text).unwrap();
        assert_eq!(manifest.names().collect::<Vec<_>>(), ["b", "a"]);
        let [b, a] = &manifest.entries[..] else {
            panic!("{manifest:?}");
        };
        assert_eq!(b.component, Path::new("/dir/b.wasm"));
        assert_eq!(a.component, Path::new("/a.wasm"));
        assert_eq!(read("[plugin]\n").unwrap().names().count(), 0);
    }

    #[test]
    fn what_is_wrong_has_its_place_and_what_may_be_meant() {
        let table = "[plugin.a]\ncomponent = \"a.wasm\"\n";
        for (text, place, words) in [
            ("max-memry = 1\n", "p.toml:3:1: ", "did you mean max-memory"),
            ("componet = 1\n", "p.toml:3:1: ", "did you mean component?"),
            (
                "qqq = 1\n",
                "p.toml:3:1: ",
                "there are component, digest, dir, ",
            ),
            ("timeout = 5\n", "p.toml:3:11: ", "with its unit"),
            ("env = [1]\n", "p.toml:3:8: ", "list of strings"),
            ("digest = \"x\"\n", "p.toml:3:10: ", "is no digest"),
            ("digest = 1\n", "p.toml:3:10: ", "a string"),
            ("[plugin.b]\n", "p.toml:3:9: ", "has no `component`"),
            ("[plugin.\"B c\"]\n", "p.toml:3:9: ", "name of a plugin"),
            ("[plugins.b]\n", "p.toml:3:2: ", "did you mean plugin?"),
            ("[plugin.a]\n", "p.toml:3:", "duplicate"),
        ] {
            let error = read(&format!("{table}{text}")).unwrap_err().to_string();
            assert!(error.starts_with(place), "{text}: {error}");
            assert!(error.contains(words), "{text}: {error}");
        }
        let error = read("# nothing\n").unwrap_err().to_string();
        assert!(error.contains("names no plugin"), "{error}");
    }

    #[test]
    fn the_same_is_the_same_wherever_it_stands() {
        let one = "[plugin.a]\ncomponent = \"a.wasm\"\nenv = \"A=1\"\ntimeout = \"1s\"\n";
        let two = format!("# more\n\n{one}");
        let same =
            |a: &str, b: &str| read(a).unwrap().entries[0].is_same(&read(b).unwrap().entries[0]);
        assert!(same(one, &two));
        for (from, to) in [("A=1", "A=2"), ("\"1s\"", "\"2s\""), ("a.wasm", "b.wasm")] {
            assert!(!same(one, &one.replace(from, to)), "{to}");
        }
    }
}
