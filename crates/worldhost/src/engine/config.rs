//! How engines are to be set up.

use super::apart::Apart;
use super::compiler::Compiler;
use super::pool::Pool;
use super::proposals::Proposals;
use crate::cache::Cache;
use crate::policy::limits::Limits;
use crate::policy::load_limits::LoadLimits;

/// How a [`Runtime`](crate::Runtime)'s engines are set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Count instructions, so that [`Limits::fuel`](crate::Limits::fuel) can
    /// bound them. Compiled code is slower for it. Default: no.
    pub fuel: bool,
    /// Which compiler makes the code. Default: Cranelift.
    pub compiler: Compiler,
    /// Where compiled code is kept for the next process. Default: nowhere.
    pub cache: Option<Cache>,
    /// Slots that the instances of every component are made in. Default: none for what
    /// [`Runtime::load`](crate::Runtime::load) gives, since it pays with the second
    /// instance; [`Runtime::load_fresh`](crate::Runtime::load_fresh) takes
    /// [`Pool::default`] then.
    pub pool: Option<Pool>,
    /// How the code of guests keeps to their memory. Default: [`Bounds::Auto`].
    pub bounds: Bounds,
    /// Compile on one core, and leave the others alone. Default: on all.
    pub one_core: bool,
    /// Make a guest that computes give way to other tasks every 10 ms. Default: yes;
    /// no store can have a [`Limits::timeout`](crate::Limits::timeout) without it.
    /// It takes a thread that counts, and checks in the code that slow down what calls
    /// a lot by up to a tenth. Without it, a guest that computes has its executor's
    /// thread to itself, as long as it likes.
    pub interruptible: bool,
    /// Let several calls of one instance run at the same time, in every component:
    /// Wasmtime's `call_concurrent` and `run_concurrent`. Default: only in those that
    /// use the component model's concurrency (`async` functions, streams, futures,
    /// WASI 0.3); a call of the others takes a third of the time without it.
    ///
    /// A [`Runtime`](crate::Runtime) whose own interfaces have `async` functions has
    /// it anyway. Say so here too if you compile ahead of time for it.
    pub concurrent: bool,
    /// Bytes of a guest's call stack; as much as [`Limits::stack`](crate::Limits::stack)
    /// says. Default: 512 KiB. Host functions have 1.5 MiB beside it.
    pub stack: usize,
    /// The proposals of WebAssembly and of the component model that are turned on or off.
    /// Code is for those alone that it was compiled with. Default: none.
    pub proposals: Proposals,
    /// The items of WASI that are offered although WASI calls them unstable. Default: none.
    pub unstable: Unstable,
    /// How much a component may be, and its compilation take. Default: bounds that are far
    /// from what is known.
    pub load: LoadLimits,
    /// A process of its own for each compilation, which is held to
    /// [`LoadLimits::compile_memory`] and [`LoadLimits::compile_time`]. Default: none; what
    /// is compiled in this process is held to what can be counted before, and to nothing
    /// else. A program that compiles components of strangers ought to have one.
    pub apart: Option<Apart>,
}

/// Items of WASI that it marks as unstable, each by the feature that it is behind. They may
/// change without a new version. What is not here, such as `clocks-timezone`, is not
/// provided by the linked Wasmtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unstable {
    /// `network-error-code`: the function of that name in `wasi:sockets/network` of WASI
    /// 0.2, which tells what network error a stream's error was.
    pub network_error_code: bool,
}

impl Unstable {
    /// The features, as WASI and the Wasmtime CLI spell them.
    pub const FEATURES: &[&str] = &["network-error-code"];

    /// Turns one on or off by its feature's name; false for a name that is none of them.
    pub fn set(&mut self, feature: &str, on: bool) -> bool {
        match feature {
            "network-error-code" => self.network_error_code = on,
            _ => return false,
        }
        true
    }
}

/// How the code of a guest is kept within its linear memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bounds {
    /// [`Bounds::Checks`] for instances in a pool, [`Bounds::Guards`] for others.
    #[default]
    Auto,
    /// By pages around the memory that nothing may touch: the fastest code. Each growth
    /// of a memory, and each instance in a slot where one grew, changes the protection of
    /// pages, and all threads of a process stand in line for that.
    Guards,
    /// By checks in the code, which is up to a tenth slower and half as large again.
    /// Instances are made without a change of page protection, so that threads do not
    /// wait for each other. Winch has no such checks: its code always relies on pages.
    Checks,
}

impl Config {
    /// What these limits need of the engines: that fuel is counted, that guests can be
    /// interrupted, a stack of that size, and a pool, where there is one, with room for
    /// tables as large.
    pub fn set_for(&mut self, limits: &Limits) {
        self.fuel = limits.fuel.is_some();
        self.interruptible |= limits.timeout.is_some();
        self.stack = limits.stack;
        if let Some(pool) = &mut self.pool {
            pool.table_elements = limits.table_elements;
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            fuel: false,
            compiler: Compiler::default(),
            cache: None,
            pool: None,
            bounds: Bounds::default(),
            one_core: false,
            interruptible: true,
            concurrent: false,
            stack: Limits::default().stack,
            proposals: Proposals::default(),
            unstable: Unstable::default(),
            load: LoadLimits::default(),
            apart: None,
        }
    }
}
