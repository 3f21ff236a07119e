//! Disconnect and purge: everything goes before the answer, the key is destroyed, a receipt stays.

use std::time::Duration;

use secrecy::SecretString;
use tenon_connectors::Reaction;
use tenon_connectors::ports::Revoked;
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::event::EventKind;
use tenon_model::{ConnectionId, KeyId, Scope};
use tenon_store::{ConnectionRow, Receipt, Tx};

use super::receipts::{ReceiptView, receipt_view};
use super::revoke::RevokeGrant;
use super::tokens::open_refresh;
use super::view::visible;
use crate::keys::KeysError;
use crate::{Actor, Ctx, Error, Result};

/// The revocation at the provider gets this long before it goes on as a durable job.
const REVOKE_DEADLINE: Duration = Duration::from_secs(8);

/// What a disconnect will do, shown first.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What is stored, by table.
    pub counts: Vec<(String, u64)>,
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
async fn shared(ctx: &Ctx, row: &ConnectionRow) -> Result<bool> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let all = tx
        .connections()
        .by_subject_index(row.provider, row.subject_index)
        .await?;
    Ok(all
        .iter()
        .any(|c| c.id != row.id && c.status != ConnectionStatus::Revoked))
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
        will_revoke: reason.is_none(),
        reason,
        link: grants_page(ctx, row.provider),
        key_id: row.key_id,
    })
}

/// Ends the connection. When this returns, nothing that was read from the account is left.
pub async fn disconnect(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<ReceiptView> {
    // Runs in flight are fenced off first, so that none writes while the grant is being ended.
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    tx.connections().bump_fence(id).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let token = tx
        .tokens()
        .get(id)
        .await?
        .map(|t| open_refresh(&key, &t))
        .transpose()?
        .flatten();
    tx.commit().await?;
    let (grant, pending) = end_grant(ctx, &row, token).await?;
    let receipt = purge(ctx, &actor.scope(), &row, grant, pending).await?;
    receipt_view(ctx, &receipt)
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

/// One transaction: rows and key go, the receipt comes.
pub(super) async fn purge(
    ctx: &Ctx,
    scope: &Scope,
    row: &ConnectionRow,
    grant: &str,
    pending: Option<SecretString>,
) -> Result<Receipt> {
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(scope).await?;
    tx.consents().withdraw_for_connection(row.id, now).await?;
    let counts = named(tx.connections().delete(row.id).await?);
    ctx.keys.destroy(&mut tx, row.key_id).await?;
    let receipt = Receipt {
        id: ctx.world.id(),
        workspace_id: row.workspace_id,
        member_id: row.member_id,
        provider: row.provider,
        connection_id: row.id,
        connected_at: row.created_at,
        disconnected_at: now,
        counts,
        key_id: row.key_id,
        grant: grant.to_owned(),
    };
    tx.receipts().insert(&receipt).await?;
    if let Some(token) = pending {
        let job = RevokeGrant::seal(ctx, &mut tx, row.workspace_id, receipt.id, &token).await?;
        tenon_jobs::enqueue(&mut tx, &job, now).await?;
    }
    tx.events()
        .append(
            EventKind::ConnectionChanged,
            Some(row.member_id),
            row.id.to_string(),
        )
        .await?;
    tx.events()
        .append(
            EventKind::ReceiptAdded,
            Some(row.member_id),
            receipt.id.to_string(),
        )
        .await?;
    tenon_jobs::enqueue(&mut tx, &crate::schedule::Compact {}, now).await?;
    tx.commit().await?;
    ctx.bodies.forget(row.id);
    ctx.progress.forget(row.id);
    if let Some(google) = &ctx.google {
        google.forget(row.subject_index);
    }
    Ok(receipt)
}

/// After a restore: keys that had been destroyed are destroyed again, with the connections that
/// came back with them (policy check V5).
pub(crate) async fn finish_burials(ctx: &Ctx) -> std::result::Result<(), KeysError> {
    let buried = ctx.keys.graveyard().buried()?;
    if buried.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let mut again = 0;
    for key in tx.keys().list_all().await? {
        if buried.contains(&key.id) {
            remove_restored(&mut tx, key.connection_id, key.id).await?;
            again += 1;
        }
    }
    tx.commit().await?;
    if again > 0 {
        tracing::warn!(
            keys = again,
            "keys that were destroyed had come back with a restored database; they are destroyed again"
        );
    }
    Ok(())
}

async fn remove_restored(
    tx: &mut Tx,
    connection: Option<ConnectionId>,
    key: KeyId,
) -> std::result::Result<(), tenon_store::StoreError> {
    if let Some(connection) = connection {
        tx.connections().delete(connection).await?;
    }
    tx.keys().destroy(key).await?;
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
