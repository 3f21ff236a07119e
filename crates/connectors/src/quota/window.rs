//! Units within the last 60 seconds.

use std::collections::VecDeque;
use std::time::Duration;

/// The provider's minute.
pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// Answers within such a slice are counted together (at its end, so never too early).
const SLICE_MS: u64 = 100;

/// A sliding window. A call counts while it is in flight and for a minute after its answer: the
/// provider counted it somewhere in between.
#[derive(Debug, Default)]
pub(super) struct Window {
    answered: VecDeque<(Duration, u64)>,
    sum: u64,
    in_flight: u64,
}

impl Window {
    pub(super) fn start(&mut self, units: u64) {
        self.in_flight += units;
    }

    pub(super) fn finish(&mut self, now: Duration, units: u64) {
        self.in_flight = self.in_flight.saturating_sub(units);
        self.sum += units;
        let slice = (now.as_millis() as u64).div_ceil(SLICE_MS) * SLICE_MS;
        let slice = Duration::from_millis(slice);
        match self.answered.back_mut() {
            Some((at, sum)) if *at >= slice => *sum += units,
            _ => self.answered.push_back((slice, units)),
        }
    }

    pub(super) fn used(&mut self, now: Duration) -> u64 {
        while let Some((at, units)) = self.answered.front() {
            if *at + MINUTE > now {
                break;
            }
            self.sum -= units;
            self.answered.pop_front();
        }
        self.sum + self.in_flight
    }

    /// `None` when `units` more stay within `limit`, else how long until they may.
    pub(super) fn wait(&mut self, now: Duration, units: u64, limit: u64) -> Option<Duration> {
        let used = self.used(now);
        // A single call above the whole limit can only be tried alone.
        let excess = (used + units)
            .checked_sub(limit)
            .filter(|e| *e > 0 && used > 0)?;
        let mut freed = 0;
        for (at, units) in &self.answered {
            freed += units;
            if freed >= excess {
                return Some((*at + MINUTE).saturating_sub(now));
            }
        }
        // The rest is in flight: whoever finishes will wake the others.
        Some(Duration::from_millis(200))
    }
}

/// Counts by the minute for an hour.
#[derive(Debug)]
pub(super) struct Hour {
    minutes: [u32; 60],
    last: u64,
}

impl Hour {
    pub(super) const fn new(now: Duration) -> Self {
        Self {
            minutes: [0; 60],
            last: now.as_secs() / 60,
        }
    }

    fn turn(&mut self, now: Duration) {
        let minute = now.as_secs() / 60;
        for m in (self.last + 1..=minute).take(60) {
            self.minutes[(m % 60) as usize] = 0;
        }
        self.last = self.last.max(minute);
    }

    pub(super) fn add(&mut self, now: Duration, n: u32) {
        self.turn(now);
        let slot = &mut self.minutes[(self.last % 60) as usize];
        *slot = slot.saturating_add(n);
    }

    pub(super) fn sum(&mut self, now: Duration) -> u32 {
        self.turn(now);
        self.minutes.iter().fold(0, |a, b| a.saturating_add(*b))
    }
}
