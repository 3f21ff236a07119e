//! The places of a runner, and who may take them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which places a kind of job may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Few, short, and not to be kept waiting.
    Prompt,
    /// As many as mailboxes.
    Bulk,
}

impl Lane {
    pub(crate) const ALL: [Self; 2] = [Self::Prompt, Self::Bulk];

    const fn index(self) -> usize {
        match self {
            Self::Prompt => 0,
            Self::Bulk => 1,
        }
    }
}

/// The places: some are kept for each lane from the other.
pub(crate) struct Places {
    total: usize,
    /// How many one lane leaves to the other.
    kept: usize,
    kinds: [Vec<&'static str>; 2],
    taken: [Arc<AtomicUsize>; 2],
}

/// A place that is taken until this is dropped.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Places {
    pub(crate) fn new(
        total: usize,
        kinds_and_lanes: impl Iterator<Item = (&'static str, Lane)>,
    ) -> Self {
        let mut kinds: [Vec<&'static str>; 2] = Default::default();
        for (kind, lane) in kinds_and_lanes {
            kinds[lane.index()].push(kind);
        }
        // Where there is only one lane, or hardly a place, nothing is kept.
        let both = kinds.iter().all(|k| !k.is_empty());
        Self {
            total,
            kept: if both { (total / 4).min(2) } else { 0 },
            kinds,
            taken: Default::default(),
        }
    }

    fn taken(&self, lane: Lane) -> usize {
        self.taken[lane.index()].load(Ordering::Acquire)
    }

    /// How many jobs of a lane may begin, after `promised` places have been given away.
    pub(crate) fn room(&self, lane: Lane, promised: usize) -> usize {
        let all = self.taken(Lane::Prompt) + self.taken(Lane::Bulk) + promised;
        let of_lane = (self.total - self.kept).saturating_sub(self.taken(lane));
        self.total.saturating_sub(all).min(of_lane)
    }

    /// The kinds of a lane.
    pub(crate) fn kinds(&self, lane: Lane) -> &[&'static str] {
        &self.kinds[lane.index()]
    }

    /// Kinds that could begin now.
    pub(crate) fn open_kinds(&self) -> Vec<&'static str> {
        Lane::ALL
            .into_iter()
            .filter(|lane| self.room(*lane, 0) > 0)
            .flat_map(|lane| self.kinds(lane))
            .copied()
            .collect()
    }

    /// Takes a place.
    pub(crate) fn take(&self, lane: Lane) -> Place {
        let taken = &self.taken[lane.index()];
        taken.fetch_add(1, Ordering::AcqRel);
        Place(taken.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(total: usize) -> Places {
        Places::new(
            total,
            [("sync", Lane::Bulk), ("revoke", Lane::Prompt)].into_iter(),
        )
    }

    #[test]
    fn each_lane_leaves_places_to_the_other() {
        for (total, most) in [(1, 1), (3, 3), (4, 3), (8, 6), (40, 38)] {
            let places = places(total);
            for lane in Lane::ALL {
                let mut held = Vec::new();
                while places.room(lane, 0) > 0 {
                    held.push(places.take(lane));
                }
                assert_eq!(held.len(), most, "{total} {lane:?}");
            }
        }
    }

    #[test]
    fn a_full_lane_is_not_looked_for() {
        let places = places(8);
        let held: Vec<_> = (0..6).map(|_| places.take(Lane::Bulk)).collect();
        assert_eq!(places.open_kinds(), ["revoke"]);
        assert_eq!(places.room(Lane::Prompt, 0), 2);
        assert_eq!(places.room(Lane::Prompt, 1), 1);
        drop(held);
        assert_eq!(places.open_kinds().len(), 2);
    }

    #[test]
    fn a_lane_alone_has_all_places() {
        let places = Places::new(8, [("task", Lane::Prompt)].into_iter());
        assert_eq!(places.room(Lane::Prompt, 0), 8);
    }
}
