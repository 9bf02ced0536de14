//! Changes as a patch, which `git apply` and `patch -p1` take.

use super::changed::FileChange;
use similar::TextDiff;
use std::path::Path;
use worldhost_wit::paths;

impl FileChange {
    /// A unified diff with three lines around each change, and names from this directory.
    pub fn patch(&self, home: &Path) -> String {
        let name = |path: &Path| {
            let parts = paths::between(home, path);
            let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
            parts.collect::<Vec<_>>().join("/")
        };
        let to = name(&self.to);
        let from = self.from.as_deref().map(name);
        let old = from.as_ref().map(|from| format!("a/{from}"));
        let mut text = format!(
            "diff --git {} b/{to}\n",
            old.as_deref().unwrap_or(&format!("a/{to}"))
        );
        match &from {
            None => text += "new file mode 100644\n",
            Some(from) if *from != to => {
                text += &format!("rename from {from}\nrename to {to}\n");
            }
            Some(_) => {}
        }
        let old = old.as_deref().unwrap_or("/dev/null");
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let mut diff = diff.unified_diff();
        text + &diff
            .context_radius(3)
            .header(old, &format!("b/{to}"))
            .to_string()
    }
}
