//! Changes of many records at once.

use std::collections::BTreeMap;

use tenon_model::records::Kind;
use tenon_model::{BulkId, MemberId, Time};

use super::{Records, json, word};
use crate::StoreError;
use crate::sql::{Row, sql};

/// A change of many records, made by one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Id.
    pub id: BulkId,
    /// Who made it.
    pub member: MemberId,
    /// Of which kind.
    pub kind: Kind,
    /// Records that were changed.
    pub changed: i64,
    /// Records that were left: not theirs to change, or so already.
    pub skipped: i64,
    /// Why they were left: codes, and how often.
    pub reasons: BTreeMap<String, i64>,
    /// When it was done; `None` while it runs, or after it was cut off.
    pub finished_at: Option<Time>,
    /// Hash of the request's key.
    pub repeat_key: [u8; 32],
    /// Hash of the request.
    pub request_hash: [u8; 32],
    /// When.
    pub created_at: Time,
}

const COLUMNS: &str = "id, member_id, kind, changed, skipped, finished_at, repeat_key, request_hash, created_at, reasons";

fn read(row: &Row) -> Result<Bulk, StoreError> {
    let mut r = row.reader();
    Ok(Bulk {
        id: r.take()?,
        member: r.take()?,
        kind: word(&r.take::<String>()?, Kind::parse)?,
        changed: r.take()?,
        skipped: r.take()?,
        finished_at: r.opt()?,
        repeat_key: r.take()?,
        request_hash: r.take()?,
        created_at: r.take()?,
        reasons: r
            .opt::<String>()?
            .map(|t| json(&t))
            .transpose()?
            .unwrap_or_default(),
    })
}

impl Records<'_> {
    /// Keeps a change of many records.
    pub async fn insert_bulk(&mut self, bulk: &Bulk) -> Result<(), StoreError> {
        let insert = sql(format!(
            "INSERT INTO record_bulks ({COLUMNS}, workspace_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ))
        .bind(bulk.id)
        .bind(bulk.member)
        .bind(bulk.kind.as_str())
        .bind(bulk.changed)
        .bind(bulk.skipped)
        .bind(bulk.finished_at)
        .bind(bulk.repeat_key)
        .bind(bulk.request_hash)
        .bind(bulk.created_at)
        .bind(serde_json::to_string(&bulk.reasons).unwrap_or_default())
        .bind(self.tx.workspace()?);
        self.tx.exec(insert).await.map(drop)
    }

    /// One of the member's own.
    pub async fn bulk(&mut self, id: BulkId) -> Result<Option<Bulk>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_bulks WHERE workspace_id = $1 AND member_id = $2 AND id = $3"
        ))
        .bind(self.tx.workspace()?)
        .bind(self.tx.private_to()?)
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// One of the member's own, by the key of its request.
    pub async fn bulk_by_key(&mut self, key: [u8; 32]) -> Result<Option<Bulk>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_bulks WHERE workspace_id = $1 AND member_id = $2 AND repeat_key = $3"
        ))
        .bind(self.tx.workspace()?)
        .bind(self.tx.private_to()?)
        .bind(key);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// It went on: so many more were changed or left; why, counted from the beginning.
    pub async fn bulk_went_on(
        &mut self,
        id: BulkId,
        changed: i64,
        skipped: i64,
        reasons: &BTreeMap<String, i64>,
    ) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE record_bulks SET changed = changed + $1, skipped = skipped + $2, reasons = $3 \
             WHERE workspace_id = $4 AND id = $5",
        )
        .bind(changed)
        .bind(skipped)
        .bind(serde_json::to_string(reasons).unwrap_or_default())
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.exec(update).await.map(drop)
    }

    /// It is done.
    pub async fn bulk_done(&mut self, id: BulkId, at: Time) -> Result<(), StoreError> {
        let update =
            sql("UPDATE record_bulks SET finished_at = $1 WHERE workspace_id = $2 AND id = $3")
                .bind(at)
                .bind(self.tx.workspace()?)
                .bind(id);
        self.tx.exec(update).await.map(drop)
    }

    /// It begins once more after it was cut off: what was left then is looked at again.
    pub async fn bulk_again(&mut self, id: BulkId) -> Result<(), StoreError> {
        let update = sql("UPDATE record_bulks SET skipped = 0 WHERE workspace_id = $1 AND id = $2")
            .bind(self.tx.workspace()?)
            .bind(id);
        self.tx.exec(update).await.map(drop)
    }

    /// Forgets those that are too old to be undone. *System: any workspace.*
    pub async fn remove_bulks_before(&mut self, before: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM record_bulks WHERE created_at < $1").bind(before);
        self.tx.exec(delete).await
    }
}
