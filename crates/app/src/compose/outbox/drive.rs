//! The worker of the outbox. Each step is stored before or after exactly one call, under the row's
//! version, so that two workers cannot make the same step.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::{MailWritePort, Priority, SentRef, WriteError, WriteResult};
use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::delivery::SuppressionCause;
use tenon_model::feature::Feature;
use tenon_model::outbox::{Event, Finding, State};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, SendId, Time, WorkspaceId};
use tenon_store::{ConnectionRow, SendRow, Tx};

use super::ready::{Ready, ready};
use super::send::tell;
use super::{Envelope, apply, learn, outbox};
use crate::acting::{usable, writer};
use crate::compose::HEADER;
use crate::compose::drafts::announce;
use crate::suppressions::suppressed;
use crate::sync::job_error;
use crate::{Ctx, Error, Result};

/// A message that could not go for this long because the connection is paused goes no more by itself:
/// nobody expects it once the pause ends, weeks later.
const PAUSED: Duration = Duration::from_hours(1);
/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_mins(8);
/// Longer waits are those for a chosen hour.
const AHEAD: Duration = Duration::from_mins(15);
/// A sent copy may be dated this much before our own clock's hour.
const SKEW: Duration = Duration::from_mins(5);
/// A refusal that lasts longer than this is told instead of waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// Moves one message on its way: sends it at its hour, or finds out what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendDraft {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
    /// Message.
    pub send: SendId,
}

#[async_trait]
impl Job for SendDraft {
    const KIND: &'static str = "send_draft";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("send:{}", self.send))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        match drive_send(ctx, &Scope::job(self.workspace), self.send).await {
            Ok(None) => Ok(()),
            // A job that is held after a run would not be moved forward when its person chooses an earlier hour.
            Ok(Some(wait)) if wait > AHEAD => self.later(ctx, wait).await.map_err(job_error),
            Ok(Some(wait)) => Err(JobError::RetryAfter(wait, "waiting".to_owned())),
            Err(e) => Err(job_error(e)),
        }
    }
}

impl SendDraft {
    async fn later(&self, ctx: &Ctx, wait: Duration) -> Result<()> {
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        tenon_jobs::enqueue(&mut tx, self, ctx.world.now() + wait).await?;
        Ok(tx.commit().await?)
    }
}

/// Moves a message as far as it goes now; how long it waits then, or `None` when nothing more
/// happens by itself.
pub async fn drive_send(ctx: &Ctx, scope: &Scope, id: SendId) -> Result<Option<Duration>> {
    drive_send_until(ctx, scope, id, |_| false).await
}

/// The same, ending at the first of its steps where `killed` says yes: after each of them the next
/// process has to find what it needs.
pub async fn drive_send_until(
    ctx: &Ctx,
    scope: &Scope,
    id: SendId,
    killed: fn(&'static str) -> bool,
) -> Result<Option<Duration>> {
    loop {
        let mut tx = ctx.store.read(scope).await?;
        let Some(row) = tx.sends().get(id).await? else {
            return Ok(None);
        };
        let connection = tx.connections().get(row.connection_id).await?;
        drop(tx);
        let Some(connection) = connection else {
            return Ok(None);
        };
        let now = ctx.world.now();
        match row.state {
            State::Scheduled if row.send_at > now => return Ok(Some(row.send_at.since(now))),
            State::Scheduled => {
                if let Some(wait) = commit(ctx, scope, row, &connection, killed).await? {
                    return Ok(Some(wait));
                }
            }
            // Found so: whoever was at it is gone, and may have been heard.
            State::Committing => {
                let mut row = row;
                learn(&mut row, &["answer_lost"], now);
                advance(ctx, scope, row, Event::Lost, None).await?;
            }
            State::Unknown => {
                let quiet = row.committed_at.unwrap_or(now) + ctx.config.quiet_window;
                if quiet > now {
                    return Ok(Some(quiet.since(now)));
                }
                if let Some(wait) = look(ctx, scope, row, &connection, killed).await? {
                    return Ok(Some(wait));
                }
            }
            State::Doubtful | State::Sent | State::Refused | State::Cancelled => return Ok(None),
        }
    }
}

/// The hour has come: what is about to be asked is stored first, then it is asked once.
async fn commit(
    ctx: &Ctx,
    scope: &Scope,
    mut row: SendRow,
    connection: &ConnectionRow,
    killed: fn(&'static str) -> bool,
) -> Result<Option<Duration>> {
    match usable(connection, Feature::Sending) {
        Ok(()) => {}
        Err(Error::Paused) if ctx.world.now().since(row.send_at) < PAUSED => {
            return Ok(Some(Duration::from_mins(1)));
        }
        Err(e) => {
            row.reason = Some(e.code().to_owned());
            advance(ctx, scope, row, Event::RefusedForGood, None).await?;
            return Ok(None);
        }
    }
    let port = writer(ctx, connection, priority(&row)).await?;
    if row.scheduled_for.is_some() && row.attempts == 0 {
        match ready(ctx, scope, &row, connection, port.as_ref()).await? {
            Ready::Yes(envelope) => row.envelope = envelope,
            Ready::Later(wait) => return Ok(Some(wait)),
            Ready::No(reason) => {
                row.reason = Some(reason);
                advance(ctx, scope, row, Event::RefusedForGood, None).await?;
                return Ok(None);
            }
        }
    }
    step(killed, "before_commit")?;
    let Some(next) = outbox(&row).step(Event::Due) else {
        return Ok(None);
    };
    let before = row.clone();
    apply(&mut row, next);
    row.committed_at = Some(ctx.world.now());
    row.reason = None;
    if row.recipient_id.is_some() {
        ctx.keys.warm_workspace(row.workspace_id).await?;
    }
    let mut tx = ctx.store.begin_durable(scope).await?;
    if let Some(cause) = unwanted(ctx, &mut tx, &row, connection).await? {
        return take_back(ctx, tx, before, cause).await;
    }
    if !tx.sends().step(&row).await? {
        return Ok(None); // taken back, or another worker's, in this very moment
    }
    tell(&mut tx, &row).await?;
    tx.commit().await?;
    row.version += 1;
    step(killed, "committed")?;
    let answer = port.send_draft(&row.provider_draft_id).await;
    step(killed, "answered")?;
    let wait = conclude(ctx, scope, row, answer).await?;
    step(killed, "stored")?;
    Ok(wait)
}

/// Whether the one of many whom a message is for wants none any more: looked at in the very transaction after which it may
/// go, so that whoever says so is obeyed from that moment on.
async fn unwanted(
    ctx: &Ctx,
    tx: &mut Tx,
    row: &SendRow,
    connection: &ConnectionRow,
) -> Result<Option<SuppressionCause>> {
    if row.recipient_id.is_none() || sabotage::on(Saboteur::SuppressionLate) {
        return Ok(None);
    }
    let envelope = Envelope::open(ctx, tx, connection.key_id, row).await?;
    for to in &envelope.to {
        if let Some(cause) = suppressed(ctx, tx, row.workspace_id, &to.address).await? {
            return Ok(Some(cause));
        }
    }
    Ok(None)
}

/// It does not go.
async fn take_back(
    ctx: &Ctx,
    mut tx: Tx,
    mut row: SendRow,
    cause: SuppressionCause,
) -> Result<Option<Duration>> {
    let Some(next) = outbox(&row).step(Event::Cancel) else {
        return Ok(None);
    };
    apply(&mut row, next);
    row.reason = Some(cause.reason().to_owned());
    row.finished_at = Some(ctx.world.now());
    if tx.sends().step(&row).await? {
        tell(&mut tx, &row).await?;
        tx.commit().await?;
    }
    Ok(None)
}

/// Somebody waits for their one message; nobody for one of many.
const fn priority(row: &SendRow) -> Priority {
    match row.recipient_id {
        None => Priority::Interactive,
        Some(_) => Priority::Background,
    }
}

/// Stores what the provider's answer means.
async fn conclude(
    ctx: &Ctx,
    scope: &Scope,
    mut row: SendRow,
    answer: WriteResult<SentRef>,
) -> Result<Option<Duration>> {
    let now = ctx.world.now();
    let (event, sent) = match answer {
        Ok(sent) => (Event::Accepted, Some(sent)),
        Err(WriteError::Unknown(_)) => {
            learn(&mut row, &["answer_lost"], now);
            (Event::Lost, None)
        }
        // No such draft: it went before, or the person removed it. Only a look can tell.
        Err(WriteError::Refused(e)) if e.code == "not_found" => {
            learn(&mut row, &["draft_absent"], now);
            (Event::Lost, None)
        }
        Err(WriteError::Refused(e)) => {
            let (event, reason, wait) = refusal(&e);
            row.reason = Some(reason);
            row.send_at = now + wait;
            (event, None)
        }
    };
    advance(ctx, scope, row, event, sent).await?;
    Ok(None)
}

/// What a proven refusal means for the message.
pub(in crate::compose) fn refusal(e: &ProviderError) -> (Event, String, Duration) {
    let for_good = |reason: &str| (Event::RefusedForGood, reason.to_owned(), Duration::ZERO);
    match (&e.reaction, e.code.as_str()) {
        (_, "daily_limit") => for_good("daily_limit"),
        (_, "too_large") => for_good("message_too_large"),
        (Reaction::Reauth, _) => for_good("needs_reauthorization"),
        (Reaction::Stop, code) => for_good(code),
        (Reaction::Retry(d), _) if *d <= PATIENCE => (
            Event::RefusedForNow,
            "provider_unavailable".to_owned(),
            (*d).max(Duration::from_secs(5)),
        ),
        (Reaction::Slow(d), _) if *d <= PATIENCE => (Event::RefusedForNow, "quota".to_owned(), *d),
        (Reaction::Retry(_) | Reaction::Slow(_), _) => for_good("quota"),
        (Reaction::Alarm, _) => for_good("deployment_alarm"),
        _ => for_good("provider_refused"),
    }
}

/// The answer was lost: is the draft there, or a sent message with our header?
async fn look(
    ctx: &Ctx,
    scope: &Scope,
    mut row: SendRow,
    connection: &ConnectionRow,
    killed: fn(&'static str) -> bool,
) -> Result<Option<Duration>> {
    if usable(connection, Feature::Sending).is_err_and(|e| matches!(e, Error::Paused)) {
        return Ok(Some(Duration::from_mins(1)));
    }
    let port = writer(ctx, connection, priority(&row)).await?;
    step(killed, "before_look")?;
    let (finding, sent) = find(port.as_ref(), &row).await;
    step(killed, "looked")?;
    let now = ctx.world.now();
    let codes: &[&str] = match finding {
        Finding::DraftThere => &["draft_present"],
        Finding::SentCopy => &["sent_copy_present"],
        Finding::Neither => &["draft_absent", "sent_copy_absent"],
        Finding::Failed => &["lookup_failed"],
    };
    learn(&mut row, codes, now);
    if finding == Finding::DraftThere {
        row.send_at = now;
    }
    let state = advance(ctx, scope, row, Event::Found(finding), sent).await?;
    step(killed, "finding_stored")?;
    Ok((state == Some(State::Unknown)).then_some(LOOK_AGAIN))
}

async fn find(port: &dyn MailWritePort, row: &SendRow) -> (Finding, Option<SentRef>) {
    match port.draft(&row.provider_draft_id).await {
        Ok(_) => return (Finding::DraftThere, None),
        Err(e) if e.reaction == Reaction::Skip && e.code == "not_found" => {}
        Err(_) => return (Finding::Failed, None), // a failed look proves nothing (G21)
    }
    let since = before(row.committed_at.unwrap_or(row.created_at), SKEW);
    match port
        .sent_with_header(HEADER, &row.draft_id.to_string(), since)
        .await
    {
        Ok(Some(sent)) => (Finding::SentCopy, Some(sent)),
        Ok(None) => (Finding::Neither, None),
        Err(_) => (Finding::Failed, None),
    }
}

fn before(at: Time, span: Duration) -> Time {
    at - span
}

/// Makes a step and everything that belongs to it, if nobody has made another one meanwhile. The
/// state it led to.
async fn advance(
    ctx: &Ctx,
    scope: &Scope,
    mut row: SendRow,
    event: Event,
    sent: Option<SentRef>,
) -> Result<Option<State>> {
    let mut tx = ctx.store.begin_durable(scope).await?;
    let mut next = outbox(&row).step(event);
    if event == Event::Accepted {
        // A yes counts whatever another worker has thought meanwhile.
        let Some(now) = tx.sends().get(row.id).await? else {
            return Ok(None);
        };
        if now.state.is_final() {
            return Ok(Some(now.state));
        }
        row.version = now.version;
        row.known = now.known;
        let mut said = outbox(&row);
        said.state = State::Committing;
        next = said.step(event);
    }
    let Some(next) = next else {
        return Ok(None);
    };
    apply(&mut row, next);
    let now = ctx.world.now();
    if next.state.is_final() {
        row.finished_at = Some(now);
    }
    let thread = sent.map(|sent| {
        row.provider_message_id = Some(sent.message_id);
        sent.thread_id
    });
    if !tx.sends().step(&row).await? {
        return Ok(None);
    }
    tell(&mut tx, &row).await?;
    if let Some(thread) = thread.filter(|_| row.recipient_id.is_some()) {
        tx.deliveries().in_thread(row.id, &thread).await?;
    }
    if next.state == State::Sent
        && let Some(draft) = tx.drafts().get(row.draft_id).await?
    {
        tx.drafts().gone(draft.id).await?;
        announce(ctx, &mut tx, &draft).await?;
    }
    tx.commit().await?;
    Ok(Some(next.state))
}

/// A step is done.
fn step(killed: fn(&'static str) -> bool, done: &'static str) -> Result<()> {
    if killed(done) {
        return Err(Error::Internal("killed".into()));
    }
    Ok(())
}
