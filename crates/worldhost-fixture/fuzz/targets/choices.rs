//! Bytes as decisions: each one takes some, and 0 where there are none left.

pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Choices(bytes)
    }

    /// Below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        let mut taken = 0;
        let bytes = if n > 256 { 2 } else { 1 };
        for _ in 0..bytes {
            let Some((&first, rest)) = self.0.split_first() else {
                break;
            };
            taken = taken << 8 | usize::from(first);
            self.0 = rest;
        }
        taken % n
    }

    /// One of these, of which there are some.
    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}
