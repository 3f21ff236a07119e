//! Pictures of a pipeline.

use std::collections::HashMap;

use serde_json::{Value, json};
use tenon_model::records::{Change, Filter, Kind, Outcome, Shape, Sort, SortKey, Stage};
use tenon_model::reports::{self, Bucket, Funnel, Life};
use tenon_model::{PipelineId, RecordId, Time};
use tenon_store::{RecordQuery, RecordRow, Tx};

use super::days::Zone;
use super::{Boxes, Every, Pick, kind_of, unknown};
use crate::records::shape;
use crate::{Actor, Ctx, Error, Result};

/// Records that one picture is made of.
const MOST: usize = 50_000;
/// Records read at once: they come whole, with texts that no picture needs.
const PAGE: u32 = 200;
/// Values that pictures are made of; no other is held.
const HELD: [&str; 5] = ["stage", "amount", "probability", "lost_reason", "type"];
/// Fields whose history pictures are made of.
const DRAWN: [&str; 3] = ["stage", "amount", "probability"];

/// The records of a kind for which a filter holds, with the values that pictures are made of.
pub(super) async fn all(
    tx: &mut Tx,
    shape: &Shape,
    filter: Option<Filter>,
    pipeline: Option<PipelineId>,
) -> Result<Vec<RecordRow>> {
    let query = RecordQuery {
        kind: shape.kind,
        filter,
        pipeline,
        stage: None,
        words: Vec::new(),
        deleted: false,
        linked_to: None,
    };
    let sort = Sort {
        by: SortKey::CreatedAt,
        descending: false,
    };
    let mut out = Vec::new();
    let mut after = None;
    loop {
        let page = tx
            .records()
            .list(&query, &sort, after.as_ref(), PAGE)
            .await?;
        let whole = page.len() == PAGE as usize;
        after = page.last().map(|(_, place)| place.clone());
        out.extend(page.into_iter().map(|(mut row, _)| {
            row.values.retain(|key, _| HELD.contains(&key.as_str()));
            row
        }));
        if out.len() > MOST {
            let sentence = "means more than 50,000 records; choose fewer days or one person";
            return Err(Error::field("from", sentence));
        }
        if !whole {
            return Ok(out);
        }
    }
}

/// What these boxes went through.
pub(super) async fn lives(tx: &mut Tx, shape: &Shape, rows: &[RecordRow]) -> Result<Vec<Life>> {
    let ids: Vec<RecordId> = rows.iter().map(|r| r.id).collect();
    let mut history: HashMap<RecordId, Vec<(Time, Vec<Change>)>> = HashMap::new();
    for change in tx.records().changes_of(&ids, &DRAWN).await? {
        let of = history.entry(change.record).or_default();
        of.push((change.at, change.changes));
    }
    Ok(rows
        .iter()
        .map(|row| {
            let changes = history.remove(&row.id).unwrap_or_default();
            let owner = row.owner.or(row.created_by);
            Life::new(shape, row.id, owner, &row.values, row.created_at, &changes)
        })
        .collect())
}

/// The kind of records that are the boxes of a kind of pipeline.
pub(super) fn boxes_of(pipeline: tenon_model::records::PipelineKind) -> Option<Kind> {
    let mut kinds = Kind::ALL.iter().copied();
    kinds.find(|kind| kind.pipeline() == Some(pipeline))
}

/// The boxes of a picture, and the stages of their pipeline.
async fn asked(
    ctx: &Ctx,
    actor: &Actor,
    tx: &mut Tx,
    boxes: &Boxes,
) -> Result<(Vec<Stage>, Vec<Life>)> {
    let kind = boxes_of(kind_of(tx, boxes.pipeline).await?).ok_or(Error::NotFound("pipeline"))?;
    let shape = shape(tx, kind).await?;
    let stages = tx.pipelines().stages(boxes.pipeline).await?;
    let owner = boxes
        .owner
        .map(|owner| json!({ "field": "owner", "op": "is", "value": owner.to_string() }));
    let read = |json: &Value| Filter::read(&shape, json, actor.member, ctx.world.now());
    let filter = owner.as_ref().map(read).transpose()?;
    let rows = all(tx, &shape, filter, Some(boxes.pipeline)).await?;
    let lives = lives(tx, &shape, &rows).await?;
    Ok((stages, lives))
}

/// How far the boxes came that were made in these days.
pub async fn funnel(ctx: &Ctx, actor: &Actor, boxes: &Boxes) -> Result<Funnel> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let (stages, lives) = asked(ctx, actor, &mut tx, boxes).await?;
    let zone = Zone::of(&mut tx, actor).await?;
    Ok(reports::funnel(&stages, &lives, boxes.days.span(&zone)))
}

/// A column of the worth: its first day, the day after its last, and what is in it.
type Column = (String, String, Bucket);

/// What a pipeline was worth, week by week or month by month, up to now.
pub async fn value(ctx: &Ctx, actor: &Actor, boxes: &Boxes, every: Every) -> Result<Vec<Column>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let zone = Zone::of(&mut tx, actor).await?;
    let days = boxes.days.buckets(every, &zone)?;
    let (stages, lives) = asked(ctx, actor, &mut tx, boxes).await?;
    let spans: Vec<_> = days.iter().map(|(_, _, span)| *span).collect();
    let buckets = reports::value(&stages, &lives, &spans, ctx.world.now());
    let named = days.iter().zip(buckets);
    Ok(named
        .map(|((from, to, _), bucket)| (from.to_string(), to.to_string(), bucket))
        .collect())
}

/// The boxes behind a figure of a funnel.
pub(super) fn of_funnel(funnel: Funnel, pick: &Pick) -> Result<Vec<RecordId>> {
    if let Some(reason) = &pick.reason {
        let mut reasons = funnel.lost_reasons.into_iter();
        let found = reasons.find(|(r, _)| r == reason);
        return Ok(found.map(|(_, ids)| ids).unwrap_or_default());
    }
    if let Some(stage) = pick.stage {
        let mut stages = funnel.stages.into_iter();
        let found = stages.find(|s| s.stage.id == stage);
        return Ok(found.ok_or_else(|| unknown("pick.stage"))?.reached);
    }
    match pick.outcome.as_deref() {
        Some("created") => Ok(funnel.created),
        Some("won") => Ok(funnel.won),
        Some("lost") => Ok(funnel.lost),
        Some("open") => Ok(funnel.open),
        _ => Err(unknown("pick.outcome")),
    }
}

/// The boxes behind a figure of the worth.
pub(super) fn of_value(buckets: Vec<Column>, pick: &Pick) -> Result<Vec<RecordId>> {
    let mut buckets = buckets.into_iter();
    let bucket = buckets.find(|(from, _, _)| Some(from) == pick.bucket.as_ref());
    let (_, _, bucket) = bucket.ok_or_else(|| unknown("pick.bucket"))?;
    let figure = match pick.outcome.as_deref().and_then(Outcome::parse) {
        Some(Outcome::Open) => bucket.open,
        Some(Outcome::Won) => bucket.won,
        Some(Outcome::Lost) => bucket.lost,
        None => return Err(unknown("pick.outcome")),
    };
    Ok(figure.ids)
}
