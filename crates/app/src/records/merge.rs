//! Several records become one, and apart again (decision 0063). All of it or nothing, in one transaction.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use tenon_model::records::{
    Access, Cause, Change, Kind, Shape, Values, check as holds, renamed, unite,
};
use tenon_model::{FileId, MergeId, RecordId, Time};
use tenon_store::{ChangeRow, Merge, RecordRow, Tx};

use super::edit::write;
use super::view::{RecordRef, RecordView, shape, show_one};
use super::{Noted, check, held, note, tell};
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Repeat, Result};

/// Records that go into one at once.
const MOST: usize = 20;
/// Records that may name them: all of them are written in one transaction.
const NAMING: u32 = 5_000;
/// Mergings of one record that are listed.
const LISTED: u32 = 100;

/// Records that are one.
#[derive(Clone)]
pub struct Merging {
    /// The one that stays.
    pub keep: RecordId,
    /// Those that go into it.
    pub records: Vec<RecordId>,
    /// All of them as the person saw them.
    pub versions: HashMap<RecordId, i64>,
    /// What was chosen where they differ.
    pub values: Values,
}

/// A merging for people.
#[derive(Clone)]
pub struct MergeView {
    /// Id.
    pub id: MergeId,
    /// The record that stayed.
    pub record: RecordView,
    /// Those that went into it, as far as they are there and the member sees them.
    pub merged: Vec<RecordRef>,
    /// When.
    pub created_at: Time,
    /// Since when it is taken back.
    pub undone_at: Option<Time>,
    /// What taking it back left as it is, because somebody had changed it since.
    pub left: Vec<(RecordId, String)>,
}

/// What a merging is noted with.
const fn noted(cause: Cause, merge: &Merge) -> Noted {
    Noted {
        cause,
        bulk: Some(merge.changes()),
    }
}

/// Merges records. The second coming of a request is answered with what came of the first.
pub async fn merge(ctx: &Ctx, actor: &Actor, what: Merging, repeat: Repeat) -> Result<MergeView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if let Some(stored) = tx.records().merge_by_key(repeat.key).await? {
        repeat.check(Some(stored.request_hash))?;
        return view(&mut tx, actor, &stored, Vec::new()).await;
    }
    let (kept, merged) = together(&mut tx, &what).await?;
    let ids: Vec<RecordId> = merged.iter().map(|r| r.id).collect();
    let shape = shape(&mut tx, kept.kind).await?;
    let going = tx.records().going_with(&ids, NAMING + 1).await?;
    let naming = tx.records().naming(&ids, NAMING + 1).await?;
    if naming.len().max(going.len()) > NAMING as usize {
        return Err(Error::field(
            "records",
            "are named by more than 5,000 other records; merge fewer at once",
        ));
    }
    let files = move_files(&mut tx, &ids, kept.id).await?;
    let merge = Merge {
        id: ctx.world.id(),
        kept: kept.id,
        member: actor.member,
        parents: going.clone(),
        files,
        created_at: ctx.world.now(),
        undone_at: None,
        repeat_key: repeat.key,
        request_hash: repeat.request,
    };
    let kept_id = kept.id;
    for row in naming {
        if row.id != kept_id && !ids.contains(&row.id) {
            rename(ctx, &mut tx, actor, row, &ids, &merge).await?;
        }
    }
    keep(
        ctx,
        &mut tx,
        actor,
        (&shape, kept, &merged),
        &what.values,
        &merge,
    )
    .await?;
    for mut row in merged {
        row.deleted_at = Some(ctx.world.now());
        let row = write(ctx, &mut tx, &shape, row).await?;
        note(
            ctx,
            &mut tx,
            actor,
            &row,
            noted(Cause::Merged, &merge),
            Vec::new(),
        )
        .await?;
    }
    for (id, before) in going {
        tx.records().go_with(id, before, kept_id).await?;
    }
    tx.records().insert_merge(&merge, &ids).await?;
    let view = view(&mut tx, actor, &merge, Vec::new()).await?;
    tx.commit().await?;
    Ok(view)
}

/// The kept record has the files of all. One that it has already stays where it is, and goes with that into the bin.
async fn move_files(
    tx: &mut Tx,
    merged: &[RecordId],
    kept: RecordId,
) -> Result<Vec<(FileId, RecordId)>> {
    let mut moved = Vec::new();
    for file in tx.record_files().of_records(merged).await? {
        if tx
            .record_files()
            .move_to(file.id, file.record, kept)
            .await?
        {
            moved.push((file.id, file.record));
        }
    }
    Ok(moved)
}

/// Holds the records, in one order whoever merges, and refuses what is not theirs to merge or has changed.
async fn together(tx: &mut Tx, what: &Merging) -> Result<(RecordRow, Vec<RecordRow>)> {
    let mut ids = what.records.clone();
    ids.push(what.keep);
    ids.sort_unstable();
    ids.dedup();
    if what.records.is_empty() || what.records.len() > MOST || ids.len() != what.records.len() + 1 {
        return Err(Error::field(
            "records",
            "must name 1 to 20 other records, each once",
        ));
    }
    let mut rows: Vec<RecordRow> = Vec::with_capacity(ids.len());
    for id in &ids {
        let row = tx.records().hold(*id).await?;
        rows.push(row.ok_or(Error::NotFound("record"))?);
    }
    let kind = rows[0].kind;
    let may_be = matches!(kind, Kind::Contact | Kind::Company) || kind.pipeline().is_some();
    if !may_be || rows.iter().any(|r| r.kind != kind) {
        return Err(Error::field(
            "records",
            "must be contacts, companies or boxes, all of one kind",
        ));
    }
    if rows.iter().any(|r| r.deleted_at.is_some()) {
        return Err(Error::RecordDeleted);
    }
    for row in &rows {
        let needed = if row.id == what.keep {
            Access::Edit
        } else {
            Access::Owner
        };
        if row.access < needed {
            return Err(Error::Forbidden);
        }
        match what.versions.get(&row.id) {
            None => {
                return Err(Error::field("versions", "must have one of each record"));
            }
            Some(version) if *version != row.version => return Err(Error::RecordChanged),
            Some(_) => {}
        }
    }
    let (kept, merged): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.id == what.keep);
    let kept = kept.into_iter().next().ok_or(Error::NotFound("record"))?;
    // In the order asked for: of two that say something the first one counts.
    let mut merged = merged;
    merged.sort_by_key(|r| what.records.iter().position(|id| *id == r.id));
    Ok((kept, merged))
}

/// Field by field, what is not the same.
fn difference(before: &Values, after: &Values) -> Vec<Change> {
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |values: &Values, key: &str| values.get(key).cloned().unwrap_or(Value::Null);
    fields
        .into_iter()
        .map(|key| Change {
            field: key.clone(),
            from: of(before, key),
            to: of(after, key),
        })
        .filter(|c| c.from != c.to)
        .collect()
}

/// A record that named a merged one names the kept one. Whoever sees it: nothing of it is told.
async fn rename(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    mut row: RecordRow,
    merged: &[RecordId],
    merge: &Merge,
) -> Result<()> {
    let shape = shape(tx, row.kind).await?;
    let Some(values) = renamed(&shape, row.id, &row.values, merged, merge.kept) else {
        return Ok(());
    };
    tell(tx, &row).await?;
    if row.parent.is_some_and(|p| merged.contains(&p)) {
        row.parent = Some(merge.kept);
    }
    let before = std::mem::replace(&mut row.values, values);
    let row = write(ctx, tx, &shape, row).await?;
    let changes = difference(&before, &row.values);
    note(ctx, tx, actor, &row, noted(Cause::Merged, merge), changes).await
}

/// The kept record says what all of them said.
async fn keep(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    (shape, mut kept, merged): (&Shape, RecordRow, &[RecordRow]),
    chosen: &Values,
    merge: &Merge,
) -> Result<()> {
    let of_merged: Vec<&Values> = merged.iter().map(|r| &r.values).collect();
    let all = unite(shape, &kept.values, &of_merged, &Values::new());
    let mut wanted = check::values(shape, chosen)?;
    check::people(tx, shape, &wanted).await?;
    check::linked(tx, shape, &all, &mut wanted).await?;
    let moved = ["stage", "pipeline"].iter().any(|key| {
        let value = wanted.get(*key).filter(|v| !v.is_null());
        value.is_some_and(|v| kept.values.get(*key) != Some(v))
    });
    let stage = if moved {
        check::stage(tx, kept.kind, &mut wanted).await?
    } else {
        wanted.remove("stage");
        wanted.remove("pipeline");
        None
    };
    let values = unite(shape, &kept.values, &of_merged, &wanted);
    let mut ids: Vec<RecordId> = merged.iter().map(|r| r.id).collect();
    ids.push(kept.id);
    let values = renamed(shape, kept.id, &values, &ids, kept.id).unwrap_or(values);
    for field in &shape.fields {
        if let Some(Err(e)) = values.get(&field.key).map(|v| holds(field, v)) {
            let name = format!("values.{}", field.key);
            return Err(Error::field(&name, e.0));
        }
    }
    check::required(shape, &values)?;
    if let Some(stage) = &stage {
        check::stage_allows(shape, stage, &values)?;
        kept.position = Some(tx.records().last_position(stage.id).await?);
    }
    // Those who lose sight of it hear of it once more.
    tell(tx, &kept).await?;
    let before = std::mem::replace(&mut kept.values, values);
    let row = write(ctx, tx, shape, kept).await?;
    let changes = difference(&before, &row.values);
    note(ctx, tx, actor, &row, noted(Cause::Merged, merge), changes).await
}

async fn view(
    tx: &mut Tx,
    actor: &Actor,
    merge: &Merge,
    left: Vec<(RecordId, String)>,
) -> Result<MergeView> {
    let row = tx
        .records()
        .get(merge.kept)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let ids = tx.records().merged_by(merge.id).await?;
    let merged = tx.records().get_many(&ids).await?;
    Ok(MergeView {
        id: merge.id,
        record: show_one(tx, actor, row).await?,
        merged: merged.iter().map(Into::into).collect(),
        created_at: merge.created_at,
        undone_at: merge.undone_at,
        left,
    })
}

/// What went into a record, newest first.
pub async fn merges(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<Vec<MergeView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    tx.records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let mut out = Vec::new();
    for merge in tx.records().merges_of(id, LISTED).await? {
        out.push(view(&mut tx, actor, &merge, Vec::new()).await?);
    }
    Ok(out)
}

/// Takes a merging back, field by field: what somebody has changed since stays and is told. Twice is once.
pub async fn undo_merge(ctx: &Ctx, actor: &Actor, id: MergeId) -> Result<MergeView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut merge = tx
        .records()
        .merge(id)
        .await?
        .ok_or(Error::NotFound("merge"))?;
    let kept = held(&mut tx, actor, merge.kept).await?;
    if merge.undone_at.is_some() {
        return view(&mut tx, actor, &merge, Vec::new()).await;
    }
    if kept.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    let merged = tx.records().merged_by(id).await?;
    if merged.is_empty() {
        return Err(Error::NotUndoable);
    }
    // The records themselves come back first: others name them again.
    for mut row in tx.records().hold_any(&merged).await? {
        row.deleted_at = None;
        let shape = shape(&mut tx, row.kind).await?;
        let row = write(ctx, &mut tx, &shape, row).await?;
        note(
            ctx,
            &mut tx,
            actor,
            &row,
            Noted::by(Cause::Reverted),
            Vec::new(),
        )
        .await?;
    }
    let all = NAMING + MOST as u32 + 2;
    let changes = tx.records().of_bulk(merge.changes(), None, all).await?;
    let mut left = Vec::new();
    for change in changes.into_iter().filter(|c| !c.changes.is_empty()) {
        back(ctx, &mut tx, actor, change, &mut left).await?;
    }
    for (record, before) in &merge.parents {
        tx.records().go_with(*record, merge.kept, *before).await?;
    }
    for (file, before) in &merge.files {
        tx.record_files()
            .move_to(*file, merge.kept, *before)
            .await?;
    }
    let now = ctx.world.now();
    tx.records().merge_undone(id, now).await?;
    merge.undone_at = Some(now);
    let ids: Vec<RecordId> = left.iter().map(|(id, _)| *id).collect();
    let seen = tx.records().get_many(&ids).await?;
    left.retain(|(id, _)| seen.iter().any(|r| r.id == *id));
    let view = view(&mut tx, actor, &merge, left).await?;
    tx.commit().await?;
    Ok(view)
}

/// Gives the fields of one record back what they had, where they are as the merging left them.
async fn back(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    change: ChangeRow,
    left: &mut Vec<(RecordId, String)>,
) -> Result<()> {
    let mut rows = tx.records().hold_any(&[change.record]).await?;
    let Some(mut row) = rows.pop() else {
        return Ok(());
    };
    let shape = shape(tx, row.kind).await?;
    let before = row.values.clone();
    for field in change.changes {
        let now = row.values.get(&field.field).unwrap_or(&Value::Null);
        if *now != field.to || !still_there(tx, &field).await? {
            left.push((row.id, field.field));
        } else if field.from.is_null() {
            row.values.remove(&field.field);
        } else {
            row.values.insert(field.field, field.from);
        }
    }
    if row.values == before {
        return Ok(());
    }
    tell(tx, &row).await?;
    let row = write(ctx, tx, &shape, row).await?;
    let changes = difference(&before, &row.values);
    note(ctx, tx, actor, &row, Noted::by(Cause::Reverted), changes).await
}

/// Whether a stage that a box comes back to is still one.
async fn still_there(tx: &mut Tx, field: &Change) -> Result<bool> {
    if field.field != "stage" {
        return Ok(true);
    }
    match field.from.as_str().and_then(|t| t.parse().ok()) {
        Some(stage) => Ok(tx.pipelines().stage(stage).await?.is_some()),
        None => Ok(false),
    }
}
