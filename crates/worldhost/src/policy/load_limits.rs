//! How much a component may be before it is compiled, and how much compiling it may take.

use std::fmt;
use std::time::Duration;

/// What bounds the reading and compiling of a component, of a
/// [`Runtime`](crate::Runtime) and not of one store: they belong to its
/// [`Config`](crate::Config).
///
/// A few hundred bytes can describe a component of which a compiler makes gigabytes. All
/// but the last two are counted in one walk over the bytes, in a time that is linear in
/// them, before anything is validated or compiled. The defaults are ten times and more what
/// the largest components seen come to, which are Python's.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadLimits {
    /// Bytes of a component's file. No more than this is read. Default: 256 MiB.
    pub size: u64,
    /// Components and types within each other, and instantiations that an instantiation
    /// leads to. Default: 100; at most [`LoadLimits::MAX_NESTING`].
    pub nesting: u32,
    /// Instances of core modules and components, each as often as it is made. Default:
    /// 10,000.
    pub instances: u64,
    /// Items of components, with everything that is instantiated and every type written out
    /// where it is used. Default: 2,000,000, for which a compiler may take 1 GiB.
    pub items: u64,
    /// Functions of all core modules. Default: 1,000,000.
    pub functions: u64,
    /// Parameters, results and locals of all functions. Default: 20,000,000.
    pub locals: u64,
    /// Bytes of what memories and tables hold when they are made, with the gaps in it:
    /// it becomes a part of the compiled code. Default: 256 MiB.
    pub data: u64,
    /// Bytes of memory for one compilation. Default: 4 GiB.
    ///
    /// Held by a [compiler in a process of its own](crate::Config::apart), and by nothing
    /// else.
    pub compile_memory: u64,
    /// Time for one compilation. Default: two minutes.
    ///
    /// Held by a [compiler in a process of its own](crate::Config::apart), and by nothing
    /// else.
    pub compile_time: Duration,
}

impl LoadLimits {
    /// The most that [`LoadLimits::nesting`] can be: the stack of who counts is not larger.
    pub const MAX_NESTING: u32 = 300;
}

impl Default for LoadLimits {
    fn default() -> Self {
        LoadLimits {
            size: 256 << 20,
            nesting: 100,
            instances: 10_000,
            items: 2_000_000,
            functions: 1_000_000,
            locals: 20_000_000,
            data: 256 << 20,
            compile_memory: 4 << 30,
            compile_time: Duration::from_secs(120),
        }
    }
}

/// Which of [`LoadLimits`] a component is beyond, with what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadLimit {
    /// [`LoadLimits::size`], in bytes.
    Size(u64),
    /// [`LoadLimits::nesting`].
    Nesting(u32),
    /// [`LoadLimits::instances`].
    Instances(u64),
    /// [`LoadLimits::items`].
    Items(u64),
    /// [`LoadLimits::functions`].
    Functions(u64),
    /// [`LoadLimits::locals`].
    Locals(u64),
    /// [`LoadLimits::data`], in bytes.
    Data(u64),
    /// [`LoadLimits::compile_memory`], in bytes.
    CompileMemory(u64),
    /// [`LoadLimits::compile_time`].
    CompileTime(Duration),
}

/// Words that follow the component's name.
impl fmt::Display for LoadLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadLimit::Size(n) => write!(f, "is larger than {n} bytes"),
            LoadLimit::Nesting(n) => write!(
                f,
                "has components, types or instantiations in each other, more than {n} deep"
            ),
            LoadLimit::Instances(n) => write!(f, "comes to more than {n} instances"),
            LoadLimit::Items(n) => write!(
                f,
                "comes to more than {n} items, with all instances made and all types written out"
            ),
            LoadLimit::Functions(n) => write!(f, "has more than {n} functions"),
            LoadLimit::Locals(n) => write!(f, "has more than {n} parameters and locals"),
            LoadLimit::Data(n) => {
                write!(f, "fills its memories and tables with more than {n} bytes")
            }
            LoadLimit::CompileMemory(n) => write!(f, "takes more than {n} bytes to compile"),
            LoadLimit::CompileTime(time) => write!(f, "takes longer than {time:?} to compile"),
        }
    }
}
