//! How much a component may be before it is compiled, and how much compiling it may take.

use super::limit::{Bound, Unfit, Unit, limits};
use std::fmt;
use std::time::Duration;

limits! {
    /// What bounds the reading and compiling of a component, of a
    /// [`Runtime`](crate::Runtime) and not of one store: they belong to its
    /// [`Config`](crate::Config). [`LoadLimit`] lists them, with names and in words.
    ///
    /// A few hundred bytes can describe a component of which a compiler makes gigabytes. All
    /// but the last two are counted in one walk over the bytes, in a time that is linear in
    /// them, before anything is validated or compiled. The defaults are ten times and more
    /// what the largest components seen come to, which are Python's.
    pub struct LoadLimits;

    /// One of the [`LoadLimits`].
    enum LoadLimit;

    /// Bytes of a component's file. No more than this is read. Default: 256 MiB.
    size: u64 = 256 << 20,
        Size Bytes "max-component-size",
        "bytes of a component's file",
        "is larger than {} bytes";

    /// Components and types within each other, and instantiations that an instantiation
    /// leads to. Default: 100; at most [`LoadLimits::MAX_NESTING`].
    nesting: u32 = 100,
        Nesting Count "max-component-nesting",
        "components, types and instantiations within each other",
        "has components, types or instantiations in each other, more than {} deep",
        at most LoadLimits::MAX_NESTING;

    /// Instances of core modules and components, each as often as it is made. Default:
    /// 10,000.
    instances: u64 = 10_000,
        Instances Count "max-component-instances",
        "instances of modules and components, each as often as it is made",
        "comes to more than {} instances";

    /// Items of components, with everything that is instantiated and every type written out
    /// where it is used. Default: 2,000,000, for which a compiler may take 1 GiB.
    items: u64 = 2_000_000,
        Items Count "max-component-items",
        "items, with all instances made and all types written out",
        "comes to more than {} items, with all instances made and all types written out";

    /// Functions of all core modules. Default: 1,000,000.
    functions: u64 = 1_000_000,
        Functions Count "max-component-functions",
        "functions of all modules",
        "has more than {} functions";

    /// Parameters, results and locals of all functions. Default: 20,000,000.
    locals: u64 = 20_000_000,
        Locals Count "max-component-locals",
        "parameters, results and locals of all functions",
        "has more than {} parameters and locals";

    /// Bytes of what memories and tables hold when they are made, with the gaps in it:
    /// it becomes a part of the compiled code. Default: 256 MiB.
    data: u64 = 256 << 20,
        Data Bytes "max-component-data",
        "bytes of what memories and tables hold from the beginning",
        "fills its memories and tables with more than {} bytes";

    /// Bytes of memory for one compilation. Default: 4 GiB.
    ///
    /// Held by a [compiler in a process of its own](crate::Config::apart), and by nothing
    /// else.
    compile_memory: u64 = 4 << 30,
        CompileMemory Bytes "max-compile-memory",
        "memory for one compilation",
        "takes more than {} bytes to compile";

    /// Time for one compilation. Default: two minutes.
    ///
    /// Held by a [compiler in a process of its own](crate::Config::apart), and by nothing
    /// else.
    compile_time: Duration = Duration::from_secs(120),
        CompileTime Time "max-compile-time",
        "time for one compilation",
        "takes longer than {} to compile";
}

impl LoadLimits {
    /// The most that [`LoadLimits::nesting`] can be: the stack of who counts is not larger.
    pub const MAX_NESTING: u32 = 300;

    /// That a component is beyond this one.
    pub(crate) fn hit(&self, limit: LoadLimit) -> LoadLimitHit {
        let value = limit.of(self).unwrap_or(u64::MAX);
        LoadLimitHit::new(limit, value)
    }
}

/// A limit that a component is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadLimitHit {
    /// Which.
    pub limit: LoadLimit,
    /// What it allows, in the limit's [`Unit`].
    pub value: u64,
}

impl LoadLimitHit {
    /// That no more than `value` is allowed.
    pub fn new(limit: LoadLimit, value: u64) -> Self {
        LoadLimitHit { limit, value }
    }
}

/// Words that follow the component's name.
impl fmt::Display for LoadLimitHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.limit.reached(self.value, f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limit;
    use super::*;

    #[test]
    fn each_is_set_and_told_by_its_number() {
        let mut limits = LoadLimits::default();
        for (&limit, value) in LoadLimit::ALL.iter().zip(77..) {
            limit.set(&mut limits, Some(value)).unwrap();
            assert_eq!(limit.of(&limits), Some(value), "{}", limit.name());
            assert!(limits.hit(limit).to_string().contains(&value.to_string()));
            assert_eq!(limit.set(&mut limits, None), Err(Unfit::None));
        }
        assert_eq!(limits.size, 77);
        limits.compile_time = Duration::from_millis(300);
        let words = limits.hit(LoadLimit::CompileTime).to_string();
        assert_eq!(words, "takes longer than 300ms to compile");
    }

    #[test]
    fn nesting_has_a_most() {
        let most = u64::from(LoadLimits::MAX_NESTING);
        let mut limits = LoadLimits::default();
        let set = |limits: &mut _, n| LoadLimit::Nesting.set(limits, Some(n));
        assert_eq!(set(&mut limits, most), Ok(()));
        assert_eq!(set(&mut limits, most + 1), Err(Unfit::MoreThan(most)));
        assert_eq!(limits.nesting, LoadLimits::MAX_NESTING);
    }

    /// They are options and keys beside the [`Limit`]s.
    #[test]
    fn no_name_is_there_twice() {
        let limits = Limit::ALL.iter().map(|limit| limit.name());
        let mut names: Vec<_> = LoadLimit::ALL.iter().map(|limit| limit.name()).collect();
        names.extend(limits);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Limit::ALL.len() + LoadLimit::ALL.len());
    }
}
