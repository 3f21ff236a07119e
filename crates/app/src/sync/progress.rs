//! How far a snapshot is, and how long the rest will take.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tenon_model::mail::SyncState;
use tenon_model::{ConnectionId, Time};
use tenon_store::{ConnectionRow, Mailbox};

use crate::Ctx;
use crate::connections::ProgressView;

/// Units a message is expected to cost before any experience: most threads are fetched whole.
const UNITS_PER_MESSAGE: f64 = 12.5;
/// Only the recent pace counts, since quota windows and pauses change it.
const SAMPLES: usize = 32;
/// Messages of a mailbox that are looked at again, at most.
const UNSETTLED: usize = 2_000;

/// What a run has done, for its line on the health page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            added: self.added + other.added,
            changed: self.changed + other.changed,
            removed: self.removed + other.removed,
        }
    }
}

/// The recent pace of running snapshots, what their turns did so far, and new messages that are to be
/// looked at once more, in memory: a restart loses nothing that the next snapshot does not find.
#[derive(Default)]
pub struct Progress {
    samples: Mutex<HashMap<ConnectionId, Vec<(Duration, u64)>>>,
    tallies: Mutex<HashMap<ConnectionId, Tally>>,
    unsettled: Mutex<HashMap<ConnectionId, Vec<(String, Time)>>>,
}

impl Progress {
    /// Records that `done` messages were listed and stored by now.
    pub(super) fn record(&self, id: ConnectionId, now: Duration, done: u64) {
        let mut all = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = all.entry(id).or_default();
        samples.push((now, done));
        if samples.len() > SAMPLES {
            samples.remove(0);
        }
    }

    /// Keeps what a turn did until the snapshot is complete.
    pub(super) fn carry(&self, id: ConnectionId, tally: Tally) {
        let mut all = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = all.get(&id).copied().unwrap_or_default() + tally;
        all.insert(id, sum);
    }

    /// What earlier turns did.
    pub(super) fn take(&self, id: ConnectionId) -> Tally {
        let mut all = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&id).unwrap_or_default()
    }

    /// Keeps messages, with the time they were received, that were too new to be found by a search.
    pub(super) fn keep_unsettled(&self, id: ConnectionId, messages: Vec<(String, Time)>) {
        if messages.is_empty() {
            return;
        }
        let mut all = self
            .unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry(id).or_default();
        kept.extend(messages);
        kept.sort_unstable();
        kept.dedup();
        kept.truncate(UNSETTLED);
    }

    /// Takes those of them that were received until then.
    pub(super) fn take_unsettled(&self, id: ConnectionId, until: Time) -> Vec<String> {
        let mut all = self
            .unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = all.get_mut(&id) else {
            return Vec::new();
        };
        let (due, later) = std::mem::take(kept).into_iter().partition(|m| m.1 <= until);
        *kept = later;
        let due: Vec<(String, Time)> = due;
        due.into_iter().map(|(id, _)| id).collect()
    }

    /// Drops what is known of a connection.
    pub(crate) fn forget(&self, id: ConnectionId) {
        self.samples
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }

    /// Messages a second over the recent samples.
    fn pace(&self, id: ConnectionId) -> Option<f64> {
        let all = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = all.get(&id)?;
        let ((t0, n0), (t1, n1)) = (samples.first()?, samples.last()?);
        let seconds = t1.saturating_sub(*t0).as_secs_f64();
        let messages = n1.saturating_sub(*n0) as f64;
        (seconds >= 1.0 && messages > 0.0).then(|| messages / seconds)
    }
}

/// The progress of a snapshot, if one runs. The estimate comes from the measured pace, or before
/// there is one from the quota; without either there is none.
pub(crate) fn progress_view(
    ctx: &Ctx,
    row: &ConnectionRow,
    mailbox: &Mailbox,
) -> Option<ProgressView> {
    if !matches!(
        mailbox.state,
        SyncState::FirstSync | SyncState::Resync | SyncState::Waiting
    ) {
        return None;
    }
    let done = mailbox.listed.max(0) as u64;
    let total = (mailbox.provider_total.max(0) as u64).max(done);
    let left = (total - done) as f64;
    let units_left = left * UNITS_PER_MESSAGE;
    let by_quota = ctx
        .google
        .as_ref()
        .and_then(|g| g.quota_snapshot(row.subject_index).units_per_minute)
        .filter(|per_minute| *per_minute > 0 && mailbox.state == SyncState::FirstSync)
        .map(|per_minute| units_left / f64::from(per_minute) * 60.0);
    let eta = ctx
        .progress
        .pace(row.id)
        .map(|pace| left / pace)
        .or(by_quota);
    Some(ProgressView {
        done,
        total,
        percent: if total == 0 {
            0.0
        } else {
            (done as f64 / total as f64 * 1000.0).round() / 10.0
        },
        eta_seconds: eta.map(|s| s.ceil() as u64),
        units_left: units_left as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_the_recent_one() {
        let progress = Progress::default();
        let id = tenon_model::World::system().id();
        assert_eq!(progress.pace(id), None);
        progress.record(id, Duration::from_secs(10), 100);
        assert_eq!(progress.pace(id), None, "one sample is no pace");
        progress.record(id, Duration::from_secs(20), 300);
        assert_eq!(progress.pace(id), Some(20.0));
        progress.forget(id);
        assert_eq!(progress.pace(id), None);
    }
}
