//! Where a grant or a limit comes from.

use std::fmt;
use std::sync::Arc;

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody says otherwise.
    Default,
    /// A policy or a manifest.
    File {
        /// As it was named.
        path: Arc<str>,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// The command line, by an option of this name.
    Flag(&'static str),
}

impl Origin {
    /// The place in a text that was read from a file.
    pub fn in_file(path: &Arc<str>, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let begin = before.rfind('\n').map_or(0, |end| end + 1);
        Origin::File {
            path: path.clone(),
            line: before.matches('\n').count() + 1,
            column: before[begin..].chars().count() + 1,
        }
    }

    /// With the column, for an error there.
    pub fn exactly(&self) -> String {
        match self {
            Origin::File { column, .. } => format!("{self}:{column}"),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line, .. } => write!(f, "{path}:{line}"),
            Origin::Flag(name) => write!(f, "--{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column_of_characters() {
        let path = "p.toml".into();
        let text = "a = 1\nbé = 2\n";
        let place = |of: &str| Origin::in_file(&path, text, text.find(of).unwrap()).exactly();
        assert_eq!(place("a"), "p.toml:1:1");
        assert_eq!(place("b"), "p.toml:2:1");
        assert_eq!(place("2"), "p.toml:2:6");
        assert_eq!(Origin::in_file(&path, text, 999).to_string(), "p.toml:3");
    }
}
