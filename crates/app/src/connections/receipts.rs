//! Receipts of disconnects.

use tenon_model::connection::Provider;
use tenon_model::{KeyId, ReceiptId, Time};
use tenon_store::Receipt;

use crate::{Actor, Ctx, Error, Result};

/// What was removed, and how the grant ended.
#[derive(Debug, Clone)]
pub struct ReceiptView {
    /// Id.
    pub id: ReceiptId,
    /// `google`.
    pub provider: &'static str,
    /// When the connection began.
    pub connected_at: Time,
    /// When it ended.
    pub disconnected_at: Time,
    /// When the last row was removed; `None` while that goes on. Nothing could be read from the
    /// disconnect on.
    pub removed_at: Option<Time>,
    /// What was removed, by table.
    pub counts: Vec<(String, u64)>,
    /// The key that was destroyed.
    pub key_id: KeyId,
    /// Whether it is gone from the database, looked up now.
    pub key_destroyed: bool,
    /// `revoked`, `already_revoked`, `shared_kept`, `pending`, `link`.
    pub grant: String,
    /// Where the person can end the grant by hand, when Tenon did not.
    pub grant_link: Option<&'static str>,
}

pub(super) fn receipt_view(ctx: &Ctx, receipt: &Receipt) -> Result<ReceiptView> {
    let by_hand = matches!(receipt.grant.as_str(), "shared_kept" | "link" | "pending");
    let page = match receipt.provider {
        Provider::Google => ctx
            .google
            .as_ref()
            .map_or("https://myaccount.google.com/connections", |g| {
                g.grants().grants_page()
            }),
    };
    Ok(ReceiptView {
        id: receipt.id,
        provider: receipt.provider.as_str(),
        connected_at: receipt.connected_at,
        disconnected_at: receipt.disconnected_at,
        removed_at: receipt.removed_at,
        counts: receipt.counts.clone(),
        key_id: receipt.key_id,
        key_destroyed: ctx.keys.graveyard().buried()?.contains(&receipt.key_id),
        grant: receipt.grant.clone(),
        grant_link: by_hand.then_some(page),
    })
}

/// The member's receipts, newest first.
pub async fn receipts(ctx: &Ctx, actor: &Actor) -> Result<Vec<ReceiptView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    tx.receipts()
        .list()
        .await?
        .iter()
        .map(|r| receipt_view(ctx, r))
        .collect()
}

/// One receipt.
pub async fn receipt(ctx: &Ctx, actor: &Actor, id: ReceiptId) -> Result<ReceiptView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .receipts()
        .get(id)
        .await?
        .ok_or(Error::NotFound("receipt"))?;
    receipt_view(ctx, &row)
}
