//! The workspace's choice, and what it means in numbers.

use tenon_model::audit::{AuditAction, AuditDetail};
use tenon_model::member::Role;
use tenon_model::{Scope, Time};

use super::purge::PurgeMail;
use super::{DAY, days, horizon};
use crate::audit::note;
use crate::sync::SyncMailbox;
use crate::{Actor, Ctx, Error, Result};

/// What a workspace may choose.
const CHOICE: std::ops::RangeInclusive<u32> = 1..=3_650;

/// How long mail is kept.
#[derive(Debug, Clone)]
pub struct RetentionView {
    /// Days; `None` for as long as the mailbox is connected.
    pub mail_days: Option<u32>,
    /// What the server does unless the workspace chooses.
    pub default_days: Option<u32>,
    /// Mail from before is not kept.
    pub since: Option<Time>,
    /// Messages in the member's own mailboxes.
    pub messages: u64,
    /// Those of them that go with the next purge.
    pub due: u64,
    /// Messages of the member's own mailboxes that were purged so far.
    pub purged: u64,
    /// When the last purge was.
    pub purged_at: Option<Time>,
    /// When the next is.
    pub next_purge_at: Option<Time>,
    /// Whether this member may change it.
    pub may_change: bool,
}

fn may_change(actor: &Actor) -> bool {
    matches!(actor.role, Role::Owner | Role::Admin)
}

/// How long mail is kept, and what that means for the member's own mailboxes.
pub async fn retention(ctx: &Ctx, actor: &Actor) -> Result<RetentionView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mail_days = days(ctx, &mut tx).await?;
    let since = horizon(ctx, &mut tx).await?;
    let mut view = RetentionView {
        mail_days,
        default_days: Some(ctx.config.mail_days).filter(|d| *d > 0),
        since,
        messages: 0,
        due: 0,
        purged: 0,
        purged_at: None,
        next_purge_at: None,
        may_change: may_change(actor),
    };
    for row in tx.connections().list().await? {
        view.messages += tx.messages().count(row.id).await?;
        if let Some(since) = since {
            view.due += tx.boxes().count_older(row.id, since).await?;
        }
        if let Some(open) = tx.boxes().get(row.id).await? {
            view.purged += open.purged.max(0) as u64;
            view.purged_at = view.purged_at.max(open.purged_at);
        }
    }
    view.next_purge_at = view
        .purged_at
        .map(|at| at + DAY)
        .filter(|_| since.is_some());
    Ok(view)
}

/// Chooses how long mail is kept. Less takes effect at once; more has the mailboxes listed again.
pub async fn set_retention(ctx: &Ctx, actor: &Actor, mail_days: u32) -> Result<RetentionView> {
    if !may_change(actor) {
        return Err(Error::Forbidden);
    }
    if !CHOICE.contains(&mail_days) {
        return Err(Error::field("mail_days", "must be from 1 to 3,650"));
    }
    let now = ctx.world.now();
    // The choice concerns every mailbox of the workspace, whoever's it is.
    let scope = Scope::job(actor.workspace);
    let mut tx = ctx.store.begin(&scope).await?;
    let before = days(ctx, &mut tx).await?.unwrap_or(0);
    tx.retention().set_mail_days(mail_days.into(), now).await?;
    note(AuditAction::RetentionChanged)
        .by(actor.member)
        .with(AuditDetail::DaysBefore, before)
        .with(AuditDetail::Days, mail_days)
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    let mailboxes = tx.retention().mailboxes().await?;
    for connection in mailboxes {
        let purge = PurgeMail {
            workspace: actor.workspace,
            connection,
        };
        tenon_jobs::enqueue(&mut tx, &purge, now).await?;
        // Its next turn sees that the box has changed.
        let sync = SyncMailbox {
            workspace: actor.workspace,
            connection,
        };
        tenon_jobs::enqueue(&mut tx, &sync, now).await?;
    }
    tx.commit().await?;
    retention(ctx, actor).await
}
