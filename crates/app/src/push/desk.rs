//! Where pushes are written down: many at once in one transaction, so that a flood of them costs the
//! database a few commits a second, and each is durable before it is answered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenon_connectors::google::is_later;
use tenon_model::mail::Cursor;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{Scope, Time};
use tenon_store::Pushed;
use tenon_vault::BlindIndex;
use tokio::sync::oneshot;

use super::pace::BURST;
use super::receive::Received;
use crate::sync::SyncMailbox;
use crate::{Ctx, Error, Result};

/// Mailboxes whose last push is remembered.
const REMEMBERED: usize = 50_000;
/// Pushes in one transaction.
const BATCH: usize = 500;
/// That pushes come is written down anew so long after the last time, when they bring no news.
const SIGN_OF_LIFE: Duration = Duration::from_mins(1);

/// A push: whose mailbox, and the place in its history that it named.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    pub(super) address: BlindIndex,
    pub(super) place: Option<Cursor>,
}

type Waiting = Vec<(Notice, oneshot::Sender<Received>)>;

/// The last push of a mailbox that was written down.
struct Last {
    place: Option<Cursor>,
    /// By the monotonic clock.
    at: Duration,
}

/// A mailbox of a push.
struct Found<'a> {
    mailbox: Pushed,
    notice: &'a Notice,
    /// Whether it announces what has not been read.
    news: bool,
}

impl Found<'_> {
    /// Whether anything is to be written: polling that was faster than a push is no reason to doubt
    /// that pushes come.
    fn counts(&self, now: Time) -> bool {
        self.news
            || self.mailbox.pushed_at.is_none_or(|at| {
                now.since(at) >= SIGN_OF_LIFE || self.mailbox.missed_at.is_some_and(|m| m > at)
            })
    }
}

/// The pushes of this process.
#[derive(Default)]
pub(crate) struct Desk {
    waiting: Mutex<Waiting>,
    /// Who writes; the others wait, and mostly find that they have been taken along.
    turn: tokio::sync::Mutex<()>,
    last: Mutex<HashMap<BlindIndex, Last>>,
}

impl Desk {
    /// Sees to it that the mailbox's sync comes after this push; returns when that is durable.
    pub(super) async fn take(&self, ctx: &Ctx, notice: Notice) -> Result<Received> {
        if let Some(known) = self.known(ctx, &notice) {
            return Ok(known);
        }
        let (done, mut outcome) = oneshot::channel();
        lock(&self.waiting).push((notice, done));
        loop {
            if let Some(settled) = settled(&mut outcome) {
                return settled;
            }
            let turn = self.turn.lock().await;
            if let Some(settled) = settled(&mut outcome) {
                return settled;
            }
            let batch = {
                let mut waiting = lock(&self.waiting);
                let alone = sabotage::on(Saboteur::PushesUncoalesced);
                let count = waiting.len().min(if alone { 1 } else { BATCH });
                waiting.drain(..count).collect::<Waiting>()
            };
            let received = self.write(ctx, &batch).await;
            drop(turn);
            // Those that wait are told; when nothing was written they find their line closed.
            for ((_, done), received) in batch.into_iter().zip(received?) {
                let _ = done.send(received); // nobody waits any more: the sender gave up
            }
        }
    }

    /// Fault G24, without asking the database: a push that was written down already, or one that comes
    /// within a second of such. The sync that this one caused either has yet to run, or has run so
    /// soon after it that it is followed by another look ([`BURST`]); both cover this one.
    fn known(&self, ctx: &Ctx, notice: &Notice) -> Option<Received> {
        if sabotage::on(Saboteur::PushesUncoalesced) {
            return None;
        }
        let last = lock(&self.last);
        let last = last.get(&notice.address)?;
        let old = match (&notice.place, &last.place) {
            (Some(place), Some(last)) => place == last || is_later(last, place),
            _ => false,
        };
        if old {
            return Some(Received::Ignored);
        }
        let ago = ctx.world.monotonic().saturating_sub(last.at);
        (ago < BURST / 2).then_some(Received::Accepted)
    }

    fn remember(&self, now: Duration, notice: &Notice) {
        let mut last = lock(&self.last);
        if last.len() >= REMEMBERED && !last.contains_key(&notice.address) {
            last.clear(); // the next push of each is looked up again
        }
        last.insert(
            notice.address,
            Last {
                place: notice.place.clone(),
                at: now,
            },
        );
    }

    async fn write(&self, ctx: &Ctx, batch: &Waiting) -> Result<Vec<Received>> {
        let began = ctx.world.monotonic();
        let newest = newest(batch);
        let addresses: Vec<BlindIndex> = newest.keys().copied().collect();
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let now = ctx.world.now();
        let mut found: Vec<Found<'_>> = Vec::new();
        for mailbox in tx.watches().by_address(&addresses).await? {
            let Some(notice) = newest.get(&mailbox.address_index) else {
                continue;
            };
            // Fault G24: late. What it announces has been read.
            let news = match (&notice.place, &mailbox.cursor) {
                (Some(said), Some(ours)) => is_later(said, ours),
                _ => true,
            };
            let one = Found {
                mailbox,
                notice,
                news,
            };
            if one.counts(now) {
                found.push(one);
            }
        }
        drop(tx);
        if !found.is_empty() {
            commit(ctx, &mut found).await?;
        }
        found.retain(|f| f.news);
        for f in &found {
            self.remember(began, f.notice);
        }
        let told = |notice: &Notice| {
            let mut news = found.iter();
            if news.any(|f| f.mailbox.address_index == notice.address) {
                Received::Accepted
            } else {
                Received::Ignored
            }
        };
        Ok(batch.iter().map(|(notice, _)| told(notice)).collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What came of a push that somebody has taken along; `None` while it waits.
fn settled(outcome: &mut oneshot::Receiver<Received>) -> Option<Result<Received>> {
    match outcome.try_recv() {
        Ok(received) => Some(Ok(received)),
        Err(oneshot::error::TryRecvError::Empty) => None,
        // Whoever had taken it along failed or was cut off.
        Err(oneshot::error::TryRecvError::Closed) => {
            Some(Err(Error::Internal("push_not_written".into())))
        }
    }
}

/// The last word on each mailbox.
fn newest(batch: &Waiting) -> HashMap<BlindIndex, &Notice> {
    let mut newest: HashMap<BlindIndex, &Notice> = HashMap::new();
    for (notice, _) in batch {
        let known = newest.entry(notice.address).or_insert(notice);
        let later = match (&notice.place, &known.place) {
            (Some(one), Some(other)) => is_later(one, other),
            (one, _) => one.is_some(),
        };
        if later {
            *known = notice;
        }
    }
    newest
}

async fn commit(ctx: &Ctx, found: &mut [Found<'_>]) -> Result<()> {
    // Always in the same order, so that two nodes never wait for each other.
    found.sort_unstable_by_key(|f| f.mailbox.connection_id);
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let places: Vec<_> = found
        .iter()
        .map(|f| {
            let place = f.notice.place.clone().filter(|_| f.news);
            (f.mailbox.connection_id, place)
        })
        .collect();
    // Mailboxes that were disconnected meanwhile get no job.
    let there = tx.watches().pushed(&places, now).await?;
    let jobs: Vec<SyncMailbox> = found
        .iter()
        .filter(|f| f.news && there.contains(&f.mailbox.connection_id))
        .map(|f| SyncMailbox {
            workspace: f.mailbox.workspace_id,
            connection: f.mailbox.connection_id,
        })
        .collect();
    tenon_jobs::enqueue_all(&mut tx, &jobs, now).await?;
    tx.commit().await?;
    Ok(())
}
