//! The quota planner: units for each mailbox and for the whole deployment.
//!
//! Google counts *units a minute*, for each user and for the project. The planner counts a call
//! from the moment it starts until 60 seconds after its answer came, so whichever way the provider
//! cuts its minutes, it never sees more than the limit. Background work is spread evenly over the
//! minute and leaves a reserve, so that a person who clicks never waits for it (requirement M2).
//!
//! `Bucket` is pure: it is told what time it is. Everything here waits around it.

mod bucket;
mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenon_model::{Time, World};
use tokio::sync::Notify;

use crate::ports::{Costs, Priority};
use crate::{ProviderError, Reaction};
use bucket::{Bucket, Project, Start};

/// Longer waits for the provider are the caller's business; shorter ones are waited out here.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest sleep between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What each method costs in units. Data, because Google changes it: see
/// <https://developers.google.com/workspace/gmail/api/reference/quota>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostTable {
    /// `users.getProfile`.
    pub profile: u32,
    /// `users.labels.list`.
    pub labels_list: u32,
    /// `users.settings.sendAs.list`.
    pub send_as_list: u32,
    /// `users.messages.list`.
    pub messages_list: u32,
    /// `users.messages.get`.
    pub messages_get: u32,
    /// `users.messages.attachments.get`.
    pub attachments_get: u32,
    /// `users.threads.get`.
    pub threads_get: u32,
    /// `users.history.list`.
    pub history_list: u32,
    /// `users.watch`.
    pub watch: u32,
    /// `users.stop`.
    pub stop: u32,
    /// `users.labels.create`, `patch`, `update`, `delete`.
    pub labels_write: u32,
    /// `users.messages.modify`.
    pub messages_modify: u32,
    /// `users.messages.batchModify` and `batchDelete`, however many messages they name.
    pub messages_batch: u32,
    /// `users.drafts.create` and `delete`.
    pub drafts_create: u32,
    /// `users.drafts.update`.
    pub drafts_update: u32,
    /// `users.drafts.send`.
    pub drafts_send: u32,
}

impl CostTable {
    /// Projects made since May 2026.
    pub const Y2026: Self = Self {
        messages_get: 20,
        attachments_get: 20,
        threads_get: 40,
        ..Self::LEGACY
    };

    /// Older projects.
    pub const LEGACY: Self = Self {
        profile: 1,
        labels_list: 1,
        send_as_list: 1,
        messages_list: 5,
        messages_get: 5,
        attachments_get: 5,
        threads_get: 10,
        history_list: 2,
        watch: 100,
        stop: 50,
        labels_write: 5,
        messages_modify: 5,
        messages_batch: 50,
        drafts_create: 10,
        drafts_update: 15,
        drafts_send: 100,
    };
}

/// The limits to plan for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaSettings {
    /// Units a minute for one mailbox, `None` when unlimited.
    pub units_per_minute_user: Option<u32>,
    /// Units a minute for the whole deployment, `None` when unlimited.
    pub units_per_minute_project: Option<u32>,
    /// What the methods cost.
    pub costs: CostTable,
    /// Per cent of a mailbox's units that background work leaves to people.
    pub interactive_reserve_percent: u32,
    /// Background calls in flight for one mailbox, at most (fault G11).
    pub concurrency: u32,
    /// Calls in one batch, at first.
    pub batch_start: u32,
    /// Calls in one batch, at most; Google takes no more than 100.
    pub batch_max: u32,
}

impl QuotaSettings {
    /// The limits of projects made since May 2026.
    pub fn y2026() -> Self {
        Self {
            units_per_minute_user: Some(6_000),
            units_per_minute_project: Some(1_200_000),
            costs: CostTable::Y2026,
            interactive_reserve_percent: 3,
            concurrency: 4,
            batch_start: 25,
            batch_max: 100,
        }
    }

    /// The limits of older projects.
    pub fn legacy() -> Self {
        Self {
            units_per_minute_user: Some(15_000),
            costs: CostTable::LEGACY,
            ..Self::y2026()
        }
    }

    /// No limit of units, for emulators and benchmarks. The gate and the batch size still adapt.
    pub fn unlimited() -> Self {
        Self {
            units_per_minute_user: None,
            units_per_minute_project: None,
            ..Self::y2026()
        }
    }

    /// Units a minute of one mailbox that are kept for people.
    pub fn reserve(&self) -> u32 {
        let percent = self.interactive_reserve_percent.min(90);
        self.units_per_minute_user.map_or(0, |l| {
            (u64::from(l) * u64::from(percent)).div_ceil(100) as u32
        })
    }

    pub(crate) fn background_limit(&self) -> Option<u32> {
        self.units_per_minute_user
            .map(|l| l.saturating_sub(self.reserve()).max(1))
    }

    pub(crate) fn port_costs(&self) -> Costs {
        Costs {
            message: self.costs.messages_get,
            thread: self.costs.threads_get,
            list: self.costs.messages_list,
            changes: self.costs.history_list,
            background_per_minute: self.background_limit(),
        }
    }
}

impl Default for QuotaSettings {
    fn default() -> Self {
        Self::y2026()
    }
}

/// What the health page shows of one mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaSnapshot {
    /// Units a minute allowed, `None` when unlimited.
    pub units_per_minute: Option<u32>,
    /// Units used in the last minute, calls in flight included.
    pub used_last_minute: u32,
    /// Calls made in the last hour; each call of a batch counts.
    pub calls_last_hour: u32,
    /// Calls refused for rate in the last hour.
    pub refused_last_hour: u32,
    /// Units a minute kept free for people.
    pub reserve: u32,
    /// Background calls that may be in flight now.
    pub concurrency: u32,
    /// Calls in one batch now.
    pub batch: u32,
    /// How long the provider wants us to stay away.
    pub blocked_for: Option<Duration>,
}

/// A refusal for rate, as the provider words it (`provider-faults` section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Throttle {
    /// G9: not before this moment.
    Until(Time),
    /// Not before this long (`Retry-After`).
    After(Duration),
    /// G11: too many calls in flight.
    Concurrent,
    /// G12, G13: this minute's units are used up.
    Minute,
    /// G14: the deployment's units of this day are used up.
    Day,
}

/// The planner of a deployment.
pub(crate) struct Quota {
    pub(crate) settings: QuotaSettings,
    world: World,
    project: Mutex<Project>,
    accounts: Mutex<HashMap<[u8; 16], Arc<Account>>>,
}

/// The planner's view of one mailbox.
pub(crate) struct Account {
    bucket: Mutex<Bucket>,
    freed: Notify,
}

/// Leave to call. Dropping it says that the answer came, or never will.
pub(crate) struct Permit {
    quota: Arc<Quota>,
    account: Arc<Account>,
    pub(crate) units: u32,
    priority: Priority,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.quota.world.monotonic();
        lock(&self.account.bucket).finish(now, self.units, self.priority);
        lock(&self.quota.project).finish(now, self.units);
        self.account.freed.notify_waiters();
    }
}

/// Counts a waiting person for as long as it lives.
struct Waiting<'a>(&'a Account);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut bucket = lock(&self.0.bucket);
        bucket.people_waiting = bucket.people_waiting.saturating_sub(1);
    }
}

impl Quota {
    pub(crate) fn new(settings: QuotaSettings, world: World) -> Arc<Self> {
        Arc::new(Self {
            project: Mutex::new(Project::new(settings.units_per_minute_project)),
            settings,
            world,
            accounts: Mutex::default(),
        })
    }

    /// The account of a key, made on first use.
    pub(crate) fn account(&self, key: [u8; 16]) -> Arc<Account> {
        let make = || {
            Arc::new(Account {
                bucket: Mutex::new(Bucket::new(&self.settings, self.world.monotonic())),
                freed: Notify::new(),
            })
        };
        lock(&self.accounts).entry(key).or_insert_with(make).clone()
    }

    pub(crate) fn forget(&self, key: [u8; 16]) {
        lock(&self.accounts).remove(&key);
    }

    pub(crate) fn snapshot(&self, key: [u8; 16]) -> QuotaSnapshot {
        let account = lock(&self.accounts).get(&key).cloned();
        let now = self.world.monotonic();
        match account {
            Some(account) => lock(&account.bucket).snapshot(now, &self.settings),
            None => Bucket::new(&self.settings, now).snapshot(now, &self.settings),
        }
    }

    /// Waits until as many of `costs` as make a sensible batch may start, and says how many.
    pub(crate) async fn start(
        self: &Arc<Self>,
        account: &Arc<Account>,
        operation: &'static str,
        priority: Priority,
        costs: &[u32],
    ) -> Result<(Permit, usize), ProviderError> {
        let mut waiting = None;
        loop {
            let freed = account.freed.notified();
            let now = self.world.monotonic();
            let step = {
                let mut bucket = lock(&account.bucket);
                let mut project = lock(&self.project);
                bucket.start(now, priority, costs, &self.settings, &mut project)
            };
            let pause = match step {
                Start::Go { calls, units } => {
                    let permit = Permit {
                        quota: self.clone(),
                        account: account.clone(),
                        units,
                        priority,
                    };
                    return Ok((permit, calls));
                }
                Start::Blocked { left, code, alarm } if left > PATIENCE || alarm => {
                    let reaction = if alarm {
                        Reaction::Alarm
                    } else {
                        Reaction::Slow(left)
                    };
                    return Err(ProviderError::new(operation, code, reaction));
                }
                Start::Blocked { left, .. } | Start::Wait(left) => left,
            };
            if priority == Priority::Interactive && waiting.is_none() {
                lock(&account.bucket).people_waiting += 1;
                waiting = Some(Waiting(account));
            }
            let pause = pause.clamp(Duration::from_millis(1), LOOK_AGAIN);
            tokio::select! {
                () = crate::wait(&self.world, pause) => {}
                () = freed => {}
            }
        }
    }

    /// Takes note of a refusal, and says what the caller should do about it.
    pub(crate) fn refused(
        &self,
        account: &Account,
        throttle: Throttle,
        provider_time: Option<Time>,
    ) -> Reaction {
        let (now, wall) = (
            self.world.monotonic(),
            provider_time.unwrap_or_else(|| self.world.now()),
        );
        if throttle == Throttle::Day {
            lock(&self.project).close_until(now + until_quota_day(wall));
        }
        lock(&account.bucket).refused(now, wall, throttle)
    }

    /// Takes note of answered calls, for the growth of batches and the end of fault G10.
    pub(crate) fn answered(&self, account: &Account, batch: Option<usize>) {
        lock(&account.bucket).answered(self.world.monotonic(), batch, &self.settings);
    }
}

impl Account {
    /// How many calls a batch may hold now.
    pub(crate) fn batch(&self) -> usize {
        lock(&self.bucket).batch as usize
    }
}

/// Google's days end at midnight in California.
fn until_quota_day(now: Time) -> Duration {
    let day = Duration::from_hours(24);
    let Ok(stamp) = jiff::Timestamp::from_microsecond(now.0) else {
        return day;
    };
    let Ok(local) = stamp.in_tz("America/Los_Angeles") else {
        return day;
    };
    let next = local.tomorrow().and_then(|t| t.start_of_day());
    next.map_or(day, |t| Time(t.timestamp().as_microsecond()).since(now))
}

impl Throttle {
    /// Background work pauses this long when there were too many calls at once (fault G11).
    pub(crate) const BREATHE: Duration = Duration::from_secs(1);
}

/// Locks; a panic elsewhere does not spoil what is only counted.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
