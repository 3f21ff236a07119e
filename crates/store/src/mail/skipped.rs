//! Items that could not be read: recorded and shown, while the cursor moves on (fault G5).

use tenon_model::{ConnectionId, Time};

use crate::StoreError;
use crate::sql::{Builder, LIST, Row, sql};

/// A skipped item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedItem {
    /// The provider's id.
    pub provider_id: String,
    /// Why: a stable code.
    pub reason: String,
    /// When it was last tried.
    pub at: Time,
}

fn read(row: &Row) -> Result<SkippedItem, StoreError> {
    let mut r = row.reader();
    Ok(SkippedItem {
        provider_id: r.take()?,
        reason: r.take()?,
        at: r.take()?,
    })
}

aggregate!(
    /// The skipped items of visible mailboxes.
    Skipped,
    skipped
);

impl Skipped<'_> {
    /// Records an item, or that it failed again.
    pub async fn record(
        &mut self,
        connection: ConnectionId,
        provider_id: &str,
        reason: &str,
        at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let upsert = sql("INSERT INTO skipped (connection_id, provider_id, reason, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (connection_id, provider_id) DO UPDATE SET reason = excluded.reason, at = excluded.at")
        .bind(connection)
        .bind(provider_id)
        .bind(reason)
        .bind(at);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Forgets an item that could be read after all, or is gone; whether it was recorded.
    pub async fn resolve(
        &mut self,
        connection: ConnectionId,
        provider_id: &str,
    ) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql("DELETE FROM skipped WHERE connection_id = $1 AND provider_id = $2")
            .bind(connection)
            .bind(provider_id);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Forgets those of these that were recorded; how many were.
    pub async fn resolve_all(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let mut resolved = 0;
        for ids in provider_ids.chunks(LIST) {
            let mut delete =
                Builder::new(self.tx.kind(), "DELETE FROM skipped WHERE connection_id = ");
            delete
                .value(connection)
                .push(" AND provider_id IN ")
                .list(ids.iter().map(String::as_str));
            resolved += self.tx.exec(delete.build(ids.len())).await?;
        }
        Ok(resolved)
    }

    /// Items that were last tried before `at`, the longest waiting first.
    pub async fn list_due(
        &mut self,
        connection: ConnectionId,
        at: Time,
        limit: u32,
    ) -> Result<Vec<SkippedItem>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(
            "SELECT provider_id, reason, at FROM skipped WHERE connection_id = $1 AND at < $2 \
             ORDER BY at, provider_id LIMIT $3",
        )
        .bind(connection)
        .bind(at)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// The newest skipped items.
    pub async fn list(
        &mut self,
        connection: ConnectionId,
        limit: u32,
    ) -> Result<Vec<SkippedItem>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(
            "SELECT provider_id, reason, at FROM skipped WHERE connection_id = $1 \
             ORDER BY at DESC, provider_id LIMIT $2",
        )
        .bind(connection)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// How many items are skipped.
    pub async fn count(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(0);
        }
        let query = sql("SELECT count(*) FROM skipped WHERE connection_id = $1").bind(connection);
        self.tx.count(query).await
    }
}
