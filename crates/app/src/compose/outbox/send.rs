//! Confirming a message, taking it back, and deciding about a doubtful one.

use std::time::Duration;

use serde::Serialize;
use tenon_connectors::Reaction;
use tenon_connectors::ports::WriteError;
use tenon_model::event::EventKind;
use tenon_model::mail::Address;
use tenon_model::outbox::{Decision, Event, State};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{DraftId, Scope, SendId};
use tenon_store::{DraftRow, SendRow, StoreError, Tx};
use tenon_vault::Context;

use super::drive::{SendDraft, drive_send};
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
    /// The draft as the person saw it.
    pub if_match: Option<String>,
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
    let seconds = match input.undo_seconds {
        Some(s) if s > MAX_UNDO_SEND => {
            return Err(Error::field("undo_seconds", "must be from 0 to 30"));
        }
        _ if sabotage::on(Saboteur::SendsAtOnce) => 0,
        Some(s) => s,
        None => {
            let member = tx.members().get(actor.member).await?;
            member.map_or(0, |m| u32::try_from(m.undo_send_seconds).unwrap_or(0))
        }
    };
    own(&mut tx, id).await?;
    if tx.sends().of_draft(id).await?.is_some() {
        return Err(Error::DraftSending);
    }
    drop(tx);
    let turn = Turn::take(ctx, &actor.scope(), id).await?;
    let confirmed = confirm(ctx, actor, id, input.if_match.as_deref(), seconds, repeat).await;
    turn.end().await;
    confirmed
}

/// Puts the draft as it is now into the outbox, when it is one's turn.
async fn confirm(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    if_match: Option<&str>,
    seconds: u32,
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
        put_mark(ctx, actor, &desk, &draft, &raw.bytes, &raw.at.thread_id).await?;
    }
    let now = ctx.world.now();
    let send_id: SendId = ctx.world.id();
    ctx.keys.warm(&actor.scope(), desk.row.key_id).await?;
    // What was promised to go has to go, also after a power cut.
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let key = ctx.keys.get(&mut tx, desk.row.key_id).await?;
    let json = serde_json::to_vec(&envelope(&read))
        .map_err(|_| Error::Internal("envelope_json".into()))?;
    let sealed = key.seal(
        &ctx.world,
        &Context::new("sends", "envelope", send_id.0),
        &json,
    )?;
    let row = SendRow {
        id: send_id,
        workspace_id: actor.workspace,
        member_id: actor.member,
        connection_id: draft.connection_id,
        draft_id: id,
        provider_draft_id: raw.at.draft_id,
        state: State::Scheduled,
        version: 0,
        attempts: 0,
        lookups: 0,
        send_at: now + Duration::from_secs(u64::from(seconds)),
        committed_at: None,
        reason: None,
        known: "[]".to_owned(),
        envelope: sealed,
        provider_message_id: None,
        repeat_key: Some(repeat.key),
        request_hash: Some(repeat.request),
        created_at: now,
        finished_at: None,
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

fn check_recipients(read: &Read) -> Result<()> {
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
async fn put_mark(
    ctx: &Ctx,
    actor: &Actor,
    desk: &Desk,
    draft: &DraftRow,
    bytes: &[u8],
    thread: &str,
) -> Result<()> {
    let Some(provider_id) = &draft.provider_id else {
        return Err(Error::OutcomeUnknown(SOON));
    };
    let thread = Some(thread).filter(|t| !t.is_empty());
    let bytes = marked(bytes, &draft.id.to_string());
    match desk.port.update_draft(provider_id, bytes, thread).await {
        Ok(at) => {
            let mut tx = ctx.store.begin(&actor.scope()).await?;
            let now = ctx.world.now();
            tx.drafts()
                .saved(draft.id, &at.draft_id, &at.message_id, now)
                .await?;
            announce(ctx, &mut tx, draft).await?;
            tx.commit().await?;
            Ok(())
        }
        Err(WriteError::Unknown(_)) => Err(Error::OutcomeUnknown(SOON)),
        Err(WriteError::Refused(e)) if e.reaction == Reaction::Skip => Err(Error::ProviderRefused),
        Err(WriteError::Refused(e)) => Err(e.into()),
    }
}

fn envelope(read: &Read) -> Envelope {
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
pub(super) async fn enqueue(tx: &mut Tx, row: &SendRow) -> Result<()> {
    let job = SendDraft {
        workspace: row.workspace_id,
        connection: row.connection_id,
        send: row.id,
    };
    tenon_jobs::enqueue(tx, &job, row.send_at).await?;
    tell(tx, row).await
}

pub(super) async fn tell(tx: &mut Tx, row: &SendRow) -> Result<()> {
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
