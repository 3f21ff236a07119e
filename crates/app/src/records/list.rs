//! Lists of records.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_model::records::{Filter, FilterError, Kind, Shape, Sort, SortKey};
use tenon_model::{PipelineId, RecordId, StageId};
use tenon_store::{PlaceKey, RecordPlace, RecordQuery, RecordRow, StageSum, Tx};

use super::MOST;
use super::search::{near, plain, typed};
use super::view::{RecordView, shape, show};
use crate::conversations::fill;
use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// Which records, as asked.
#[derive(Debug, Clone)]
pub struct Which {
    /// Kind.
    pub kind: Kind,
    /// Filter, as sent.
    pub filter: Option<Value>,
    /// Words that begin words of the record, or if there are none such, differ from them by a slip.
    pub search: Option<String>,
    /// Pipeline.
    pub pipeline: Option<PipelineId>,
    /// Stage.
    pub stage: Option<StageId>,
    /// That link to this record.
    pub linked_to: Option<RecordId>,
    /// In the bin.
    pub deleted: bool,
}

/// A page of a list, as asked.
#[derive(Debug, Clone)]
pub struct RecordsQuery {
    /// Which.
    pub which: Which,
    /// The field of the order, and whether the largest comes first.
    pub sort: Option<(String, bool)>,
    /// How many.
    pub limit: u32,
    /// From the last page's `next`.
    pub after: Option<String>,
}

/// A page of a list.
#[derive(Clone)]
pub struct Listed<T> {
    /// The page.
    pub page: Page<T>,
    /// Whether nothing was found as it was typed, so that these have words which differ by a slip.
    pub similar: bool,
}

impl From<FilterError> for Error {
    fn from(e: FilterError) -> Self {
        Self::field(&e.path, e.sentence)
    }
}

/// Reads what is asked for.
pub(super) fn read(ctx: &Ctx, actor: &Actor, shape: &Shape, which: Which) -> Result<RecordQuery> {
    let read = |json: &Value| Filter::read(shape, json, actor.member, ctx.world.now());
    let filter = which
        .filter
        .as_ref()
        .filter(|f| !f.is_null())
        .map(read)
        .transpose()?;
    let words = typed("search", &which.search.unwrap_or_default())?;
    Ok(RecordQuery {
        kind: which.kind,
        filter,
        pipeline: which.pipeline,
        stage: which.stage,
        words: plain(words),
        deleted: which.deleted,
        linked_to: which.linked_to,
    })
}

/// A page of records that the member sees.
pub async fn list(ctx: &Ctx, actor: &Actor, query: RecordsQuery) -> Result<Page<RecordView>> {
    Ok(listed(ctx, actor, query).await?.page)
}

/// The same, and whether its words were found in spite of slips only.
pub async fn listed(ctx: &Ctx, actor: &Actor, query: RecordsQuery) -> Result<Listed<RecordView>> {
    let limit = query.limit.clamp(1, MOST);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, query.which.kind).await?;
    let sort = match &query.sort {
        Some((field, descending)) => Sort::read(&shape, field, *descending)?,
        None => usual(query.which.kind),
    };
    let after = query
        .after
        .as_deref()
        .map(|t| decode(t, &sort))
        .transpose()?;
    let mut which = read(ctx, actor, &shape, query.which)?;
    seen(&mut tx, which.linked_to).await?;
    let similar = widen(&mut tx, &mut which).await?;
    let mut rows = tx
        .records()
        .list(&which, &sort, after.as_ref(), limit + 1)
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|(_, place)| encode(place));
    let rows = rows.into_iter().map(|(row, _)| row).collect();
    let mut items = show(&mut tx, actor, rows).await?;
    fill(ctx, tx, actor, &mut items).await?;
    let page = Page { items, next };
    Ok(Listed { page, similar })
}

/// The next records of a list in their usual order, as they are stored, and the place after them.
pub(crate) async fn rows(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    which: Which,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<RecordRow>, Option<String>)> {
    let shape = shape(tx, which.kind).await?;
    let sort = usual(which.kind);
    let after = after.map(|t| decode(t, &sort)).transpose()?;
    let mut query = read(ctx, actor, &shape, which)?;
    seen(tx, query.linked_to).await?;
    widen(tx, &mut query).await?;
    let found = tx
        .records()
        .list(&query, &sort, after.as_ref(), limit)
        .await?;
    let full = found.len() == limit as usize;
    let next = found
        .last()
        .filter(|_| full)
        .map(|(_, place)| encode(place));
    Ok((found.into_iter().map(|(row, _)| row).collect(), next))
}

/// Where no record has the words of a search as they were typed, those count too that differ by a slip. Whether that was so
/// is told only where it found something: a near word of hidden records alone is none (decision 0062).
pub(super) async fn widen(tx: &mut Tx, query: &mut RecordQuery) -> Result<bool> {
    if query.words.is_empty() || tx.records().any(query).await? {
        return Ok(false);
    }
    near(tx, &mut query.words).await?;
    let slips = query.words.iter().any(|w| !w.near.is_empty());
    Ok(slips && tx.records().any(query).await?)
}

/// Refuses to tell what links to a record that the member does not see.
async fn seen(tx: &mut Tx, id: Option<RecordId>) -> Result<()> {
    if let Some(id) = id {
        tx.records()
            .get(id)
            .await?
            .ok_or(Error::NotFound("record"))?;
    }
    Ok(())
}

/// The order of a list when none is asked for.
fn usual(kind: Kind) -> Sort {
    let (by, descending) = match kind {
        Kind::Contact | Kind::Company => (SortKey::Title, false),
        Kind::Deal | Kind::Lead | Kind::Case | Kind::Card => (SortKey::Position, false),
        Kind::Task => (SortKey::Number("due_date".into()), false),
        Kind::Activity | Kind::Note => (SortKey::CreatedAt, true),
    };
    Sort { by, descending }
}

/// How many records there are, and with a pipeline how many stand in each of its stages.
pub async fn count(ctx: &Ctx, actor: &Actor, which: Which) -> Result<(u64, Option<Vec<StageSum>>)> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, which.kind).await?;
    let mut query = read(ctx, actor, &shape, which)?;
    seen(&mut tx, query.linked_to).await?;
    widen(&mut tx, &mut query).await?;
    let count = tx.records().count(&query).await?;
    let stages = match query.pipeline {
        Some(_) => Some(tx.records().by_stage(&query).await?),
        None => None,
    };
    Ok((count, stages))
}

fn encode(place: &RecordPlace) -> String {
    let key = match &place.key {
        None => Value::Null,
        Some(PlaceKey::Text(text)) => json!(text),
        Some(PlaceKey::Number(number)) => json!(number),
    };
    URL_SAFE_NO_PAD.encode(json!([key, place.id.to_string()]).to_string())
}

/// Reads a place, which must be one of this order.
fn decode(text: &str, sort: &Sort) -> Result<RecordPlace> {
    let invalid = || Error::field("after", "must be the next of an earlier page of this list");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let (key, id): (Value, RecordId) = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    let text = matches!(sort.by, SortKey::Title | SortKey::Text(_));
    let field = matches!(sort.by, SortKey::Number(_) | SortKey::Text(_));
    let key = match key {
        Value::Null if field => None,
        Value::String(key) if text && !key.contains('\0') => Some(PlaceKey::Text(key)),
        Value::Number(key) if !text => Some(PlaceKey::Number(key.as_i64().ok_or_else(invalid)?)),
        _ => return Err(invalid()),
    };
    Ok(RecordPlace { key, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nonsense_is_refused() {
        let sort = |by| Sort {
            by,
            descending: false,
        };
        let id: RecordId = tenon_model::World::system().id();
        for (key, by) in [
            (Some(PlaceKey::Text("müller".into())), SortKey::Title),
            (Some(PlaceKey::Number(-3)), SortKey::UpdatedAt),
            (None, SortKey::Number("amount".into())),
        ] {
            let place = RecordPlace { key, id };
            assert_eq!(decode(&encode(&place), &sort(by)).unwrap(), place);
        }
        let named = encode(&RecordPlace {
            key: Some(PlaceKey::Text("a".into())),
            id,
        });
        for (text, by) in [
            ("", SortKey::Title),
            ("e30", SortKey::Title),
            (&named, SortKey::UpdatedAt),
        ] {
            assert!(
                matches!(decode(text, &sort(by)), Err(Error::Validation(_))),
                "{text}"
            );
        }
    }
}
