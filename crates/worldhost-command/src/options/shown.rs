//! What is in force, as it is shown: a line each, or JSON.

use crate::terminal::printing::print as print_bytes;
use serde::Serialize;
use worldhost::printable;
use worldhost_policy::{AnyLimit, Grant, Granted, InForce, Origin, amount};

/// One limit or grant.
#[derive(Serialize)]
pub struct Row {
    /// The option, and the key in a policy.
    pub name: String,
    /// As the option takes it; for a grant that has no value, `yes` or `no`.
    pub value: String,
    /// `default`, FILE:LINE, or the option.
    pub from: String,
    /// What it bounds or grants.
    pub about: String,
}

/// How to show it.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum As {
    Text,
    Json,
}

/// A line for each limit.
pub fn limits(in_force: &InForce) -> Vec<Row> {
    let row = |limit: AnyLimit| {
        let (value, origin) = in_force.limit(limit);
        Row {
            name: limit.name().into(),
            value: amount::written(limit.unit(), value),
            from: origin.to_string(),
            about: limit.bounds().into(),
        }
    };
    AnyLimit::all().map(row).collect()
}

/// A line for each grant, and for each kind of which there is none.
pub fn grants(in_force: &InForce) -> Vec<Row> {
    let rows = |grant| {
        let mut rows: Vec<_> = in_force.of(grant).map(Row::of_grant).collect();
        if rows.is_empty() {
            rows.push(Row::of_no_grant(grant));
        }
        rows
    };
    Grant::ALL.into_iter().flat_map(rows).collect()
}

impl Row {
    fn of_grant(granted: &Granted) -> Self {
        Row {
            value: match granted.text.as_str() {
                "" => "yes".into(),
                text => text.into(),
            },
            from: granted.origin.to_string(),
            ..Row::of_no_grant(granted.grant)
        }
    }

    fn of_no_grant(grant: Grant) -> Self {
        let value = match grant.value_name() {
            Some(_) => "none",
            None => "no",
        };
        Row {
            name: grant.name().into(),
            value: value.into(),
            from: Origin::Default.to_string(),
            about: grant.help().into(),
        }
    }
}

/// Prints them.
pub fn print(rows: &[Row], shown: As) -> anyhow::Result<()> {
    print_bytes(
        match shown {
            As::Json => serde_json::to_string_pretty(rows)? + "\n",
            As::Text => lines(rows),
        }
        .as_bytes(),
    )
}

/// In columns that end where the next begins, without what nothing follows.
fn lines(rows: &[Row]) -> String {
    let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max();
    let widths = [
        width(|row| &row.name),
        width(|row| &row.value),
        width(|row| &row.from),
    ];
    let [name, value, from] = widths.map(Option::unwrap_or_default);
    let line = |row: &Row| {
        let line = format!(
            "{:name$}  {:value$}  {:from$}  {}",
            row.name, row.value, row.from, row.about
        );
        format!("{}\n", printable(&line))
    };
    rows.iter().map(line).collect()
}
