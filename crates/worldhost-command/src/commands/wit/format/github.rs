//! Workflow commands of GitHub Actions, which are annotations of a pull request.

use super::document::Document;
use std::fmt::Write;
use worldhost_wit::{Finding, Level};

/// One line for each finding that nobody accepts.
pub fn annotations(document: &Document<'_>) -> String {
    let findings = document.subjects.iter().flat_map(|one| &one.findings);
    let mut text = String::new();
    for finding in findings.filter(|finding| finding.accepted.is_none()) {
        text += &annotation(finding);
    }
    text
}

fn annotation(finding: &Finding) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut line = format!("::{command} title={}", property(finding.rule.id()));
    if let Some(place) = &finding.place {
        let file = property(&place.file);
        let _ = write!(
            line,
            ",file={file},line={},col={}",
            place.line, place.column
        );
    }
    line + "::" + &data(&finding.message) + "\n"
}

/// As the toolkit of the actions escapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use worldhost_wit::{Place, Rule};

    #[test]
    fn a_finding_is_one_line() {
        let place = Place {
            file: "a,b/c:d.wit".into(),
            line: 3,
            column: 5,
        };
        let finding = Finding::new(
            Rule::ImportFunctionRemoved,
            Level::Error,
            Some(place),
            "a:b/c.d",
            "100 % gone:\nit is",
        );
        assert_eq!(
            annotation(&finding),
            "::error title=import-function-removed,file=a%2Cb/c%3Ad.wit,line=3,col=5\
             ::100 %25 gone:%0Ait is\n"
        );
    }
}
