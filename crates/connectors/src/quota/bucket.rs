//! One mailbox's units, gate and batch size, without waiting and without a clock of its own.

use std::time::Duration;

use tenon_model::Time;

use super::window::{Hour, MINUTE, Window};
use super::{QuotaSettings, QuotaSnapshot, Throttle};
use crate::Reaction;
use crate::ports::Priority;

/// Calls of people in flight for one mailbox; they have a gate of their own.
const PEOPLE: u32 = 4;

/// After a hit the gate opens by one in this time (fault G11).
const GATE_RECOVERY: Duration = Duration::from_mins(1);

/// Full batches without refusal before they grow.
const CLEAN_BATCHES: u32 = 2;

/// After this many moves of "retry after" there is one probe an hour (fault G10).
const MOVES: u32 = 3;
const HOUR: Duration = Duration::from_hours(1);

/// What came of asking for leave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// So many of the calls may start.
    Go { calls: usize, units: u32 },
    /// Ask again after at most this long.
    Wait(Duration),
    /// The provider does not want to hear from us for so long.
    Blocked {
        left: Duration,
        code: &'static str,
        alarm: bool,
    },
}

/// The deployment's units.
#[derive(Debug)]
pub(super) struct Project {
    limit: Option<u32>,
    window: Window,
    closed_until: Option<Duration>,
}

impl Project {
    pub(super) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            window: Window::default(),
            closed_until: None,
        }
    }

    pub(super) fn close_until(&mut self, until: Duration) {
        self.closed_until = self.closed_until.max(Some(until));
    }

    pub(super) fn finish(&mut self, now: Duration, units: u32) {
        if self.limit.is_some() {
            self.window.finish(now, units.into());
        }
    }
}

/// A mailbox.
#[derive(Debug)]
pub(super) struct Bucket {
    window: Window,
    /// Units that background work has saved up, and when that was reckoned. It saves at the rate
    /// of its limit, up to a tenth of it: this spreads its calls over the minute, so that units
    /// come free all the time and a person never finds the whole minute spent.
    saved: f64,
    saved_at: Duration,
    background: u32,
    people: u32,
    pub(super) people_waiting: u32,
    gate: u32,
    gate_at: Duration,
    pub(super) batch: u32,
    clean: u32,
    /// For everyone (G9, G10).
    closed_until: Option<Duration>,
    moves: u32,
    /// For background work only (G11, G12, G13).
    slow_until: Option<Duration>,
    calls: Hour,
    refusals: Hour,
}

impl Bucket {
    pub(super) fn new(settings: &QuotaSettings, now: Duration) -> Self {
        Self {
            window: Window::default(),
            saved: f64::MAX,
            saved_at: now,
            background: 0,
            people: 0,
            people_waiting: 0,
            gate: settings.concurrency.max(1),
            gate_at: now,
            batch: settings
                .batch_start
                .clamp(1, settings.batch_max.clamp(1, 100)),
            clean: 0,
            closed_until: None,
            moves: 0,
            slow_until: None,
            calls: Hour::new(now),
            refusals: Hour::new(now),
        }
    }

    /// Asks for leave for a prefix of `costs`; at least one call, or a wait.
    pub(super) fn start(
        &mut self,
        now: Duration,
        priority: Priority,
        costs: &[u32],
        settings: &QuotaSettings,
        project: &mut Project,
    ) -> Start {
        if let Some(left) = left(project.closed_until, now) {
            return Start::Blocked {
                left,
                code: "dailyLimitExceeded",
                alarm: true,
            };
        }
        if let Some(left) = left(self.closed_until, now) {
            let code = if self.moves >= MOVES {
                "rate_window_moves"
            } else {
                "rate_window"
            };
            return Start::Blocked {
                left,
                code,
                alarm: false,
            };
        }
        let background = priority == Priority::Background;
        if background && let Some(left) = left(self.slow_until, now) {
            return Start::Blocked {
                left,
                code: "rateLimitExceeded",
                alarm: false,
            };
        }
        self.open_gate(now, settings);
        let gate_full = if background {
            self.people_waiting > 0 || self.background >= self.gate
        } else {
            self.people >= PEOPLE
        };
        if gate_full {
            return Start::Wait(Duration::from_millis(200));
        }

        let limit = if background {
            settings.background_limit()
        } else {
            settings.units_per_minute_user
        };
        let most = limit.map_or(u64::MAX, |l| {
            if background {
                // Half of what may be saved: a call that starts late loses nothing.
                (pace_capacity(l, costs) / 2).max(1)
            } else {
                u64::from(l)
            }
        });
        let (mut calls, mut units) = prefix(costs, most);
        let share = |l: u32| {
            if background {
                u64::from(l) * 97 / 100
            } else {
                l.into()
            }
        };
        let limits = [limit.map(u64::from), project.limit.map(share)];
        if let Some(limit) = limit.filter(|_| background) {
            let wait = self.save(now, limit, costs, units);
            if !wait.is_zero() {
                return Start::Wait(wait);
            }
        }
        // What still fits may go, so that no remainder of the minute is lost.
        for (window, limit) in [&mut self.window, &mut project.window]
            .into_iter()
            .zip(limits)
        {
            let Some(limit) = limit else { continue };
            (calls, units) = prefix(&costs[..calls], limit.saturating_sub(window.used(now)));
            if let Some(wait) = window.wait(now, units, limit) {
                return Start::Wait(wait);
            }
        }
        if project.limit.is_some() {
            project.window.start(units);
        }
        self.window.start(units);
        if background {
            self.background += 1;
            self.saved -= units as f64;
        } else {
            self.people += 1;
        }
        self.calls.add(now, calls as u32);
        Start::Go {
            calls,
            units: units as u32,
        }
    }

    /// The answer came, or never will.
    pub(super) fn finish(&mut self, now: Duration, units: u32, priority: Priority) {
        self.window.finish(now, units.into());
        let running = match priority {
            Priority::Background => &mut self.background,
            Priority::Interactive => &mut self.people,
        };
        *running = running.saturating_sub(1);
    }

    /// Saves up until now; how long until `units` are there.
    fn save(&mut self, now: Duration, limit: u32, costs: &[u32], units: u64) -> Duration {
        let rate = f64::from(limit) / MINUTE.as_secs_f64();
        let earned = now.saturating_sub(self.saved_at).as_secs_f64() * rate;
        let capacity = pace_capacity(limit, costs) as f64;
        self.saved = (self.saved + earned).min(capacity);
        self.saved_at = now;
        // A hair of tolerance, lest rounding makes one wait for nothing.
        Duration::from_secs_f64(((units as f64 - self.saved - 1e-6) / rate).max(0.0))
    }

    fn open_gate(&mut self, now: Duration, settings: &QuotaSettings) {
        while self.gate < settings.concurrency && now >= self.gate_at + GATE_RECOVERY {
            self.gate += 1;
            self.gate_at += GATE_RECOVERY;
        }
    }

    /// A refusal for rate; what the caller should do.
    pub(super) fn refused(&mut self, now: Duration, wall: Time, throttle: Throttle) -> Reaction {
        self.refusals.add(now, 1);
        match throttle {
            Throttle::Until(until) => self.close(now, until.since(wall).min(24 * HOUR)),
            Throttle::After(wait) => {
                let wait = wait.min(HOUR);
                self.closed_until = self.closed_until.max(Some(now + wait));
                Reaction::Retry(wait)
            }
            Throttle::Concurrent => {
                // Parts of one batch are refused together: that is one hit, not many.
                if self.slow_until.is_none_or(|t| now >= t) {
                    self.gate = (self.gate / 2).max(1);
                    self.batch = (self.batch / 2).max(5);
                }
                self.gate_at = now;
                self.clean = 0;
                self.slow_until = self.slow_until.max(Some(now + Throttle::BREATHE));
                Reaction::Slow(Throttle::BREATHE)
            }
            Throttle::Minute => {
                self.slow_until = self.slow_until.max(Some(now + MINUTE));
                Reaction::Slow(MINUTE)
            }
            Throttle::Day => Reaction::Alarm,
        }
    }

    /// G9, and G10 when the moment has moved on after it was waited for.
    fn close(&mut self, now: Duration, wait: Duration) -> Reaction {
        let until = now + wait;
        match self.closed_until {
            None => self.moves = 0,
            // Calls that were in flight already are refused with the same or a like moment.
            Some(before) if before > now => {
                self.closed_until = Some(until.max(before));
                return Reaction::Retry(wait);
            }
            Some(_) => self.moves += 1,
        }
        if self.moves >= MOVES {
            self.closed_until = Some(until.max(now + HOUR));
            return Reaction::Slow(HOUR.max(wait));
        }
        self.closed_until = Some(until);
        Reaction::Retry(wait)
    }

    /// Calls came back without refusal; a batch of so many, if it was one.
    pub(super) fn answered(
        &mut self,
        now: Duration,
        batch: Option<usize>,
        settings: &QuotaSettings,
    ) {
        if left(self.closed_until, now).is_none() {
            self.closed_until = None;
            self.moves = 0;
        }
        if batch.is_some_and(|n| n >= self.batch as usize) {
            self.clean += 1;
            if self.clean >= CLEAN_BATCHES {
                self.clean = 0;
                self.batch = (self.batch * 2).min(settings.batch_max.clamp(1, 100));
            }
        }
    }

    pub(super) fn snapshot(&mut self, now: Duration, settings: &QuotaSettings) -> QuotaSnapshot {
        self.open_gate(now, settings);
        QuotaSnapshot {
            units_per_minute: settings.units_per_minute_user,
            used_last_minute: self.window.used(now) as u32,
            calls_last_hour: self.calls.sum(now),
            refused_last_hour: self.refusals.sum(now),
            reserve: settings.reserve(),
            concurrency: self.gate,
            batch: self.batch,
            blocked_for: left(self.closed_until.max(self.slow_until), now),
        }
    }
}

fn left(until: Option<Duration>, now: Duration) -> Option<Duration> {
    until
        .map(|u| u.saturating_sub(now))
        .filter(|l| !l.is_zero())
}

/// The most that background work may start at once.
fn pace_capacity(limit: u32, costs: &[u32]) -> u64 {
    let dearest = costs.iter().max().copied().unwrap_or(1);
    u64::from((limit / 10).max(dearest).min(limit).max(1))
}

/// As many of the first calls as cost at most `most`, but at least one.
fn prefix(costs: &[u32], most: u64) -> (usize, u64) {
    let (mut calls, mut units) = (0, 0);
    for cost in costs {
        let more = units + u64::from(*cost);
        if calls > 0 && more > most {
            break;
        }
        (calls, units) = (calls + 1, more);
    }
    (calls, units)
}
