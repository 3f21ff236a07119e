//! Messages on their way, as their sender sees them.

use tenon_model::hours::WallTime;
use tenon_model::mail::Address;
use tenon_model::outbox::{Decision, State};
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, DraftId, MessageId, SendId, ThreadId, Time};
use tenon_store::{SendRow, Tx};

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
    /// The hour it was scheduled for; `None` for what goes at once.
    pub scheduled: Option<WallTime>,
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
    let envelope = Envelope::open(ctx, tx, connection.key_id, &row).await?;
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
        scheduled: scheduled(&row),
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

fn scheduled(row: &SendRow) -> Option<WallTime> {
    let zone = row.scheduled_zone.as_deref()?;
    Some(WallTime::of(row.scheduled_for?, zone))
}

/// One message.
pub async fn send_by_id(ctx: &Ctx, actor: &Actor, id: SendId) -> Result<SendView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own_send(&mut tx, id).await?;
    view(ctx, &mut tx, actor, row).await
}

/// Which messages, and in which order.
#[derive(Default)]
pub struct SendsWanted<'a> {
    /// Those in this state only.
    pub state: Option<&'a str>,
    /// Those that were scheduled for an hour from the first one on and before the second one, in the order of their
    /// hours; without it those of the last 30 days, newest first.
    pub between: Option<(Time, Time)>,
    /// `next` of the page before.
    pub after: Option<&'a str>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

impl SendsWanted<'_> {
    fn states(&self) -> Result<Option<Vec<State>>> {
        let Some(wanted) = self.state else {
            return Ok(None);
        };
        let states: Vec<State> = State::ALL
            .into_iter()
            .filter(|s| word(*s) == wanted)
            .collect();
        if states.is_empty() {
            return Err(Error::field("state", "is none of the states"));
        }
        Ok(Some(states))
    }
}

/// The member's messages on their way.
pub async fn sends(ctx: &Ctx, actor: &Actor, wanted: SendsWanted<'_>) -> Result<Page<SendView>> {
    let states = wanted.states()?;
    let states = states.as_deref();
    let after = wanted.after.map(crate::page::decode).transpose()?;
    let limit = wanted.limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut outbox = tx.sends();
    let rows = match wanted.between {
        Some(span) => outbox.scheduled(span, states, after, limit).await?,
        None => outbox.list(states, after, limit).await?,
    };
    let place = |row: &SendRow| match wanted.between {
        Some(_) => row.scheduled_for.unwrap_or(row.send_at),
        None => row.created_at,
    };
    let next = (rows.len() as u32 == limit)
        .then(|| rows.last().map(|r| crate::page::encode(place(r), r.id)))
        .flatten();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(ctx, &mut tx, actor, row).await?);
    }
    Ok(Page { items, next })
}
