//! Changes of many records at once, undoable as a whole.

use std::collections::{BTreeMap, HashSet};

use tenon_model::records::{Access, Cause, Kind, Values};
use tenon_model::{BulkId, RecordId};
use tenon_store::RecordRow;

use super::bin::{bin, unbin};
use super::edit::{change, opposite};
use super::list::{Which, read, widen};
use super::view::shape;
use super::{Noted, check};
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Repeat, Result};

/// Records of one change.
const MOST: usize = 5_000;
/// Records of one transaction: nobody waits long for the writer.
const TURN: usize = 50;

/// Which records.
#[derive(Clone)]
pub enum BulkWhich {
    /// These.
    Ids(Kind, Vec<RecordId>),
    /// All that a list shows.
    All(Box<Which>),
}

impl BulkWhich {
    fn kind(&self) -> Kind {
        match self {
            Self::Ids(kind, _) => *kind,
            Self::All(which) => which.kind,
        }
    }
}

/// What becomes of them.
#[derive(Clone)]
pub enum BulkChange {
    /// Fields are set; null empties them.
    Set(Values),
    /// They go into the bin.
    Delete,
}

/// What came of it.
#[derive(Clone)]
pub struct Bulk {
    /// Id.
    pub id: BulkId,
    /// Records that were changed.
    pub changed: i64,
    /// Records that were left: not the member's to change, or so already.
    pub skipped: i64,
    /// Why they were left: codes of errors or `unchanged`, and how often.
    pub reasons: Reasons,
}

/// Codes, and how often.
pub type Reasons = BTreeMap<String, i64>;

/// Changes many records. A request that was cut off goes on where it was when it comes again.
pub async fn bulk(
    ctx: &Ctx,
    actor: &Actor,
    which: BulkWhich,
    what: BulkChange,
    repeat: Repeat,
) -> Result<Bulk> {
    no_viewers(actor.role)?;
    let kind = which.kind();
    holds(ctx, actor, kind, &what).await?;
    let (bulk, before) = match begin(ctx, actor, kind, &repeat).await? {
        Begun::Done(bulk) => return Ok(bulk),
        Begun::Anew(bulk, before) => (bulk, before),
    };
    let mut ids = ids(ctx, actor, which).await?;
    ids.retain(|id| !before.contains(id));
    let mut reasons = Reasons::new();
    for turn in ids.chunks(TURN) {
        take_turn(ctx, actor, (bulk, kind), turn, &what, &mut reasons).await?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.records().bulk_done(bulk, ctx.world.now()).await?;
    let stored = tx.records().bulk(bulk).await?;
    tx.commit().await?;
    Ok(view(&stored.ok_or(Error::NotFound("change"))?))
}

fn view(stored: &tenon_store::Bulk) -> Bulk {
    Bulk {
        id: stored.id,
        changed: stored.changed,
        skipped: stored.skipped,
        reasons: stored.reasons.clone(),
    }
}

/// Refuses values that hold for no record before the first one is touched.
async fn holds(ctx: &Ctx, actor: &Actor, kind: Kind, what: &BulkChange) -> Result<()> {
    let BulkChange::Set(values) = what else {
        return Ok(());
    };
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, kind).await?;
    let mut wanted = check::values(&shape, values)?;
    check::people(&mut tx, &shape, &wanted).await?;
    check::linked(&mut tx, &shape, &Values::new(), &mut wanted).await
}

enum Begun {
    /// It was done before.
    Done(Bulk),
    /// It begins, or goes on: these were changed before it was cut off.
    Anew(BulkId, HashSet<RecordId>),
}

async fn begin(ctx: &Ctx, actor: &Actor, kind: Kind, repeat: &Repeat) -> Result<Begun> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if let Some(stored) = tx.records().bulk_by_key(repeat.key).await? {
        repeat.check(Some(stored.request_hash))?;
        if stored.finished_at.is_some() {
            return Ok(Begun::Done(view(&stored)));
        }
        let changed = tx.records().of_bulk(stored.id, None, MOST as u32).await?;
        tx.records().bulk_again(stored.id).await?;
        tx.commit().await?;
        let changed = changed.into_iter().map(|c| c.record).collect();
        return Ok(Begun::Anew(stored.id, changed));
    }
    let row = tenon_store::Bulk {
        id: ctx.world.id(),
        member: actor.member,
        kind,
        changed: 0,
        skipped: 0,
        reasons: Reasons::new(),
        finished_at: None,
        repeat_key: repeat.key,
        request_hash: repeat.request,
        created_at: ctx.world.now(),
    };
    tx.records().insert_bulk(&row).await?;
    tx.commit().await?;
    Ok(Begun::Anew(row.id, HashSet::new()))
}

async fn ids(ctx: &Ctx, actor: &Actor, which: BulkWhich) -> Result<Vec<RecordId>> {
    let too_many = || Error::field("filter", "means more than 5,000 records; choose fewer");
    match which {
        BulkWhich::Ids(_, ids) if ids.len() > MOST => Err(too_many()),
        BulkWhich::Ids(_, mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            Ok(ids)
        }
        BulkWhich::All(which) => {
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let shape = shape(&mut tx, which.kind).await?;
            let mut query = read(ctx, actor, &shape, *which)?;
            widen(&mut tx, &mut query).await?;
            let ids = tx.records().editable(&query, None, MOST as u32 + 1).await?;
            if ids.len() > MOST {
                Err(too_many())
            } else {
                Ok(ids)
            }
        }
    }
}

/// Some of the records in one transaction. What one of them refuses is left as it was.
async fn take_turn(
    ctx: &Ctx,
    actor: &Actor,
    (bulk, kind): (BulkId, Kind),
    ids: &[RecordId],
    what: &BulkChange,
    reasons: &mut Reasons,
) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let (mut changed, mut skipped) = (0, 0);
    for id in ids {
        let row = tx.records().hold(*id).await?;
        let left = match row.filter(|r| r.kind == kind) {
            None => Some("not_found"),
            Some(row) if row.access < Access::Edit => Some("forbidden"),
            Some(row) => one(ctx, &mut tx, actor, row, bulk, what).await?,
        };
        if let Some(code) = left {
            skipped += 1;
            *reasons.entry(code.to_owned()).or_default() += 1;
        } else {
            changed += 1;
        }
    }
    tx.records()
        .bulk_went_on(bulk, changed, skipped, reasons)
        .await?;
    Ok(tx.commit().await?)
}

async fn one(
    ctx: &Ctx,
    tx: &mut tenon_store::Tx,
    actor: &Actor,
    row: RecordRow,
    bulk: BulkId,
    what: &BulkChange,
) -> Result<Option<&'static str>> {
    let unchanged = |changed: bool| (!changed).then_some("unchanged");
    let noted = |cause| Noted {
        cause,
        bulk: Some(bulk),
    };
    match what {
        BulkChange::Delete => {
            let gone = bin(ctx, tx, actor, row, noted(Cause::Deleted)).await?;
            Ok(unchanged(gone))
        }
        BulkChange::Set(values) => {
            let before = row.version;
            match change(ctx, tx, actor, row, None, values, noted(Cause::Bulk)).await {
                Ok(row) => Ok(unchanged(row.version > before)),
                Err(e) => left(e).map(Some),
            }
        }
    }
}

/// What one record refuses is left as it was; everything else ends the change.
fn left(refused: Error) -> Result<&'static str> {
    match refused {
        Error::EditConflict(_)
        | Error::RecordDeleted
        | Error::StageNeedsFields(_)
        | Error::Validation(_) => Ok(refused.code()),
        other => Err(other),
    }
}

/// Takes a change of many records back where nobody has changed the same fields since. What was taken
/// back already stays so; that is how one that was cut off goes on.
pub async fn undo_bulk(ctx: &Ctx, actor: &Actor, id: BulkId) -> Result<Bulk> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    tx.records()
        .bulk(id)
        .await?
        .ok_or(Error::NotFound("change"))?;
    drop(tx);
    let (mut after, mut changed, mut skipped) = (None, 0, 0);
    let mut reasons = Reasons::new();
    loop {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let rows = tx.records().of_bulk(id, after, TURN as u32).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.record);
        for row in rows {
            match back(ctx, &mut tx, actor, row).await? {
                None => changed += 1,
                Some(code) => {
                    skipped += 1;
                    *reasons.entry(code.to_owned()).or_default() += 1;
                }
            }
        }
        tx.commit().await?;
    }
    Ok(Bulk {
        id,
        changed,
        skipped,
        reasons,
    })
}

/// Takes one record's part back, unless somebody has gone on with it: then why not.
async fn back(
    ctx: &Ctx,
    tx: &mut tenon_store::Tx,
    actor: &Actor,
    change_row: tenon_store::ChangeRow,
) -> Result<Option<&'static str>> {
    let Some(row) = tx.records().hold(change_row.record).await? else {
        return Ok(Some("not_found"));
    };
    if row.access < Access::Edit {
        return Ok(Some("forbidden"));
    }
    let noted = Noted::by(Cause::Reverted);
    let version = row.version;
    if change_row.cause == Cause::Deleted {
        let untouched = version == change_row.version;
        if untouched {
            unbin(ctx, tx, actor, row, noted).await?;
        }
        return Ok((!untouched).then_some("record_changed"));
    }
    let values = opposite(change_row.changes);
    let seen = Some(change_row.version);
    match change(ctx, tx, actor, row, seen, &values, noted).await {
        Ok(row) => Ok((row.version == version).then_some("unchanged")),
        Err(e) => left(e).map(Some),
    }
}
