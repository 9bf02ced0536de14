//! A policy in a file: TOML, whose keys are the names of the options.

use super::grant::{Grant, Granted};
use crate::options::amount;
use crate::options::document::{Document, Value, in_order};
use crate::options::origin::Origin;
use crate::options::tables::AnyLimit;
use std::path::Path;
use toml::de::DeValue;

/// What a policy says.
#[derive(Default)]
pub struct PolicyFile {
    pub limits: Vec<(AnyLimit, Option<u64>, Origin)>,
    pub grants: Vec<Granted>,
}

/// Reads a policy; its paths are relative to the directory that it is in.
pub fn read(path: &Path) -> anyhow::Result<PolicyFile> {
    let document = Document::read(path, "policy", &path.display().to_string())?;
    let base = path.parent().filter(|dir| *dir != Path::new(""));
    let reader = Reader {
        document: &document,
        base: base.unwrap_or(Path::new(".")),
    };
    reader.policy()
}

struct Reader<'a> {
    document: &'a Document,
    base: &'a Path,
}

impl Reader<'_> {
    fn policy(&self) -> anyhow::Result<PolicyFile> {
        let table = self.document.table()?;
        let mut policy = PolicyFile::default();
        for (name, at, value) in in_order(table.get_ref()) {
            let limit = AnyLimit::all().find(|limit| limit.name() == name);
            let grant = Grant::ALL.into_iter().find(|grant| grant.name() == name);
            if let Some(limit) = limit {
                let origin = self.document.origin(value.span().start);
                policy
                    .limits
                    .push((limit, self.limit(limit, value)?, origin));
            } else if let Some(grant) = grant {
                self.grant(grant, value, &mut policy.grants)?;
            } else {
                return Err(self.unknown(name, at));
            }
        }
        Ok(policy)
    }

    fn limit(&self, limit: AnyLimit, value: &Value<'_>) -> anyhow::Result<Option<u64>> {
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

    fn grant(
        &self,
        grant: Grant,
        value: &Value<'_>,
        granted: &mut Vec<Granted>,
    ) -> anyhow::Result<()> {
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
    ) -> anyhow::Result<()> {
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

    fn unknown(&self, name: &str, at: usize) -> anyhow::Error {
        let grants = Grant::ALL.into_iter().map(Grant::name);
        let limits = AnyLimit::all().map(AnyLimit::name);
        let known = grants.chain(limits).map(String::from);
        let command = "worldhost policy schema";
        self.document
            .unknown((name, at), "in a policy", known, command)
    }
}

fn list_of(form: &str) -> String {
    format!("a list of strings: [\"{form}\"]")
}
