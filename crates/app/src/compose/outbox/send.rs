//! Confirming a message, taking it back, and deciding about a doubtful one.

use std::time::Duration;

use serde::Serialize;
use tenon_connectors::Reaction;
use tenon_connectors::ports::{MailWritePort, RawDraft, WriteError, WriteResult};
use tenon_model::event::EventKind;
use tenon_model::hours::{Moment, WallTime};
use tenon_model::mail::Address;
use tenon_model::outbox::{Decision, Event, State};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{DraftId, Scope, SendId, Time};
use tenon_store::{DraftRow, SendRow, StoreError, Tx};
use tenon_vault::Sealed;

use super::drive::{SendDraft, drive_send};
use super::later::chosen;
use super::view::{SendView, own_send, view};
use super::{Envelope, apply, outbox};
use crate::access::MAX_UNDO_SEND;
use crate::compose::RECIPIENTS;
use crate::compose::address::check_address;
use crate::compose::drafts::{Desk, announce, etag, fetch, own};
use crate::compose::input::Mailbox;
use crate::compose::read::{Read, marked};
use crate::compose::turn::Turn;
use crate::repeat::Repeat;
use crate::{Actor, Ctx, Error, Result};

const SOON: Duration = Duration::from_secs(5);

/// What *Send* says.
#[derive(Debug, Clone, Serialize)]
pub struct StartSend {
    /// Seconds until it goes; the member's own setting if `None`.
    pub undo_seconds: Option<u32>,
    /// The hour at which it goes, instead of at once.
    pub at: Option<WallTime>,
    /// The draft as the person saw it.
    pub if_match: Option<String>,
}

/// When a confirmed message goes.
enum When {
    /// After so many seconds in which it can be taken back.
    After(u32),
    /// At a chosen hour.
    At(Moment),
}

/// Sends a draft, after the time in which it can be taken back.
pub async fn send(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    input: StartSend,
    repeat: Repeat,
) -> Result<SendView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(row) = tx.sends().by_repeat_key(actor.member, repeat.key).await? {
        repeat.check(row.request_hash)?;
        return view(ctx, &mut tx, actor, row).await;
    }
    let when = match (&input.at, input.undo_seconds) {
        (Some(_), Some(_)) => {
            return Err(Error::field("undo_seconds", "must be left out with at"));
        }
        (Some(at), None) => When::At(chosen(ctx.world.now(), at)?),
        (None, seconds) => When::After(undo_seconds(&mut tx, actor, seconds).await?),
    };
    own(&mut tx, id).await?;
    if tx.sends().of_draft(id).await?.is_some() {
        return Err(Error::DraftSending);
    }
    drop(tx);
    let turn = Turn::take(ctx, &actor.scope(), id).await?;
    let confirmed = confirm(ctx, actor, id, input.if_match.as_deref(), when, repeat).await;
    turn.end().await;
    confirmed
}

/// For how long it can be taken back.
async fn undo_seconds(tx: &mut Tx, actor: &Actor, asked: Option<u32>) -> Result<u32> {
    Ok(match asked {
        Some(s) if s > MAX_UNDO_SEND => {
            return Err(Error::field("undo_seconds", "must be from 0 to 30"));
        }
        _ if sabotage::on(Saboteur::SendsAtOnce) => 0,
        Some(s) => s,
        None => {
            let member = tx.members().get(actor.member).await?;
            member.map_or(0, |m| u32::try_from(m.undo_send_seconds).unwrap_or(0))
        }
    })
}

/// Puts the draft as it is now into the outbox, when it is one's turn.
async fn confirm(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    if_match: Option<&str>,
    when: When,
    repeat: Repeat,
) -> Result<SendView> {
    // While the turn was waited for, it may have been sent, saved or discarded.
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(row) = tx.sends().by_repeat_key(actor.member, repeat.key).await? {
        return view(ctx, &mut tx, actor, row).await;
    }
    let draft = own(&mut tx, id).await?;
    drop(tx);
    let desk = Desk::open(ctx, actor, draft.connection_id).await?;
    let (raw, read) = fetch(ctx, actor, &desk, &draft).await?;
    if if_match.is_some_and(|tag| tag != "*" && tag != etag(&raw.at)) {
        return Err(Error::DraftChanged);
    }
    check_recipients(&read)?;
    let mark = draft.id.to_string();
    if read.mark.as_deref() != Some(mark.as_str()) {
        put_mark(ctx, &actor.scope(), desk.port.as_ref(), &draft, &raw)
            .await?
            .map_err(unmarked)?;
    }
    let now = ctx.world.now();
    let send_id: SendId = ctx.world.id();
    ctx.keys.warm(&actor.scope(), desk.row.key_id).await?;
    // What was promised to go has to go, also after a power cut.
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let envelope = envelope(&read)
        .seal(ctx, &mut tx, desk.row.key_id, send_id)
        .await?;
    let (send_at, scheduled) = match when {
        When::After(seconds) => (now + Duration::from_secs(u64::from(seconds)), None),
        When::At(moment) => (moment.at, Some(moment)),
    };
    let row = SendRow {
        send_at,
        scheduled_for: scheduled.as_ref().map(|moment| moment.at),
        scheduled_zone: scheduled.map(|moment| moment.wall.time_zone),
        repeat_key: Some(repeat.key),
        request_hash: Some(repeat.request),
        ..message(send_id, &draft, raw.at.draft_id, envelope, now)
    };
    match tx.sends().insert(&row).await {
        Err(StoreError::Duplicate) => return Err(Error::DraftSending),
        other => other?,
    }
    enqueue(&mut tx, &row).await?;
    let view = view(ctx, &mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// A message that goes at once.
pub(in crate::compose) fn message(
    id: SendId,
    draft: &DraftRow,
    provider_draft_id: String,
    envelope: Sealed,
    now: Time,
) -> SendRow {
    SendRow {
        id,
        workspace_id: draft.workspace_id,
        member_id: draft.member_id,
        connection_id: draft.connection_id,
        draft_id: draft.id,
        provider_draft_id,
        state: State::Scheduled,
        version: 0,
        attempts: 0,
        lookups: 0,
        send_at: now,
        scheduled_for: None,
        scheduled_zone: None,
        committed_at: None,
        reason: None,
        known: "[]".to_owned(),
        envelope,
        provider_message_id: None,
        repeat_key: None,
        request_hash: None,
        created_at: now,
        finished_at: None,
        recipient_id: None,
    }
}

pub(super) fn check_recipients(read: &Read) -> Result<()> {
    let mut problems = Vec::new();
    let mut count = 0;
    for (field, list) in [("to", &read.to), ("cc", &read.cc), ("bcc", &read.bcc)] {
        for (i, mailbox) in list.iter().enumerate() {
            count += 1;
            if let Err(e) = check_address(&mailbox.address) {
                problems.push((format!("{field}[{i}].address"), e.to_owned()));
            }
        }
    }
    if count == 0 {
        problems.push(("to".into(), "must name somebody".into()));
    } else if count > RECIPIENTS {
        problems.push((
            "to".into(),
            "has more than 500 recipients with the others".into(),
        ));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Validation(problems))
    }
}

/// A draft that was begun or changed elsewhere gets our header first: by it the sent message is
/// recognised.
pub(super) async fn put_mark(
    ctx: &Ctx,
    scope: &Scope,
    port: &dyn MailWritePort,
    draft: &DraftRow,
    raw: &RawDraft,
) -> Result<WriteResult<()>> {
    let thread = Some(raw.at.thread_id.as_str()).filter(|t| !t.is_empty());
    let bytes = marked(&raw.bytes, &draft.id.to_string());
    let at = match port.update_draft(&raw.at.draft_id, bytes, thread).await {
        Ok(at) => at,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = ctx.store.begin(scope).await?;
    let now = ctx.world.now();
    tx.drafts()
        .saved(draft.id, &at.draft_id, &at.message_id, now)
        .await?;
    announce(ctx, &mut tx, draft).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// What a person hears when the header could not be put.
fn unmarked(error: WriteError) -> Error {
    match error {
        WriteError::Unknown(_) => Error::OutcomeUnknown(SOON),
        WriteError::Refused(e) if e.reaction == Reaction::Skip => Error::ProviderRefused,
        WriteError::Refused(e) => e.into(),
    }
}

pub(super) fn envelope(read: &Read) -> Envelope {
    let list = |l: &[Mailbox]| -> Vec<Address> {
        l.iter()
            .map(|m| Address {
                name: m.name.clone(),
                address: m.address.clone(),
            })
            .collect()
    };
    Envelope {
        to: list(&read.to),
        cc: list(&read.cc),
        bcc: list(&read.bcc),
        subject: read.subject.clone(),
    }
}

/// The job at its hour, and the news.
pub(in crate::compose) async fn enqueue(tx: &mut Tx, row: &SendRow) -> Result<()> {
    let job = SendDraft {
        workspace: row.workspace_id,
        connection: row.connection_id,
        send: row.id,
    };
    tenon_jobs::enqueue(tx, &job, row.send_at).await?;
    tell(tx, row).await
}

pub(super) async fn tell(tx: &mut Tx, row: &SendRow) -> Result<()> {
    crate::mail_merge::told(tx, row).await?;
    if let (State::Sent, Some(to)) = (row.state, row.recipient_id) {
        let at = row.committed_at.unwrap_or(row.send_at);
        tx.deliveries().sent(row, to, at).await?;
    }
    Ok(tx
        .events()
        .append(
            EventKind::SendChanged,
            Some(row.member_id),
            row.id.to_string(),
        )
        .await?)
}

/// Takes a message back while it waits; its draft is as before.
pub async fn cancel_send(ctx: &Ctx, actor: &Actor, id: SendId) -> Result<SendView> {
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let mut row = own_send(&mut tx, id).await?;
    let next = outbox(&row).step(Event::Cancel).ok_or(Error::TooLate)?;
    apply(&mut row, next);
    row.finished_at = Some(ctx.world.now());
    if !tx.sends().step(&row).await? {
        return Err(Error::TooLate); // it went in this very moment
    }
    tell(&mut tx, &row).await?;
    tx.commit().await?;
    super::view::send_by_id(ctx, actor, id).await
}

/// A person decides about a doubtful message.
pub async fn resolve(ctx: &Ctx, actor: &Actor, id: SendId, decision: Decision) -> Result<SendView> {
    let now = ctx.world.now();
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let mut row = own_send(&mut tx, id).await?;
    let next = outbox(&row)
        .step(Event::Decided(decision))
        .ok_or(Error::TooLate)?;
    apply(&mut row, next);
    match next.state {
        State::Scheduled => {
            row.send_at = now;
            row.reason = None;
        }
        state if state.is_final() => row.finished_at = Some(now),
        _ => {}
    }
    if !tx.sends().step(&row).await? {
        return Err(Error::TooLate);
    }
    if !next.state.is_final() {
        enqueue(&mut tx, &row).await?;
    }
    tell(&mut tx, &row).await?;
    tx.commit().await?;
    if decision == Decision::Check {
        // The person waits for it; the job is the net.
        let (task, scope) = (ctx.clone(), Scope::job(actor.workspace));
        let work = tokio::spawn(async move { drive_send(&task, &scope, id).await });
        let _ = tokio::time::timeout(Duration::from_secs(20), work).await;
    }
    super::view::send_by_id(ctx, actor, id).await
}
