//! Pause, resume, sync now, and the answer to the deletion brake.

use tenon_model::connection::ConnectionStatus;
use tenon_model::event::EventKind;
use tenon_model::mail::SyncState;
use tenon_model::{ConnectionId, MemberId};
use tenon_store::{Member, Tx};

use super::disconnect::holds_grant;
use super::start::{Start, announce, start, sync_now as sync_now_in};
use super::view::visible;
use crate::access::acting;
use crate::sync::Decision;
use crate::{Actor, Ctx, Error, Result};

/// Stops everything that runs for the connection; keeps everything that is stored.
pub async fn pause(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    match row.status {
        ConnectionStatus::Paused => return Ok(()),
        ConnectionStatus::Revoked => return Err(Error::NeedsReauthorization),
        ConnectionStatus::Active | ConnectionStatus::Stopped => {}
    }
    tx.connections()
        .set_status(id, ConnectionStatus::Paused, None, None, None)
        .await?;
    // A run in flight finds its fence moved and stops at its next write.
    tx.connections().bump_fence(id).await?;
    announce(&mut tx, actor.member, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Goes on after a pause.
pub async fn resume(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    acting(ctx, &mut tx, actor).await?;
    let row = visible(&mut tx, id).await?;
    match row.status {
        ConnectionStatus::Revoked => return Err(Error::NeedsReauthorization),
        ConnectionStatus::Active => return Ok(()),
        ConnectionStatus::Stopped if !holds_grant(&row) => {
            return Err(Error::NotFound("connection")); // on its way out
        }
        ConnectionStatus::Paused | ConnectionStatus::Stopped => {}
    }
    tx.connections()
        .set_status(id, ConnectionStatus::Active, None, None, None)
        .await?;
    let what = Start {
        workspace: actor.workspace,
        member: actor.member,
        connection: id,
        mail: true,
    };
    start(ctx, &mut tx, what).await?;
    tx.commit().await?;
    Ok(())
}

/// Why a connection waits whose member's account is switched off.
const ACCOUNT_OFF: &str = "account_off";

/// Pauses what runs for a member whose account is being switched off, in the caller's transaction, which
/// holds the member. What they had paused themselves stays as it is.
pub(crate) async fn pause_all(tx: &mut Tx, member: MemberId) -> Result<()> {
    for id in tx.connections().pause_of(member, ACCOUNT_OFF).await? {
        announce(tx, member, id).await?;
    }
    Ok(())
}

/// Goes on with what that paused, once the account is switched on again.
pub(crate) async fn resume_all(ctx: &Ctx, tx: &mut Tx, member: &Member) -> Result<()> {
    for connection in tx.connections().resume_of(member.id, ACCOUNT_OFF).await? {
        let what = Start {
            workspace: member.workspace_id,
            member: member.id,
            connection,
            mail: true,
        };
        start(ctx, tx, what).await?;
    }
    Ok(())
}

/// Asks for a sync right now.
pub async fn sync_now(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    match visible(&mut tx, id).await?.status {
        ConnectionStatus::Active => {}
        ConnectionStatus::Paused => return Err(Error::Paused),
        ConnectionStatus::Stopped | ConnectionStatus::Revoked => {
            return Err(Error::NeedsReauthorization);
        }
    }
    sync_now_in(ctx, &mut tx, actor.workspace, id).await?;
    tx.commit().await?;
    Ok(())
}

/// The person's answer when the mailbox waits for one: `keep` leaves messages that the provider no
/// longer lists, otherwise they are removed here too. A mailbox that waits for another reason starts anew.
pub async fn unpark(ctx: &Ctx, actor: &Actor, id: ConnectionId, keep: bool) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    visible(&mut tx, id).await?;
    let mut mailbox = tx
        .mailboxes()
        .get(id)
        .await?
        .ok_or(Error::NotFound("mailbox"))?;
    if mailbox.state != SyncState::Parked {
        return Ok(());
    }
    let now = ctx.world.now();
    if mailbox.shadow.is_some() {
        mailbox.state = SyncState::Resync;
        mailbox.page_token = Some(Decision { keep }.encode());
    } else {
        mailbox.state = SyncState::Waiting;
        mailbox.resyncs.clear();
    }
    mailbox.reason = None;
    mailbox.next_sync_at = Some(now);
    let fence = tx.connections().fence(id).await?.unwrap_or(0);
    if !tx.mailboxes().save(&mailbox, fence).await? {
        return Err(Error::NotFound("connection"));
    }
    sync_now_in(ctx, &mut tx, actor.workspace, id).await?;
    tx.events()
        .append(
            EventKind::MailboxChanged,
            Some(actor.member),
            id.to_string(),
        )
        .await?;
    tx.commit().await?;
    Ok(())
}
