//! Reads a manifest; what is wrong in it has its place.

use super::entry::{Entry, Restart};
use super::keys::{Options, Own, Takes, takes};
use super::kind::{Checked, Kind};
use clap::error::{ContextKind, ContextValue};
use std::net::Ipv4Addr;
use std::path::Path;
use toml::de::DeValue;
use worldhost_http::Address;
use worldhost_policy::{Document, Error, Result, Value, in_order};

/// Reads the file. Its paths are relative to the directory that it is in, and that is to be
/// the one of this process.
pub fn read(path: &Path, name: &str) -> Result<Vec<Entry>> {
    let document = Document::read(path, "manifest", name)?;
    Reader(&document).manifest()
}

struct Reader<'a>(&'a Document);

/// What there is of one component so far, and where its options are.
struct Draft<'a> {
    entry: Entry,
    places: Vec<(String, usize)>,
    options: Options,
    reader: &'a Reader<'a>,
}

impl Reader<'_> {
    fn manifest(&self) -> Result<Vec<Entry>> {
        let table = self.0.table()?;
        let mut entries: Vec<(usize, Entry)> = Vec::new();
        for (key, at, value) in in_order(table.get_ref()) {
            let components = match value.get_ref() {
                DeValue::Table(components) if key == "component" => components,
                _ if key == "component" => {
                    return Err(self.0.wrong(at, "a component is a table: [component.NAME]"));
                }
                _ => return Err(self.not_there(key, at, ["component"])),
            };
            for (name, at, value) in in_order(components) {
                entries.push((at, self.component(name, at, value)?));
            }
        }
        if entries.is_empty() {
            let words = "it names no component; [component.NAME] begins one";
            return Err(self.0.wrong(0, words));
        }
        self.no_address_twice(&entries)?;
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    fn component(&self, name: &str, at: usize, value: &Value) -> Result<Entry> {
        self.0.is_name((name, at), "component")?;
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.0.wrong(at, "a component is a table: [component.NAME]"));
        };
        let found = |own: Own| table.iter().find(|(key, _)| key.get_ref() == own.name());
        let Some((_, run)) = found(Own::Run) else {
            let words = format!("{name} has no `run`, which says how it is run: {}", kinds());
            return Err(self.0.wrong(at, &words));
        };
        let run_name = self.string(Own::Run.name(), run)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == run_name);
        let kind = kind.ok_or_else(|| {
            let words = format!("run is one of {}", kinds());
            self.0.wrong(run.span().start, &words)
        })?;
        if found(Own::Source).is_none() {
            let words = format!("{name} has no `source`, which names the component");
            return Err(self.0.wrong(at, &words));
        }
        let mut draft = Draft {
            entry: Entry {
                name: name.to_string(),
                kind,
                source: String::new(),
                options: Vec::new(),
                words: Vec::new(),
                addresses: Vec::new(),
                stdin: None,
                stdout: None,
                restart: match kind.goes_on() {
                    true => Restart::Always,
                    false => Restart::Never,
                },
            },
            places: Vec::new(),
            options: Options::of(kind),
            reader: self,
        };
        for (key, at, value) in in_order(table) {
            draft.key(key, at, value)?;
        }
        draft.entry(at)
    }

    fn no_address_twice(&self, entries: &[(usize, Entry)]) -> Result<()> {
        let mut found: Vec<(&Address, &str)> = Vec::new();
        for (at, entry) in entries {
            for address in &entry.addresses {
                let any = matches!(address, Address::Tcp(address) if address.port() == 0);
                let same = found.iter().find(|(other, _)| *other == address);
                if let (Some((_, first)), false) = (same, any) {
                    let words = format!(
                        "{} serves at {address}, and so does {first}; give one of them another addr",
                        entry.name
                    );
                    return Err(self.0.wrong(*at, &words));
                }
                found.push((address, &entry.name));
            }
        }
        Ok(())
    }

    fn string<'v>(&self, name: &str, value: &'v Value) -> Result<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.0.not(name, "a string", value)),
        }
    }

    /// One string, or several.
    fn strings<'v>(&self, name: &str, value: &'v Value) -> Result<Vec<&'v str>> {
        match value.get_ref() {
            DeValue::Array(list) => list.iter().map(|one| self.string(name, one)).collect(),
            DeValue::String(text) => Ok(vec![text]),
            _ => Err(self.0.not(name, "a list of strings", value)),
        }
    }

    fn not_there<'k>(
        &self,
        name: &str,
        at: usize,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Error {
        let otherwise = "worldhost up --schema shows what there is";
        self.0.unknown((name, at), "here", known, otherwise)
    }
}

impl Draft<'_> {
    fn key(&mut self, name: &str, at: usize, value: &Value) -> Result<()> {
        let own = Own::of(self.entry.kind).find(|own| own.name() == name);
        if let Some(own) = own {
            return self.own(own, value);
        }
        let Some(arg) = self.options.find(name) else {
            return Err(self.unknown(name, at));
        };
        let several = takes(arg);
        let words: Vec<String> = match (value.get_ref(), several) {
            (DeValue::Boolean(false), Takes::Nothing) => Vec::new(),
            (DeValue::Boolean(true), Takes::Nothing) => vec![format!("--{name}")],
            (_, Takes::Nothing) => return Err(self.reader.0.not(name, "true or false", value)),
            (DeValue::Array(list), Takes::Several) => {
                let each = list.iter().map(|one| self.word(name, several, one));
                each.collect::<Result<_, _>>()?
            }
            _ => vec![self.word(name, several, value)?],
        };
        self.places.push((name.to_string(), value.span().start));
        self.entry.options.extend(words);
        Ok(())
    }

    fn word(&self, name: &str, takes: Takes, value: &Value) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) => Ok(format!("--{name}={text}")),
            DeValue::Integer(number) if number.radix() == 10 => Ok(format!("--{name}={number}")),
            _ => Err(self.reader.0.not(
                name,
                match takes {
                    Takes::Several => "a string or a list of strings",
                    _ => "a string or a number",
                },
                value,
            )),
        }
    }

    fn own(&mut self, own: Own, value: &Value) -> Result<()> {
        let (reader, name, at) = (self.reader, own.name(), value.span().start);
        let entry = &mut self.entry;
        match own {
            Own::Run => {}
            Own::Source => entry.source = reader.string(name, value)?.to_string(),
            Own::Stdin => entry.stdin = Some(reader.string(name, value)?.into()),
            Own::Stdout => entry.stdout = Some(reader.string(name, value)?.into()),
            Own::Args => {
                let words = reader.strings(name, value)?;
                entry.words = words.into_iter().map(String::from).collect();
            }
            Own::Restart => {
                let text = reader.string(name, value)?;
                let found = Restart::ALL.into_iter().find(|one| one.name() == text);
                entry.restart = found.ok_or_else(|| {
                    let words = format!("restart is one of {}", own.values().join(", "));
                    reader.0.wrong(at, &words)
                })?;
            }
            Own::Addr => {
                for text in reader.strings(name, value)? {
                    let address = text.parse().map_err(|error: String| {
                        reader.0.wrong(at, &format!("addr = \"{text}\" {error}"))
                    })?;
                    entry.addresses.push(address);
                }
            }
        }
        Ok(())
    }

    fn unknown(&self, name: &str, at: usize) -> Error {
        if Options::is_for_all(name) {
            let words = format!(
                "`{name}` is not said of one component; worldhost up has its own (worldhost up \
                 --help)"
            );
            return self.reader.0.wrong(at, &words);
        }
        let mut known: Vec<&str> = Own::of(self.entry.kind).map(Own::name).collect();
        known.extend(self.options.all().map(|(name, _)| name));
        self.reader.not_there(name, at, known)
    }

    /// The component, if its options are such that it can be run.
    fn entry(mut self, at: usize) -> Result<Entry> {
        if self.entry.kind == Kind::Serve && self.entry.addresses.is_empty() {
            let default = Address::Tcp((Ipv4Addr::LOCALHOST, 8080).into());
            self.entry.addresses.push(default);
        }
        match Checked::read(self.entry.kind, &self.entry.command_line(&[])) {
            Ok(_) => Ok(self.entry),
            Err(error) => {
                let place = place(&error, &self.places).unwrap_or(at);
                let words = format!("{}: {}", self.entry.name, first_line(&error));
                Err(self.reader.0.wrong(place, &words))
            }
        }
    }
}

/// Where the option is that clap finds wrong.
fn place(error: &clap::Error, places: &[(String, usize)]) -> Option<usize> {
    let ContextValue::String(said) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    let name = said.trim_start_matches('-');
    let name = name.split([' ', '=', '[']).next()?;
    let found = places.iter().find(|(own, _)| own == name)?;
    Some(found.1)
}

/// What clap says, without what it adds for a command line.
fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join(" ")
}

fn kinds() -> String {
    Kind::ALL.map(Kind::name).join(", ")
}
