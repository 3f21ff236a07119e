//! Taking an import back: what it made and nobody touched goes, what it changed becomes what it was.

use tenon_model::RecordId;
use tenon_model::records::{Access, Cause, Values};
use tenon_store::{ChangeRow, ImportRow, ImportState, RecordRow, Tx};

use super::apply::moved;
use crate::records::edit::change;
use crate::records::{Noted, tell};
use crate::{Actor, Ctx, Error, Result};

/// Records of one transaction.
const TURN: u32 = 100;
/// Versions of one record that are looked at.
const VERSIONS: u32 = 1_000;

/// The next records; whether there are more.
pub(super) async fn batch(ctx: &Ctx, actor: &Actor, mut import: ImportRow) -> Result<bool> {
    let seen = (import.state, import.place);
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let ids = tx
        .imports()
        .touched(import.id, import.undo_place, TURN)
        .await?;
    // First what was changed: that may take away the links to what was made.
    let mut made = Vec::new();
    for id in &ids {
        match one(ctx, &mut tx, actor, &import, *id).await? {
            Undone::Made(row) => made.push(*row),
            Undone::Back => {}
            Undone::Left => import.left += 1,
        }
    }
    let made_ids: Vec<RecordId> = made.iter().map(|r| r.id).collect();
    let linked = tx
        .imports()
        .linked_from_outside(import.id, &made_ids)
        .await?;
    import.left += linked.len() as i64;
    made.retain(|r| !linked.contains(&r.id));
    for row in &made {
        tell(&mut tx, row).await?;
    }
    let gone: Vec<RecordId> = made.iter().map(|r| r.id).collect();
    if !gone.is_empty() {
        tx.records().remove(&gone).await?;
    }
    if let Some(last) = ids.last() {
        import.undo_place = Some(*last);
    } else {
        import.state = ImportState::Undone;
        import.finished_at = Some(ctx.world.now());
    }
    let more = !ids.is_empty();
    if !tx.imports().save(seen, &import).await? {
        return Ok(true);
    }
    moved(&mut tx, actor, import.id).await?;
    tx.commit().await?;
    Ok(more)
}

/// What came of one record.
enum Undone {
    /// The import made it and nobody touched it: it may go.
    Made(Box<RecordRow>),
    /// It is as it was.
    Back,
    /// Somebody went on with it.
    Left,
}

/// Takes one record's part back, as far as that is possible.
async fn one(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    import: &ImportRow,
    id: RecordId,
) -> Result<Undone> {
    let row = tx.records().hold(id).await?;
    let Some(row) = row.filter(|r| r.access >= Access::Edit) else {
        return Ok(Undone::Left);
    };
    let history = tx.records().history(id, None, VERSIONS).await?;
    let own = |c: &&ChangeRow| c.bulk.is_some_and(|b| b.0 == import.id.0);
    let Some(newest) = history.iter().position(|c| own(&c)) else {
        return Ok(Undone::Left);
    };
    // Its own versions without one of somebody else between them.
    let ours: Vec<&ChangeRow> = history[newest..].iter().take_while(own).collect();
    let (Some(last), Some(first)) = (ours.first(), ours.last()) else {
        return Ok(Undone::Left);
    };
    if first.version == 1 {
        let untouched = row.version == last.version && row.deleted_at.is_none();
        return Ok(if untouched {
            Undone::Made(Box::new(row))
        } else {
            Undone::Left
        });
    }
    let mut values = Values::new();
    for change in &ours {
        for field in &change.changes {
            values.insert(field.field.clone(), field.from.clone());
        }
    }
    let seen = Some(last.version);
    let version = row.version;
    match change(
        ctx,
        tx,
        actor,
        row,
        seen,
        &values,
        Noted::by(Cause::Reverted),
    )
    .await
    {
        Ok(row) if row.version > version => Ok(Undone::Back),
        Ok(_)
        | Err(
            Error::EditConflict(_)
            | Error::RecordDeleted
            | Error::StageNeedsFields(_)
            | Error::Validation(_),
        ) => Ok(Undone::Left),
        Err(other) => Err(other),
    }
}
