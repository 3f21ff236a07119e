//! The mailbox's labels: names sealed, ids kept.

use tenon_model::mail::RemoteLabel;
use tenon_model::{LabelId, Scope, ThreadId, World};
use tenon_store::{ConnectionRow, LabelRow, Relabel, ThreadQuery, Tx};
use tenon_vault::{Context, DataKey};

use crate::{Ctx, Result};

/// Threads that are changed in one transaction.
const PAGE: u32 = 500;

/// Takes labels that are no longer listed off all messages, before [`store_labels`] forgets them. The
/// provider has taken them off too, but need not say so message by message.
pub(crate) async fn take_off_vanished(
    ctx: &Ctx,
    scope: &Scope,
    row: &ConnectionRow,
    labels: &[RemoteLabel],
) -> Result<()> {
    let mut tx = ctx.store.read(scope).await?;
    let known = tx.labels().list(row.id).await?;
    drop(tx);
    let listed = |label: &LabelRow| labels.iter().any(|l| l.provider_id == label.provider_id);
    for label in known.into_iter().filter(|l| !l.system && !listed(l)) {
        take_off(ctx, scope, row, &label.provider_id).await?;
    }
    Ok(())
}

/// Takes a label off all messages, batch by batch; stops when the connection is no longer ours.
pub(crate) async fn take_off(
    ctx: &Ctx,
    scope: &Scope,
    row: &ConnectionRow,
    label: &str,
) -> Result<()> {
    loop {
        let mut tx = ctx.store.begin(scope).await?;
        if tx.connections().fence(row.id).await? != Some(row.fence) {
            return Ok(());
        }
        let query = ThreadQuery {
            connections: vec![row.id],
            label: Some(label.to_owned()),
            unread: false,
            after: None,
            limit: PAGE,
        };
        let page = tx.threads().page(&query).await?;
        let threads: Vec<ThreadId> = page.iter().map(|t| t.id).collect();
        if threads.is_empty() {
            return Ok(());
        }
        let changes: Vec<Relabel> = tx
            .messages()
            .facts_of_threads(&threads)
            .await?
            .into_iter()
            .filter(|m| m.labels.iter().any(|l| l == label))
            .map(|m| (m.provider_id, vec![], vec![label.to_owned()]))
            .collect();
        tx.messages().relabel(row.id, changes).await?;
        tx.commit().await?;
    }
}

/// Stores the labels as listed; ids of known ones stay.
pub(crate) async fn store_labels(
    ctx: &Ctx,
    tx: &mut Tx,
    row: &ConnectionRow,
    labels: &[RemoteLabel],
) -> Result<()> {
    let key = ctx.keys.get(tx, row.key_id).await?;
    let known = tx.labels().list(row.id).await?;
    let mut rows = Vec::with_capacity(labels.len());
    for label in labels {
        let id = known
            .iter()
            .find(|k| k.provider_id == label.provider_id)
            .map_or_else(|| ctx.world.id(), |k| k.id);
        rows.push(seal_label(&ctx.world, &key, row, id, label)?);
    }
    tx.labels().replace(row.id, &rows).await?;
    Ok(())
}

fn seal_label(
    world: &World,
    key: &DataKey,
    row: &ConnectionRow,
    id: LabelId,
    label: &RemoteLabel,
) -> Result<LabelRow> {
    Ok(LabelRow {
        id,
        connection_id: row.id,
        provider_id: label.provider_id.clone(),
        name: key.seal(
            world,
            &Context::new("labels", "name", id.0),
            label.name.as_bytes(),
        )?,
        system: label.system,
        color: label
            .color
            .as_ref()
            .map(|(background, text)| format!("{background} {text}")),
    })
}

/// The name of a stored label.
pub(crate) fn open_label(key: &DataKey, row: &LabelRow) -> Result<String> {
    let name = key.open(&Context::new("labels", "name", row.id.0), &row.name)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}
