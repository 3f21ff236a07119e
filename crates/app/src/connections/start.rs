//! A connection begins or goes on: what waits for it is let go, its jobs run, its owner's pages hear.

use tenon_model::connection::ConnectionStatus;
use tenon_model::event::EventKind;
use tenon_model::{ConnectionId, MemberId, WorkspaceId};
use tenon_store::{ConnectionRow, Tx};

use super::profile::RefreshProfile;
use crate::sync::SyncMailbox;
use crate::{Ctx, Result};

/// Whose connection, and whether its mailbox is to be synced.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) connection: ConnectionId,
    pub(super) mail: bool,
}

/// Starts everything that runs for a connection, in the caller's transaction.
pub(super) async fn start(ctx: &Ctx, tx: &mut Tx, what: Start) -> Result<()> {
    let now = ctx.world.now();
    let Start {
        workspace,
        member,
        connection,
        mail,
    } = what;
    tx.jobs().release(connection, now).await?;
    if mail {
        sync_now(ctx, tx, workspace, connection).await?;
    }
    let profile = RefreshProfile {
        workspace,
        connection,
    };
    tenon_jobs::enqueue(tx, &profile, now).await?;
    announce(tx, member, connection).await
}

/// Whether work may be done for a connection: it is active, and its member's account is on. Switching an
/// account off pauses its connections; one that a program before did so with was not paused.
pub(crate) async fn may_run(tx: &mut Tx, row: &ConnectionRow) -> Result<bool> {
    if row.status != ConnectionStatus::Active {
        return Ok(false);
    }
    let member = tx.members().get(row.member_id).await?;
    Ok(member.is_some_and(|m| m.disabled_at.is_none()))
}

/// Syncs the mailbox now.
pub(super) async fn sync_now(
    ctx: &Ctx,
    tx: &mut Tx,
    workspace: WorkspaceId,
    connection: ConnectionId,
) -> Result<()> {
    let job = SyncMailbox {
        workspace,
        connection,
    };
    tenon_jobs::enqueue(tx, &job, ctx.world.now()).await?;
    Ok(())
}

/// Tells its owner's pages that the connection has changed.
pub(super) async fn announce(
    tx: &mut Tx,
    member: MemberId,
    connection: ConnectionId,
) -> Result<()> {
    tx.events()
        .append(
            EventKind::ConnectionChanged,
            Some(member),
            connection.to_string(),
        )
        .await?;
    Ok(())
}
