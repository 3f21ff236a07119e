//! Changing a record: what nobody else touched is changed, what somebody did is asked about.

use serde_json::Value;
use tenon_model::RecordId;
use tenon_model::records::{Access, Cause, Change, ShareScope, Stage, Values, merge};
use tenon_store::{RecordRow, RecordWrite, Touch, Tx};

use super::create::{parent, stage_task};
use super::view::{
    RecordRef, RecordView, hide_links, keep_links, linked_ids, refs_in, shape, show_one,
};
use super::{Noted, check, held, note, tell};
use crate::{Actor, ConflictingField, Ctx, EditConflict, Error, Result};

/// Changes a record from the version that the person saw; without one, whatever others did meanwhile. Null
/// empties a field.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    seen: Option<i64>,
    values: &Values,
) -> Result<RecordView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    let row = change(
        ctx,
        &mut tx,
        actor,
        row,
        seen,
        values,
        Noted::by(Cause::Edited),
    )
    .await?;
    let view = show_one(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a held record within a transaction. `seen` is the version that the person saw; without one
/// what is asked for holds whatever others did.
pub(super) async fn change(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    mut row: RecordRow,
    seen: Option<i64>,
    values: &Values,
    noted: Noted,
) -> Result<RecordRow> {
    if row.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    let shape = shape(tx, row.kind).await?;
    let mut wanted = check::values(&shape, values)?;
    check::people(tx, &shape, &wanted).await?;
    check::linked(tx, &shape, &row.values, &mut wanted).await?;
    let stage = stage_asked(tx, &row, &mut wanted).await?;
    let touched = match seen {
        Some(seen) if seen > row.version => {
            return Err(Error::field(
                "If-Match",
                "must be a version that this record had",
            ));
        }
        Some(seen) if seen < row.version => tx.records().touched_since(row.id, seen).await?,
        _ => Vec::new(),
    };
    let fields: Vec<String> = touched.iter().map(|t| t.field.clone()).collect();
    let before = row.clone();
    let changes = match merge(&mut row.values, &wanted, &fields) {
        Ok(changes) => changes,
        Err(mut conflicts) => {
            let theirs = conflicts.iter_mut().map(|c| (&c.field, &mut c.theirs));
            hide_links(tx, &shape, theirs).await?;
            let values = conflicts
                .iter()
                .flat_map(|c| [(&c.field, &c.theirs), (&c.field, &c.yours)]);
            let linked = refs_in(tx, &shape, values).await?;
            return Err(conflict(&row, conflicts, &touched, linked));
        }
    };
    if changes.is_empty() {
        return Ok(row);
    }
    if changes.iter().any(|c| c.field == "about") && row.sharing == ShareScope::Parent {
        row.parent = parent(tx, &shape, &row.values).await?;
        if row.parent.is_none() {
            row.sharing = ShareScope::Private;
        }
    }
    check::required(&shape, &row.values)?;
    let stage = stage.filter(|_| changes.iter().any(|c| c.field == "stage"));
    if let Some(stage) = &stage {
        check::stage_allows(&shape, stage, &row.values)?;
        row.position = Some(tx.records().last_position(stage.id).await?);
    }
    // Those who lose sight of it hear of it once more.
    tell(tx, &before).await?;
    let mut row = write(ctx, tx, &shape, row).await?;
    let taken_back = noted.cause == Cause::Reverted;
    note(ctx, tx, actor, &row, noted, changes).await?;
    row.access = tx
        .records()
        .get(row.id)
        .await?
        .map_or(Access::View, |now| now.access);
    // What is taken back asks for nothing new.
    if let Some(stage) = &stage
        && !taken_back
    {
        stage_task(ctx, tx, actor, &row, stage).await?;
    }
    Ok(row)
}

/// Stores a changed record as its next version. Links to what was removed for good go with it.
pub(super) async fn write(
    ctx: &Ctx,
    tx: &mut Tx,
    shape: &tenon_model::records::Shape,
    mut row: RecordRow,
) -> Result<RecordRow> {
    let linked = linked_ids(shape, &row.values);
    if !linked.is_empty() {
        let there = tx.records().existing(&linked).await?;
        keep_links(shape, &mut row.values, &|id| there.contains(&id));
    }
    check::columns(&mut row);
    row.version += 1;
    row.updated_at = ctx.world.now();
    let write = RecordWrite::new(shape, row);
    tx.records().update(&write).await?;
    Ok(write.row().clone())
}

/// The stage that is asked for, with its pipeline. Another pipeline without a stage means its first one.
async fn stage_asked(tx: &mut Tx, row: &RecordRow, wanted: &mut Values) -> Result<Option<Stage>> {
    if !wanted.contains_key("stage") && !wanted.contains_key("pipeline") {
        return Ok(None);
    }
    if wanted.get("stage").is_none_or(Value::is_null) {
        wanted.remove("stage");
    }
    if wanted.get("pipeline").is_none_or(Value::is_null) {
        wanted.remove("pipeline");
    }
    let same = |key: &str| {
        wanted
            .get(key)
            .is_none_or(|v| row.values.get(key) == Some(v))
    };
    if same("stage") && same("pipeline") {
        return Ok(None);
    }
    check::stage(tx, row.kind, wanted).await
}

fn conflict(
    row: &RecordRow,
    conflicts: Vec<tenon_model::records::Conflict>,
    touched: &[Touch],
    linked: Vec<RecordRef>,
) -> Error {
    let fields = conflicts.into_iter().map(|conflict| {
        let touch = touched.iter().find(|t| t.field == conflict.field);
        ConflictingField {
            by: touch.and_then(|t| t.member),
            at: touch.map_or(row.updated_at, |t| t.at),
            conflict,
        }
    });
    Error::EditConflict(Box::new(EditConflict {
        version: row.version,
        fields: fields.collect(),
        linked,
    }))
}

/// The opposite of changes.
pub(super) fn opposite(changes: Vec<Change>) -> Values {
    changes.into_iter().map(|c| (c.field, c.from)).collect()
}
