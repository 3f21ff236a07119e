//! Actions as their owner sees them.

use std::time::Duration;

use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, LabelId, MailActionId, MessageId, ThreadId, Time};
use tenon_store::{MailActionRow, Tx};

use super::Action;
use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// How long an action can be taken back.
const UNDO: Duration = Duration::from_hours(24);

/// An action.
#[derive(Debug, Clone)]
pub struct MailActionView {
    /// Id.
    pub id: MailActionId,
    /// Whose mailbox.
    pub connection: ConnectionId,
    /// What.
    pub action: &'static str,
    /// The label it is about, while there is one.
    pub label: Option<LabelId>,
    /// `waiting`, `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    /// Messages in all.
    pub total: u64,
    /// Messages changed.
    pub done: u64,
    /// Messages no longer at the provider.
    pub gone: u64,
    /// Messages the provider refused to change.
    pub failed: u64,
    /// Threads touched.
    pub threads: u64,
    /// Whether it can be taken back.
    pub undoable: bool,
    /// The action it takes back.
    pub undo_of: Option<MailActionId>,
    /// The action that took it back.
    pub undone_by: Option<MailActionId>,
    /// Why it waits or failed.
    pub reason: Option<String>,
    /// Plain words for it.
    pub reason_text: Option<&'static str>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
}

impl MailActionView {
    /// Whether nothing more happens.
    pub const fn ended(&self) -> bool {
        self.finished_at.is_some()
    }
}

/// A message that an action did not change.
#[derive(Debug, Clone)]
pub struct FailureView {
    /// The message.
    pub message: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Why: a code.
    pub code: String,
    /// Plain words for it.
    pub text: &'static str,
}

pub(super) fn undoable(row: &MailActionRow, now: Time) -> bool {
    row.undone_by.is_none()
        && row.action != Action::DeleteForever.as_str()
        && (row.done > 0 || row.finished_at.is_none())
        && now.since(row.created_at) < UNDO
}

pub(super) async fn view(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: MailActionRow,
) -> Result<MailActionView> {
    let label = match &row.label {
        Some(provider_id) => tx
            .labels()
            .list(row.connection_id)
            .await?
            .into_iter()
            .find(|l| l.provider_id == *provider_id)
            .map(|l| l.id),
        None => None,
    };
    let count = |n: i64| n.max(0).cast_unsigned();
    Ok(MailActionView {
        undoable: undoable(&row, ctx.world.now()),
        id: row.id,
        connection: row.connection_id,
        action: Action::parse(&row.action).map_or("undo", Action::as_str),
        label,
        state: row.state,
        total: count(row.total),
        done: count(row.done),
        gone: count(row.gone),
        failed: count(row.failed),
        threads: count(row.threads),
        undo_of: row.undo_of,
        undone_by: row.undone_by,
        reason_text: row
            .reason
            .as_deref()
            .map(|code| reason_text(code, actor.locale)),
        reason: row.reason,
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

pub(super) async fn own(tx: &mut Tx, id: MailActionId) -> Result<MailActionRow> {
    tx.mail_actions()
        .get(id)
        .await?
        .ok_or(Error::NotFound("action"))
}

/// One action.
pub async fn action(ctx: &Ctx, actor: &Actor, id: MailActionId) -> Result<MailActionView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    view(ctx, &mut tx, actor, row).await
}

/// The member's actions of the last days, newest first.
pub async fn actions(
    ctx: &Ctx,
    actor: &Actor,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<MailActionView>> {
    let after = after.map(crate::page::decode).transpose()?;
    let limit = limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.mail_actions().list(after, limit).await?;
    let next = (rows.len() as u32 == limit)
        .then(|| rows.last().map(|r| crate::page::encode(r.created_at, r.id)))
        .flatten();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(ctx, &mut tx, actor, row).await?);
    }
    Ok(Page { items, next })
}

/// What an action did not change, and why.
pub async fn failures(
    ctx: &Ctx,
    actor: &Actor,
    id: MailActionId,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<FailureView>> {
    let after = match after {
        Some(text) => text
            .parse()
            .map_err(|_| Error::field("after", "must be the next of an earlier page"))?,
        None => 0,
    };
    let limit = limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    own(&mut tx, id).await?;
    let items = tx.mail_actions().failures(id, after, limit).await?;
    let next = (items.len() as u32 == limit)
        .then(|| items.last().map(|i| i.seq.to_string()))
        .flatten();
    let items = items
        .into_iter()
        .map(|item| {
            let code = item.code.unwrap_or_default();
            FailureView {
                message: item.message_id,
                thread: item.thread_id,
                text: reason_text(&code, actor.locale),
                code,
            }
        })
        .collect();
    Ok(Page { items, next })
}
