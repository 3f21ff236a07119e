//! Records as they are shown: what they link to by title, and nothing of what the member does not see.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;
use tenon_model::records::{Access, Field, Kind, Shape, ShareScope, Values, links};
use tenon_model::{MemberId, RecordId, Time};
use tenon_store::{RecordRow, Tx};

use super::capped;
use crate::conversations::fill;
use crate::{Actor, Ctx, Error, Result};

/// A record that another one names.
#[derive(Clone)]
pub struct RecordRef {
    /// Id.
    pub id: RecordId,
    /// Kind.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// Whether it is in the bin.
    pub deleted: bool,
}

/// A record for people.
#[derive(Clone)]
pub struct RecordView {
    /// Id.
    pub id: RecordId,
    /// Kind.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// Values by field; links to what the member does not see are left out.
    pub values: Values,
    /// Counts its changes.
    pub version: i64,
    /// What the member may do.
    pub access: Access,
    /// Who sees it.
    pub sharing: ShareScope,
    /// When it was made.
    pub created_at: Time,
    /// By whom.
    pub created_by: Option<MemberId>,
    /// When it last changed.
    pub updated_at: Time,
    /// Since when it is in the bin.
    pub deleted_at: Option<Time>,
    /// What it links to.
    pub linked: Vec<RecordRef>,
    /// Into which record it went, if the member sees that.
    pub merged_into: Option<RecordId>,
    /// When something last happened with it, of contacts, companies and boxes where they are read by
    /// themselves or in lists.
    pub last_touch: Option<Time>,
}

impl std::fmt::Debug for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordRef({}, …)", self.id)
    }
}

impl From<&RecordRow> for RecordRef {
    fn from(row: &RecordRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title.clone(),
            deleted: row.deleted_at.is_some(),
        }
    }
}

/// The fields of a kind in this workspace.
pub(crate) async fn shape(tx: &mut Tx, kind: Kind) -> Result<Shape> {
    let custom = tx.fields().list(Some(kind)).await?;
    Ok(Shape::new(kind, &custom))
}

/// The shapes of several records' kinds.
async fn shapes(tx: &mut Tx, rows: &[RecordRow]) -> Result<HashMap<Kind, Shape>> {
    let mut out = HashMap::new();
    for row in rows {
        if let Entry::Vacant(kind) = out.entry(row.kind) {
            kind.insert(shape(tx, row.kind).await?);
        }
    }
    Ok(out)
}

pub(super) fn linked_ids(shape: &Shape, values: &Values) -> Vec<RecordId> {
    let fields = shape.fields.iter().filter(|f| f.ty.is_link());
    fields
        .filter_map(|f| Some(links(f, values.get(&f.key)?)))
        .flatten()
        .collect()
}

/// Shows records in the order given.
pub(super) async fn show(
    tx: &mut Tx,
    actor: &Actor,
    rows: Vec<RecordRow>,
) -> Result<Vec<RecordView>> {
    let shapes = shapes(tx, &rows).await?;
    let mut ids: Vec<RecordId> = rows
        .iter()
        .filter_map(|row| Some(linked_ids(shapes.get(&row.kind)?, &row.values)))
        .flatten()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let seen: HashMap<RecordId, RecordRef> = tx
        .records()
        .get_many(&ids)
        .await?
        .iter()
        .map(|row| (row.id, row.into()))
        .collect();
    let binned = rows.iter().filter(|r| r.deleted_at.is_some());
    let binned: Vec<RecordId> = binned.map(|r| r.id).collect();
    let into = into_which(tx, &binned).await?;
    Ok(rows
        .into_iter()
        .map(|mut row| {
            let mut linked = Vec::new();
            if let Some(shape) = shapes.get(&row.kind) {
                for id in linked_ids(shape, &row.values) {
                    linked.extend(seen.get(&id).cloned());
                }
                keep_links(shape, &mut row.values, &|id| seen.contains_key(&id));
            }
            RecordView {
                id: row.id,
                kind: row.kind,
                title: row.title,
                values: row.values,
                version: row.version,
                access: capped(actor.role, row.access),
                sharing: row.sharing,
                created_at: row.created_at,
                created_by: row.created_by,
                updated_at: row.updated_at,
                deleted_at: row.deleted_at,
                linked,
                merged_into: into.get(&row.id).copied(),
                last_touch: None,
            }
        })
        .collect())
}

/// Leaves out the links for which `keep` does not hold.
pub(super) fn keep_links(shape: &Shape, values: &mut Values, keep: &dyn Fn(RecordId) -> bool) {
    for field in shape.fields.iter().filter(|f| f.ty.is_link()) {
        let Some(value) = values.get_mut(&field.key) else {
            continue;
        };
        let kept = |v: &Value| v.as_str().and_then(|t| t.parse().ok()).is_some_and(keep);
        let gone = match value {
            Value::Array(list) => {
                list.retain(kept);
                list.is_empty()
            }
            one => !kept(one),
        };
        if gone {
            values.remove(&field.key);
        }
    }
}

/// Leaves out of changes the links to what the member does not see.
pub(super) async fn hide_links<'c>(
    tx: &mut Tx,
    shape: &Shape,
    values: impl IntoIterator<Item = (&'c String, &'c mut Value)>,
) -> Result<()> {
    let mut of_links: Vec<(&Field, &mut Value)> = values
        .into_iter()
        .filter_map(|(key, value)| Some((shape.field(key).filter(|f| f.ty.is_link())?, value)))
        .collect();
    let ids: Vec<RecordId> = of_links.iter().flat_map(|(f, v)| links(f, v)).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let seen = tx.records().get_many(&ids).await?;
    for (field, value) in &mut of_links {
        let mut one = Values::from_iter([(field.key.clone(), value.take())]);
        keep_links(shape, &mut one, &|id| seen.iter().any(|r| r.id == id));
        **value = one.remove(&field.key).unwrap_or(Value::Null);
    }
    Ok(())
}

/// Shows those of the records that the member sees and that are in no bin, in the order of the ids.
pub(crate) async fn show_many(
    tx: &mut Tx,
    actor: &Actor,
    ids: &[RecordId],
) -> Result<Vec<RecordView>> {
    let mut rows = tx.records().get_many(ids).await?;
    rows.retain(|row| row.deleted_at.is_none());
    let place: HashMap<RecordId, usize> = ids.iter().copied().zip(0..).collect();
    rows.sort_by_key(|row| place.get(&row.id).copied());
    show(tx, actor, rows).await
}

/// What values link to, as far as the member sees it.
pub(super) async fn refs_in<'c>(
    tx: &mut Tx,
    shape: &Shape,
    values: impl IntoIterator<Item = (&'c String, &'c Value)>,
) -> Result<Vec<RecordRef>> {
    let of = |(key, value): (&String, &Value)| Some(links(shape.field(key)?, value));
    let mut ids: Vec<RecordId> = values.into_iter().filter_map(of).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = tx.records().get_many(&ids).await?;
    Ok(rows.iter().map(Into::into).collect())
}

/// Shows one record.
pub(super) async fn show_one(tx: &mut Tx, actor: &Actor, row: RecordRow) -> Result<RecordView> {
    let mut views = show(tx, actor, vec![row]).await?;
    views.pop().ok_or(Error::NotFound("record"))
}

/// Into which records those went in the end that were merged, as far as the member sees them.
pub(super) async fn into_which(
    tx: &mut Tx,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, RecordId>> {
    let mut out: HashMap<RecordId, RecordId> = HashMap::new();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        let steps = tx.records().merged_into(&next).await?;
        next.clear();
        for (from, to) in steps {
            for into in out.values_mut().filter(|into| **into == from) {
                *into = to;
            }
            if ids.contains(&from) {
                out.insert(from, to);
            }
            next.push(to);
        }
    }
    let ends: Vec<RecordId> = out.values().copied().collect();
    let seen = tx.records().get_many(&ends).await?;
    out.retain(|_, into| seen.iter().any(|r| r.id == *into));
    Ok(out)
}

/// A record that the member sees, in the bin too. One that went into another is told as gone there.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<RecordView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let mut views = show(&mut tx, actor, vec![row]).await?;
    fill(ctx, tx, actor, &mut views).await?;
    let view = views.pop().ok_or(Error::NotFound("record"))?;
    match view.merged_into {
        Some(into) => Err(Error::RecordMerged(into)),
        None => Ok(view),
    }
}
