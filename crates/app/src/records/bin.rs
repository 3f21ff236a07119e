//! The bin: what is deleted stays for 30 days and can be brought back.

use std::time::Duration;

use tenon_model::records::{Access, Cause, Kind};
use tenon_model::{RecordId, Scope};
use tenon_store::{RecordRow, Tx};

use super::edit::write;
use super::view::{RecordView, into_which, shape, show_one};
use super::{Noted, held, note, tell};
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

/// How long a record stays in the bin.
const STAYS: Duration = Duration::from_hours(30 * 24);
/// How long a change of many records can be undone.
const UNDOABLE: Duration = Duration::from_hours(7 * 24);
/// Records that go in one turn: nobody waits long for the writer.
const TURN: u32 = 500;

/// Puts a record into the bin. Twice is once.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    bin(ctx, &mut tx, actor, row, Noted::by(Cause::Deleted)).await?;
    Ok(tx.commit().await?)
}

/// Puts a held record into the bin; whether it was not there already.
pub(super) async fn bin(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    mut row: RecordRow,
    noted: Noted,
) -> Result<bool> {
    if row.deleted_at.is_some() {
        return Ok(false);
    }
    row.deleted_at = Some(ctx.world.now());
    let shape = shape(tx, row.kind).await?;
    let row = write(ctx, tx, &shape, row).await?;
    note(ctx, tx, actor, &row, noted, Vec::new()).await?;
    Ok(true)
}

/// Brings a record back. One that went into another comes back by taking that merging back.
pub async fn restore(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<RecordView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    if row.deleted_at.is_some() && !tx.records().merged_into(&[id]).await?.is_empty() {
        return Err(match into_which(&mut tx, &[id]).await?.get(&id) {
            Some(into) => Error::RecordMerged(*into),
            None => Error::NotUndoable,
        });
    }
    let row = unbin(ctx, &mut tx, actor, row, Noted::by(Cause::Restored)).await?;
    let view = show_one(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// Brings a held record back; one that is not in the bin stays as it is.
pub(super) async fn unbin(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    mut row: RecordRow,
    noted: Noted,
) -> Result<RecordRow> {
    if row.deleted_at.take().is_none() {
        return Ok(row);
    }
    let shape = shape(tx, row.kind).await?;
    let row = write(ctx, tx, &shape, row).await?;
    note(ctx, tx, actor, &row, noted, Vec::new()).await?;
    Ok(row)
}

/// Removes a record that is in the bin for good, with its history.
pub async fn delete_forever(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    if row.deleted_at.is_none() {
        return Err(Error::field("id", "must be in the bin first"));
    }
    if row.access < Access::Owner && !actor.role.manages(tenon_model::member::Role::Member) {
        return Err(Error::Forbidden);
    }
    tell(&mut tx, &row).await?;
    tx.records().remove(&[id]).await?;
    Ok(tx.commit().await?)
}

/// Removes what a member may remove of the bin for good: their own, or as owner or admin what they see. How many.
pub async fn empty_bin(ctx: &Ctx, actor: &Actor, kind: Option<Kind>) -> Result<u64> {
    no_viewers(actor.role)?;
    let all = actor.role.manages(tenon_model::member::Role::Member);
    let mut count = 0;
    loop {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let ids = tx.records().removable(kind, all, TURN).await?;
        for row in tx.records().get_many(&ids).await? {
            tell(&mut tx, &row).await?;
        }
        count += tx.records().remove(&ids).await?;
        tx.commit().await?;
        if ids.len() < TURN as usize {
            return Ok(count);
        }
    }
}

/// Removes what has been in the bin for its time, links to files that were removed so long ago, and changes of many that are too old to be undone. One
/// turn; whether there is more.
pub async fn empty_bins(ctx: &Ctx) -> Result<bool> {
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let before = ctx.world.now() - STAYS;
    let gone = tx.records().remove_deleted_before(before, TURN).await?;
    let files = tx.record_files().purge(before, TURN).await?;
    tx.records()
        .remove_bulks_before(ctx.world.now() - UNDOABLE)
        .await?;
    tx.commit().await?;
    Ok(gone.max(files) >= u64::from(TURN))
}
