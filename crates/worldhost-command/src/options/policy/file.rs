//! A policy in a file: TOML, whose keys are the names of the options.

use super::grant::{Grant, Granted};
use super::origin::Origin;
use crate::options::amount;
use crate::options::tables::AnyLimit;
use crate::terminal::Usage;
use anyhow::Context;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use worldhost_wit::nearest;

/// What a policy says.
#[derive(Default)]
pub struct PolicyFile {
    pub limits: Vec<(AnyLimit, Option<u64>, Origin)>,
    pub grants: Vec<Granted>,
}

/// What is written by hand has no more.
const MOST: u64 = 1 << 20;

/// Reads a policy; its paths are relative to the directory that it is in.
pub fn read(path: &Path) -> anyhow::Result<PolicyFile> {
    let text = text(path).with_context(|| {
        let words = format!("cannot read the policy {}", path.display());
        Usage(words)
    })?;
    let name: Arc<str> = path.display().to_string().into();
    let base = path.parent().filter(|dir| *dir != Path::new(""));
    let reader = Reader {
        name: &name,
        base: base.unwrap_or(Path::new(".")),
        text: &text,
    };
    reader.policy()
}

/// What is in a file that is written by hand.
pub fn text(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let file = worldhost::open_regular(path)?;
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        anyhow::bail!("it is larger than 1 MiB, and not written by hand");
    }
    String::from_utf8(bytes).context("it is no text in UTF-8")
}

struct Reader<'a> {
    name: &'a Arc<str>,
    base: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn policy(&self) -> anyhow::Result<PolicyFile> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.wrong(at, error.message())
        })?;
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut policy = PolicyFile::default();
        for (key, value) in entries {
            let name: &str = key.get_ref();
            let limit = AnyLimit::all().find(|limit| limit.name() == name);
            let grant = Grant::ALL.into_iter().find(|grant| grant.name() == name);
            if let Some(limit) = limit {
                let origin = self.origin(value.span().start);
                policy
                    .limits
                    .push((limit, self.limit(limit, value)?, origin));
            } else if let Some(grant) = grant {
                self.grant(grant, value, &mut policy.grants)?;
            } else {
                return Err(self.unknown(name, key.span().start));
            }
        }
        Ok(policy)
    }

    fn limit(&self, limit: AnyLimit, value: &Spanned<DeValue<'_>>) -> anyhow::Result<Option<u64>> {
        let another = || self.not(limit.name(), &format!("a {}", amount::what(limit)), value);
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map(|number| number.to_string())
                .map_err(|_| another())?,
            _ => return Err(another()),
        };
        amount::read(limit, &text).map_err(|error| {
            let words = format!("{} {error}", limit.name());
            self.wrong(value.span().start, &words)
        })
    }

    fn grant(
        &self,
        grant: Grant,
        value: &Spanned<DeValue<'_>>,
        granted: &mut Vec<Granted>,
    ) -> anyhow::Result<()> {
        match (value.get_ref(), grant.value_name()) {
            (DeValue::Boolean(false), None) => Ok(()),
            (DeValue::Boolean(true), None) => self.granted(grant, "", value, granted),
            (_, None) => Err(self.not(grant.name(), "true or false", value)),
            (DeValue::String(text), Some(_)) => self.granted(grant, text, value, granted),
            (DeValue::Array(list), Some(form)) => {
                list.iter().try_for_each(|one| match one.get_ref() {
                    DeValue::String(text) => self.granted(grant, text, one, granted),
                    _ => Err(self.not(grant.name(), &list_of(form), one)),
                })
            }
            (_, Some(form)) => Err(self.not(grant.name(), &list_of(form), value)),
        }
    }

    fn granted(
        &self,
        grant: Grant,
        text: &str,
        value: &Spanned<DeValue<'_>>,
        granted: &mut Vec<Granted>,
    ) -> anyhow::Result<()> {
        let at = value.span().start;
        let one = Granted::read(grant, text, Some(self.base), self.origin(at));
        let one = one.map_err(|error| {
            let name = grant.name();
            self.wrong(at, &format!("{name} = \"{text}\": {error}"))
        })?;
        granted.push(one);
        Ok(())
    }

    fn unknown(&self, name: &str, at: usize) -> anyhow::Error {
        let grants = Grant::ALL.into_iter().map(Grant::name);
        let limits = AnyLimit::all().map(AnyLimit::name);
        let known = grants.chain(limits).map(String::from);
        let advice = match nearest(name, known).as_slice() {
            [] => "worldhost policy schema shows what there is".to_string(),
            some => format!("did you mean {}?", some.join(" or ")),
        };
        self.wrong(at, &format!("there is no `{name}` in a policy; {advice}"))
    }

    /// Something that is of the wrong type.
    fn not(&self, name: &str, what: &str, value: &Spanned<DeValue<'_>>) -> anyhow::Error {
        let found = value.get_ref().type_str();
        let words = format!("{name} is here of the type {found}, and has to be {what}");
        self.wrong(value.span().start, &words)
    }

    fn wrong(&self, at: usize, words: &str) -> anyhow::Error {
        Usage(format!("{}: {words}", self.origin(at).exactly())).into()
    }

    fn origin(&self, at: usize) -> Origin {
        Origin::in_file(self.name, self.text, at)
    }
}

fn list_of(form: &str) -> String {
    format!("a list of strings: [\"{form}\"]")
}
