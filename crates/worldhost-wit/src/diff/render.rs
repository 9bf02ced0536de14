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
        }
        for note in &self.notes {
            writeln!(f, "\nnote: {note}")?;
        }
        if nothing && !self.component {
            return Ok(());
        }
        write!(f, "\n{}", self.verdict)?;
        match &self.version {
            Some(version) => write!(f, "{version}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match (self.effect, self.loads) {
            (Effect::Compatible, _) => "compatible",
            (Effect::Breaking, false) => "BREAKING",
            (Effect::Breaking, true) => "BREAKING for other tools",
        };
        let change = match self.change {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Moved => "moved",
        };
        let side = match self.what.as_str() {
            "package" => String::new(),
            _ => format!("{} ", self.side),
        };
        writeln!(f, "{change} {side}{} {}  [{effect}]", self.what, self.item)?;
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
        Ok(())
    }
}
