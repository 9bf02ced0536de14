//! The proposals that components may be made with, and which of them are on.

use std::fmt;
use std::str::FromStr;
use wasmtime::WasmFeatures as Flags;

/// A proposal of WebAssembly or of the component model: something that a component may
/// be made with, and a host may have or not.
///
/// It is spelt as the Wasmtime CLI spells it: `wide-arithmetic`, as in `-W
/// wide-arithmetic`. Which are on, and why not the others, is in `docs/features.md`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proposal(u8);

/// Whether this host has a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is on, unless it is turned off: Wasmtime has it in its first tier of support,
    /// and on by default.
    On,
    /// It is off, unless it is turned on: [`Config::proposals`](crate::Config::proposals).
    Off,
    /// It cannot be turned on: the Wasmtime in this build does not have it, or nothing
    /// would hold it to the limits.
    Absent,
    /// It is on, and cannot be turned off.
    Fixed,
}

struct Entry {
    name: &'static str,
    words: &'static str,
    flags: Flags,
    standing: Standing,
}

const fn entry(name: &'static str, words: &'static str, flags: Flags, standing: Standing) -> Entry {
    Entry {
        name,
        words,
        flags,
        standing,
    }
}

#[cfg(feature = "p3")]
const ASYNC: (Standing, Standing) = (Standing::On, Standing::Off);
#[cfg(not(feature = "p3"))]
const ASYNC: (Standing, Standing) = (Standing::Absent, Standing::Absent);

/// All that the linked parser knows.
#[rustfmt::skip]
const ALL: &[Entry] = {
    use Standing::{Absent, Fixed, Off, On};
    &[
        // Of WebAssembly.
        entry("mutable-global", "mutable globals in imports and exports", Flags::MUTABLE_GLOBAL, Fixed),
        entry("saturating-float-to-int", "saturating conversions", Flags::SATURATING_FLOAT_TO_INT, Fixed),
        entry("sign-extension", "sign extension", Flags::SIGN_EXTENSION, Fixed),
        entry("floats", "floating-point numbers", Flags::FLOATS, Fixed),
        entry("gc-types", "types of garbage collection", Flags::GC_TYPES, Fixed),
        entry("call-indirect-overlong", "long table indices in indirect calls", Flags::CALL_INDIRECT_OVERLONG, Fixed),
        entry("bulk-memory-opt", "memory.copy and memory.fill", Flags::BULK_MEMORY_OPT, Fixed),
        entry("reference-types", "reference types", Flags::REFERENCE_TYPES, On),
        entry("multi-value", "several results of a function", Flags::MULTI_VALUE, On),
        entry("bulk-memory", "bulk memory operations", Flags::BULK_MEMORY, On),
        entry("simd", "fixed-width SIMD", Flags::SIMD, On),
        entry("relaxed-simd", "relaxed SIMD", Flags::RELAXED_SIMD, On),
        entry("tail-call", "tail calls", Flags::TAIL_CALL, On),
        entry("multi-memory", "several memories in a module", Flags::MULTI_MEMORY, On),
        entry("memory64", "64-bit memories", Flags::MEMORY64, On),
        entry("extended-const", "extended constant expressions", Flags::EXTENDED_CONST, On),
        entry("function-references", "typed function references", Flags::FUNCTION_REFERENCES, On),
        entry("gc", "garbage collection", Flags::GC, On),
        entry("exceptions", "exception handling", Flags::EXCEPTIONS, On),
        entry("wide-arithmetic", "wide arithmetic", Flags::WIDE_ARITHMETIC, Off),
        entry("custom-page-sizes", "custom page sizes", Flags::CUSTOM_PAGE_SIZES, Off),
        entry("threads", "threads: shared memories and atomic instructions", Flags::THREADS, Absent),
        entry("shared-everything-threads", "shared-everything threads", Flags::SHARED_EVERYTHING_THREADS, Absent),
        entry("stack-switching", "stack switching", Flags::STACK_SWITCHING, Absent),
        entry("legacy-exceptions", "legacy exceptions, which exception handling has replaced", Flags::LEGACY_EXCEPTIONS, Absent),
        entry("memory-control", "memory control", Flags::MEMORY_CONTROL, Absent),
        entry("custom-descriptors", "custom descriptors", Flags::CUSTOM_DESCRIPTORS, Absent),
        entry("compact-imports", "compact import sections", Flags::COMPACT_IMPORTS, Absent),
        // Of the component model.
        entry("component-model", "the component model", Flags::COMPONENT_MODEL, Fixed),
        entry("component-model-async", "async functions, streams and futures", Flags::CM_ASYNC, ASYNC.0),
        entry("component-model-more-async-builtins", "more built-ins for async functions", Flags::CM_MORE_ASYNC_BUILTINS, ASYNC.1),
        entry("component-model-async-stackful", "async functions with stacks of their own", Flags::CM_ASYNC_STACKFUL, ASYNC.1),
        entry("component-model-threading", "threads of the component model", Flags::CM_THREADING, ASYNC.1),
        entry("component-model-error-context", "error-context", Flags::CM_ERROR_CONTEXT, ASYNC.1),
        entry("component-model-map", "the type map", Flags::CM_MAP, Off),
        entry("component-model-fixed-length-lists", "fixed-length lists", Flags::CM_FIXED_LENGTH_LISTS, Off),
        entry("component-model-implements", "imports and exports that name what they implement", Flags::CM_IMPLEMENTS, Off),
        entry("component-model-memory64", "64-bit memories in the canonical ABI", Flags::CM64, Off),
        entry("component-model-gc", "garbage-collected values in the canonical ABI", Flags::CM_GC, Absent),
        entry("component-model-values", "values as imports and exports", Flags::CM_VALUES, Absent),
        entry("component-model-nested-names", "nested namespaces in names", Flags::CM_NESTED_NAMES, Absent),
        entry("component-model-canon-names", "version suffixes of names", Flags::CM_CANON_NAMES, Absent),
    ]
};

impl Proposal {
    /// All that the linked Wasmtime's parser knows.
    pub fn all() -> impl Iterator<Item = Proposal> {
        (0..ALL.len() as u8).map(Proposal)
    }

    fn entry(self) -> &'static Entry {
        &ALL[usize::from(self.0)]
    }

    /// Its name, as the Wasmtime CLI has it where it has one: `wide-arithmetic`.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it brings, in a few words: `fixed-length lists`.
    pub fn words(self) -> &'static str {
        self.entry().words
    }

    /// Whether this host has it.
    pub fn standing(self) -> Standing {
        self.entry().standing
    }

    /// Whether it can be turned on and off.
    pub fn is_optional(self) -> bool {
        matches!(self.standing(), Standing::On | Standing::Off)
    }

    pub(crate) fn flags(self) -> Flags {
        self.entry().flags
    }

    /// Whether it is about calls that run at the same time.
    fn is_concurrent(self) -> bool {
        CONCURRENCY.contains(self.flags())
    }

    /// Those that the flags are of, but for one that is only a part of another.
    pub(crate) fn of(flags: Flags) -> Vec<Proposal> {
        let found = || Proposal::all().filter(|p| flags.contains(p.flags()));
        let is_part = |one: &Proposal| {
            let mut others = found().filter(|other| other != one);
            others.any(|other| other.flags().contains(one.flags()))
        };
        found().filter(|proposal| !is_part(proposal)).collect()
    }
}

/// What only an engine with concurrency can have.
pub(crate) const CONCURRENCY: Flags = Flags::CM_ASYNC
    .union(Flags::CM_ASYNC_STACKFUL)
    .union(Flags::CM_THREADING)
    .union(Flags::CM_ERROR_CONTEXT)
    .union(Flags::CM_MORE_ASYNC_BUILTINS);

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Proposal {
    type Err = UnknownProposal;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Proposal::all()
            .find(|proposal| proposal.name() == name)
            .ok_or(UnknownProposal)
    }
}

/// There is no proposal of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no proposal of WebAssembly or of the component model")]
pub struct UnknownProposal;

/// The proposals that are turned on or off, where that is not as it is by default.
///
/// ```
/// use worldhost::{Config, Proposal};
///
/// let wide: Proposal = "wide-arithmetic".parse()?;
/// let mut config = Config::default();
/// assert!(!config.proposals.has(wide));
/// config.proposals.set(wide, true);
/// assert!(config.proposals.has(wide));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals {
    changed: Vec<(Proposal, bool)>,
}

impl Proposals {
    /// Turns one on or off. That it cannot be, see [`Proposal::is_optional`], is an error
    /// of the [`Runtime`](crate::Runtime) that is made with it.
    pub fn set(&mut self, proposal: Proposal, on: bool) {
        self.changed.retain(|(other, _)| *other != proposal);
        self.changed.push((proposal, on));
    }

    /// Whether it is on.
    pub fn has(&self, proposal: Proposal) -> bool {
        let set = self.changed.iter().find(|(other, _)| *other == proposal);
        let default = matches!(proposal.standing(), Standing::On | Standing::Fixed);
        set.map_or(default, |(_, on)| *on)
    }

    /// Those that are not as they are by default, and whether they are on.
    pub fn changed(&self) -> impl Iterator<Item = (Proposal, bool)> + '_ {
        let changed = self.changed.iter().copied();
        changed.filter(|(proposal, on)| Proposals::default().has(*proposal) != *on)
    }

    /// The flags of all that are on.
    pub(crate) fn flags(&self) -> Flags {
        let on = Proposal::all().filter(|proposal| self.has(*proposal));
        let on = on.fold(Flags::empty(), |flags, proposal| flags | proposal.flags());
        let off = self.changed().filter(|(_, on)| !on);
        off.fold(on, |flags, (proposal, _)| flags - proposal.flags())
    }

    /// One that is set to what it cannot be.
    pub(crate) fn impossible(&self) -> Option<Proposal> {
        let mut changed = self.changed();
        changed.find_map(|(proposal, _)| (!proposal.is_optional()).then_some(proposal))
    }

    /// Tells Wasmtime. What an engine of another kind has is left to that.
    pub(crate) fn apply(&self, settings: &mut wasmtime::Config, concurrent: bool) {
        for (proposal, on) in self.changed() {
            if on && proposal.is_concurrent() && !concurrent {
                continue;
            }
            settings.wasm_features(proposal.flags(), on);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_parser_knows_has_a_place() {
        for (name, flags) in Flags::all().iter_names() {
            let found = Proposal::all().filter(|p| p.flags() == flags);
            assert_eq!(found.count(), 1, "{name}");
        }
    }

    /// By the engine that knows most, without any setting of ours.
    #[test]
    fn what_is_on_is_what_wasmtime_has_on() {
        let mut settings = wasmtime::Config::new();
        settings.concurrency_support(cfg!(feature = "p3"));
        let engine = wasmtime::Engine::new(&settings).unwrap();
        let flags = engine.get_wasm_features();
        for proposal in Proposal::all() {
            let on = Proposals::default().has(proposal);
            assert_eq!(on, flags.contains(proposal.flags()), "{proposal}");
        }
        assert_eq!(Proposals::default().flags(), flags);
    }

    #[test]
    fn a_name_is_read_as_it_is_printed() {
        for proposal in Proposal::all() {
            assert_eq!(proposal.to_string().parse(), Ok(proposal));
        }
        assert_eq!("simd2".parse::<Proposal>(), Err(UnknownProposal));
    }

    #[test]
    fn each_that_is_optional_can_be_turned_on() {
        for proposal in Proposal::all().filter(|p| p.is_optional()) {
            let mut proposals = Proposals::default();
            proposals.set(proposal, true);
            for concurrent in [false, true] {
                let mut settings = wasmtime::Config::new();
                settings.concurrency_support(concurrent);
                proposals.apply(&mut settings, concurrent);
                let engine = wasmtime::Engine::new(&settings);
                let engine = engine.unwrap_or_else(|error| panic!("{proposal}: {error:#}"));
                let has = engine.get_wasm_features().contains(proposal.flags());
                assert_eq!(has, concurrent || !proposal.is_concurrent(), "{proposal}");
            }
        }
    }

    #[test]
    fn the_last_word_counts() {
        let simd: Proposal = "simd".parse().unwrap();
        let mut proposals = Proposals::default();
        proposals.set(simd, false);
        assert!(!proposals.has(simd));
        proposals.set(simd, true);
        assert!(proposals.has(simd));
        assert_eq!(proposals.changed().count(), 0);
    }
}
