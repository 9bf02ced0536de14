//! A policy in a file: TOML, whose keys are the names of the options.

use crate::amount;
use crate::document::{Document, Value, in_order};
use crate::error::Result;
use crate::grant::{Grant, Granted};
use crate::origin::Origin;
use crate::tables::AnyLimit;
use std::path::Path;
use toml::de::DeValue;

/// What a policy says: limits and grants, each with its place.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(crate) limits: Vec<(AnyLimit, Option<u64>, Origin)>,
    pub(crate) grants: Vec<Granted>,
}

impl Policy {
    /// Reads a file; its paths are relative to the directory that it is in.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or something in it is no grant and no limit.
    pub fn read(path: &Path) -> Result<Self> {
        let document = Document::read(path, "policy", &path.display().to_string())?;
        let base = path.parent().filter(|dir| *dir != Path::new(""));
        let base = base.unwrap_or(Path::new("."));
        let table = document.table()?;
        let mut policy = Policy::default();
        for (name, at, value) in in_order(table.get_ref()) {
            if !policy.take(&document, base, name, value)? {
                let otherwise = "worldhost policy schema shows what there is";
                let place = "in a policy";
                return Err(document.unknown((name, at), place, Self::keys(), otherwise));
            }
        }
        Ok(policy)
    }

    /// The names of all grants and limits.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        let grants = Grant::ALL.into_iter().map(Grant::name);
        grants.chain(AnyLimit::all().map(AnyLimit::name))
    }

    /// Takes what a document says under a key, if that is a grant or a limit; directories are
    /// relative to `base`.
    ///
    /// # Errors
    ///
    /// When it is no value of that grant or limit.
    pub fn take(
        &mut self,
        document: &Document,
        base: &Path,
        name: &str,
        value: &Value<'_>,
    ) -> Result<bool> {
        let reader = Reader { document, base };
        if let Some(limit) = AnyLimit::all().find(|limit| limit.name() == name) {
            let origin = document.origin(value.span().start);
            let amount = reader.limit(limit, value)?;
            self.limits.push((limit, amount, origin));
        } else if let Some(grant) = Grant::ALL.into_iter().find(|grant| grant.name() == name) {
            reader.grant(grant, value, &mut self.grants)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether the same is granted and limited, wherever that is said.
    pub fn is_same(&self, other: &Policy) -> bool {
        let limits = |policy: &Policy| -> Vec<_> {
            let limits = policy.limits.iter();
            limits.map(|(limit, value, _)| (*limit, *value)).collect()
        };
        let grants = self.grants.iter().zip(&other.grants);
        limits(self) == limits(other)
            && self.grants.len() == other.grants.len()
            && grants.into_iter().all(|(one, other)| one.is_same(other))
    }
}

struct Reader<'a> {
    document: &'a Document,
    base: &'a Path,
}

impl Reader<'_> {
    fn limit(&self, limit: AnyLimit, value: &Value<'_>) -> Result<Option<u64>> {
        let another = || {
            self.document
                .not(limit.name(), &format!("a {}", amount::what(limit)), value)
        };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map(|number| number.to_string())
                .map_err(|_| another())?,
            _ => return Err(another()),
        };
        amount::read(limit, &text).map_err(|error| {
            let words = format!("{} {error}", limit.name());
            self.document.wrong(value.span().start, &words)
        })
    }

    fn grant(&self, grant: Grant, value: &Value<'_>, granted: &mut Vec<Granted>) -> Result<()> {
        match (value.get_ref(), grant.value_name()) {
            (DeValue::Boolean(false), None) => Ok(()),
            (DeValue::Boolean(true), None) => self.granted(grant, "", value, granted),
            (_, None) => Err(self.document.not(grant.name(), "true or false", value)),
            (DeValue::String(text), Some(_)) => self.granted(grant, text, value, granted),
            (DeValue::Array(list), Some(form)) => {
                list.iter().try_for_each(|one| match one.get_ref() {
                    DeValue::String(text) => self.granted(grant, text, one, granted),
                    _ => Err(self.document.not(grant.name(), &list_of(form), one)),
                })
            }
            (_, Some(form)) => Err(self.document.not(grant.name(), &list_of(form), value)),
        }
    }

    fn granted(
        &self,
        grant: Grant,
        text: &str,
        value: &Value<'_>,
        granted: &mut Vec<Granted>,
    ) -> Result<()> {
        let at = value.span().start;
        let one = Granted::read(grant, text, Some(self.base), self.document.origin(at));
        let one = one.map_err(|error| {
            let name = grant.name();
            self.document
                .wrong(at, &format!("{name} = \"{text}\": {error}"))
        })?;
        granted.push(one);
        Ok(())
    }
}

fn list_of(form: &str) -> String {
    format!("a list of strings: [\"{form}\"]")
}
