//! The history of records.

use tenon_model::records::{Cause, Change};
use tenon_model::{BulkId, MemberId, RecordId, Time};

use super::{Records, json, push_visible, word};
use crate::StoreError;
use crate::sql::{Builder, Row, sql};

/// What one version of a record changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Of which record.
    pub record: RecordId,
    /// The version that came of it.
    pub version: i64,
    /// When.
    pub at: Time,
    /// Who; `None` is a rule or a job.
    pub member: Option<MemberId>,
    /// How it came.
    pub cause: Cause,
    /// With which change of many records.
    pub bulk: Option<BulkId>,
    /// Field by field.
    pub changes: Vec<Change>,
}

/// Who touched a field last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The field.
    pub field: String,
    /// Who.
    pub member: Option<MemberId>,
    /// When.
    pub at: Time,
}

const COLUMNS: &str = "h.record_id, h.version, h.at, h.member_id, h.cause, h.bulk_id, h.changes";

fn read(row: &Row) -> Result<ChangeRow, StoreError> {
    let mut r = row.reader();
    Ok(ChangeRow {
        record: r.take()?,
        version: r.take()?,
        at: r.take()?,
        member: r.opt()?,
        cause: word(&r.take::<String>()?, Cause::parse)?,
        bulk: r.opt()?,
        changes: json(&r.take::<String>()?)?,
    })
}

impl Records<'_> {
    /// Adds to the history.
    pub async fn changed(&mut self, rows: &[ChangeRow]) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let rows = rows.iter().map(|c| {
            vec![
                c.record.into(),
                c.version.into(),
                workspace.into(),
                c.at.into(),
                c.member.into(),
                c.cause.as_str().into(),
                c.bulk.into(),
                serde_json::to_string(&c.changes).unwrap_or_default().into(),
            ]
        });
        let rows = rows.collect();
        self.insert_rows(
            "INSERT INTO record_changes (record_id, version, workspace_id, at, member_id, cause, bulk_id, changes) VALUES ",
            rows,
        )
        .await
    }

    fn history_of(&self) -> Result<Builder, StoreError> {
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS)
            .push(" FROM record_changes h JOIN records r ON r.id = h.record_id WHERE r.workspace_id = ")
            .value(self.tx.workspace()?)
            .push(" AND ");
        push_visible(&mut b, self.tx.private_to()?, false);
        Ok(b)
    }

    /// The newest changes of a record before a version.
    pub async fn history(
        &mut self,
        id: RecordId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let mut b = self.history_of()?;
        b.push(" AND h.record_id = ").value(id);
        b.push(" AND h.version < ")
            .value(before.unwrap_or(i64::MAX));
        b.push(" ORDER BY h.version DESC LIMIT ")
            .value(i64::from(limit));
        self.tx.all(b.build(1)).await?.iter().map(read).collect()
    }

    /// The fields that were changed after a version, by whom and when last.
    pub async fn touched_since(
        &mut self,
        id: RecordId,
        version: i64,
    ) -> Result<Vec<Touch>, StoreError> {
        let mut b = self.history_of()?;
        b.push(" AND h.record_id = ").value(id);
        b.push(" AND h.version > ").value(version);
        b.push(" ORDER BY h.version DESC");
        let mut out: Vec<Touch> = Vec::new();
        for row in self.tx.all(b.build(1)).await? {
            let change = read(&row)?;
            for field in change.changes {
                if !out.iter().any(|t| t.field == field.field) {
                    out.push(Touch {
                        field: field.field,
                        member: change.member,
                        at: change.at,
                    });
                }
            }
        }
        Ok(out)
    }

    /// The changes of these records that concern one of these fields, newest first of each record.
    pub async fn changes_of(
        &mut self,
        ids: &[RecordId],
        fields: &[&str],
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let mut out = Vec::new();
        // Whole changes come, with what was written in them: those of few records at a time.
        for ids in ids.chunks(crate::sql::LIST / 10) {
            let mut b = self.history_of()?;
            b.push(" AND h.record_id IN ").list(ids.iter().copied());
            b.push(" ORDER BY h.record_id, h.version DESC");
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut change = read(&row)?;
                let of = |c: &Change| fields.contains(&c.field.as_str());
                change.changes.retain(of);
                if !change.changes.is_empty() {
                    out.push(change);
                }
            }
        }
        Ok(out)
    }

    /// What one change of many records did, for undoing it: at most `limit` after a record.
    pub async fn of_bulk(
        &mut self,
        bulk: BulkId,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let mut query = format!(
            "SELECT {COLUMNS} FROM record_changes h WHERE h.workspace_id = $1 AND h.bulk_id = $2"
        );
        if after.is_some() {
            query.push_str(" AND h.record_id > $4");
        }
        query.push_str(" ORDER BY h.record_id LIMIT $3");
        let mut query = sql(query)
            .bind(self.tx.workspace()?)
            .bind(bulk)
            .bind(i64::from(limit));
        if let Some(after) = after {
            query = query.bind(after);
        }
        self.tx.all(query).await?.iter().map(read).collect()
    }
}
