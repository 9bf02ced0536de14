//! What can be found in WIT, and in what changed in it: each thing under a name that
//! stays.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// A kind of finding. `docs/wit-rules.md` has what each means and what to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// All that there are.
            pub const ALL: &[Rule] = &[$(Rule::$name),+];

            /// The name that stays: `import-function-removed`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Rule::$name => $id,)+
                }
            }
        }
    };
}

rules! {
    /// The world imports one more interface.
    ImportInterfaceAdded = "import-interface-added",
    /// The world imports one less.
    ImportInterfaceRemoved = "import-interface-removed",
    /// An imported interface has another name.
    ImportInterfaceRenamed = "import-interface-renamed",
    /// The host offers one more function.
    ImportFunctionAdded = "import-function-added",
    /// The host offers one less.
    ImportFunctionRemoved = "import-function-removed",
    /// A function that the host offers has another type.
    ImportFunctionChanged = "import-function-changed",
    /// There is one more type among the imports.
    ImportTypeAdded = "import-type-added",
    /// There is one less.
    ImportTypeRemoved = "import-type-removed",
    /// A type among the imports is another.
    ImportTypeChanged = "import-type-changed",
    /// A type among the imports is defined elsewhere.
    ImportTypeMoved = "import-type-moved",
    /// The world exports one more interface.
    ExportInterfaceAdded = "export-interface-added",
    /// The world exports one less.
    ExportInterfaceRemoved = "export-interface-removed",
    /// An exported interface has another name.
    ExportInterfaceRenamed = "export-interface-renamed",
    /// Components are to have one more function.
    ExportFunctionAdded = "export-function-added",
    /// Components are to have one less.
    ExportFunctionRemoved = "export-function-removed",
    /// A function that components have is to have another type.
    ExportFunctionChanged = "export-function-changed",
    /// There is one more type among the exports.
    ExportTypeAdded = "export-type-added",
    /// There is one less.
    ExportTypeRemoved = "export-type-removed",
    /// A type among the exports is another.
    ExportTypeChanged = "export-type-changed",
    /// A type among the exports is defined elsewhere.
    ExportTypeMoved = "export-type-moved",
    /// Only a parameter has another name.
    ParameterRenamed = "parameter-renamed",
    /// A package has another version.
    PackageVersionChanged = "package-version-changed",
    /// `@unstable`, `@since` or `@deprecated` is another.
    GateChanged = "gate-changed",
    /// `@external-id` is another.
    ExternalIdChanged = "external-id-changed",
    /// The documentation is another.
    DocumentationChanged = "documentation-changed",
    /// Only the text of the bindings is another.
    BindingsRewritten = "bindings-rewritten",
    /// The linker refuses what no change explains.
    RefusalUnexplained = "refusal-unexplained",
    /// The WIT tooling refuses what no change explains.
    ToolingRefuses = "tooling-refuses",
    /// A package needs a higher version, or one at all.
    VersionTooLow = "version-too-low",
    /// The world has another name.
    WorldRenamed = "world-renamed",
    /// An interface is in no world.
    InterfaceInNoWorld = "interface-in-no-world",
    /// A comment that accepts a finding is not understood.
    AcceptanceUnclear = "acceptance-unclear",
    /// A package has no version.
    PackageWithoutVersion = "package-without-version",
    /// An item says not since when it is there.
    ItemWithoutSince = "item-without-since",
    /// A variant or enum has no case for what comes later.
    VariantCannotGrow = "variant-cannot-grow",
    /// A name means something else in Rust, or two are one.
    NameCollidesInRust = "name-collides-in-rust",
    /// No function has the type.
    TypeUnused = "type-unused",
    /// Nothing says what the packages should be.
    LockMissing = "lock-missing",
    /// A lock file cannot be read.
    LockBroken = "lock-broken",
    /// A lock file has what is not there.
    LockStale = "lock-stale",
    /// A package is not in the lock.
    PackageNotLocked = "package-not-locked",
    /// A package is not the text that it should be.
    PackageAltered = "package-altered",
    /// Whether a package is the text that it should be cannot be told offline.
    PackageUnproved = "package-unproved",
    /// A package is not there.
    PackageMissing = "package-missing",
    /// A file or directory of `deps` is no package.
    PackageUnreadable = "package-unreadable",
    /// A package of WASI is of a version that the host does not link, or may not.
    WasiNotLinked = "wasi-not-linked",
    /// A key of `bindgen!` matches nothing.
    OptionUnused = "option-unused",
    /// The text, or the world in it, is refused.
    TextRefused = "text-refused",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(id: &str) -> Result<Rule, UnknownRule> {
        let found = Rule::ALL.iter().find(|rule| rule.id() == id);
        found.copied().ok_or_else(|| UnknownRule { id: id.into() })
    }
}

/// There is no rule of that name.
#[derive(Clone, Debug, thiserror::Error)]
#[error("there is no rule `{id}`")]
pub struct UnknownRule {
    /// The name.
    pub id: String,
}
