//! Beginning an action, taking it back, and stopping it.

use std::collections::HashSet;
use std::time::Duration;

use serde::Serialize;
use tenon_model::event::EventKind;
use tenon_model::{ConnectionId, LabelId, MailActionId, MessageId, Scope, ThreadId};
use tenon_store::{
    LabelRow, MailActionItem, MailActionRow, MessageFacts, StoreError, ThreadQuery, Tx,
};

use super::Action;
use super::gate::usable;
use super::job::RunMailAction;
use super::kinds::{About, Delta, deltas};
use super::run::{Until, drive, tell_deleted};
use super::view::{MailActionView, own, undoable, view};
use crate::audit::carried;
use crate::connections::view::visible;
use crate::repeat::Repeat;
use crate::{Actor, Ctx, Error, Result};

/// More messages than this are too many for one action; a narrower choice is asked for.
const MOST: usize = 50_000;
/// Up to so many messages the person waits for the outcome; more go on as a job at once.
const AT_ONCE: usize = 2_000;
/// The person waits at most this long.
const PATIENCE: Duration = Duration::from_secs(8);
/// When the job takes over from a request that did not come to its end.
const NET: Duration = Duration::from_secs(12);
const PAGE: u32 = 500;

/// What an action is done to.
#[derive(Debug, Clone, Serialize)]
pub enum Target {
    /// All messages of these threads.
    Threads(Vec<ThreadId>),
    /// These messages.
    Messages(Vec<MessageId>),
    /// Everything that a list shows at this moment.
    Matching {
        /// Of this mailbox.
        connection: ConnectionId,
        /// With this label.
        label: Option<LabelId>,
        /// With unread messages only.
        unread: bool,
    },
}

/// What a person asks for.
#[derive(Debug, Clone, Serialize)]
pub struct StartAction {
    /// What.
    pub action: Action,
    /// To what.
    pub target: Target,
    /// The label to put on or take off.
    pub label: Option<LabelId>,
    /// Where a move takes it from.
    pub from: Option<LabelId>,
}

/// Begins an action, and finishes it when that takes a moment only.
pub async fn start(
    ctx: &Ctx,
    actor: &Actor,
    input: StartAction,
    repeat: Option<Repeat>,
) -> Result<MailActionView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(repeat) = &repeat
        && let Some(row) = tx
            .mail_actions()
            .by_repeat_key(actor.member, repeat.key)
            .await?
    {
        repeat.check(row.request_hash)?;
        return view(ctx, &mut tx, actor, row).await;
    }
    if input.action == Action::Undo {
        return Err(Error::field("action", "is not known here"));
    }
    let (connection, messages) = select(&mut tx, &input.target).await?;
    let label = label(&mut tx, connection, input.label, "label").await?;
    let from = label_from(&mut tx, connection, &input).await?;
    check_label(input.action, label.as_ref())?;
    usable(&visible(&mut tx, connection).await?, input.action.feature())?;
    drop(tx);
    let about = About {
        label: label.as_ref().map(|l| l.provider_id.as_str()),
        from: from.as_ref().map(|l| l.provider_id.as_str()),
    };
    let whole = !matches!(input.target, Target::Messages(_));
    let items = items(deltas(input.action, about, messages, whole));
    let threads: HashSet<ThreadId> = items.iter().map(|i| i.thread_id).collect();
    let now = ctx.world.now();
    let row = MailActionRow {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member_id: actor.member,
        connection_id: connection,
        action: input.action.as_str().to_owned(),
        label: about.label.map(str::to_owned),
        state: if items.is_empty() { "done" } else { "running" }.to_owned(),
        total: items.len() as i64,
        done: 0,
        gone: 0,
        failed: 0,
        threads: threads.len() as i64,
        reason: None,
        undo_of: None,
        undone_by: None,
        repeat_key: repeat.map(|r| r.key),
        request_hash: repeat.map(|r| r.request),
        created_at: now,
        finished_at: items.is_empty().then_some(now),
    };
    let at_once = items.len() <= AT_ONCE;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    match tx.mail_actions().insert(&row, &items).await {
        // The same request came twice at the same moment; the other one is at work.
        Err(StoreError::Duplicate) if repeat.is_some() => {
            drop(tx);
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let key = repeat.map(|r| r.key).unwrap_or_default();
            let row = tx.mail_actions().by_repeat_key(actor.member, key).await?;
            let row = row.ok_or(Error::NotFound("action"))?;
            return view(ctx, &mut tx, actor, row).await;
        }
        other => other?,
    }
    if !items.is_empty() {
        enqueue(ctx, &mut tx, &row, at_once).await?;
    }
    tx.commit().await?;
    go(ctx, actor, row.id, at_once && !items.is_empty()).await
}

/// The job, now or as the net under a request that does the work itself.
async fn enqueue(ctx: &Ctx, tx: &mut Tx, row: &MailActionRow, net: bool) -> Result<()> {
    let now = ctx.world.now();
    let job = RunMailAction {
        workspace: row.workspace_id,
        connection: row.connection_id,
        action: row.id,
    };
    tenon_jobs::enqueue(tx, &job, if net { now + NET } else { now }).await?;
    tx.events()
        .append(
            EventKind::MailActionChanged,
            Some(row.member_id),
            row.id.to_string(),
        )
        .await?;
    Ok(())
}

/// Does the work within the person's patience, and says how it stands. It goes on when the browser
/// goes away in the middle.
async fn go(ctx: &Ctx, actor: &Actor, id: MailActionId, now: bool) -> Result<MailActionView> {
    if now {
        let (task, scope) = (ctx.clone(), Scope::job(actor.workspace));
        let until = Until::At(ctx.world.monotonic() + PATIENCE);
        let work = tokio::spawn(carried(
            async move { drive(&task, &scope, id, until).await },
        ));
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(Err(e))) => tracing::warn!(error = %e, "an action is left to its job"),
            Ok(Err(_)) => tracing::error!("an action's task ended badly"),
            Ok(Ok(Ok(_))) | Err(_) => {}
        }
    }
    super::view::action(ctx, actor, id).await
}

/// Takes an action back: another one that does the opposite of what it has done.
pub async fn undo(ctx: &Ctx, actor: &Actor, id: MailActionId) -> Result<MailActionView> {
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    if !undoable(&row, now) {
        return Err(Error::NotUndoable);
    }
    usable(
        &visible(&mut tx, row.connection_id).await?,
        Action::Undo.feature(),
    )?;
    tx.mail_actions()
        .set_state(id, "cancelled", None, Some(now))
        .await?;
    tx.commit().await?;
    // What is on its way to the provider is waited for, so that all of it is taken back.
    let turn = ctx.turns.of(row.connection_id.0);
    let waited = tokio::time::timeout(PATIENCE * 5, turn.lock()).await;
    drop(waited.map_err(|_| Error::ProviderUnavailable(Duration::from_secs(5)))?);
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let old = own(&mut tx, id).await?;
    if old.undone_by.is_some() {
        return Err(Error::NotUndoable);
    }
    let new = MailActionRow {
        id: ctx.world.id(),
        action: Action::Undo.as_str().to_owned(),
        state: "running".to_owned(),
        total: 0,
        done: 0,
        gone: 0,
        failed: 0,
        threads: 0,
        reason: None,
        undo_of: Some(id),
        undone_by: None,
        repeat_key: None,
        request_hash: None,
        created_at: now,
        finished_at: None,
        ..old
    };
    tx.mail_actions().insert(&new, &[]).await?;
    let (messages, _) = match tx.mail_actions().take_back(new.id, id).await {
        Err(StoreError::Duplicate) => return Err(Error::NotUndoable),
        other => other?,
    };
    let at_once = messages <= AT_ONCE as u64;
    enqueue(ctx, &mut tx, &new, at_once).await?;
    tx.commit().await?;
    go(ctx, actor, new.id, at_once).await
}

/// Stops an action; what is done stays done.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: MailActionId) -> Result<MailActionView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    own(&mut tx, id).await?;
    let now = ctx.world.now();
    if !tx
        .mail_actions()
        .set_state(id, "cancelled", None, Some(now))
        .await?
    {
        return Err(Error::TooLate);
    }
    tx.events()
        .append(
            EventKind::MailActionChanged,
            Some(actor.member),
            id.to_string(),
        )
        .await?;
    let row = own(&mut tx, id).await?;
    tell_deleted(ctx, &mut tx, &row).await?;
    let view = view(ctx, &mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

fn items(deltas: Vec<(MessageFacts, Delta)>) -> Vec<MailActionItem> {
    deltas
        .into_iter()
        .zip(1..)
        .map(|((m, delta), seq)| MailActionItem {
            seq,
            message_id: m.id,
            thread_id: m.thread_id,
            provider_id: m.provider_id,
            added: delta.added,
            removed: delta.removed,
            code: None,
        })
        .collect()
}

/// The messages of a target, all of one mailbox.
async fn select(tx: &mut Tx, target: &Target) -> Result<(ConnectionId, Vec<MessageFacts>)> {
    let (messages, what) = match target {
        Target::Threads(ids) => (tx.messages().facts_of_threads(ids).await?, "thread"),
        Target::Messages(ids) => (tx.messages().facts_of(ids).await?, "message"),
        Target::Matching {
            connection,
            label,
            unread,
        } => {
            let row = visible(tx, *connection).await?;
            return Ok((row.id, matching(tx, row.id, *label, *unread).await?));
        }
    };
    let Some(connection) = messages.first().map(|m| m.connection_id) else {
        return Err(Error::NotFound(what));
    };
    if messages.iter().any(|m| m.connection_id != connection) {
        return Err(Error::field(
            &format!("{what}s"),
            "must all be of one connection",
        ));
    }
    Ok((connection, messages))
}

async fn matching(
    tx: &mut Tx,
    connection: ConnectionId,
    with: Option<LabelId>,
    unread: bool,
) -> Result<Vec<MessageFacts>> {
    let with = label(tx, connection, with, "matching.label").await?;
    let mut query = ThreadQuery {
        connections: vec![connection],
        label: with.map(|l| l.provider_id),
        unread,
        after: None,
        limit: PAGE,
    };
    let mut out = Vec::new();
    loop {
        let page = tx.threads().page(&query).await?;
        let ids: Vec<ThreadId> = page.iter().map(|t| t.id).collect();
        out.extend(tx.messages().facts_of_threads(&ids).await?);
        if out.len() > MOST {
            return Err(Error::field(
                "matching",
                "are more than 50,000 messages; choose fewer at a time",
            ));
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => {
                query.after = Some((last.last_at, last.id));
            }
            _ => return Ok(out),
        }
    }
}

async fn label(
    tx: &mut Tx,
    connection: ConnectionId,
    id: Option<LabelId>,
    field: &str,
) -> Result<Option<LabelRow>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let row = tx.labels().get(id).await?.ok_or(Error::NotFound("label"))?;
    if row.connection_id != connection {
        return Err(Error::field(field, "is a label of another connection"));
    }
    Ok(Some(row))
}

async fn label_from(
    tx: &mut Tx,
    connection: ConnectionId,
    input: &StartAction,
) -> Result<Option<LabelRow>> {
    if input.from.is_some() && input.action != Action::Move {
        return Err(Error::field("from", "belongs to move only"));
    }
    let from = label(tx, connection, input.from, "from").await?;
    if from.as_ref().is_some_and(|l| !movable(l)) {
        return Err(Error::field("from", "cannot be taken off by hand"));
    }
    Ok(from)
}

/// Labels that a person may put on and take off: their own, and the inbox.
fn movable(label: &LabelRow) -> bool {
    !label.system || label.provider_id == "INBOX"
}

fn check_label(action: Action, label: Option<&LabelRow>) -> Result<()> {
    match (action.wants_label(), label) {
        (true, None) => Err(Error::field("label", "is missing")),
        (false, Some(_)) => Err(Error::field("label", "does not belong to this action")),
        (true, Some(label)) if !movable(label) => Err(Error::field(
            "label",
            "is the provider's own and cannot be put on or taken off by hand",
        )),
        _ => Ok(()),
    }
}
