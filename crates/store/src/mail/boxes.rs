//! The time box of a mailbox: since when its mail is listed, and what has been purged for its age.

use tenon_model::{ConnectionId, ThreadId, Time};

use crate::StoreError;
use crate::sql::{Row, sql};

/// The time box of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBox {
    /// Messages received before were not listed by the last snapshot, or have been purged since.
    pub since: Time,
    /// Messages purged for their age so far.
    pub purged: i64,
    /// When the last purge ended.
    pub purged_at: Option<Time>,
}

aggregate!(
    /// The time boxes of visible mailboxes.
    Boxes,
    boxes
);

impl Boxes<'_> {
    /// The box of a visible mailbox; `None`: everything is listed, and nothing was ever purged.
    pub async fn get(&mut self, connection: ConnectionId) -> Result<Option<TimeBox>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql("SELECT since, purged, purged_at FROM boxes WHERE connection_id = $1")
            .bind(connection);
        let row = self.tx.opt(query).await?;
        row.map(|row| {
            let mut r = row.reader();
            Ok(TimeBox {
                since: r.take()?,
                purged: r.take()?,
                purged_at: r.opt()?,
            })
        })
        .transpose()
    }

    /// A snapshot begins that lists from `since` on.
    pub async fn open(&mut self, connection: ConnectionId, since: Time) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let upsert = sql(
            "INSERT INTO boxes (connection_id, since, purged) VALUES ($1, $2, 0) \
             ON CONFLICT (connection_id) DO UPDATE SET since = excluded.since",
        )
        .bind(connection)
        .bind(since);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Deletes up to `limit` messages received before `since`, and threads that have none left; how
    /// many. Conversations that were opened from a search stay for their time. The box begins at `since`
    /// from now on, unless a snapshot is under way: that lists from one moment to its end.
    pub async fn purge(
        &mut self,
        connection: ConnectionId,
        since: Time,
        now: Time,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql(
            "DELETE FROM messages WHERE id IN (SELECT m.id FROM messages m \
             WHERE m.connection_id = $1 AND m.received_at < $2 AND NOT EXISTS (\
               SELECT 1 FROM visits v JOIN threads t ON t.connection_id = v.connection_id \
               AND t.provider_thread_id = v.provider_thread_id \
               WHERE v.connection_id = $1 AND v.until > $3 AND t.id = m.thread_id) \
             ORDER BY m.received_at LIMIT $4) RETURNING thread_id",
        )
        .bind(connection)
        .bind(since)
        .bind(now)
        .bind(i64::from(limit));
        let threads: Vec<ThreadId> = self
            .tx
            .all(delete)
            .await?
            .iter()
            .map(Row::only)
            .collect::<Result<_, _>>()?;
        let purged = threads.len() as u64;
        self.tx.refold(connection, threads).await?;
        let note = sql(
            "INSERT INTO boxes (connection_id, since, purged) VALUES ($1, $2, $3) \
             ON CONFLICT (connection_id) DO UPDATE SET purged = boxes.purged + excluded.purged, \
             since = CASE WHEN boxes.since < excluded.since AND NOT EXISTS (\
               SELECT 1 FROM mailboxes m WHERE m.connection_id = $1 AND m.shadow IS NOT NULL) \
             THEN excluded.since ELSE boxes.since END",
        )
        .bind(connection)
        .bind(since)
        .bind(purged as i64);
        self.tx.exec(note).await?;
        Ok(purged)
    }

    /// A purge has come to its end.
    pub async fn purged(
        &mut self,
        connection: ConnectionId,
        since: Time,
        now: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let skipped = sql("DELETE FROM skipped WHERE connection_id = $1 AND at < $2")
            .bind(connection)
            .bind(since);
        self.tx.exec(skipped).await?;
        let update = sql("UPDATE boxes SET purged_at = $2 WHERE connection_id = $1")
            .bind(connection)
            .bind(now);
        self.tx.exec(update).await.map(drop)
    }

    /// A snapshot lists nothing from before `since`, so what is stored from then is not missing: it is
    /// marked as seen.
    pub async fn adopt_older(
        &mut self,
        connection: ConnectionId,
        since: Time,
        generation: i64,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let update = sql(
            "UPDATE messages SET seen = $3 WHERE connection_id = $1 AND received_at < $2 AND seen < $3",
        )
        .bind(connection)
        .bind(since)
        .bind(generation);
        self.tx.exec(update).await
    }

    /// When the oldest message of a visible mailbox was received, of those from `since` on.
    pub async fn oldest(
        &mut self,
        connection: ConnectionId,
        since: Time,
    ) -> Result<Option<Time>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(
            "SELECT received_at FROM messages WHERE connection_id = $1 AND received_at >= $2 \
             ORDER BY received_at LIMIT 1",
        )
        .bind(connection)
        .bind(since);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// Messages of a visible mailbox from before `since`.
    pub async fn count_older(
        &mut self,
        connection: ConnectionId,
        since: Time,
    ) -> Result<u64, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(0);
        }
        let query =
            sql("SELECT count(*) FROM messages WHERE connection_id = $1 AND received_at < $2")
                .bind(connection)
                .bind(since);
        self.tx.count(query).await
    }
}
