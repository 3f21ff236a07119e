//! The simulation's own numbers, apart from Tenon's and the provider's.

use tenon_model::{Random as _, SeededRandom};

/// A generator.
pub(crate) struct Random(SeededRandom);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    fn next(&self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// Below `bound`; 0 when that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// True in `per_mille` of a thousand cases.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of a list.
    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.below(list.len() as u64) as usize)
    }
}
