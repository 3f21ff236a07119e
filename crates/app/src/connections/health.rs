//! The health page: proof that a mailbox is complete, or why it is not.

use tenon_model::mail::SyncState;
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, Time};

use super::view::visible;
use crate::push::{PushView, push_view};
use crate::{Actor, Ctx, Error, Result};

/// Health of a mailbox.
#[derive(Debug, Clone)]
pub struct HealthView {
    /// Messages seen at the provider in the last complete snapshot, or so far in the running one.
    pub listed: u64,
    /// Messages stored.
    pub stored: u64,
    /// Messages that could not be understood.
    pub skipped: u64,
    /// Messages that were listed but gone when fetched.
    pub gone: u64,
    /// What the provider says it holds.
    pub provider_total: u64,
    /// Since when mail is listed; `None` for all of it.
    pub since: Option<Time>,
    /// Whether everything the provider holds is stored, or skipped with a reason.
    pub complete: bool,
    /// Seconds since the last contact.
    pub lag_seconds: Option<u64>,
    /// Last contact.
    pub last_sync_at: Option<Time>,
    /// Next one.
    pub next_sync_at: Option<Time>,
    /// Age of the cursor.
    pub cursor_age_seconds: Option<u64>,
    /// State word.
    pub state: &'static str,
    /// Why it does not move.
    pub reason: Option<String>,
    /// Plain words for it.
    pub reason_text: Option<&'static str>,
    /// The quota planner.
    pub quota: Option<QuotaView>,
    /// The provider's pushes.
    pub push: PushView,
    /// The skipped ones.
    pub skipped_items: Vec<SkippedView>,
    /// The last runs, newest first.
    pub runs: Vec<RunView>,
}

/// Quota in units.
#[derive(Debug, Clone, Copy)]
pub struct QuotaView {
    /// Allowed a minute; `None` when unlimited.
    pub units_per_minute: Option<u64>,
    /// Used in the last minute.
    pub used_last_minute: u64,
    /// Calls refused in the last hour.
    pub refused_last_hour: u64,
    /// Units kept for people.
    pub reserve: u64,
}

/// A message that was skipped.
#[derive(Debug, Clone)]
pub struct SkippedView {
    /// The provider's id.
    pub provider_id: String,
    /// Why, as a code.
    pub reason: String,
    /// Plain words.
    pub reason_text: &'static str,
    /// When.
    pub at: Time,
}

/// A run of the sync.
#[derive(Debug, Clone)]
pub struct RunView {
    /// `first_sync`, `poll`, `resync`.
    pub kind: String,
    /// Start.
    pub started_at: Time,
    /// End.
    pub finished_at: Option<Time>,
    /// `done` or a code.
    pub outcome: Option<String>,
    /// Messages added.
    pub added: i64,
    /// Messages changed.
    pub changed: i64,
    /// Messages removed.
    pub removed: i64,
}

/// Health of the mail area of a connection.
pub async fn health(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<HealthView> {
    let now = ctx.world.now();
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    let mailbox = tx
        .mailboxes()
        .get(id)
        .await?
        .ok_or(Error::NotFound("mailbox"))?;
    let stored = tx.messages().count(id).await?;
    let skipped = tx.skipped().count(id).await?;
    let listed = mailbox.listed.max(0) as u64;
    let gone = mailbox.gone.max(0) as u64;
    let quota = ctx.google.as_ref().map(|google| {
        let q = google.quota_snapshot(row.subject_index);
        QuotaView {
            units_per_minute: q.units_per_minute.map(u64::from),
            used_last_minute: q.used_last_minute.into(),
            refused_last_hour: q.refused_last_hour.into(),
            reserve: q.reserve.into(),
        }
    });
    let skipped_items = tx
        .skipped()
        .list(id, 200)
        .await?
        .into_iter()
        .map(|s| SkippedView {
            reason_text: reason_text(&s.reason, actor.locale),
            provider_id: s.provider_id,
            reason: s.reason,
            at: s.at,
        })
        .collect();
    let runs = tx
        .runs()
        .list(id, 20)
        .await?
        .into_iter()
        .map(|r| RunView {
            kind: r.kind,
            started_at: r.started_at,
            finished_at: r.finished_at,
            outcome: r.outcome,
            added: r.added,
            changed: r.changed,
            removed: r.removed,
        })
        .collect();
    let since = tx.boxes().get(id).await?.map(|b| b.since);
    let since = since.filter(|since| since.0 > 0);
    let push = push_view(ctx, &mut tx, &mailbox, actor.locale).await?;
    Ok(HealthView {
        push,
        listed,
        stored,
        skipped,
        gone,
        provider_total: mailbox.provider_total.max(0) as u64,
        // Within a time box the provider's total says nothing: that is of all the years.
        complete: mailbox.state == SyncState::Live
            && (since.is_some() || stored + skipped >= mailbox.provider_total.max(0) as u64),
        since,
        lag_seconds: mailbox.last_sync_at.map(|t| now.since(t).as_secs()),
        last_sync_at: mailbox.last_sync_at,
        next_sync_at: mailbox.next_sync_at,
        cursor_age_seconds: mailbox.cursor_at.map(|t| now.since(t).as_secs()),
        state: if mailbox.reason.is_some() && mailbox.state != SyncState::Parked {
            "stalled"
        } else {
            mailbox.state.as_str()
        },
        reason_text: mailbox
            .reason
            .as_deref()
            .map(|c| reason_text(c, actor.locale)),
        reason: mailbox.reason,
        quota,
        skipped_items,
        runs,
    })
}
