//! One turn of a mailbox: open it, do what its state asks for, say how it went.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tenon_connectors::ports::{MailPort, Priority};
use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::{JobError, Lease};
use tenon_model::connection::{FeatureState, Provider, feature_state};
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::mail::{Cursor, SyncState};
use tenon_model::{Scope, Time};
use tenon_store::{ConnectionRow, Mailbox, Run, Tx};
use tenon_vault::DataKey;

use super::failure::{DAY, NET, alarm, job_error, provider_job_error, stall_reason};
use super::job::SyncMailbox;
use super::progress::Tally;
use crate::connections::may_run;
use crate::connections::raise;
use crate::connections::tokens::ConnectionTokens;
use crate::connections::view::{account, own_addresses};
use crate::{Ctx, Error, Result};

/// How long the health page remembers runs.
const KEEP_RUNS: Duration = Duration::from_hours(720);

/// Why a turn ended early.
pub(super) enum Stop {
    /// The provider.
    Provider(ProviderError),
    /// We.
    Own(Error),
    /// The connection was paused, disconnected or given to another worker: nothing more is ours to write.
    Fenced,
    /// A person has to decide; the mailbox says so already.
    Parked,
}

impl From<ProviderError> for Stop {
    fn from(e: ProviderError) -> Self {
        Self::Provider(e)
    }
}

impl From<Error> for Stop {
    fn from(e: Error) -> Self {
        Self::Own(e)
    }
}

impl From<tenon_store::StoreError> for Stop {
    fn from(e: tenon_store::StoreError) -> Self {
        Self::Own(e.into())
    }
}

impl From<tenon_vault::VaultError> for Stop {
    fn from(e: tenon_vault::VaultError) -> Self {
        Self::Own(e.into())
    }
}

pub(super) type Turn<T> = std::result::Result<T, Stop>;

/// A mailbox that is open for one turn.
pub(super) struct Session<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) lease: &'a Lease,
    pub(super) row: ConnectionRow,
    pub(super) key: Arc<DataKey>,
    pub(super) port: Arc<dyn MailPort>,
    pub(super) mailbox: Mailbox,
    /// The mailbox's own addresses, normalized.
    pub(super) own: Vec<String>,
    pub(super) tally: Tally,
    /// When the turn began.
    pub(super) started: Time,
    /// Messages of the page at hand that came but could not be understood.
    pub(super) unreadable: HashSet<String>,
    /// Whether the turn found its cursor expired.
    pub(super) resynced: bool,
    /// Messages stored in this turn, whose attachments have not been asked for.
    pub(super) arrived: Vec<String>,
    /// Whether any item of the mailbox is recorded as skipped.
    pub(super) has_skipped: bool,
    /// Labels met on messages, to notice new ones.
    pub(super) labels_met: HashSet<String>,
    /// The time box: mail from before is not stored.
    pub(super) since: Option<Time>,
    /// Where the box began when this turn did; `None` before the first listing.
    pub(super) box_began: Option<Time>,
    /// Messages of the page at hand that came but are older than the box.
    pub(super) outside: HashSet<String>,
}

impl Session<'_> {
    pub(super) const fn scope(&self) -> Scope {
        Scope::job(self.row.workspace_id)
    }

    /// Begins a write.
    pub(super) async fn begin(&self) -> Turn<Tx> {
        Ok(self.ctx.store.begin(&self.scope()).await?)
    }

    /// Stores the mailbox with everything else of `tx`, or nothing when the fence has moved or
    /// another worker has taken the job over.
    pub(super) async fn commit(&mut self, mut tx: Tx) -> Turn<()> {
        if !self.lease.still_ours() {
            return Err(Stop::Fenced);
        }
        self.mailbox.updated_at = self.ctx.world.now();
        let (job, claim) = (self.lease.job, self.lease.fence);
        let saved = tx
            .mailboxes()
            .save_by_job(&self.mailbox, self.row.fence, job, claim)
            .await?;
        if !saved {
            return Err(Stop::Fenced);
        }
        tx.commit().await?;
        Ok(())
    }

    async fn announce_in(&self, tx: &mut Tx) -> Result<()> {
        Ok(tx
            .events()
            .append(
                EventKind::MailboxChanged,
                Some(self.row.member_id),
                self.row.id.to_string(),
            )
            .await?)
    }

    /// Announces a change of the mailbox in `tx`.
    pub(super) async fn announce(&self, tx: &mut Tx, kind: EventKind) -> Turn<()> {
        Ok(tx
            .events()
            .append(kind, Some(self.row.member_id), self.row.id.to_string())
            .await?)
    }
}

impl Ctx {
    /// The mail port of a connection.
    pub(crate) async fn mail_port(
        &self,
        row: &ConnectionRow,
        priority: Priority,
    ) -> Result<Arc<dyn MailPort>> {
        let mut tx = self.store.read(&Scope::job(row.workspace_id)).await?;
        let key = self.keys.get(&mut tx, row.key_id).await?;
        drop(tx);
        match row.provider {
            Provider::Google => {
                let google = self.google.as_ref().ok_or(Error::ProviderNotConfigured)?;
                let tokens = Arc::new(ConnectionTokens::new(self, row, key));
                Ok(google.mail(row.subject_index, tokens, priority))
            }
        }
    }
}

/// One turn.
pub(super) async fn turn(
    ctx: &Ctx,
    lease: &Lease,
    job: &SyncMailbox,
) -> std::result::Result<(), JobError> {
    let Some(mut session) = open(ctx, lease, job).await.map_err(job_error)? else {
        return Ok(());
    };
    let kind = match session.mailbox.state {
        SyncState::Waiting | SyncState::FirstSync => "first_sync",
        SyncState::Resync => "resync",
        SyncState::Live | SyncState::Parked => "poll",
    };
    let started = ctx.world.now();
    let from = session.mailbox.cursor.clone();
    let outcome = work(&mut session).await;
    let kind = if session.mailbox.state == SyncState::Resync || session.resynced {
        "resync"
    } else {
        kind
    };
    let word = match &outcome {
        Ok(Step::Done) => "done",
        Ok(Step::More) => "more",
        Err(Stop::Provider(e)) => stall_reason(e),
        Err(Stop::Own(e)) => e.code(),
        Err(Stop::Fenced) => return Ok(()),
        Err(Stop::Parked) => "parked",
    };
    finish(&mut session, kind, started, word, &outcome, from.as_ref())
        .await
        .map_err(job_error)?;
    if let Err(Stop::Provider(e)) = &outcome
        && e.reaction == Reaction::Alarm
    {
        let provider = session.row.provider;
        let raised = raise(ctx, provider, alarm(e), 1).await;
        raised.map_err(job_error)?;
    }
    match outcome {
        Ok(_) | Err(Stop::Fenced | Stop::Parked) => Ok(()),
        Err(Stop::Provider(e)) => Err(provider_job_error(e)),
        Err(Stop::Own(e)) => Err(job_error(e)),
    }
}

async fn open<'a>(
    ctx: &'a Ctx,
    lease: &'a Lease,
    job: &SyncMailbox,
) -> Result<Option<Session<'a>>> {
    let mut tx = ctx.store.read(&Scope::job(job.workspace)).await?;
    let Some(row) = tx.connections().get(job.connection).await? else {
        return Ok(None);
    };
    let Some(mailbox) = tx.mailboxes().get(job.connection).await? else {
        return Ok(None);
    };
    let on =
        feature_state(Feature::Mail, &row.features, &row.scopes, row.status) == FeatureState::On;
    if !may_run(&mut tx, &row).await? || !on || mailbox.state == SyncState::Parked {
        return Ok(None);
    }
    let has_skipped = tx.skipped().count(row.id).await? > 0;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let own = own_addresses(&account(ctx, &mut tx, &row).await?);
    let since = crate::retention::horizon(ctx, &mut tx).await?;
    let box_began = tx.boxes().get(row.id).await?.map(|b| b.since);
    drop(tx);
    let port = ctx.mail_port(&row, Priority::Background).await?;
    Ok(Some(Session {
        own,
        ctx,
        lease,
        row,
        key,
        port,
        mailbox,
        tally: Tally::default(),
        started: ctx.world.now(),
        unreadable: HashSet::new(),
        arrived: Vec::new(),
        has_skipped,
        resynced: false,
        labels_met: HashSet::new(),
        since,
        box_began,
        outside: HashSet::new(),
    }))
}

/// How far a turn came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// In step.
    Done,
    /// There is more to do; other mailboxes get their turn first.
    More,
}

async fn work(session: &mut Session<'_>) -> Turn<Step> {
    session.fit_the_box().await?;
    if session.mailbox.state == SyncState::Live {
        match session.poll().await {
            Ok(()) => return Ok(Step::Done),
            // Fault G1: the cursor is dead, the connection is not.
            Err(Stop::Provider(e)) if e.reaction == Reaction::Resync => {
                session.resynced = true;
                session.begin_resync().await?;
            }
            Err(other) => return Err(other),
        }
    }
    session.snapshot().await
}

/// Records the run, the reason of a stall, and the time of the next turn. The mailbox is read
/// again: what the session holds may include changes whose commit failed, and a cursor must never
/// be stored without the rows it covers.
async fn finish(
    session: &mut Session<'_>,
    kind: &str,
    started: Time,
    word: &str,
    outcome: &Turn<Step>,
    from: Option<&Cursor>,
) -> Result<()> {
    let ctx = session.ctx;
    let id = session.row.id;
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&session.scope()).await?;
    let Some(mut mailbox) = tx.mailboxes().get(id).await? else {
        return Ok(());
    };
    let before = mailbox.reason.clone();
    let wait = match outcome {
        Ok(Step::Done) => {
            let tally = session.tally;
            let news = kind == "poll" && tally.added + tally.changed + tally.removed > 0;
            crate::push::next_poll(ctx, &mut tx, &mailbox, from, started, news).await?
        }
        Ok(Step::More) => Duration::ZERO,
        Err(Stop::Provider(e)) if e.reaction == Reaction::Stop => DAY,
        Err(_) => NET,
    };
    if mailbox.state == SyncState::Parked {
        mailbox.next_sync_at = None;
    } else {
        mailbox.next_sync_at = Some(now + wait);
        mailbox.reason = match outcome {
            Ok(_) => None,
            Err(_) => Some(word.to_owned()),
        };
    }
    if outcome.is_ok() {
        mailbox.last_sync_at = Some(now);
    }
    let (job, claim) = (session.lease.job, session.lease.fence);
    let saved = tx
        .mailboxes()
        .save_by_job(&mailbox, session.row.fence, job, claim)
        .await?;
    if !saved {
        return Ok(());
    }
    if matches!(outcome, Ok(Step::More)) {
        ctx.progress.carry(id, session.tally);
    } else if let Some(run) = run(session, kind, started, now, word, before.as_deref()) {
        tx.runs().start(&run).await?;
        tx.runs().prune(id, now - KEEP_RUNS).await?;
        session.announce_in(&mut tx).await?;
    } else if before != mailbox.reason {
        session.announce_in(&mut tx).await?;
    }
    if let (Ok(_), Some(next)) = (outcome, mailbox.next_sync_at) {
        let job = SyncMailbox {
            workspace: session.row.workspace_id,
            connection: id,
        };
        tenon_jobs::enqueue(&mut tx, &job, next).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The line of a run on the health page. A poll without news has none, and neither has a failure
/// that is the same as last time.
fn run(
    session: &Session<'_>,
    kind: &str,
    started: Time,
    now: Time,
    word: &str,
    before: Option<&str>,
) -> Option<Run> {
    let tally = session.ctx.progress.take(session.row.id) + session.tally;
    let nothing = tally.added + tally.changed + tally.removed == 0;
    let quiet = nothing && ((kind == "poll" && word == "done") || before == Some(word));
    let snapshot = kind != "poll";
    (!quiet).then(|| Run {
        id: session.ctx.world.uuid(),
        connection_id: session.row.id,
        kind: kind.to_owned(),
        started_at: session
            .mailbox
            .snapshot_started_at
            .filter(|_| snapshot)
            .unwrap_or(started),
        finished_at: Some(now),
        outcome: Some(word.to_owned()),
        added: tally.added as i64,
        changed: tally.changed as i64,
        removed: tally.removed as i64,
    })
}
