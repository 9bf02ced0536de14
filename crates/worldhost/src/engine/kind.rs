//! What tells the engines of one configuration apart.

use super::compiler::Compiler;

/// The kind of an engine. Code that was made for one is not always code for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Cranelift or Winch.
    pub(crate) compiler: Compiler,
    /// With the concurrency of the component model: `async` functions, streams and
    /// futures, which WASI 0.3 is made of. Without it, a call takes a third of the
    /// time.
    pub(crate) concurrent: bool,
    pub(crate) instances: Made,
}

/// How instances are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// One, for a long time.
    ToLast,
    /// Many for a short time, in the slots of a pool.
    InPool,
    /// As in a pool and with the same code, for components that do not fit its slots.
    OneByOne,
}

impl Kind {
    /// How many kinds there are.
    pub(crate) const COUNT: usize = 12;

    /// A number below [`Kind::COUNT`], another for each kind.
    pub(crate) fn index(self) -> usize {
        let winch = usize::from(self.compiler == Compiler::Winch);
        let instances = match self.instances {
            Made::ToLast => 0,
            Made::InPool => 1,
            Made::OneByOne => 2,
        };
        (instances * 2 + winch) * 2 + usize::from(self.concurrent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_number_of_its_own() {
        let mut found = Vec::new();
        for compiler in [Compiler::Cranelift, Compiler::Winch] {
            for concurrent in [false, true] {
                for instances in [Made::ToLast, Made::InPool, Made::OneByOne] {
                    let kind = Kind {
                        compiler,
                        concurrent,
                        instances,
                    };
                    found.push(kind.index());
                }
            }
        }
        found.sort_unstable();
        assert!(found.into_iter().eq(0..Kind::COUNT));
    }
}
