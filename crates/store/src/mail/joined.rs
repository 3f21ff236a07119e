//! Conversations that are joined to records, as their mailbox's owner sees them; what others see of them is
//! [`super::Lending`]'s to say.

use std::collections::HashMap;

use tenon_model::records::JoinCause;
use tenon_model::{ConnectionId, RecordId, ThreadId, Time};

use super::threads::{self, ThreadRow};
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, sql};
use crate::tx::VISIBLE;

/// A conversation in a box, or of a person or company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// The conversation.
    pub thread: ThreadId,
    /// The record.
    pub record: RecordId,
    /// How it came to be.
    pub cause: JoinCause,
    /// Since when.
    pub at: Time,
}

pub(super) fn cause(text: &str) -> Result<JoinCause, StoreError> {
    JoinCause::parse(text).ok_or(StoreError::Unreadable {
        column: 0,
        what: "how a conversation was joined",
    })
}

aggregate!(
    /// Which conversations of visible mailboxes are joined to which records.
    Joins,
    joins
);

impl Joins<'_> {
    /// What a conversation is joined to, in the order it was.
    pub async fn of_thread(&mut self, thread: ThreadId) -> Result<Vec<Joined>, StoreError> {
        let query = sql(format!(
            "SELECT j.record_id, j.cause, j.at FROM thread_records j WHERE j.thread_id = $3 AND j.cause <> 'off' \
             AND j.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) ORDER BY j.at, j.record_id"
        ));
        let query = self.tx.bind_visible(query)?.bind(thread);
        let rows = self.tx.all(query).await?;
        let read = |row: &Row| {
            let mut r = row.reader();
            Ok(Joined {
                thread,
                record: r.take()?,
                cause: cause(&r.take::<String>()?)?,
                at: r.take()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Joins a conversation by hand, also one that was taken out or that a rule has joined; whether it was not joined
    /// by hand before.
    pub async fn join(
        &mut self,
        connection: ConnectionId,
        thread: ThreadId,
        record: RecordId,
        at: Time,
    ) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let insert = sql(
            "INSERT INTO thread_records (thread_id, record_id, connection_id, cause, at) VALUES ($1, $2, $3, 'hand', $4) \
             ON CONFLICT (thread_id, record_id) DO UPDATE SET cause = 'hand', at = excluded.at \
             WHERE thread_records.cause <> 'hand'",
        );
        let insert = insert.bind(thread).bind(record).bind(connection).bind(at);
        Ok(self.tx.exec(insert).await? > 0)
    }

    /// Joins by a rule what is not joined yet and was not taken out by hand; which.
    pub async fn join_by_rule(
        &mut self,
        connection: ConnectionId,
        pairs: &[(ThreadId, RecordId)],
        at: Time,
    ) -> Result<Vec<(ThreadId, RecordId)>, StoreError> {
        self.tx.hold(connection).await?;
        let mut out = Vec::new();
        for part in pairs.chunks(crate::sql::ROWS) {
            let mut insert = Builder::new(
                self.tx.kind(),
                "INSERT INTO thread_records (thread_id, record_id, connection_id, cause, at) VALUES ",
            );
            insert
                .rows(part.iter().map(|(thread, record)| {
                    vec![
                        (*thread).into(),
                        (*record).into(),
                        connection.into(),
                        JoinCause::Rule.as_str().into(),
                        at.into(),
                    ]
                }))
                .push(
                    " ON CONFLICT (thread_id, record_id) DO NOTHING RETURNING thread_id, record_id",
                );
            for row in self.tx.all(insert.build(part.len())).await? {
                let mut r = row.reader();
                out.push((r.take()?, r.take()?));
            }
        }
        Ok(out)
    }

    /// Takes a conversation out by hand; whether it was in. It is remembered.
    pub async fn part(
        &mut self,
        connection: ConnectionId,
        thread: ThreadId,
        record: RecordId,
        at: Time,
    ) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let update = sql("UPDATE thread_records SET cause = 'off', at = $4 \
             WHERE thread_id = $1 AND record_id = $2 AND connection_id = $3 AND cause <> 'off'");
        let update = update.bind(thread).bind(record).bind(connection).bind(at);
        Ok(self.tx.exec(update).await? > 0)
    }

    /// Conversations of a record, newest first; none that is newer than `until`. Those that are altogether
    /// spam or in the bin are left out.
    pub async fn of_record(
        &mut self,
        record: RecordId,
        until: Option<Time>,
        limit: u32,
    ) -> Result<Vec<(ThreadRow, JoinCause)>, StoreError> {
        let columns = threads::COLUMNS;
        let query = sql(format!(
            "SELECT {columns}, j.cause FROM thread_records j CROSS JOIN threads t \
             WHERE j.record_id = $3 AND j.cause <> 'off' AND t.id = j.thread_id AND t.last_at <= $4 AND NOT t.hidden \
             AND j.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) \
             ORDER BY t.last_at DESC, t.id DESC LIMIT $5"
        ));
        let query = self.tx.bind_visible(query)?;
        let query = query
            .bind(record)
            .bind(until.unwrap_or(Time(i64::MAX)))
            .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let thread = threads::read(row)?;
                let mut r = row.reader();
                r.skip(threads::READ);
                Ok((thread, cause(&r.take::<String>()?)?))
            })
            .collect()
    }

    /// When the newest conversation of each of these records was last heard of.
    pub async fn newest(
        &mut self,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, Time>, StoreError> {
        let visible = self.tx.visible_connections().await?;
        let mut out: HashMap<RecordId, Time> = HashMap::new();
        for ids in records.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT j.record_id, j.connection_id, max(t.last_at) FROM thread_records j CROSS JOIN threads t \
                 WHERE j.record_id IN ",
            );
            b.list(ids.iter().copied()).push(
                " AND j.cause <> 'off' AND t.id = j.thread_id AND NOT t.hidden GROUP BY j.record_id, j.connection_id",
            );
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut r = row.reader();
                let (record, connection, at): (RecordId, ConnectionId, Time) =
                    (r.take()?, r.take()?, r.take()?);
                if visible.contains(&connection) {
                    let newest = out.entry(record).or_insert(at);
                    *newest = at.max(*newest);
                }
            }
        }
        Ok(out)
    }
}
