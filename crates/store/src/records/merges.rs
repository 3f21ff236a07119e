//! Records that became one (decision 0063). What each said before is in its history, under the merging's id.

use tenon_model::{BulkId, FileId, MemberId, MergeId, RecordId, Time};

use super::{COLUMNS, RecordRow, Records, json, push_access, read as read_record};
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, dialect, sql};

/// A merging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Id.
    pub id: MergeId,
    /// The record that stayed.
    pub kept: RecordId,
    /// Who made it.
    pub member: MemberId,
    /// Records that went with a merged one, and with which.
    pub parents: Vec<(RecordId, RecordId)>,
    /// Files that moved to the kept record, and from which.
    pub files: Vec<(FileId, RecordId)>,
    /// When.
    pub created_at: Time,
    /// Since when it is taken back.
    pub undone_at: Option<Time>,
    /// Hash of the request's key.
    pub repeat_key: [u8; 32],
    /// Hash of the request.
    pub request_hash: [u8; 32],
}

impl Merge {
    /// Under which id its changes stand in the history.
    pub const fn changes(&self) -> BulkId {
        BulkId(self.id.0)
    }
}

const MERGE: &str =
    "id, kept_id, member_id, parents, created_at, undone_at, repeat_key, request_hash, files";

fn read(row: &Row) -> Result<Merge, StoreError> {
    let mut r = row.reader();
    Ok(Merge {
        id: r.take()?,
        kept: r.take()?,
        member: r.take()?,
        parents: json(&r.take::<String>()?)?,
        created_at: r.take()?,
        undone_at: r.opt()?,
        repeat_key: r.take()?,
        request_hash: r.take()?,
        // None is what a program from before there were files has written.
        files: match r.opt::<String>()? {
            Some(text) => json(&text)?,
            None => Vec::new(),
        },
    })
}

impl Records<'_> {
    /// Keeps a merging, and which records went into the kept one.
    pub async fn insert_merge(
        &mut self,
        merge: &Merge,
        merged: &[RecordId],
    ) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let insert = sql(format!(
            "INSERT INTO record_merges ({MERGE}, workspace_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ))
        .bind(merge.id)
        .bind(merge.kept)
        .bind(merge.member)
        .bind(serde_json::to_string(&merge.parents).unwrap_or_default())
        .bind(merge.created_at)
        .bind(merge.undone_at)
        .bind(merge.repeat_key)
        .bind(merge.request_hash)
        .bind(serde_json::to_string(&merge.files).unwrap_or_default())
        .bind(workspace);
        self.tx.exec(insert).await?;
        let rows = merged
            .iter()
            .map(|id| vec![(*id).into(), merge.id.into(), workspace.into()]);
        let rows = rows.collect();
        self.insert_rows(
            "INSERT INTO record_merged (record_id, merge_id, workspace_id) VALUES ",
            rows,
        )
        .await
    }

    /// A merging. Who asks must see the record that stayed.
    pub async fn merge(&mut self, id: MergeId) -> Result<Option<Merge>, StoreError> {
        let query = sql(format!(
            "SELECT {MERGE} FROM record_merges WHERE workspace_id = $1 AND id = $2"
        ))
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The same by the key of its request.
    pub async fn merge_by_key(&mut self, key: [u8; 32]) -> Result<Option<Merge>, StoreError> {
        let query = sql(format!(
            "SELECT {MERGE} FROM record_merges WHERE workspace_id = $1 AND repeat_key = $2"
        ))
        .bind(self.tx.workspace()?)
        .bind(key);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// What went into a record, newest first. Who asks must see it.
    pub async fn merges_of(
        &mut self,
        kept: RecordId,
        limit: u32,
    ) -> Result<Vec<Merge>, StoreError> {
        let query = sql(format!(
            "SELECT {MERGE} FROM record_merges WHERE workspace_id = $1 AND kept_id = $2 \
             ORDER BY created_at DESC, id DESC LIMIT $3"
        ))
        .bind(self.tx.workspace()?)
        .bind(kept)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// The records that a merging put away and that are still there.
    pub async fn merged_by(&mut self, id: MergeId) -> Result<Vec<RecordId>, StoreError> {
        let query = sql(
            "SELECT record_id FROM record_merged WHERE workspace_id = $1 AND merge_id = $2 ORDER BY record_id",
        )
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.all(query).await?.iter().map(Row::only).collect()
    }

    /// Into which records those went that were merged.
    pub async fn merged_into(
        &mut self,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, RecordId)>, StoreError> {
        let mut out = Vec::new();
        for ids in ids.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT d.record_id, o.kept_id FROM record_merged d CROSS JOIN record_merges o WHERE d.workspace_id = ",
            );
            b.value(self.tx.workspace()?)
                .push(" AND d.record_id IN ")
                .list(ids.iter().copied())
                .push(" AND o.id = d.merge_id AND o.undone_at IS NULL");
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut r = row.reader();
                out.push((r.take()?, r.take()?));
            }
        }
        Ok(out)
    }

    /// It was taken back.
    pub async fn merge_undone(&mut self, id: MergeId, at: Time) -> Result<(), StoreError> {
        let update =
            sql("UPDATE record_merges SET undone_at = $1 WHERE workspace_id = $2 AND id = $3")
                .bind(at)
                .bind(self.tx.workspace()?)
                .bind(id);
        self.tx.exec(update).await.map(drop)
    }

    /// All records that name any of these, whoever sees them, in the bin too: what they say is changed and not
    /// told. In order of id, at most `limit`, held until the end of the transaction.
    pub async fn naming(
        &mut self,
        ids: &[RecordId],
        limit: u32,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let mut b = self.whoever();
        b.value(self.tx.workspace()?)
            .push(" AND r.id IN (SELECT l.from_id FROM record_links l WHERE l.to_id IN ")
            .list(ids.iter().copied())
            .push(") ORDER BY r.id LIMIT ")
            .value(i64::from(limit));
        self.held(b).await
    }

    /// Records, whoever sees them, held until the end of the transaction, in order of id.
    pub async fn hold_any(&mut self, ids: &[RecordId]) -> Result<Vec<RecordRow>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        let mut out = Vec::new();
        for ids in ids.chunks(LIST) {
            let mut b = self.whoever();
            b.value(self.tx.workspace()?)
                .push(" AND r.id IN ")
                .list(ids.iter().copied())
                .push(" ORDER BY r.id");
            out.extend(self.held(b).await?);
        }
        Ok(out)
    }

    /// `SELECT … FROM records r WHERE r.workspace_id = `, whoever sees them.
    fn whoever(&self) -> Builder {
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS);
        push_access(&mut b, None);
        b.push(" FROM records r WHERE r.workspace_id = ");
        b
    }

    async fn held(&mut self, mut b: Builder) -> Result<Vec<RecordRow>, StoreError> {
        b.push(dialect!(self.tx.kind(), sqlite: "", postgres: " FOR NO KEY UPDATE OF r"));
        let rows = self.tx.all(b.build(2)).await?;
        rows.iter().map(read_record).collect()
    }

    /// The records that go with any of these, and with which.
    pub async fn going_with(
        &mut self,
        ids: &[RecordId],
        limit: u32,
    ) -> Result<Vec<(RecordId, RecordId)>, StoreError> {
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT id, parent_id FROM records WHERE workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND parent_id IN ")
            .list(ids.iter().copied())
            .push(" ORDER BY id LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(ids.len())).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// A record goes with another one, if it went with `before`.
    pub async fn go_with(
        &mut self,
        id: RecordId,
        before: RecordId,
        parent: RecordId,
    ) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE records SET parent_id = $1 WHERE workspace_id = $2 AND id = $3 AND parent_id = $4",
        )
        .bind(parent)
        .bind(self.tx.workspace()?)
        .bind(id)
        .bind(before);
        self.tx.exec(update).await.map(drop)
    }

    /// Ids of records in the bin that a member may remove for good: their own, or with `all` each that they see.
    pub async fn removable(
        &mut self,
        kind: Option<tenon_model::records::Kind>,
        all: bool,
        limit: u32,
    ) -> Result<Vec<RecordId>, StoreError> {
        let member = self.tx.private_to()?;
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT r.id FROM records r WHERE r.workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND r.deleted_at IS NOT NULL");
        if let Some(kind) = kind {
            b.push(" AND r.kind = ").value(kind);
        }
        b.push(" AND ");
        super::push_visible(&mut b, member, true);
        if let Some(member) = member.filter(|_| !all) {
            b.push(" AND ");
            super::push_own(&mut b, "r", super::Viewer::Member(member));
        }
        b.push(" ORDER BY r.deleted_at, r.id LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(1)).await?;
        rows.iter().map(Row::only).collect()
    }
}
