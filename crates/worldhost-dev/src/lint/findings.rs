//! All findings of a text.

use super::package::Package;
use super::{names, usage, versions};
use worldhost_wit::{Accepted, Finding, Wit};

/// All that is found in the packages of a text, in the order of the text, with what its
/// comments accept.
pub fn lint(wit: &Wit, accepted: &Accepted) -> Vec<Finding> {
    let mut findings = Vec::new();
    for id in wit.packages() {
        let package = Package {
            resolve: &wit.resolve,
            id: *id,
        };
        findings.extend(versions::lint(&package));
        findings.extend(usage::lint(&package));
        findings.extend(names::lint(&package));
    }
    for finding in &mut findings {
        let reason = accepted.reason(finding.rule, &finding.item, finding.place.as_ref());
        finding.accepted = reason.map(String::from);
    }
    findings.extend(accepted.unclear().iter().cloned());
    let place = |finding: &Finding| {
        let place = finding.place.as_ref();
        place.map(|place| (place.file.clone(), place.line, place.column))
    };
    findings.sort_by_key(place);
    findings
}
