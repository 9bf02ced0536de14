//! A package that has another name now.

use crate::rust;
use wit_parser::PackageName;
use worldhost_wit::Dated;

/// The names of the world's package, before and now.
pub(crate) struct Renamed {
    from: PackageName,
    to: PackageName,
}

impl Renamed {
    /// None when it has the same name, whatever its version.
    pub(crate) fn between(old: Dated<'_>, new: Dated<'_>) -> Option<Renamed> {
        let name = |dated: Dated<'_>| {
            let package = dated.wit.resolve.worlds[dated.world].package?;
            Some(dated.wit.resolve.packages[package].name.clone())
        };
        let (from, to) = (name(old)?, name(new)?);
        let same = (&from.namespace, &from.name) == (&to.namespace, &to.name);
        (!same).then_some(Renamed { from, to })
    }

    /// Its names before and now, without versions.
    pub(crate) fn names(&self) -> (String, String) {
        let name = |package: &PackageName| format!("{}:{}", package.namespace, package.name);
        (name(&self.from), name(&self.to))
    }

    /// A module of the old bindings, under the new name.
    pub(crate) fn module(&self, module: &[String]) -> Vec<String> {
        let exports = usize::from(module.first().is_some_and(|first| first == "exports"));
        let (head, rest) = module.split_at(exports);
        match rest.strip_prefix(&rust::package(&self.from)[..]) {
            Some(rest) => [head, &rust::package(&self.to)[..], rest].concat(),
            None => module.to_vec(),
        }
    }

    /// A text of WIT names, such as `worldhost:plugin/host.log`, under the new name.
    pub(crate) fn wit(&self, text: &str) -> Option<String> {
        let (from, to) = self.names();
        let result = replaced(text, &from, &to);
        (result != text).then_some(result)
    }
}

/// Replaces a name of WIT, in which a dash is part of a word.
pub(super) fn replaced(text: &str, from: &str, to: &str) -> String {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "-_".contains(c));
    let mut result = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(from) {
        let end = at + from.len();
        let before = text[done..at].chars().next_back();
        if part(before) || part(text[end..].chars().next()) {
            continue;
        }
        result += &text[done..at];
        result += to;
        done = end;
    }
    result + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_name_is_replaced_as_a_whole() {
        let text = "a:b/c.d, a:b-c, aa:b, a:b@1";
        assert_eq!(replaced(text, "a:b", "x:y"), "x:y/c.d, a:b-c, aa:b, x:y@1");
    }
}
