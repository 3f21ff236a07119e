//! The mailbox's history: what changed since an id, for a week at least.

use tenon_model::Time;

use super::labels::{LabelIndex, SetIndex};

/// What happened to a message.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Added,
    Deleted,
    LabelsAdded(Box<[LabelIndex]>),
    LabelsRemoved(Box<[LabelIndex]>),
}

/// One record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) time: Time,
    pub(crate) message: u64,
    pub(crate) thread: u64,
    /// Labels after the change.
    pub(crate) set: SetIndex,
    pub(crate) change: Change,
}

/// How long records live; Google promises "at least a week" (fault G1).
const LIFE_SECONDS: i64 = 7 * 86_400;

/// All records alive.
pub(crate) struct History {
    records: Vec<Record>,
    current: u64,
    /// Ids below are expired.
    floor: u64,
    gap: u64,
}

impl History {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            records: Vec::new(),
            current: start,
            floor: start,
            gap: start,
        }
    }

    /// The mailbox's own id, as `getProfile` shows it.
    pub(crate) fn current(&self) -> u64 {
        self.current
    }

    /// A new id; they grow with gaps (fault G7).
    pub(crate) fn advance(&mut self) -> u64 {
        self.gap = crate::generate::rng::mix(self.gap, 1);
        self.current += 1 + self.gap % 23;
        self.current
    }

    pub(crate) fn push(
        &mut self,
        time: Time,
        message: u64,
        thread: u64,
        set: SetIndex,
        change: Change,
    ) -> u64 {
        let id = self.advance();
        self.records.push(Record {
            id,
            time,
            message,
            thread,
            set,
            change,
        });
        id
    }

    /// Sets the id below which everything is too old.
    pub(crate) fn set_floor(&mut self, floor: u64) {
        self.floor = floor;
    }

    /// Ends all ids given so far: only what `getProfile` says from now on is good (fault G1).
    pub(crate) fn expire(&mut self) {
        self.records.clear();
        self.advance();
        self.floor = self.current;
    }

    fn forget_old(&mut self, now: Time) {
        let old = self
            .records
            .partition_point(|r| now.as_secs() - r.time.as_secs() > LIFE_SECONDS);
        if let Some(last) = old.checked_sub(1).and_then(|i| self.records.get(i)) {
            self.floor = self.floor.max(last.id);
            self.records.drain(..old);
        }
    }

    /// Records after `start`; `None` when that id is expired.
    pub(crate) fn since(&mut self, start: u64, now: Time) -> Option<&[Record]> {
        self.forget_old(now);
        if start < self.floor {
            return None;
        }
        let from = self.records.partition_point(|r| r.id <= start);
        Some(&self.records[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_with_gaps_and_expire_after_a_week() {
        let mut history = History::new(1000);
        let day = |n: i64| Time::from_secs(n * 86_400);
        let ids: Vec<u64> = (0..20)
            .map(|n| history.push(day(n), 1, 1, 0, Change::Added))
            .collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]) && ids[19] - ids[0] > 25);
        assert!(history.since(999, day(1)).is_none());
        assert_eq!(history.since(1000, day(1)).unwrap().len(), 20);
        assert!(
            history.since(1000, day(19)).is_none(),
            "G1: older than a week"
        );
        assert_eq!(history.since(ids[15], day(19)).unwrap().len(), 4);
        assert_eq!(history.since(u64::MAX, day(19)).unwrap().len(), 0);
        history.expire();
        assert!(history.since(ids[19], day(19)).is_none());
        let now = history.current();
        assert!(history.since(now, day(19)).unwrap().is_empty());
    }
}
