//! Pictures of the work (R10): figures made from what boxes went through. Every figure carries the records behind it,
//! so that what is drawn can be opened.

mod boxes;
mod funnel;
mod value;
mod waits;

pub use boxes::{Life, Stand};
pub use funnel::{Funnel, FunnelStage, funnel};
pub use value::{Bucket, Figure, Sum, value};
pub use waits::{Answers, Letter, answers};

use crate::Time;

/// A stretch of time: from its start to before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment in it.
    pub start: Time,
    /// The first moment after it.
    pub end: Time,
}

impl Span {
    /// Whether a moment is in it.
    pub fn holds(self, at: Time) -> bool {
        self.start <= at && at < self.end
    }
}

/// The value below which a share of the sorted values lies (nearest rank); `None` of nothing.
pub(crate) fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_are_there() {
        let sorted: Vec<i64> = (1..=10).collect();
        assert_eq!(percentile(&sorted, 50), Some(5));
        assert_eq!(percentile(&sorted, 90), Some(9));
        assert_eq!(percentile(&sorted, 100), Some(10));
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[], 50), None);
    }
}
