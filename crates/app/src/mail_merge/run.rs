//! The job behind a mail merge: at its pace it writes one message after the other and hands it to the outbox. What was
//! done is read from the rows, never remembered: it can be killed anywhere, and run twice.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::Priority;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::mail_merge::{DAY, Event, RecipientState, State};
use tenon_model::{ConnectionId, MailMergeId, MemberId, Scope, Time, WorkspaceId};
use tenon_store::{MailMergeRow, RecipientRow, Tx};

use super::changed;
use super::clear::{Cleared, KEPT, clear_away, clear_up};
use super::fill::{Reader, opened, ready};
use super::sealed::{key, seal_details};
use super::view::pacing;
use crate::access::acting_for;
use crate::compose::{Addressee, Letter, Post, Written};
use crate::suppressions::{link, suppressed};
use crate::sync::job_error;
use crate::{Actor, Ctx, Error, Result};

/// Messages that may be under way at once.
const UNDER_WAY: u64 = 4;
/// How long is waited for those under way; each of them tells when it has gone.
const WAIT: Duration = Duration::from_secs(30);
/// After a lost answer.
const LOST: Duration = Duration::from_mins(1);
/// While the connection is paused.
const PAUSED: Duration = Duration::from_mins(5);
/// How long a letter is taken for what it was when it was read.
const FRESH: Duration = Duration::from_secs(30);
/// A mail merge whose message should have gone so long ago has lost its job.
const OVERDUE: Duration = Duration::from_mins(10);

/// Goes on with a mail merge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunMailMerge {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Mailbox.
    pub connection: ConnectionId,
    /// Whose it is.
    pub member: MemberId,
    /// The mail merge.
    pub merge: MailMergeId,
}

#[async_trait]
impl Job for RunMailMerge {
    const KIND: &'static str = "mail_merge";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("mail_merge:{}", self.merge))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        let waited = match drive(ctx, &self).await {
            Ok(None) => return Ok(()),
            Ok(Some(wait)) => self.later(ctx, wait).await,
            Err(e) => Err(e),
        };
        waited.map_err(job_error)
    }
}

impl RunMailMerge {
    /// As a new job: one that is held after a run would not be moved forward when something changes.
    async fn later(&self, ctx: &Ctx, wait: Duration) -> Result<()> {
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        tenon_jobs::enqueue(&mut tx, self, ctx.world.now() + wait).await?;
        Ok(tx.commit().await?)
    }
}

/// The job of a mail merge when its next message goes.
pub(super) async fn enqueue(ctx: &Ctx, tx: &mut Tx, row: &MailMergeRow) -> Result<()> {
    enqueue_at(tx, row, row.next_at.unwrap_or_else(|| ctx.world.now())).await
}

pub(super) async fn enqueue_at(tx: &mut Tx, row: &MailMergeRow, at: Time) -> Result<()> {
    let job = RunMailMerge {
        workspace: row.workspace_id,
        connection: row.connection_id,
        member: row.member_id,
        merge: row.id,
    };
    tenon_jobs::enqueue(tx, &job, at).await?;
    Ok(())
}

/// The net under the jobs. *System* transaction.
pub(crate) async fn enqueue_overdue(tx: &mut Tx, now: Time) -> Result<()> {
    for (merge, member, workspace, connection) in
        tx.mail_merges().overdue(now - OVERDUE, 500).await?
    {
        let job = RunMailMerge {
            workspace,
            connection,
            member,
            merge,
        };
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    Ok(())
}

/// What comes next.
enum Next {
    /// Somebody's turn.
    Turn(Box<RecipientRow>),
    /// Nothing for so long.
    Wait(Duration),
    /// Nothing at all.
    End,
}

/// Goes on as far as it can now; how long nothing happens then, or `None` when nothing more does.
async fn drive(ctx: &Ctx, job: &RunMailMerge) -> Result<Option<Duration>> {
    let mut ready_letter: Option<(Letter, Reader)> = None;
    let mut read_at = ctx.world.now();
    loop {
        let mut tx = ctx.store.read(&Scope::job(job.workspace)).await?;
        let Some(row) = tx.mail_merges().get(job.merge).await? else {
            return Ok(None);
        };
        drop(tx);
        let Some(actor) = acting_for(ctx, job.workspace, job.member).await? else {
            return pause(ctx, job, &row, "sender_off").await;
        };
        match row.state {
            State::Running => {}
            State::Cancelled => {
                clear_away(ctx, &actor, &row).await?;
                return Ok(None);
            }
            // What was under way when it was stopped has ended meanwhile.
            State::Draft | State::Paused | State::Done => {
                let up = clear_up(ctx, job, &actor, &row).await?;
                return Ok(matches!(up, Cleared::Later).then_some(KEPT));
            }
        }
        match clear_up(ctx, job, &actor, &row).await? {
            Cleared::Up | Cleared::Later => {}
            Cleared::Moved => continue,
            Cleared::Trouble(code) => return pause(ctx, job, &row, &code).await,
        }
        let person = match next(ctx, job, &actor, &row).await? {
            Next::Turn(person) => person,
            Next::Wait(wait) => return Ok(Some(wait)),
            Next::End => return Ok(None),
        };
        // Somebody may change it while many go without a rest.
        if ready_letter.is_none() || ctx.world.now().since(read_at) > FRESH {
            read_at = ctx.world.now();
            match ready(ctx, &actor, &row, Priority::Background).await {
                Ok(ready) => ready_letter = Some(ready),
                Err(Error::Paused) => return Ok(Some(PAUSED)),
                Err(e) => match trouble_of(&e) {
                    Some(code) => return pause(ctx, job, &row, code).await,
                    None => return Err(e),
                },
            }
        }
        let Some((letter, reader)) = &ready_letter else {
            return Ok(None);
        };
        if row.letter.as_deref() != Some(letter.etag()) {
            return pause(ctx, job, &row, "letter_changed").await;
        }
        let turn = Turn {
            ctx,
            actor: &actor,
            row: &row,
            letter,
            reader,
        };
        if let Some(wait) = turn.take(*person).await? {
            return Ok(Some(wait));
        }
    }
}

/// Trouble that stops a mail merge until its person has seen to it; other errors pass.
pub(super) fn trouble_of(e: &Error) -> Option<&'static str> {
    match e {
        Error::DraftGone | Error::NotFound(_) => Some("letter_gone"),
        Error::DraftNotEditable | Error::Validation(_) => Some("letter_unfit"),
        Error::NeedsReauthorization => Some("needs_reauthorization"),
        Error::FeatureOff(_) => Some("feature_off"),
        _ => None,
    }
}

/// A refusal that is about the mailbox, and not about the one it was for.
pub(super) fn is_of_mailbox(reason: &str) -> bool {
    !matches!(
        reason,
        "provider_refused" | "message_too_large" | "recipients_invalid" | "provider_unavailable"
    )
}

/// Stops it; its person is told why.
async fn pause(
    ctx: &Ctx,
    job: &RunMailMerge,
    row: &MailMergeRow,
    code: &str,
) -> Result<Option<Duration>> {
    let mut tx = ctx.store.begin(&Scope::job(job.workspace)).await?;
    let Some(mut now) = tx.mail_merges().get(row.id).await? else {
        return Ok(None);
    };
    if let Some(state) = now.state.step(Event::Pause) {
        now.state = state;
        now.reason = Some(code.to_owned());
        if !tx.mail_merges().save(&now).await? {
            return Ok(Some(Duration::ZERO)); // it moved in this very moment
        }
        changed(&mut tx, &now).await?;
    }
    tx.commit().await?;
    Ok(None)
}

/// Stores where somebody stands; whether they stood where they should.
pub(super) async fn store(
    ctx: &Ctx,
    actor: &Actor,
    row: &MailMergeRow,
    from: RecipientState,
    person: &RecipientRow,
) -> Result<bool> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let stored = tx.mail_merges().step(from, person).await?;
    changed(&mut tx, row).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Whose turn it is, and when: read from the rows each time.
async fn next(ctx: &Ctx, job: &RunMailMerge, actor: &Actor, row: &MailMergeRow) -> Result<Next> {
    let now = ctx.world.now();
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let sending = tx.mail_merges().under_way(row.id).await?;
    let waiting = RecipientState::Waiting;
    let mut people = tx.mail_merges().people(row.id, Some(waiting), 0, 1).await?;
    let Some(person) = people.pop() else {
        drop(tx);
        if sending > 0 {
            return Ok(Next::Wait(WAIT));
        }
        return finish(ctx, job, row).await;
    };
    if sending >= UNDER_WAY {
        return Ok(Next::Wait(WAIT));
    }
    let (at, why) = earliest(&mut tx, row, now).await?;
    drop(tx);
    if at <= now {
        return Ok(Next::Turn(Box::new(person)));
    }
    if row.next_at != Some(at) {
        let mut tx = ctx.store.begin(&Scope::job(job.workspace)).await?;
        let mut row = row.clone();
        row.next_at = Some(at);
        row.reason = why.map(str::to_owned);
        if tx.mail_merges().save(&row).await? {
            changed(&mut tx, &row).await?;
            tx.commit().await?;
        }
    }
    Ok(Next::Wait(at.since(now)))
}

/// When the next message may go, and why not sooner, where it is the pace. Others of the same mailbox count, whatever they
/// belong to.
async fn earliest(
    tx: &mut Tx,
    row: &MailMergeRow,
    now: Time,
) -> Result<(Time, Option<&'static str>)> {
    let member = tx.members().get(row.member_id).await?;
    let pacing = pacing(row);
    let mut merges = tx.mail_merges();
    let not_asked = merges.not_asked(row.connection_id).await?;
    let room = u64::from(pacing.daily_cap).saturating_sub(not_asked);
    let full = match u32::try_from(room) {
        // As many as may go are on their way.
        Ok(0) => Some(now + WAIT - DAY),
        Ok(room) => merges.asked(row.connection_id, now - DAY, room).await?,
        Err(_) => None,
    };
    let newest = merges.newest(row.connection_id).await?;
    let rested = newest.map(|at| at + Duration::from_secs(u64::from(pacing.gap.0)));
    let not_before = row.next_at.max(rested);
    let any_hour = pacing.pace(None).next(now, not_before, full);
    let at = pacing.pace(member.as_ref()).next(now, not_before, full);
    let why = if at > any_hour {
        Some("out_of_hours")
    } else if full.is_some_and(|full| full + DAY > now) {
        Some("daily_cap")
    } else {
        // What it waited for before it waits for still.
        row.reason.as_deref().and_then(|code| {
            let known = ["out_of_hours", "daily_cap", "rests_a_day", "quota"];
            known.into_iter().find(|k| *k == code)
        })
    };
    Ok((at, why))
}

/// Nobody waits, and nothing is under way.
async fn finish(ctx: &Ctx, job: &RunMailMerge, row: &MailMergeRow) -> Result<Next> {
    let mut row = row.clone();
    let Some(state) = row.state.step(Event::Finish) else {
        return Ok(Next::End);
    };
    row.state = state;
    row.reason = None;
    row.next_at = None;
    row.finished_at = Some(ctx.world.now());
    let mut tx = ctx.store.begin(&Scope::job(job.workspace)).await?;
    if !tx.mail_merges().save(&row).await? {
        return Ok(Next::Wait(Duration::ZERO)); // it was changed in this very moment
    }
    changed(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Next::Wait(KEPT))
}

/// Somebody's turn.
struct Turn<'t> {
    ctx: &'t Ctx,
    actor: &'t Actor,
    row: &'t MailMergeRow,
    letter: &'t Letter,
    reader: &'t Reader,
}

impl Turn<'_> {
    /// Writes to them; how long to wait then, if the mailbox's provider asks for it.
    async fn take(&self, mut person: RecipientRow) -> Result<Option<Duration>> {
        let Self { ctx, actor, .. } = *self;
        let waiting = RecipientState::Waiting;
        ctx.keys.warm_workspace(actor.workspace).await?;
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let mut details = opened(ctx, &mut tx, self.row, &person).await?;
        let filled = self
            .reader
            .fill(&mut tx, person.record_id, &details)
            .await?;
        let key = key(ctx, &mut tx, self.row).await?;
        let workspace = actor.workspace;
        let no_more = suppressed(ctx, &mut tx, workspace, &details.address).await?;
        let page = if self.row.unsubscribe {
            Some(link(ctx, &mut tx, workspace, person.id, &details.address).await?)
        } else {
            None
        };
        drop(tx);
        let to = Addressee::new(&details.name, &details.address);
        if let Some(cause) = no_more {
            return self
                .give_up(person, RecipientState::Skipped, cause.reason())
                .await;
        }
        let (filled, to) = match (filled, to) {
            (Ok(filled), Ok(to)) => (filled, to),
            (filled, _) => {
                let hole = filled.err();
                let code = hole.as_ref().map_or("recipients_invalid", |h| h.code);
                details.missing = hole.map(|h| h.missing).unwrap_or_default();
                person.details = seal_details(ctx, &key, person.id, &details)?;
                return self.give_up(person, RecipientState::Skipped, code).await;
            }
        };
        // Known before the first call: after a crash the draft is found by it.
        let draft = if let Some(draft) = person.draft_id {
            draft
        } else {
            let draft = ctx.world.id();
            person.draft_id = Some(draft);
            details.missing.clear();
            person.details = seal_details(ctx, &key, person.id, &details)?;
            if !store(ctx, actor, self.row, waiting, &person).await? {
                return Ok(None);
            }
            draft
        };
        let written = self
            .letter
            .write(ctx, actor, draft, &to, filled, page.as_deref());
        match written.await {
            Ok(Written::There(post)) => {
                let handed = self.hand_over(&post, person).await;
                post.end().await;
                handed
            }
            Ok(Written::Refused(reason)) => {
                self.give_up(person, RecipientState::Refused, &reason).await
            }
            Ok(Written::Later(wait)) => Ok(Some(wait)),
            Ok(Written::Unknown) => Ok(Some(LOST)),
            // Too large, or too deeply nested with these values.
            Err(Error::Validation(_)) => {
                let code = "letter_too_much";
                self.give_up(person, RecipientState::Skipped, code).await
            }
            Err(e) => Err(e),
        }
    }

    async fn give_up(
        &self,
        mut person: RecipientRow,
        state: RecipientState,
        reason: &str,
    ) -> Result<Option<Duration>> {
        person.state = state;
        person.reason = Some(reason.to_owned());
        person.settled_at = Some(self.ctx.world.now());
        store(
            self.ctx,
            self.actor,
            self.row,
            RecipientState::Waiting,
            &person,
        )
        .await?;
        Ok(None)
    }

    /// Message, person and pace in one transaction, if the mail merge still is as it was read and it still is their
    /// turn: another one of the mailbox may have been faster. Otherwise the draft is found again.
    async fn hand_over(&self, post: &Post, mut person: RecipientRow) -> Result<Option<Duration>> {
        let Self {
            ctx, actor, row, ..
        } = *self;
        let (now, send) = (ctx.world.now(), ctx.world.id());
        let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
        tx.mail_merges().hold(row.connection_id).await?;
        let (at, _) = earliest(&mut tx, row, now).await?;
        if at > now {
            return Ok(None);
        }
        let mut row = row.clone();
        row.next_at = Some(now + pacing(&row).pace(None).gap(&ctx.world));
        row.reason = None;
        person.state = RecipientState::Sending;
        person.reason = None;
        person.send_id = Some(send);
        person.settled_at = None;
        let waiting = RecipientState::Waiting;
        if !tx.mail_merges().save(&row).await? || !tx.mail_merges().step(waiting, &person).await? {
            return Ok(None);
        }
        post.hand_over(ctx, &mut tx, self.letter, send, Some(person.id), None)
            .await?;
        tx.commit().await?;
        Ok(None)
    }
}
