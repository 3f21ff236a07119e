//! What became of a record, field by field, and taking a change back.

use serde_json::Value;
use tenon_model::records::{Cause, Change, Kind, Values, links};
use tenon_model::{MemberId, RecordId, Time};
use tenon_store::{ChangeRow, Tx};

use super::edit::{change, opposite};
use super::view::{RecordRef, RecordView, hide_links, refs_in, shape, show_one};
use super::{Noted, held};
use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// A change of a record.
#[derive(Clone)]
pub struct ChangeView {
    /// The version that came of it.
    pub version: i64,
    /// When.
    pub at: Time,
    /// Who; `None` is a rule.
    pub by: Option<MemberId>,
    /// How it came.
    pub cause: Cause,
    /// Field by field.
    pub changes: Vec<Change>,
    /// What the values link to.
    pub linked: Vec<RecordRef>,
}

impl From<ChangeRow> for ChangeView {
    fn from(row: ChangeRow) -> Self {
        Self {
            version: row.version,
            at: row.at,
            by: row.member,
            cause: row.cause,
            changes: row.changes,
            linked: Vec::new(),
        }
    }
}

/// The history of a record, newest first.
pub async fn history(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<ChangeView>> {
    let limit = limit.clamp(1, super::MOST);
    let before = match after {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Error::field("after", "must be the next of an earlier page"))?,
        ),
    };
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let rows = tx.records().history(id, before, limit + 1).await?;
    let more = rows.len() > limit as usize;
    let mut items: Vec<ChangeView> = rows
        .into_iter()
        .take(limit as usize)
        .map(Into::into)
        .collect();
    hide(&mut tx, row.kind, &mut items).await?;
    let next = items.last().filter(|_| more).map(|c| c.version.to_string());
    Ok(Page { items, next })
}

/// Leaves out of changes what the member does not see, and adds the titles of what they link to.
pub(super) async fn hide(tx: &mut Tx, kind: Kind, changes: &mut [ChangeView]) -> Result<()> {
    let shape = shape(tx, kind).await?;
    let values = changes
        .iter_mut()
        .flat_map(|c| &mut c.changes)
        .flat_map(|c| [(&c.field, &mut c.from), (&c.field, &mut c.to)]);
    hide_links(tx, &shape, values).await?;
    let of = |c: &Change| {
        [
            (c.field.clone(), c.from.clone()),
            (c.field.clone(), c.to.clone()),
        ]
    };
    let values: Vec<(String, Value)> = changes
        .iter()
        .flat_map(|c| &c.changes)
        .flat_map(of)
        .collect();
    let all = refs_in(tx, &shape, values.iter().map(|(k, v)| (k, v))).await?;
    for change in changes {
        let values = change.changes.iter();
        let values = values.flat_map(|c| [(&c.field, &c.from), (&c.field, &c.to)]);
        let own: Vec<RecordId> = values
            .filter_map(|(key, value)| Some(links(shape.field(key)?, value)))
            .flatten()
            .collect();
        change.linked = all
            .iter()
            .filter(|r| own.contains(&r.id))
            .cloned()
            .collect();
    }
    Ok(())
}

/// Takes one change back: its fields, or only some of them, get what they had before it. Fields that
/// were changed again since the person looked are asked about like any edit.
pub async fn revert(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    seen: Option<i64>,
    version: i64,
    fields: Option<&[String]>,
) -> Result<RecordView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    let found = tx.records().history(id, version.checked_add(1), 1).await?;
    let found = found
        .into_iter()
        .find(|c| c.version == version && c.cause != Cause::Created);
    let found =
        found.ok_or_else(|| Error::field("version", "is no change that can be taken back"))?;
    let mut values: Values = opposite(found.changes);
    if let Some(fields) = fields {
        values.retain(|key, _| fields.contains(key));
    }
    let noted = Noted::by(Cause::Reverted);
    let row = change(ctx, &mut tx, actor, row, seen, &values, noted).await?;
    let view = show_one(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}
