//! What a linker says about two worlds, beside what is read from their text.

use super::asked::Asked;
use super::change::{Change, Dated};
use super::whole::Diff;
use std::collections::{BTreeMap, BTreeSet};

/// Who knows what links.
pub trait Linker {
    /// Whether each of these items is found, with the type that is asked for: imports of
    /// the old world in a host of the new one, exports of the new world in a component
    /// of the old one.
    ///
    /// # Errors
    ///
    /// Why it cannot be told, in words.
    fn links(
        &self,
        old: Dated<'_>,
        new: Dated<'_>,
        asked: &BTreeSet<Asked>,
    ) -> Result<BTreeMap<Asked, bool>, String>;
}

impl Diff {
    /// Has the verdict proved by a linker, whose word stands over what was read from the
    /// text.
    pub fn proved(mut self, old: Dated<'_>, new: Dated<'_>, linker: &dyn Linker) -> Diff {
        let answers = match linker.links(old, new, &self.asked) {
            Ok(answers) => answers,
            Err(reason) => {
                self.verdict.unproved = Some(reason);
                return self;
            }
        };
        // What the version of a package keeps out is no fault of the items in it.
        let versions = self.changes.iter().filter(|change| change.is_package());
        let versions = versions.filter(|change| !change.loads);
        let kept_out: BTreeSet<Asked> = versions.flat_map(|one| one.asks.clone()).collect();
        for change in &mut self.changes {
            let asks = change.asks.iter();
            let asks = asks.filter(|ask| change.is_package() || !kept_out.contains(ask));
            let told: Vec<bool> = asks.filter_map(|ask| answers.get(ask).copied()).collect();
            change.told(&told);
        }
        let refused = answers.iter().filter(|(_, found)| !**found);
        let of_change = |ask: &Asked| self.changes.iter().any(|change| change.asks.contains(ask));
        let unexplained = refused.filter(|(ask, _)| !of_change(ask));
        self.verdict.unexplained = unexplained.map(|(ask, _)| ask.name()).collect();
        self.verdict.proved = true;
        self.verdict.asked = answers.len();
        self.verdict.sum_up(&self.changes);
        self
    }
}

impl Change {
    /// Takes the word of a linker on what it was asked about the change.
    fn told(&mut self, told: &[bool]) {
        let all = told.iter().all(|found| *found);
        if self.is_package() && !told.is_empty() {
            // One item that is found is found under the name that the package has now.
            self.proved = self.loads == told.contains(&true);
        } else if told.is_empty() || all == self.loads {
            // What nobody asks for keeps no component out; where something does all the
            // same, that is no question for a linker.
            self.proved = !self.asks.is_empty() || self.loads;
        } else if all {
            (self.loads, self.proved) = (true, true);
            self.why += "; a linker takes it all the same";
        } else {
            self.breaks(false, "a linker does not take it");
            self.proved = true;
        }
    }
}
