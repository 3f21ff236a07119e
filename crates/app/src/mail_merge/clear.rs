//! What is cleared up behind a mail merge: what a list says of people who were written to, and drafts of messages that do
//! not go.

use std::time::Duration;

use tenon_model::Scope;
use tenon_model::mail_merge::{DAY, RecipientState, State};
use tenon_store::{MailMergeRow, RecipientRow, Tx};
use tenon_vault::DataKey;

use super::changed;
use super::run::{RunMailMerge, is_of_mailbox, store, trouble_of};
use super::sealed::{key, open_details, seal_details};
use crate::compose::Letter;
use crate::{Actor, Ctx, Result};

/// When the provider says that too much goes at once, for longer than a message waits.
const QUOTA: Duration = Duration::from_mins(10);
/// So many refused ones in a row are no accident.
const IN_A_ROW: usize = 10;
/// How long what the list says of somebody is kept after their message has gone: the mailbox's own provider may send it
/// back after it has taken it (fault G22), and they are written to again.
pub(super) const KEPT: Duration = Duration::from_hours(1);
/// People that are cleared up in one turn.
const AT_ONCE: u32 = 50;
/// People of one transaction.
const PAGE: u32 = 500;

/// After the end: drafts of messages that were being written are taken out of the mailbox, and what the list says of
/// people is forgotten: nobody is written to any more.
pub(super) async fn clear_away(ctx: &Ctx, actor: &Actor, row: &MailMergeRow) -> Result<()> {
    take_drafts_away(ctx, actor, row).await?;
    let mut after = 0;
    loop {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let people = tx.mail_merges().people(row.id, None, after, PAGE).await?;
        let Some(last) = people.last() else {
            return Ok(());
        };
        after = last.number;
        let key = key(ctx, &mut tx, row).await?;
        forget_rows(ctx, &mut tx, &key, people).await?;
        tx.commit().await?;
    }
}

/// Takes the drafts of messages that will not go out of the mailbox of one that has ended.
pub(super) async fn take_drafts_away(ctx: &Ctx, actor: &Actor, row: &MailMergeRow) -> Result<()> {
    for state in [
        RecipientState::Waiting,
        RecipientState::Refused,
        RecipientState::Skipped,
    ] {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let left = tx.mail_merges().with_draft(row.id, state, AT_ONCE).await?;
        drop(tx);
        for mut person in left {
            if let Some(code) = take_away(ctx, actor, &person).await? {
                tracing::info!(merge = %row.id, code, "a draft of a mail merge stays in its mailbox");
            }
            person.draft_id = None;
            if state == RecipientState::Waiting {
                person.state = RecipientState::Cancelled;
            }
            store(ctx, actor, row, state, &person).await?;
        }
    }
    Ok(())
}

/// Forgets what the list says of people who are written to no more.
async fn forget_rows(
    ctx: &Ctx,
    tx: &mut Tx,
    key: &DataKey,
    people: Vec<RecipientRow>,
) -> Result<()> {
    for mut person in people {
        let mut details = open_details(key, &person)?;
        let state = person.state;
        let sent = state == RecipientState::Sent && person.draft_id.take().is_some();
        if sent || !details.row.is_empty() {
            details.row.clear();
            person.details = seal_details(ctx, key, person.id, &details)?;
            tx.mail_merges().step(state, &person).await?;
        }
    }
    Ok(())
}

/// Takes the draft of a message that will not go out of the mailbox; a code when the mailbox has to be seen to first.
async fn take_away(
    ctx: &Ctx,
    actor: &Actor,
    person: &RecipientRow,
) -> Result<Option<&'static str>> {
    let Some(draft) = person.draft_id else {
        return Ok(None);
    };
    match Letter::take_away(ctx, actor, draft).await {
        Ok(()) => Ok(None),
        Err(e) => trouble_of(&e).map(Some).ok_or(e),
    }
}

/// What clearing up found.
pub(super) enum Cleared {
    /// All is.
    Up,
    /// All is, but what is kept for a while.
    Later,
    /// The mail merge has another pace now.
    Moved,
    /// Something that stops it.
    Trouble(String),
}

/// Forgets what the list says of those whose messages have gone, and takes drafts out of the mailbox that were refused.
pub(super) async fn clear_up(
    ctx: &Ctx,
    job: &RunMailMerge,
    actor: &Actor,
    row: &MailMergeRow,
) -> Result<Cleared> {
    let kept = forget_sent(ctx, actor, row).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let refused = RecipientState::Refused;
    let mut left = Vec::new();
    for state in [refused, RecipientState::Skipped] {
        left.extend(tx.mail_merges().with_draft(row.id, state, AT_ONCE).await?);
    }
    let newest = tx
        .mail_merges()
        .newest_settled(row.id, row.resumed_at, IN_A_ROW as u32)
        .await?;
    drop(tx);
    let mut trouble = None;
    for mut person in left {
        if let Some(code) = take_away(ctx, actor, &person).await? {
            return Ok(Cleared::Trouble(code.to_owned()));
        }
        person.draft_id = None;
        let from = person.state;
        // In one that has ended nobody waits: they can be written to once more.
        let goes_on = !row.state.is_final() && from == refused;
        if let Some(reason) = person.reason.take_if(|r| goes_on && is_of_mailbox(r)) {
            // Not their fault: they wait for their turn again.
            person.state = RecipientState::Waiting;
            person.send_id = None;
            person.settled_at = None;
            trouble = Some(reason);
        }
        store(ctx, actor, row, from, &person).await?;
    }
    match trouble.as_deref() {
        None => {}
        // The provider counts in a rolling day (fault G22), and what goes too fast by the minute (G11).
        Some("daily_limit") if row.state == State::Running => {
            return rest(ctx, job, row, DAY, "rests_a_day").await;
        }
        Some("quota") if row.state == State::Running => {
            return rest(ctx, job, row, QUOTA, "quota").await;
        }
        Some(code) => return Ok(Cleared::Trouble(code.to_owned())),
    }
    if newest.len() == IN_A_ROW && newest.iter().all(|s| *s == refused) {
        return Ok(Cleared::Trouble("refused_often".to_owned()));
    }
    Ok(if kept { Cleared::Later } else { Cleared::Up })
}

/// Forgets what the list says of those whose messages went a while ago; whether some are left, who went since.
async fn forget_sent(ctx: &Ctx, actor: &Actor, row: &MailMergeRow) -> Result<bool> {
    let old = ctx.world.now() - KEPT;
    loop {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let sent = RecipientState::Sent;
        let mut gone = tx.mail_merges().with_draft(row.id, sent, AT_ONCE).await?;
        drop(tx);
        let found = gone.len();
        gone.retain(|p| p.settled_at.is_none_or(|at| at <= old));
        let left = gone.len() < found;
        if gone.is_empty() {
            return Ok(left);
        }
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let key = key(ctx, &mut tx, row).await?;
        forget_rows(ctx, &mut tx, &key, gone).await?;
        tx.commit().await?;
        if left || found < AT_ONCE as usize {
            return Ok(left);
        }
    }
}

/// Nothing goes for a while.
async fn rest(
    ctx: &Ctx,
    job: &RunMailMerge,
    row: &MailMergeRow,
    span: Duration,
    code: &str,
) -> Result<Cleared> {
    let mut tx = ctx.store.begin(&Scope::job(job.workspace)).await?;
    let mut row = row.clone();
    row.next_at = Some(ctx.world.now() + span);
    row.reason = Some(code.to_owned());
    if tx.mail_merges().save(&row).await? {
        changed(&mut tx, &row).await?;
        tx.commit().await?;
    }
    Ok(Cleared::Moved)
}
