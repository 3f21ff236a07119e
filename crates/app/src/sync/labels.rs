//! The mailbox's labels: names sealed, ids kept.

use tenon_model::mail::RemoteLabel;
use tenon_model::{LabelId, World};
use tenon_store::{ConnectionRow, LabelRow, Tx};
use tenon_vault::{Context, DataKey};

use crate::{Ctx, Result};

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
