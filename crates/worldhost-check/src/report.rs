//! What `check` finds: typed, and in words.

use serde::Serialize;
use std::fmt;
use worldhost::Proposal;
use worldhost_wit::{InterfaceName, ItemName, Side};

/// Whether a component fits, and if not, everything that is in the way.
///
/// Its JSON is stable: fields are added, never renamed or removed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The component's name: its path, or what the caller gave.
    pub component: String,
    /// The world that it was held against, such as `wasi:cli/command@0.2.12`.
    pub world: String,
    /// Whether it fits: whether there are no misfits, it lacks no proposal, and is not
    /// refused.
    pub fits: bool,
    /// Everything of its imports and exports that is in the way, in the component's order,
    /// imports first.
    pub misfits: Vec<Misfit>,
    /// The proposals that it uses and the host has off.
    pub lacks: Vec<Lack>,
    /// What Wasmtime says of a valid component that it cannot run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What of it WIT has no words for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// Of exports that are there in several versions, which one is meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meant: Vec<Meant>,
    /// What it may ask for while it runs.
    pub needs: Vec<Need>,
}

/// A proposal that a component uses and the host has off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lack {
    /// Its name, such as `wide-arithmetic`.
    pub proposal: String,
    /// What it brings, in a few words.
    pub words: &'static str,
    /// Whether the host can turn it on.
    pub optional: bool,
}

/// An import or export that WIT has no words for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unseen {
    /// Whether it is an import or an export.
    pub side: Side,
    /// Its name.
    pub name: String,
    /// What it is, such as `a core module`.
    pub kind: String,
    /// Why there are no words for it, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which of several versions of an export is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Meant {
    /// The export, such as `wasi:cli/run@0.2.6`.
    pub export: String,
    /// The others of that name.
    pub others: Vec<String>,
}

impl From<Proposal> for Lack {
    fn from(proposal: Proposal) -> Self {
        Lack {
            proposal: proposal.to_string(),
            words: proposal.words(),
            optional: proposal.is_optional(),
        }
    }
}

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// Nothing provides the import, or the component lacks the export.
    Missing,
    /// It is there in versions that are not compatible.
    Version,
    /// It is there with another type.
    Type,
    /// It is there, and WIT has no words for it: whether with the right type could not be
    /// told.
    Unseen,
}

/// One thing that keeps a component from fitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Misfit {
    /// Whether it is an import or an export.
    pub side: Side,
    /// What is wrong with it.
    pub problem: Problem,
    /// The interface, such as `wasi:cli/run@0.2.12`; none for a function or type
    /// of the world itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The function or type in it as the component model names it, such as
    /// `[method]pollable.block`; none when it is the interface as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What the component has: a signature, or a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What the host, or the world, has: a signature, or versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where the two differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do about it.
    pub remedy: Remedy,
}

/// What to do about a misfit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Remedy {
    /// Build the component against this version of the package.
    Build {
        /// Such as `wasi:cli`, or `WASI`.
        package: String,
        /// Such as `0.2.12`.
        version: String,
    },
    /// Build the component against the WIT at this place, or change it there.
    Wit {
        /// `file:line:column`, or the name of what declares it.
        at: String,
        /// Names there that are close to the component's.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        nearest: Vec<String>,
    },
    /// The host does not offer it: build the component without it, or add it to
    /// the host.
    NotOffered {
        /// Interfaces that the host does offer, with names close to it.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        nearest: Vec<String>,
    },
    /// WASI marks it as unstable: build the component without it, or turn it on where the
    /// host can provide it.
    Unstable {
        /// The feature that it is behind, such as `network-error-code`.
        feature: String,
        /// Whether the host can provide it: [`worldhost::Unstable`].
        optional: bool,
    },
}

/// Something of the machine that a component may ask for, by what it imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Capability {
    /// Directories: `wasi:filesystem`.
    Files,
    /// Sockets and name lookup: `wasi:sockets`.
    Network,
    /// Outgoing requests: `wasi:http`.
    Http,
    /// Environment variables and arguments: `wasi:cli/environment`.
    Environment,
    /// Standard input: `wasi:cli/stdin`.
    Stdin,
    /// The time, and sleeping: `wasi:clocks`.
    Clocks,
    /// Random numbers: `wasi:random`.
    Random,
}

/// A capability and the imports that ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Need {
    /// What is asked for.
    pub capability: Capability,
    /// The interfaces that ask.
    pub interfaces: Vec<String>,
}

impl Remedy {
    /// Where nothing on offer has a name like it.
    pub(crate) const NOT_OFFERED: Remedy = Remedy::NotOffered {
        nearest: Vec::new(),
    };
}

impl Misfit {
    pub(crate) fn new(side: Side, problem: Problem, remedy: Remedy) -> Self {
        Misfit {
            side,
            problem,
            interface: None,
            item: None,
            component: None,
            host: None,
            detail: None,
            remedy,
        }
    }

    /// The item on one line: `import wasi:io/poll@0.2.12, pollable.block`.
    pub fn subject(&self) -> String {
        let side = self.side;
        let item = self
            .item
            .as_deref()
            .map(|item| ItemName::parse(item).plain());
        match (&self.interface, item) {
            (Some(interface), Some(item)) => format!("{side} {interface}, {item}"),
            (Some(name), None) => format!("{side} {name}"),
            (None, item) => format!("{side} {}", item.unwrap_or("of the world")),
        }
    }

    /// What is wrong, on one line, without what to do about it.
    pub fn problem_in_words(&self) -> String {
        match (self.problem, self.side) {
            (Problem::Missing, Side::Import) => "nothing provides it".to_string(),
            (Problem::Missing, Side::Export) => "the component lacks it".to_string(),
            (Problem::Version, Side::Import) => format!(
                "it wants {}; provided is {}",
                self.component.as_deref().unwrap_or("another version"),
                self.host.as_deref().unwrap_or("another")
            ),
            (Problem::Version, Side::Export) => format!(
                "the component has {}; wanted is {}",
                self.component.as_deref().unwrap_or("another version"),
                self.host.as_deref().unwrap_or("another")
            ),
            (Problem::Unseen, _) => {
                "it is there, but it could not be told whether with this type".to_string()
            }
            (Problem::Type, _) => match &self.detail {
                Some(detail) => format!("another type: {detail}"),
                None => "another type".to_string(),
            },
        }
    }
}

impl Need {
    /// The packages of the interfaces, each once: `wasi:cli@0.2.12` for
    /// `wasi:cli/stdin@0.2.12`.
    pub fn packages(&self) -> Vec<String> {
        let mut packages: Vec<String> = self.interfaces.iter().map(|i| package(i)).collect();
        packages.dedup();
        packages
    }
}

fn package(interface: &str) -> String {
    let name = InterfaceName::parse(interface);
    let version = &name.as_str()[name.base().len()..];
    match name.package() {
        Some(package) => format!("{package}{version}"),
        None => interface.to_string(),
    }
}

/// Subject, problem and remedy on one line.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject(), self.problem_in_words())?;
        if let (Problem::Type, Some(component), Some(host)) =
            (self.problem, &self.component, &self.host)
        {
            write!(f, " (component: {component}; host: {host})")?;
        }
        write!(f, "; {}", self.remedy)
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remedy::Build { package, version } => {
                write!(f, "build the component against {package} {version}")
            }
            Remedy::Wit { at, nearest } => {
                write!(f, "build the component against {at}, or change that")?;
                did_you_mean(f, nearest)
            }
            Remedy::Unstable { feature, optional } => {
                write!(f, "it is unstable in WASI, behind {feature}, and ")?;
                f.write_str(match optional {
                    true => "off in this host: turn it on, or build the component without it",
                    false => "not in this host: build the component without it",
                })
            }
            Remedy::NotOffered { nearest } => {
                f.write_str("this host does not offer it: build the component without it")?;
                did_you_mean(f, nearest)
            }
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: &[String]) -> fmt::Result {
    if nearest.is_empty() {
        return Ok(());
    }
    let nearest = nearest.iter().map(|name| ItemName::parse(name).plain());
    let nearest: Vec<&str> = nearest.collect();
    write!(f, " (did you mean {}?)", nearest.join(" or "))
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Capability::Files => "files",
            Capability::Network => "network",
            Capability::Http => "http",
            Capability::Environment => "environment",
            Capability::Stdin => "stdin",
            Capability::Clocks => "clocks",
            Capability::Random => "random",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_once_with_their_versions() {
        let interfaces = [
            "wasi:cli/stdin@0.2.12",
            "wasi:cli/environment@0.2.12",
            "wasi:cli/environment@0.3.0",
            "wasi:random/random",
            "odd",
        ];
        let need = Need {
            capability: Capability::Files,
            interfaces: interfaces.map(String::from).to_vec(),
        };
        assert_eq!(
            need.packages(),
            ["wasi:cli@0.2.12", "wasi:cli@0.3.0", "wasi:random", "odd"]
        );
    }
}
