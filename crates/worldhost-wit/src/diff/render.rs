//! A diff as text.

use super::change::{Change, ChangeKind, Effect};
use super::whole::Diff;
use std::fmt;

/// With `{:#}` there is a verdict also where nothing differs, and nothing says so: for
/// those who have more to say about the same two worlds.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "from  {}", self.from)?;
        writeln!(f, "to    {}", self.to)?;
        let nothing = self.is_empty() && !f.alternate();
        if nothing {
            let words = match self.component {
                true => "Nothing that it uses has changed.",
                false => "No change.",
            };
            writeln!(f, "\n{words}")?;
        }
        for change in &self.changes {
            write!(f, "\n{change}")?;
            if self.verdict.proved && !change.proved {
                writeln!(f, "  not proved: this is no question for a linker")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "\nnote: {}", note.message)?;
        }
        if nothing && !self.component {
            return Ok(());
        }
        write!(f, "\n{}", self.verdict)?;
        self.versions
            .iter()
            .try_for_each(|version| write!(f, "{version}"))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match (self.effect, self.loads) {
            (Effect::Compatible, _) => "compatible",
            (Effect::Breaking, false) => "BREAKING",
            (Effect::Breaking, true) => "BREAKING for other tools",
        };
        let accepted = match &self.accepted {
            Some(reason) => format!(", accepted: {reason}"),
            None => String::new(),
        };
        let rule = self.rule;
        writeln!(f, "{}  [{effect}{accepted}]  {rule}", self.headline())?;
        for (sign, text) in [('-', &self.old), ('+', &self.new)] {
            for line in text.iter().flat_map(|text| text.lines()) {
                writeln!(f, "  {sign} {line}")?;
            }
        }
        if !self.why.is_empty() {
            writeln!(f, "  {}", self.why)?;
        }
        if !self.affects.is_empty() {
            writeln!(f, "  these are {}", self.affects.join(", "))?;
        }
        if let Some(place) = &self.place {
            writeln!(f, "  at {place}")?;
        }
        Ok(())
    }
}

impl Change {
    /// What happened to what: `removed import function a:b/c.d`.
    pub(crate) fn headline(&self) -> String {
        let change = match self.change {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Moved => "moved",
            ChangeKind::Gated => "gated",
            ChangeKind::Identified => "identified",
            ChangeKind::Documented => "documented",
            ChangeKind::Rewritten => "rewritten",
        };
        let side = match self.what.as_str() {
            "package" | "world" | "bindings" => String::new(),
            _ => format!("{} ", self.side),
        };
        format!("{change} {side}{} {}", self.what, self.item)
    }
}
