//! A diff as findings, and what of them somebody accepts.

use super::change::{Change, ChangeKind, Effect};
use super::whole::Diff;
use crate::accept::Accepted;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

impl Diff {
    /// Marks what is accepted, and adds what is said of accepting and not understood.
    pub fn accept(&mut self, accepted: &Accepted) {
        let why = |rule, item: &str, place: Option<&_>| {
            let reason = accepted.reason(rule, item, place);
            reason.map(String::from)
        };
        for change in &mut self.changes {
            change.accepted = why(change.rule, &change.item, change.place.as_ref());
        }
        for version in &mut self.versions {
            let place = version.place.as_ref();
            version.accepted = why(Rule::VersionTooLow, &version.package, place);
        }
        for note in &mut self.notes {
            note.accepted = why(note.rule, &note.item, note.place.as_ref());
        }
        for rule in [Rule::RefusalUnexplained, Rule::ToolingRefuses] {
            let reason = why(rule, &self.to, None);
            self.accepted.extend(reason.map(|reason| (rule, reason)));
        }
        self.notes.extend(accepted.unclear().iter().cloned());
    }

    /// Whether something breaks that nobody accepts.
    pub fn breaks(&self) -> bool {
        let breaking = |change: &&Change| change.effect == Effect::Breaking;
        let mut breaking = self.changes.iter().filter(breaking).peekable();
        let explained = breaking.peek().is_some();
        let is_accepted = |rule| self.accepted.contains_key(&rule);
        breaking.any(|change| change.accepted.is_none())
            || (!self.verdict.unexplained.is_empty() && !is_accepted(Rule::RefusalUnexplained))
            || (self.verdict.semver_check.is_some()
                && !explained
                && !is_accepted(Rule::ToolingRefuses))
    }

    /// All of it, worst first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.changes.iter().map(Change::finding).collect();
        let verdict = &self.verdict;
        let explained = findings.iter().any(|finding| finding.level > Level::Note);
        let refused = verdict.unexplained.iter().map(|item| {
            let message = format!("Wasmtime's linker refuses {item}, which no change explains");
            Finding::new(Rule::RefusalUnexplained, Level::Error, None, item, message)
        });
        findings.extend(refused);
        if let (Some(reason), false) = (&verdict.semver_check, explained) {
            let message = format!("the semver check of the WIT tooling says: {reason}");
            let finding = Finding::new(
                Rule::ToolingRefuses,
                Level::Warning,
                None,
                self.to.as_str(),
                message,
            );
            findings.push(finding);
        }
        for finding in &mut findings {
            if let Some(reason) = self.accepted.get(&finding.rule) {
                finding.accepted = Some(reason.clone());
            }
        }
        findings.extend(self.versions.iter().filter_map(|version| version.finding()));
        findings.extend(self.notes.iter().cloned());
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        findings
    }
}

impl Change {
    /// In one line.
    fn finding(&self) -> Finding {
        let level = match (self.effect, self.loads) {
            (Effect::Breaking, false) => Level::Error,
            (Effect::Breaking, true) => Level::Warning,
            (Effect::Compatible, _) => Level::Note,
        };
        let mut message = self.headline();
        if let (Some(old), Some(new)) = (&self.old, &self.new)
            && self.change != ChangeKind::Documented
            && !old.contains('\n')
            && !new.contains('\n')
        {
            message += &format!(", from `{old}` to `{new}`");
        }
        if !self.why.is_empty() {
            message += &format!(": {}", self.why);
        }
        let item = self.item.as_str();
        let mut finding = Finding::new(self.rule, level, self.place.clone(), item, message);
        finding.accepted.clone_from(&self.accepted);
        finding
    }
}
