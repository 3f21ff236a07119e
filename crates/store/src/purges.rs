//! What is left of connections that are gone: rows of the large tables, deleted batch by batch,
//! because a million at once would keep every other writer waiting. All of it is for the deployment's
//! own jobs: System only.

use tenon_model::{ConnectionId, ReceiptId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{dialect, sql};

/// A table that may hold millions of rows of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LargeTable {
    pub(crate) name: &'static str,
    /// What names a row fastest in SQLite: `rowid`, or the primary key where there is none.
    sqlite_key: &'static str,
}

const fn table(name: &'static str, sqlite_key: &'static str) -> LargeTable {
    LargeTable { name, sqlite_key }
}

/// The large tables, the most telling first.
pub const LARGE_TABLES: &[LargeTable] = &[
    table("messages", "rowid"),
    table("threads", "rowid"),
    table(
        "thread_addresses",
        "(connection_id, address_index, thread_id)",
    ),
    table(
        "thread_labels",
        "(connection_id, label, last_at, thread_id)",
    ),
    table("mail_action_items", "(action_id, seq)"),
    table("mail_merge_recipients", "rowid"),
    table("deliveries", "rowid"),
    table("jobs", "rowid"),
];

/// Whether rows of `table` are deleted after the connection, and not with it.
pub(crate) fn is_large(table: &str) -> bool {
    LARGE_TABLES.iter().any(|t| t.name == table)
}

/// A connection that is gone but has rows left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purge {
    /// The connection.
    pub connection: ConnectionId,
    /// Its tenant.
    pub workspace: WorkspaceId,
    /// The receipt that will say when the last row was gone.
    pub receipt: Option<ReceiptId>,
    /// Since when.
    pub began_at: Time,
}

aggregate!(
    /// Connections that are gone but have rows left. System only.
    Purges,
    purges
);

impl Purges<'_> {
    /// Those that wait, the longest waiting first.
    pub async fn list(&mut self, limit: u32) -> Result<Vec<Purge>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT id, workspace_id, receipt_id, began_at FROM purges \
             ORDER BY began_at, id LIMIT $1")
        .bind(i64::from(limit));
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok(Purge {
                    connection: r.take()?,
                    workspace: r.take()?,
                    receipt: r.opt()?,
                    began_at: r.take()?,
                })
            })
            .collect()
    }

    /// Deletes up to `limit` rows of a connection that is gone; how many. Fewer than `limit`: none
    /// is left in this table.
    pub async fn step(
        &mut self,
        connection: ConnectionId,
        table: LargeTable,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.tx.system()?;
        let LargeTable { name, sqlite_key } = table;
        let delete = dialect!(self.tx.kind(),
        sqlite: format!(
            "DELETE FROM {name} WHERE {sqlite_key} IN \
             (SELECT {} FROM {name} WHERE connection_id = $1 LIMIT $2)",
            sqlite_key.trim_matches(['(', ')'])
        ),
        postgres: format!(
            "DELETE FROM {name} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {name} WHERE connection_id = $1 LIMIT $2))"
        ));
        let delete = sql(delete).bind(connection).bind(i64::from(limit));
        self.tx.exec(delete).await
    }

    /// How many rows are left.
    pub async fn rows_left(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        self.tx.system()?;
        let mut left = 0;
        for table in LARGE_TABLES {
            let query = sql(format!(
                "SELECT count(*) FROM {} WHERE connection_id = $1",
                table.name
            ));
            left += self.tx.count(query.bind(connection)).await?;
        }
        Ok(left)
    }

    /// The last row is gone: the receipt says so. `false` when another has done it already.
    pub async fn finish(&mut self, purge: &Purge, now: Time) -> Result<bool, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM purges WHERE id = $1").bind(purge.connection);
        if self.tx.exec(delete).await? == 0 {
            return Ok(false);
        }
        let update = sql("UPDATE receipts SET removed_at = $2 WHERE id = $1")
            .bind(purge.receipt)
            .bind(now);
        self.tx.exec(update).await?;
        Ok(true)
    }
}
