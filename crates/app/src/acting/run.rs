//! Doing an action: group by group, each stored with the provider's answer to it.

use std::time::Duration;

use tenon_connectors::ports::{MODIFY_MOST, MailWritePort, Priority, WriteError};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::event::EventKind;
use tenon_model::{MailActionId, Scope};
use tenon_store::{ItemEnd, MailActionItem, MailActionRow, Tx};

use super::Action;
use super::gate::{usable, writer};
use crate::audit::note;
use crate::{Ctx, Error, Result};

/// So few messages are changed one by one: the answer says of each whether it is gone.
const ONE_BY_ONE: usize = 3;
/// An action of up to so many messages is a person's who waits for it.
const INTERACTIVE: i64 = 200;
/// An action that could not be done for this long is given up, visibly.
const GIVE_UP: Duration = Duration::from_hours(24);

/// How long to work.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// Until it has ended or has to wait.
    End,
    /// Until this moment of the monotonic clock.
    At(Duration),
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Driven {
    /// The action has ended.
    Ended,
    /// It goes on after this long, because of this.
    Wait(Duration, String),
}

/// What came of a group.
enum Step {
    /// Stored, go on.
    On,
    /// A refusal of the group as a whole: go on one by one, to find out whom it is about.
    Singly,
    Wait(Duration, String),
    Fail(String),
}

/// Works on an action. Two workers may do so at the same time: changes of labels may be repeated,
/// and each message is counted once.
pub(super) async fn drive(
    ctx: &Ctx,
    scope: &Scope,
    id: MailActionId,
    until: Until,
) -> Result<Driven> {
    let mut singly = 0;
    loop {
        let mut tx = ctx.store.read(scope).await?;
        let Some(row) = tx.mail_actions().get(id).await? else {
            return Ok(Driven::Ended);
        };
        drop(tx);
        let turn = ctx.turns.of(row.connection_id.0);
        let _mine = turn.lock().await;
        // Read again: it may have been cancelled while we waited for our turn.
        let mut tx = ctx.store.read(scope).await?;
        let Some(row) = tx.mail_actions().get(id).await? else {
            return Ok(Driven::Ended);
        };
        if row.finished_at.is_some() {
            return Ok(Driven::Ended);
        }
        let mut group = tx.mail_actions().waiting(id, MODIFY_MOST as u32).await?;
        let connection = tx.connections().get(row.connection_id).await?;
        drop(tx);
        let (Some(first), Some(connection)) = (group.first().cloned(), connection) else {
            end(ctx, scope, &row, "done", None).await?;
            return Ok(Driven::Ended);
        };
        let action = Action::parse(&row.action).unwrap_or(Action::Undo);
        match usable(&connection, action.feature()) {
            Ok(()) => {}
            Err(Error::Paused) => {
                let wait = Duration::from_mins(1);
                return waiting(ctx, scope, &row, wait, "paused").await;
            }
            Err(e) => {
                end(ctx, scope, &row, "failed", Some(e.code())).await?;
                return Ok(Driven::Ended);
            }
        }
        group.retain(|i| (&i.added, &i.removed) == (&first.added, &first.removed));
        if singly > 0 || group.len() <= ONE_BY_ONE {
            group.truncate(1);
        }
        let priority = if row.total <= INTERACTIVE {
            Priority::Interactive
        } else {
            Priority::Background
        };
        let port = writer(ctx, &connection, priority).await?;
        match step(ctx, scope, port.as_ref(), action, &row, &group, singly > 0).await? {
            Step::On => singly = usize::saturating_sub(singly, 1),
            Step::Singly => singly = group.len(),
            Step::Wait(wait, code) => return waiting(ctx, scope, &row, wait, &code).await,
            Step::Fail(code) => {
                end(ctx, scope, &row, "failed", Some(&code)).await?;
                return Ok(Driven::Ended);
            }
        }
        if let Until::At(moment) = until
            && ctx.world.monotonic() >= moment
        {
            return Ok(Driven::Wait(Duration::ZERO, "time".to_owned()));
        }
    }
}

async fn step(
    ctx: &Ctx,
    scope: &Scope,
    port: &dyn MailWritePort,
    action: Action,
    row: &MailActionRow,
    group: &[MailActionItem],
    singly: bool,
) -> Result<Step> {
    let ids: Vec<String> = group.iter().map(|i| i.provider_id.clone()).collect();
    let deletes = action == Action::DeleteForever;
    let (added, removed) = group
        .first()
        .map_or((&[][..], &[][..]), |i| (&i.added[..], &i.removed[..]));
    let outcome = if deletes {
        port.delete_forever(&ids).await
    } else {
        port.modify(&ids, added, removed).await
    };
    match outcome {
        Ok(()) => {
            store(ctx, scope, row, group, ItemEnd::Done, None, deletes).await?;
            Ok(Step::On)
        }
        Err(WriteError::Refused(e)) if e.reaction == Reaction::Skip => {
            if group.len() > 1 {
                return Ok(Step::Singly);
            }
            if e.code == "not_found" {
                let code = Some("message_gone");
                store(ctx, scope, row, group, ItemEnd::Gone, code, true).await?;
                return Ok(Step::On);
            }
            let code = if row.label.is_some() {
                "label_gone"
            } else {
                "provider_refused"
            };
            store(ctx, scope, row, group, ItemEnd::Failed, Some(code), false).await?;
            // The first one alone is refused as well: it is about the change, not about a message.
            let at_fault = singly && row.done + row.gone == 0;
            Ok(if at_fault {
                Step::Fail(code.to_owned())
            } else {
                Step::On
            })
        }
        // Both may be tried again: nothing was done, or doing it twice is doing it once.
        Err(e) => Ok(wait_for(&e.into_provider(), ctx, row)),
    }
}

fn wait_for(e: &ProviderError, ctx: &Ctx, row: &MailActionRow) -> Step {
    let code = match (&e.reaction, e.status) {
        (Reaction::Slow(_), _) | (_, Some(429)) => "quota",
        (Reaction::Reauth, _) => "needs_reauthorization",
        (Reaction::Stop, _) => e.code.as_str(),
        (Reaction::Alarm, _) => "deployment_alarm",
        _ => "provider_unavailable",
    };
    let old = ctx.world.now().since(row.created_at) > GIVE_UP;
    match e.reaction {
        Reaction::Reauth | Reaction::Stop => Step::Fail(code.to_owned()),
        _ if old => Step::Fail(code.to_owned()),
        Reaction::Retry(d) | Reaction::Slow(d) => Step::Wait(d, code.to_owned()),
        _ => Step::Wait(Duration::from_mins(1), code.to_owned()),
    }
}

/// The answer to a group: rows change only now.
async fn store(
    ctx: &Ctx,
    scope: &Scope,
    row: &MailActionRow,
    group: &[MailActionItem],
    how: ItemEnd,
    code: Option<&str>,
    removes: bool,
) -> Result<()> {
    let seqs: Vec<i64> = group.iter().map(|i| i.seq).collect();
    let mut tx = ctx.store.begin(scope).await?;
    tx.mail_actions().settle(row.id, &seqs, how, code).await?;
    let now = tx.mail_actions().get(row.id).await?;
    if how == ItemEnd::Done && now.is_some_and(|row| row.finished_at.is_some()) {
        // Stopped while these were on their way: the entry about the others is written already.
        deleted(ctx, &mut tx, row, group.len() as i64)?;
    }
    let connection = row.connection_id;
    if removes {
        let ids: Vec<String> = group.iter().map(|i| i.provider_id.clone()).collect();
        tx.messages().remove(connection, &ids).await?;
    } else if how == ItemEnd::Done {
        let changes = group
            .iter()
            .map(|i| (i.provider_id.clone(), i.added.clone(), i.removed.clone()))
            .collect();
        tx.messages().relabel(connection, changes).await?;
    }
    let events = [
        (EventKind::ThreadsChanged, connection.to_string()),
        (EventKind::MailActionChanged, row.id.to_string()),
    ];
    for (kind, subject) in events {
        tx.events()
            .append(kind, Some(row.member_id), subject)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Tells the audit log how many messages an action that has just ended has deleted for good.
pub(super) async fn tell_deleted(ctx: &Ctx, tx: &mut Tx, row: &MailActionRow) -> Result<()> {
    let done = tx.mail_actions().get(row.id).await?.map_or(0, |r| r.done);
    deleted(ctx, tx, row, done)
}

fn deleted(ctx: &Ctx, tx: &mut Tx, row: &MailActionRow, count: i64) -> Result<()> {
    if count == 0 || row.action != Action::DeleteForever.as_str() {
        return Ok(());
    }
    note(AuditAction::MailDeleted)
        .by(row.member_id)
        .about(AuditTarget::Connection(row.connection_id))
        .with(AuditDetail::Count, count)
        .add(&ctx.keys, tx, row.workspace_id)?;
    Ok(())
}

async fn end(
    ctx: &Ctx,
    scope: &Scope,
    row: &MailActionRow,
    state: &str,
    reason: Option<&str>,
) -> Result<()> {
    let now = ctx.world.now();
    set(ctx, scope, row, state, reason, Some(now)).await
}

async fn waiting(
    ctx: &Ctx,
    scope: &Scope,
    row: &MailActionRow,
    wait: Duration,
    code: &str,
) -> Result<Driven> {
    if row.reason.as_deref() != Some(code) || row.state != "waiting" {
        set(ctx, scope, row, "waiting", Some(code), None).await?;
    }
    Ok(Driven::Wait(wait, code.to_owned()))
}

async fn set(
    ctx: &Ctx,
    scope: &Scope,
    row: &MailActionRow,
    state: &str,
    reason: Option<&str>,
    finished_at: Option<tenon_model::Time>,
) -> Result<()> {
    let mut tx = ctx.store.begin(scope).await?;
    let changed = tx
        .mail_actions()
        .set_state(row.id, state, reason, finished_at)
        .await?;
    if changed && finished_at.is_some() {
        tell_deleted(ctx, &mut tx, row).await?;
    }
    tx.events()
        .append(
            EventKind::MailActionChanged,
            Some(row.member_id),
            row.id.to_string(),
        )
        .await?;
    tx.commit().await?;
    Ok(())
}
