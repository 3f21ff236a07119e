//! Messages on their way, as their sender sees them.

use tenon_model::mail::Address;
use tenon_model::outbox::{Decision, State};
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, DraftId, MessageId, SendId, ThreadId, Time};
use tenon_store::{SendRow, Tx};
use tenon_vault::Context;

use super::{Envelope, known, outbox};
use crate::compose::input::Mailbox;
use crate::connections::view::visible;
use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// One thing that is known.
#[derive(Debug, Clone)]
pub struct KnownView {
    /// A stable code.
    pub code: String,
    /// Plain words for it.
    pub text: &'static str,
    /// Since when.
    pub at: Time,
}

/// A message on its way out.
#[derive(Clone)]
pub struct SendView {
    /// Id.
    pub id: SendId,
    /// Its draft.
    pub draft: DraftId,
    /// From which mailbox.
    pub connection: ConnectionId,
    /// `scheduled`, `sending`, `sent`, `refused`, `doubtful`, `cancelled`.
    pub state: &'static str,
    /// When it goes.
    pub send_at: Time,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// `Bcc`.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// Why it did not go: a code.
    pub reason: Option<String>,
    /// Plain words for it.
    pub reason_text: Option<&'static str>,
    /// What is known of it.
    pub known: Vec<KnownView>,
    /// What the person may decide now.
    pub decisions: Vec<Decision>,
    /// The sent message, once it is stored here.
    pub message: Option<MessageId>,
    /// Its thread.
    pub thread: Option<ThreadId>,
    /// When it was confirmed.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
}

pub(super) async fn own_send(tx: &mut Tx, id: SendId) -> Result<SendRow> {
    tx.sends()
        .get(id)
        .await?
        .ok_or(Error::NotFound("message on its way"))
}

const fn word(state: State) -> &'static str {
    match state {
        State::Scheduled => "scheduled",
        State::Committing | State::Unknown => "sending",
        State::Doubtful => "doubtful",
        State::Sent => "sent",
        State::Refused => "refused",
        State::Cancelled => "cancelled",
    }
}

pub(super) async fn view(ctx: &Ctx, tx: &mut Tx, actor: &Actor, row: SendRow) -> Result<SendView> {
    let connection = visible(tx, row.connection_id).await?;
    let key = ctx.keys.get(tx, connection.key_id).await?;
    let json = key.open(&Context::new("sends", "envelope", row.id.0), &row.envelope)?;
    let envelope: Envelope =
        serde_json::from_slice(&json).map_err(|_| Error::Internal("envelope_json".into()))?;
    let sent = match &row.provider_message_id {
        Some(id) => tx.messages().by_provider_id(row.connection_id, id).await?,
        None => None,
    };
    let list = |l: Vec<Address>| -> Vec<Mailbox> {
        l.into_iter()
            .map(|a| Mailbox {
                name: a.name,
                address: a.address,
            })
            .collect()
    };
    let reason = match row.state {
        State::Doubtful => Some("in_doubt".to_owned()),
        _ => row.reason.clone(),
    };
    let known = if matches!(row.state, State::Unknown | State::Doubtful) {
        known(&row)
    } else {
        Vec::new()
    };
    Ok(SendView {
        id: row.id,
        draft: row.draft_id,
        connection: row.connection_id,
        state: word(row.state),
        send_at: row.send_at,
        to: list(envelope.to),
        cc: list(envelope.cc),
        bcc: list(envelope.bcc),
        subject: envelope.subject,
        reason_text: reason.as_deref().map(|c| reason_text(c, actor.locale)),
        reason,
        known: known
            .into_iter()
            .map(|k| KnownView {
                text: reason_text(&k.code, actor.locale),
                code: k.code,
                at: k.at,
            })
            .collect(),
        decisions: outbox(&row).decisions(),
        thread: sent.as_ref().map(|m| m.thread_id),
        message: sent.map(|m| m.id),
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

/// One message.
pub async fn send_by_id(ctx: &Ctx, actor: &Actor, id: SendId) -> Result<SendView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own_send(&mut tx, id).await?;
    view(ctx, &mut tx, actor, row).await
}

/// The member's messages of the last 30 days, newest first; those in one state if it is given.
pub async fn sends(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<SendView>> {
    let states: Option<Vec<State>> = match state {
        None => None,
        Some(wanted) => {
            let states: Vec<State> = State::ALL
                .into_iter()
                .filter(|s| word(*s) == wanted)
                .collect();
            if states.is_empty() {
                return Err(Error::field("state", "is none of the states"));
            }
            Some(states)
        }
    };
    let after = after.map(crate::page::decode).transpose()?;
    let limit = limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.sends().list(states.as_deref(), after, limit).await?;
    let next = (rows.len() as u32 == limit)
        .then(|| rows.last().map(|r| crate::page::encode(r.created_at, r.id)))
        .flatten();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(ctx, &mut tx, actor, row).await?);
    }
    Ok(Page { items, next })
}
