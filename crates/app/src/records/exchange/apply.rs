//! Writing what was planned: records, history, rows and the place in the file in one transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tenon_model::event::EventKind;
use tenon_model::records::{Cause, Change, Shape};
use tenon_model::{BulkId, ImportId, RecordId, StageId};
use tenon_store::{ChangeRow, RecordWrite, Tx};

use super::plan::{Pending, Plan};
use crate::records::tell;
use crate::records::view::{keep_links, linked_ids, shape};
use crate::{Actor, Ctx, Result};

/// Between two boxes at the end of a stage.
const GAP: i64 = 1 << 20;

/// Writes the records of a plan.
pub(super) async fn apply(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    import: ImportId,
    plan: &mut Plan,
) -> Result<()> {
    let mut shapes: HashMap<_, Shape> = HashMap::new();
    for pending in &plan.records {
        let kind = pending.row.kind;
        if let Entry::Vacant(place) = shapes.entry(kind) {
            place.insert(shape(tx, kind).await?);
        }
    }
    // Links to what was removed for good go with the next change.
    let changed = plan.records.iter().filter(|p| p.before.is_some());
    let linked: Vec<RecordId> = changed
        .flat_map(|p| linked_ids(&shapes[&p.row.kind], &p.row.values))
        .collect();
    let made: Vec<RecordId> = plan.records.iter().map(|p| p.row.id).collect();
    let there = tx.records().existing(&linked).await?;
    let mut ends: HashMap<StageId, i64> = HashMap::new();
    for Pending { row, before, .. } in &mut plan.records {
        if before.is_some() {
            let keep = |id| there.contains(&id) || made.contains(&id);
            keep_links(&shapes[&row.kind], &mut row.values, &keep);
        }
        let Some(stage) = row.stage else { continue };
        if before.as_ref().and_then(|b| b.stage) != Some(stage) {
            let end = if let Some(end) = ends.get(&stage) {
                end + GAP
            } else {
                // Held: nobody takes it away meanwhile.
                let held = tx.pipelines().stage(stage).await?;
                held.ok_or_else(|| crate::Error::field("options.stage", "is no longer there"))?;
                tx.records().last_position(stage).await?
            };
            ends.insert(stage, end);
            row.position = Some(end);
        }
    }
    let new: Vec<RecordWrite> = plan
        .records
        .iter()
        .filter(|p| p.before.is_none())
        .map(|p| RecordWrite::new(&shapes[&p.row.kind], p.row.clone()))
        .collect();
    tx.records().insert(&new).await?;
    for pending in plan.records.iter().filter(|p| !p.shares.is_empty()) {
        let (id, shares) = (pending.row.id, &pending.shares);
        tx.records().share(id, shares).await?;
    }
    for Pending { row, before, .. } in &plan.records {
        if let Some(before) = before {
            tell(tx, before).await?;
            let write = RecordWrite::new(&shapes[&row.kind], row.clone());
            tx.records().update(&write).await?;
            tell(tx, row).await?;
        }
    }
    let history: Vec<ChangeRow> = plan
        .records
        .iter()
        .map(|p| history(ctx, actor, import, p))
        .collect();
    tx.records().changed(&history).await?;
    // New records are open nowhere: one word for all of them has the lists asked again.
    if let Some(last) = plan.records.iter().rev().find(|p| p.before.is_none()) {
        tell(tx, &last.row).await?;
    }
    Ok(())
}

fn history(ctx: &Ctx, actor: &Actor, import: ImportId, pending: &Pending) -> ChangeRow {
    let Pending { row, before, .. } = pending;
    let empty = tenon_model::records::Values::new();
    let old = before.as_ref().map_or(&empty, |b| &b.values);
    let mut changes: Vec<Change> = Vec::new();
    for (field, to) in &row.values {
        let from = old.get(field).cloned().unwrap_or_default();
        if from != *to {
            changes.push(Change {
                field: field.clone(),
                from,
                to: to.clone(),
            });
        }
    }
    for (field, from) in old.iter().filter(|(f, _)| !row.values.contains_key(*f)) {
        changes.push(Change {
            field: field.clone(),
            from: from.clone(),
            to: serde_json::Value::Null,
        });
    }
    ChangeRow {
        record: row.id,
        version: row.version,
        at: ctx.world.now(),
        member: Some(actor.member),
        cause: Cause::Imported,
        bulk: Some(BulkId(import.0)),
        changes,
    }
}

/// Tells whose it is that an import moved forward.
pub(super) async fn moved(tx: &mut Tx, actor: &Actor, import: ImportId) -> Result<()> {
    let subject = import.to_string();
    let kind = EventKind::ImportChanged;
    Ok(tx
        .events()
        .append(kind, Some(actor.member), subject)
        .await?)
}
