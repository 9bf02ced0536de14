//! A report as JUnit writes it: a suite for each subject, a case for each finding.

use super::document::{Document, Subject};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use worldhost_wit::{Finding, Level};

type Xml = Writer<Vec<u8>>;

/// What nobody accepts and is more than a note has failed.
pub fn report(document: &Document<'_>) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute((
            "name",
            format!("worldhost wit {}", document.command).as_str(),
        ))
        .write_inner_content(|xml| document.subjects.iter().try_for_each(|one| suite(xml, one)))?;
    let text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
    Ok(text + "\n")
}

fn suite(xml: &mut Xml, subject: &Subject<'_>) -> io::Result<()> {
    let count = |is: &dyn Fn(&Finding) -> bool| {
        let found = subject.findings.iter().filter(|finding| is(finding));
        found.count().to_string()
    };
    // A suite with no case is taken for one that did not run.
    let tests = subject.findings.len().max(1).to_string();
    xml.create_element("testsuite")
        .with_attribute(("name", subject.of.as_str()))
        .with_attribute(("tests", tests.as_str()))
        .with_attribute(("failures", count(&has_failed).as_str()))
        .with_attribute(("skipped", count(&|one| one.accepted.is_some()).as_str()))
        .write_inner_content(|xml| {
            if subject.findings.is_empty() {
                let case = xml.create_element("testcase");
                case.with_attribute(("classname", subject.of.as_str()))
                    .with_attribute(("name", "nothing found"))
                    .write_empty()?;
            }
            let mut findings = subject.findings.iter();
            findings.try_for_each(|finding| case(xml, &subject.of, finding))
        })?;
    Ok(())
}

fn case(xml: &mut Xml, of: &str, finding: &Finding) -> io::Result<()> {
    let rule = finding.rule.id();
    let name = format!("{rule} {}", finding.item);
    let mut case = xml
        .create_element("testcase")
        .with_attribute(("classname", of))
        .with_attribute(("name", name.as_str()));
    let line = finding.place.as_ref().map(|place| place.line.to_string());
    if let (Some(place), Some(line)) = (&finding.place, &line) {
        case = case
            .with_attribute(("file", place.file.as_str()))
            .with_attribute(("line", line.as_str()));
    }
    case.write_inner_content(|xml| {
        let words = finding.to_string();
        let words = BytesText::new(&words);
        match &finding.accepted {
            Some(reason) => {
                let skipped = xml.create_element("skipped");
                skipped
                    .with_attribute(("message", reason.as_str()))
                    .write_empty()?;
            }
            None if has_failed(finding) => {
                xml.create_element("failure")
                    .with_attribute(("message", finding.message.as_str()))
                    .with_attribute(("type", rule))
                    .write_text_content(words)?;
            }
            None => drop(xml.create_element("system-out").write_text_content(words)?),
        }
        Ok(())
    })?;
    Ok(())
}

fn has_failed(finding: &Finding) -> bool {
    finding.level > Level::Note && finding.accepted.is_none()
}
