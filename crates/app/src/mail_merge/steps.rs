//! What the person does with a mail merge: tries it, starts it, stops it, goes on.

use tenon_connectors::ports::Priority;
use tenon_model::MailMergeId;
use tenon_model::mail_merge::{Event, RecipientState, State};
use tenon_store::{MailMergeRow, Tx};

use super::fill::{opened, ready};
use super::run::{enqueue, enqueue_at};
use super::{MailMergeView, Start, TRIES, changed, mail_merge, own};
use crate::compose::{Addressee, Letter, SendView, Written, chosen_moment, send_by_id};
use crate::suppressions::{TEST_LINK, address_of};
use crate::{Actor, Ctx, Error, Repeat, Result};

/// Makes a step, with what else changes by it; again when the mail merge moved forward meanwhile.
async fn step(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    event: Event,
    change: impl Fn(&mut MailMergeRow),
    people: Option<(&[RecipientState], RecipientState)>,
) -> Result<MailMergeView> {
    for _ in 0..TRIES {
        let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
        let mut row = own(&mut tx, id).await?;
        row.state = row.state.step(event).ok_or(Error::TooLate)?;
        row.reason = None;
        if row.state == State::Running {
            // Whoever says so has seen what was refused before.
            row.resumed_at = Some(ctx.world.now());
        }
        change(&mut row);
        if !tx.mail_merges().save(&row).await? {
            continue;
        }
        if let Some((from, to)) = people {
            tx.mail_merges().step_all(id, from, to, None).await?;
        }
        announce(ctx, &mut tx, &row).await?;
        tx.commit().await?;
        return mail_merge(ctx, actor, id).await;
    }
    Err(Error::TooLate)
}

/// Tells pages, and has the next message go.
async fn announce(ctx: &Ctx, tx: &mut Tx, row: &MailMergeRow) -> Result<()> {
    match row.state {
        State::Running => enqueue(ctx, tx, row).await?,
        // Drafts that were under way are cleared away.
        State::Cancelled => enqueue_at(tx, row, ctx.world.now()).await?,
        State::Draft | State::Paused | State::Done => {}
    }
    changed(tx, row).await
}

/// Starts it: from now on, or from an hour on, its messages go. Refused when the letter names what does not exist.
pub async fn start(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    input: Start,
) -> Result<MailMergeView> {
    let now = ctx.world.now();
    let first = match &input.at {
        Some(at) => chosen_moment(now, at)?.at,
        None => now,
    };
    let letter = looked_at(ctx, actor, id, State::Draft).await?;
    let change = |row: &mut MailMergeRow| {
        row.letter = Some(letter.etag().to_owned());
        row.started_at = Some(now);
        row.next_at = Some(first);
    };
    step(ctx, actor, id, Event::Start, change, None).await
}

/// The letter as it goes now, if it can.
async fn looked_at(ctx: &Ctx, actor: &Actor, id: MailMergeId, state: State) -> Result<Letter> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    if row.state != state {
        return Err(Error::TooLate);
    }
    if tx.mail_merges().people(id, None, 0, 1).await?.is_empty() {
        return Err(Error::field("recipients", "must be somebody"));
    }
    drop(tx);
    Ok(ready(ctx, actor, &row, Priority::Interactive).await?.0)
}

/// Stops it for now. What the provider was asked for already goes.
pub async fn pause(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    step(ctx, actor, id, Event::Pause, |_| {}, None).await
}

/// Goes on, with the letter as it is now.
pub async fn resume(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    let letter = looked_at(ctx, actor, id, State::Paused).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let begun = !tx
        .mail_merges()
        .newest_settled(id, None, 1)
        .await?
        .is_empty();
    drop(tx);
    let now = ctx.world.now();
    let change = |row: &mut MailMergeRow| {
        row.letter = Some(letter.etag().to_owned());
        // Before its hour has come it waits for it; afterwards the pace says when.
        row.next_at = row.next_at.filter(|_| !begun).max(Some(now));
    };
    step(ctx, actor, id, Event::Resume, change, None).await
}

/// Ends it: nobody else gets a message.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    let now = ctx.world.now();
    let change = |row: &mut MailMergeRow| {
        row.finished_at = Some(now);
        row.next_at = None;
    };
    let waiting = (&[RecipientState::Waiting][..], RecipientState::Cancelled);
    step(ctx, actor, id, Event::Cancel, change, Some(waiting)).await
}

/// Those to whom nothing could be sent wait again.
pub async fn retry(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    let other = tx.mail_merges().of_draft(row.draft_id).await?;
    if other.is_some_and(|other| other.id != id) {
        return Err(Error::TooLate); // its letter is another one's now
    }
    drop(tx);
    let letter = match row.state {
        State::Done => Some(ready(ctx, actor, &row, Priority::Interactive).await?.0),
        _ => None,
    };
    let now = ctx.world.now();
    let change = |row: &mut MailMergeRow| {
        if let Some(letter) = &letter {
            row.letter = Some(letter.etag().to_owned());
            row.next_at = Some(now);
            row.finished_at = None;
        }
    };
    let from = &[RecipientState::Refused, RecipientState::Skipped][..];
    let people = Some((from, RecipientState::Waiting));
    step(ctx, actor, id, Event::Retry, change, people).await
}

/// Sends what somebody of the list would get to the member's own address, to look at it in a mailbox.
pub async fn test(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    number: i64,
    repeat: Repeat,
) -> Result<SendView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(known) = tx.sends().by_repeat_key(actor.member, repeat.key).await? {
        repeat.check(known.request_hash)?;
        drop(tx);
        return send_by_id(ctx, actor, known.id).await;
    }
    let row = own(&mut tx, id).await?;
    let person = tx.mail_merges().person(id, number).await?;
    let person = person.ok_or(Error::NotFound("recipient"))?;
    drop(tx);
    let (letter, reader) = ready(ctx, actor, &row, Priority::Interactive).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let details = opened(ctx, &mut tx, &row, &person).await?;
    let filled = reader.fill(&mut tx, person.record_id, &details).await?;
    drop(tx);
    let filled = filled.map_err(|hole| match hole.code {
        "missing_values" => Error::field(
            "variables",
            &format!("have no value: {}", hole.missing.join(", ")),
        ),
        "record_gone" => Error::NotFound("record"),
        _ => Error::field("html", "takes too much work; make it simpler"),
    })?;
    let to: Addressee = letter.sender();
    let draft = ctx.world.id();
    let page = row.unsubscribe.then(|| address_of(ctx, TEST_LINK));
    let post = match letter
        .write(ctx, actor, draft, &to, filled, page.as_deref())
        .await?
    {
        Written::There(post) => post,
        Written::Refused(_) => return Err(Error::ProviderRefused),
        Written::Later(wait) => return Err(Error::OutcomeUnknown(wait)),
        Written::Unknown => return Err(Error::OutcomeUnknown(std::time::Duration::from_secs(5))),
    };
    let send = ctx.world.id();
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let handed = post
        .hand_over(ctx, &mut tx, &letter, send, None, Some(repeat))
        .await;
    if handed.is_ok() {
        tx.commit().await?;
    }
    post.end().await;
    handed?;
    send_by_id(ctx, actor, send).await
}
