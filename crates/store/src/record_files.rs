//! Files of a provider that are linked to records (decision 0066). Who asks must see the record: nothing here asks that.

use tenon_model::files::FileState;
use tenon_model::{ConnectionId, FileId, MemberId, RecordId, Time};

use crate::StoreError;
use crate::sql::{Builder, LIST, Row, sql};

/// A file on a record.
#[derive(Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Id of the link.
    pub id: FileId,
    /// The record.
    pub record: RecordId,
    /// The connection that looks after it; none after that is gone.
    pub connection: Option<ConnectionId>,
    /// `google`.
    pub provider: String,
    /// The provider's id.
    pub provider_file_id: String,
    /// The shared drive it is in, as far as known.
    pub drive_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// Where a person opens it.
    pub link: String,
    /// Whether it can be seen.
    pub state: FileState,
    /// Who linked it.
    pub added_by: MemberId,
    /// When.
    pub added_at: Time,
    /// When the provider was last asked.
    pub checked_at: Option<Time>,
    /// Since when the link is removed.
    pub removed_at: Option<Time>,
}

impl std::fmt::Debug for FileRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileRow")
            .field("id", &self.id)
            .field("record", &self.record)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, record_id, connection_id, provider, provider_file_id, drive_id, name, mime_type, link, state, \
                       added_by, added_at, checked_at, removed_at";

fn read(row: &Row) -> Result<FileRow, StoreError> {
    let mut r = row.reader();
    Ok(FileRow {
        id: r.take()?,
        record: r.take()?,
        connection: r.opt()?,
        provider: r.take()?,
        provider_file_id: r.take()?,
        drive_id: r.opt()?,
        name: r.take()?,
        mime_type: r.take()?,
        link: r.take()?,
        state: FileState::parse(&r.take::<String>()?).ok_or(StoreError::Unreadable {
            column: 9,
            what: "the state of a file",
        })?,
        added_by: r.take()?,
        added_at: r.take()?,
        checked_at: r.opt()?,
        removed_at: r.opt()?,
    })
}

aggregate!(
    /// Files on records.
    RecordFiles,
    record_files
);

impl RecordFiles<'_> {
    /// The files of records, those whose link is removed left out: by record in the order they were linked.
    pub async fn of_records(&mut self, records: &[RecordId]) -> Result<Vec<FileRow>, StoreError> {
        let mut out = Vec::new();
        for ids in records.chunks(LIST) {
            let mut b = self.select();
            b.value(self.tx.workspace()?)
                .push(" AND record_id IN ")
                .list(ids.iter().copied())
                .push(" AND removed_at IS NULL ORDER BY record_id, added_at, id");
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// A file of a record, also one whose link is removed.
    pub async fn get(
        &mut self,
        record: RecordId,
        id: FileId,
    ) -> Result<Option<FileRow>, StoreError> {
        let mut b = self.select();
        b.value(self.tx.workspace()?)
            .push(" AND id = ")
            .value(id)
            .push(" AND record_id = ")
            .value(record);
        self.tx.opt(b.build(1)).await?.map(|r| read(&r)).transpose()
    }

    /// All links of a record to these files of a provider, removed ones too.
    pub async fn to(
        &mut self,
        record: RecordId,
        provider: &str,
        files: &[String],
    ) -> Result<Vec<FileRow>, StoreError> {
        let mut out = Vec::new();
        for ids in files.chunks(LIST) {
            let mut b = self.select();
            b.value(self.tx.workspace()?)
                .push(" AND record_id = ")
                .value(record)
                .push(" AND provider = ")
                .value(provider)
                .push(" AND provider_file_id IN ")
                .list(ids.iter().map(String::as_str))
                .push(" ORDER BY added_at, id");
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// Adds a link. The record must be held, for two of one file would not be stored.
    pub async fn insert(&mut self, row: &FileRow) -> Result<(), StoreError> {
        let insert = sql(format!(
            "INSERT INTO record_files ({COLUMNS}, workspace_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ))
        .bind(row.id)
        .bind(row.record)
        .bind(row.connection)
        .bind(row.provider.as_str())
        .bind(row.provider_file_id.as_str())
        .bind(row.drive_id.clone())
        .bind(row.name.as_str())
        .bind(row.mime_type.as_str())
        .bind(row.link.as_str())
        .bind(row.state.as_str())
        .bind(row.added_by)
        .bind(row.added_at)
        .bind(row.checked_at)
        .bind(row.removed_at)
        .bind(self.tx.workspace()?);
        self.tx.exec(insert).await.map(drop)
    }

    /// Stores what is known of a file by now, and whether its link is removed.
    pub async fn update(&mut self, row: &FileRow) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE record_files SET connection_id = $1, drive_id = $2, name = $3, mime_type = $4, link = $5, state = $6, \
             checked_at = $7, removed_at = $8, added_by = $9, added_at = $10 WHERE workspace_id = $11 AND id = $12",
        )
        .bind(row.connection)
        .bind(row.drive_id.clone())
        .bind(row.name.as_str())
        .bind(row.mime_type.as_str())
        .bind(row.link.as_str())
        .bind(row.state.as_str())
        .bind(row.checked_at)
        .bind(row.removed_at)
        .bind(row.added_by)
        .bind(row.added_at)
        .bind(self.tx.workspace()?)
        .bind(row.id);
        self.tx.exec(update).await.map(drop)
    }

    /// Stores what the provider told of a file, and nothing else: people may remove the link meanwhile.
    pub async fn observed(&mut self, row: &FileRow) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE record_files SET drive_id = $1, name = $2, mime_type = $3, link = $4, state = $5, checked_at = $6 \
             WHERE workspace_id = $7 AND id = $8",
        )
        .bind(row.drive_id.clone())
        .bind(row.name.as_str())
        .bind(row.mime_type.as_str())
        .bind(row.link.as_str())
        .bind(row.state.as_str())
        .bind(row.checked_at)
        .bind(self.tx.workspace()?)
        .bind(row.id);
        self.tx.exec(update).await.map(drop)
    }

    /// Files that a member has linked and nobody looks after are looked after by a connection of theirs; how many.
    pub async fn adopt(
        &mut self,
        member: MemberId,
        connection: ConnectionId,
        provider: &str,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let update = sql(
            "UPDATE record_files SET connection_id = $1 WHERE workspace_id = $2 AND connection_id IS NULL \
             AND added_by = $3 AND provider = $4 AND removed_at IS NULL",
        )
        .bind(connection)
        .bind(self.tx.workspace()?)
        .bind(member)
        .bind(provider);
        self.tx.exec(update).await
    }

    /// The files that a connection looks after, in order of id, after `after`; removed links left out.
    pub async fn of_connection(
        &mut self,
        connection: ConnectionId,
        after: Option<FileId>,
        limit: u32,
    ) -> Result<Vec<FileRow>, StoreError> {
        let mut b = self.select();
        b.value(self.tx.workspace()?)
            .push(" AND connection_id = ")
            .value(connection)
            .push(" AND removed_at IS NULL");
        if let Some(after) = after {
            b.push(" AND id > ").value(after);
        }
        b.push(" ORDER BY id LIMIT ").value(i64::from(limit));
        let rows = self.tx.all(b.build(1)).await?;
        rows.iter().map(read).collect()
    }

    /// Those of a connection's files that are these at the provider; removed links left out.
    pub async fn known(
        &mut self,
        connection: ConnectionId,
        files: &[String],
    ) -> Result<Vec<FileRow>, StoreError> {
        let mut out = Vec::new();
        for ids in files.chunks(LIST) {
            let mut b = self.select();
            b.value(self.tx.workspace()?)
                .push(" AND connection_id = ")
                .value(connection)
                .push(" AND provider_file_id IN ")
                .list(ids.iter().map(String::as_str))
                .push(" AND removed_at IS NULL ORDER BY id");
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// The provider was asked what changed, and named none of the available files of a drive (none: the person's own).
    pub async fn checked(
        &mut self,
        connection: ConnectionId,
        drive: Option<&str>,
        at: Time,
    ) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE record_files SET checked_at = $1 WHERE workspace_id = $2 AND connection_id = $3 \
             AND state = 'available' AND removed_at IS NULL AND COALESCE(drive_id, '') = $4",
        )
        .bind(at)
        .bind(self.tx.workspace()?)
        .bind(connection)
        .bind(drive.unwrap_or_default());
        self.tx.exec(update).await.map(drop)
    }

    /// A file moves from one record to another, if it is still there and the other has it not; whether it did.
    pub async fn move_to(
        &mut self,
        id: FileId,
        from: RecordId,
        to: RecordId,
    ) -> Result<bool, StoreError> {
        let update = sql(
            "UPDATE record_files SET record_id = $1 WHERE workspace_id = $2 AND id = $3 AND record_id = $4 \
             AND NOT EXISTS (SELECT 1 FROM record_files o WHERE o.record_id = $1 AND o.provider = record_files.provider \
             AND o.provider_file_id = record_files.provider_file_id AND o.removed_at IS NULL \
             AND record_files.removed_at IS NULL)",
        )
        .bind(to)
        .bind(self.tx.workspace()?)
        .bind(id)
        .bind(from);
        Ok(self.tx.exec(update).await? > 0)
    }

    /// Removes links for good that were removed before `before`, at most `limit`; how many. *System: any workspace.*
    pub async fn purge(&mut self, before: Time, limit: u32) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query =
            sql("SELECT id FROM record_files WHERE removed_at < $1 ORDER BY removed_at LIMIT $2")
                .bind(before)
                .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        let ids: Vec<FileId> = rows.iter().map(Row::only).collect::<Result<_, _>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut b = Builder::new(self.tx.kind(), "DELETE FROM record_files WHERE id IN ");
        b.list(ids.iter().copied());
        self.tx.exec(b.build(ids.len())).await
    }

    /// `SELECT … FROM record_files WHERE workspace_id = `.
    fn select(&self) -> Builder {
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS)
            .push(" FROM record_files WHERE workspace_id = ");
        b
    }
}
