//! Disconnect and purge: the key is destroyed, everything goes before the answer, a receipt stays.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tenon_connectors::Reaction;
use tenon_connectors::ports::Revoked;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::audit::{AuditAction, AuditActor, AuditDetail, AuditTarget};
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::event::EventKind;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, KeyId, Scope, WorkspaceId};
use tenon_store::{ConnectionRow, Receipt, StoreError};

use super::receipts::{ReceiptView, receipt_view};
use super::remove::{RemoveRows, TAKE_OVER, remove_now};
use super::revoke::RevokeGrant;
use super::start::announce;
use super::tokens::open_refresh;
use super::view::visible;
use crate::audit::{carried, note};
use crate::keys::KeysError;
use crate::sync::job_error;
use crate::{Actor, Ctx, Error, Result};

/// The revocation at the provider gets this long before it goes on as a durable job.
const REVOKE_DEADLINE: Duration = Duration::from_secs(8);

/// What a disconnect will do, shown first.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What is stored, by table.
    pub counts: Vec<(String, u64)>,
    /// Messages that were confirmed and have not gone, or of which that is not known: they are no longer
    /// sent; their drafts stay in the mailbox.
    pub unsent: u64,
    /// Whether the grant will be ended at the provider.
    pub will_revoke: bool,
    /// Why not: `shared_grant`, `no_grant`.
    pub reason: Option<&'static str>,
    /// Where the person can end it by hand.
    pub link: &'static str,
    /// The key that will be destroyed.
    pub key_id: KeyId,
}

fn named(counts: Vec<(&'static str, u64)>) -> Vec<(String, u64)> {
    counts
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(table, n)| (table.to_owned(), n))
        .collect()
}

/// Whether another live connection, in any workspace, shares the grant (fault A10): then ending it
/// would end that one too.
pub(super) async fn shared(ctx: &Ctx, row: &ConnectionRow) -> Result<bool> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let all = tx
        .connections()
        .by_subject_index(row.provider, row.subject_index)
        .await?;
    Ok(!sabotage::on(Saboteur::SharedGrantRevoked)
        && all.iter().any(|c| c.id != row.id && holds_grant(c)))
}

fn grants_page(ctx: &Ctx, provider: Provider) -> &'static str {
    match provider {
        Provider::Google => ctx
            .google
            .as_ref()
            .map_or("https://myaccount.google.com/connections", |g| {
                g.grants().grants_page()
            }),
    }
}

/// What would go.
pub async fn disconnect_preview(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<Preview> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    let counts = named(tx.connections().counts(id).await?);
    let unsent = tx.sends().unfinished(id).await?;
    let has_grant = tx
        .tokens()
        .get(id)
        .await?
        .is_some_and(|t| t.refresh.is_some());
    drop(tx);
    let reason = if shared(ctx, &row).await? {
        Some("shared_grant")
    } else {
        (!has_grant).then_some("no_grant")
    };
    Ok(Preview {
        counts,
        unsent,
        will_revoke: reason.is_none(),
        reason,
        link: grants_page(ctx, row.provider),
        key_id: row.key_id,
    })
}

/// Ends the connection. When this returns, nothing that was read from the account can be read any
/// more, on any node, and its rows are gone; of a very large mailbox the last ones go a little later,
/// and the receipt says when. The work goes on when the person closes the page meanwhile, and after
/// a crash as a job.
pub async fn disconnect(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<ReceiptView> {
    // From here on nothing else runs for the connection: its status forbids new work, and the moved
    // fence stops work in flight at its next write.
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    visible(&mut tx, id).await?;
    tx.connections()
        .set_status(
            id,
            ConnectionStatus::Stopped,
            Some(DISCONNECTING),
            None,
            None,
        )
        .await?;
    tx.connections().bump_fence(id).await?;
    let net = FinishDisconnect {
        workspace: actor.workspace,
        connection: id,
    };
    tenon_jobs::enqueue(&mut tx, &net, ctx.world.now() + NET).await?;
    tx.commit().await?;
    let (task_ctx, scope) = (ctx.clone(), Scope::job(actor.workspace));
    let receipt = tokio::spawn(carried(async move { end(&task_ctx, &scope, id).await }))
        .await
        .map_err(|_| Error::Internal("disconnect_task".into()))??;
    receipt_view(ctx, &receipt.ok_or(Error::NotFound("connection"))?)
}

/// Reason of a connection that is on its way out.
const DISCONNECTING: &str = "disconnecting";
/// When the job takes over from a request that did not come to its end.
const NET: Duration = Duration::from_mins(1);

/// Whether a connection still needs its grant at the provider.
pub(super) fn holds_grant(row: &ConnectionRow) -> bool {
    row.status != ConnectionStatus::Revoked && row.status_reason.as_deref() != Some(DISCONNECTING)
}

/// Ends grant and rows of a connection that is being disconnected; `None` when that is done already.
async fn end(ctx: &Ctx, scope: &Scope, id: ConnectionId) -> Result<Option<Receipt>> {
    let mut tx = ctx.store.read(scope).await?;
    let Some(row) = tx.connections().get(id).await? else {
        return Ok(None);
    };
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let token = tx.tokens().get(id).await?;
    drop(tx);
    let token = token.map(|t| open_refresh(&key, &t)).transpose()?.flatten();
    let shared = shared(ctx, &row).await?;
    if let Err(error) = crate::push::stop(ctx, &row, shared).await {
        tracing::warn!(%error, "a push subscription was not ended");
    }
    let (grant, pending) = end_grant(ctx, &row, token).await?;
    let how = End {
        // Only they can ask for it, whoever finishes it.
        by: row.member_id.into(),
        reason: "asked",
        grant,
        pending,
    };
    purge(ctx, scope, &row, how, |row| {
        row.status_reason.as_deref() == Some(DISCONNECTING)
    })
    .await
}

/// How a connection ends.
pub(super) struct End {
    /// Who has ended it.
    pub(super) by: AuditActor,
    /// Why: a code word.
    pub(super) reason: &'static str,
    /// What became of the grant: a word of the receipt.
    pub(super) grant: &'static str,
    /// The token of a grant that is still to be ended.
    pub(super) pending: Option<SecretString>,
}

/// The net under a disconnect whose request was cut off.
#[derive(Serialize, Deserialize)]
pub struct FinishDisconnect {
    workspace: WorkspaceId,
    connection: ConnectionId,
}

#[async_trait]
impl Job for FinishDisconnect {
    const KIND: &'static str = "finish_disconnect";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("disconnect:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        end(ctx, &Scope::job(self.workspace), self.connection)
            .await
            .map(drop)
            .map_err(job_error)
    }
}

/// Ends the grant at the provider where that is right. A provider that does not answer does not
/// hold up the disconnect: the token goes on alone, in a job, under a key of its own (fault A11).
async fn end_grant(
    ctx: &Ctx,
    row: &ConnectionRow,
    token: Option<SecretString>,
) -> Result<(&'static str, Option<SecretString>)> {
    let (Some(google), Some(token)) = (&ctx.google, token) else {
        return Ok(("link", None));
    };
    if shared(ctx, row).await? {
        return Ok(("shared_kept", None));
    }
    if sabotage::on(Saboteur::GrantStays) {
        return Ok(("revoked", None));
    }
    let outcome = tokio::time::timeout(REVOKE_DEADLINE, google.grants().revoke(&token)).await;
    Ok(match outcome {
        Ok(Ok(Revoked::Now)) => ("revoked", None),
        Ok(Ok(Revoked::Already)) => ("already_revoked", None),
        Ok(Err(e)) if !matches!(e.reaction, Reaction::Retry(_) | Reaction::Slow(_)) => {
            tracing::warn!(error = %e, "the provider refuses to end a grant");
            ("link", None)
        }
        _ => ("pending", Some(token)),
    })
}

/// In one transaction the key, the connection, its tokens and every way to its rows go, and the
/// receipt comes; then the rows themselves, which nothing can read any more. `None` when the
/// connection is gone already, or `still` no longer holds, because the person has changed their
/// mind meanwhile.
pub(super) async fn purge(
    ctx: &Ctx,
    scope: &Scope,
    row: &ConnectionRow,
    how: End,
    still: impl Fn(&ConnectionRow) -> bool,
) -> Result<Option<Receipt>> {
    // Counting millions of rows takes its time, so it is done before anybody has to wait for it.
    // The fence has moved, so nobody writes these rows any more.
    let mut tx = ctx.store.read(scope).await?;
    if tx.connections().get(row.id).await?.is_none() {
        return Ok(None);
    }
    let mut counts = tx.connections().counts(row.id).await?;
    drop(tx);
    let pending = match how.pending {
        Some(token) => Some((token, ctx.keys.make().await?)),
        None => None,
    };
    let now = ctx.world.now();
    let receipt_id = ctx.world.id();
    let (mut tx, pending) = match pending {
        Some((token, key)) => {
            let (tx, key) = ctx.keys.begin(scope, key).await?;
            (tx, Some((token, key)))
        }
        None => (ctx.store.begin(scope).await?, None),
    };
    if !tx
        .connections()
        .get(row.id)
        .await?
        .is_some_and(|r| still(&r))
    {
        return Ok(None);
    }
    tx.consents().withdraw_for_connection(row.id, now).await?;
    let had_key = tx.keys().get(row.key_id).await?.is_some();
    let deleted = tx.connections().delete(row.id, Some(receipt_id)).await?;
    for (table, count) in &mut counts {
        if let Some((_, exact)) = deleted.iter().find(|(t, _)| t == table) {
            *count = *exact;
        }
    }
    if !ctx.keys.destroy(&mut tx, row.key_id).await? && had_key {
        let workspace = Some(row.workspace_id);
        ctx.keys.tell_destroyed(&mut tx, row.key_id, workspace)?;
    }
    let mut receipt = Receipt {
        id: receipt_id,
        workspace_id: row.workspace_id,
        member_id: row.member_id,
        provider: row.provider,
        connection_id: row.id,
        connected_at: row.created_at,
        disconnected_at: now,
        counts: named(counts),
        key_id: row.key_id,
        grant: how.grant.to_owned(),
        removed_at: None,
    };
    tx.receipts().insert(&receipt).await?;
    note(AuditAction::Disconnected)
        .by(how.by)
        .about(AuditTarget::Connection(row.id))
        .with(AuditDetail::Provider, row.provider.as_str())
        .with(AuditDetail::Reason, how.reason)
        .add(&ctx.keys, &mut tx, row.workspace_id)?;
    if let Some(pending) = pending {
        let job = RevokeGrant::seal(ctx, &mut tx, row, receipt.id, pending).await?;
        tenon_jobs::enqueue(&mut tx, &job, now).await?;
    }
    announce(&mut tx, row.member_id, row.id).await?;
    tx.events()
        .append(
            EventKind::ReceiptAdded,
            Some(row.member_id),
            receipt.id.to_string(),
        )
        .await?;
    tenon_jobs::enqueue(&mut tx, &RemoveRows {}, now + TAKE_OVER).await?;
    tx.commit().await?;
    ctx.forget(row.id);
    if let Some(google) = &ctx.google {
        google.forget(row.subject_index);
    }
    match remove_now(ctx, row.id).await {
        Ok(removed_at) => receipt.removed_at = removed_at,
        // The job goes on with it; the connection is ended in any case.
        Err(error) => tracing::warn!(code = error.code(), "removing rows was cut off"),
    }
    Ok(Some(receipt))
}

/// After a restore, or a crash between a burial and its commit: keys that were to be destroyed are
/// destroyed, with the connections that belong to them (policy check V5).
pub(crate) async fn finish_burials(ctx: &Ctx) -> std::result::Result<(), KeysError> {
    let buried = ctx.keys.graveyard().buried()?;
    if buried.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mut keys = tx.keys().list_all().await?;
    drop(tx);
    keys.retain(|k| buried.contains(&k.id));
    for key in &keys {
        let scope = key.workspace_id.map_or(Scope::system(), Scope::job);
        let mut tx = ctx.store.begin(&scope).await?;
        if let Some(id) = key.connection_id
            && let Some(row) = tx.connections().get(id).await?
        {
            match tx.connections().delete(id, None).await {
                // A server that runs beside has just finished this disconnection itself.
                Err(StoreError::NotFound(_)) => continue,
                deleted => deleted?,
            };
            note(AuditAction::Disconnected)
                .about(AuditTarget::Connection(id))
                .with(AuditDetail::Provider, row.provider.as_str())
                .with(AuditDetail::Reason, "key_destroyed")
                .add(&ctx.keys, &mut tx, row.workspace_id)?;
        }
        // The row has gone with the connection, if there was one.
        if !ctx.keys.remove(&mut tx, key.id).await? {
            ctx.keys.tell_destroyed(&mut tx, key.id, key.workspace_id)?;
        }
        tx.commit().await?;
    }
    if !keys.is_empty() {
        tracing::warn!(
            keys = keys.len(),
            "keys that were to be destroyed were still there, after a restore or a crash; they are destroyed now"
        );
    }
    Ok(())
}

impl From<KeysError> for Error {
    fn from(e: KeysError) -> Self {
        match e {
            KeysError::Store(e) => e.into(),
            KeysError::Vault(e) => e.into(),
        }
    }
}
