//! With whom mail was exchanged, by blind index: whom a member may want as a contact.

use std::collections::HashMap;

use tenon_model::{ConnectionId, ThreadId, Time};
use tenon_vault::BlindIndex;

use super::messages::{self, MessageRow};
use crate::StoreError;
use crate::sql::{Builder, LIST, sql};

/// Somebody in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Somebody {
    /// Whose mailbox.
    pub connection: ConnectionId,
    /// The blind index of the address.
    pub index: BlindIndex,
    /// The newest conversation with it.
    pub thread: ThreadId,
    /// When that was last heard of.
    pub last_at: Time,
}

aggregate!(
    /// People in visible mailboxes.
    MailPeople,
    mail_people
);

impl MailPeople<'_> {
    /// Everybody in the newest `threads` conversations since `since` in which not all was written by machines,
    /// and who was not dismissed; in no order.
    pub async fn since(
        &mut self,
        connection: ConnectionId,
        since: Time,
        threads: u32,
    ) -> Result<Vec<Somebody>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(
            "SELECT a.address_index, n.id, n.last_at FROM (SELECT t.id, t.last_at FROM threads t \
             WHERE t.connection_id = $1 AND t.last_at >= $2 AND NOT t.hidden ORDER BY t.last_at DESC, t.id DESC LIMIT $3) n \
             CROSS JOIN thread_addresses a WHERE a.thread_id = n.id \
             AND EXISTS (SELECT 1 FROM messages m WHERE m.thread_id = n.id AND NOT m.automatic) \
             AND NOT EXISTS (SELECT 1 FROM suggestion_dismissals d WHERE d.connection_id = $1 \
             AND d.address_index = a.address_index)",
        )
        .bind(connection)
        .bind(since)
        .bind(i64::from(threads));
        let mut newest: HashMap<BlindIndex, Somebody> = HashMap::new();
        for row in self.tx.all(query).await? {
            let mut r = row.reader();
            let found = Somebody {
                connection,
                index: r.take()?,
                thread: r.take()?,
                last_at: r.take()?,
            };
            let known = newest.entry(found.index).or_insert(found);
            if (found.last_at, found.thread) > (known.last_at, known.thread) {
                *known = found;
            }
        }
        Ok(newest.into_values().collect())
    }

    /// Messages of the newest `threads` conversations with an address, at most `limit`, in no order.
    pub async fn messages_with(
        &mut self,
        connection: ConnectionId,
        index: BlindIndex,
        threads: u32,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let columns = messages::COLUMNS;
        let query = sql(format!(
            "SELECT {columns} FROM (SELECT t.id FROM thread_addresses a CROSS JOIN threads t \
             WHERE a.connection_id = $1 AND a.address_index = $2 AND t.id = a.thread_id \
             ORDER BY t.last_at DESC, t.id DESC LIMIT $3) n CROSS JOIN messages m WHERE m.thread_id = n.id LIMIT $4"
        ))
        .bind(connection)
        .bind(index)
        .bind(i64::from(threads))
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter().map(messages::read).collect()
    }

    /// The newest messages of a mailbox since `since`, newest first.
    pub async fn newest_messages(
        &mut self,
        connection: ConnectionId,
        since: Time,
        limit: u32,
    ) -> Result<Vec<MessageRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let columns = messages::COLUMNS;
        let query = sql(format!(
            "SELECT {columns} FROM messages m WHERE m.connection_id = $1 AND m.received_at >= $2 \
             ORDER BY m.received_at DESC LIMIT $3"
        ))
        .bind(connection)
        .bind(since)
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter().map(messages::read).collect()
    }

    /// When each of these addresses was last heard of in a mailbox.
    pub async fn last_heard(
        &mut self,
        connection: ConnectionId,
        indexes: &[BlindIndex],
    ) -> Result<HashMap<BlindIndex, Time>, StoreError> {
        let mut out = HashMap::new();
        if !self.tx.sees(connection).await? {
            return Ok(out);
        }
        for part in indexes.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT a.address_index, max(t.last_at) FROM thread_addresses a CROSS JOIN threads t \
                 WHERE a.connection_id = ",
            );
            b.value(connection)
                .push(" AND a.address_index IN ")
                .list(part.iter().copied())
                .push(" AND t.id = a.thread_id AND NOT t.hidden GROUP BY a.address_index");
            for row in self.tx.all(b.build(part.len())).await? {
                let mut r = row.reader();
                out.insert(r.take()?, r.take()?);
            }
        }
        Ok(out)
    }

    /// Does not offer these again.
    pub async fn dismiss(
        &mut self,
        connection: ConnectionId,
        indexes: &[BlindIndex],
        at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let rows = indexes
            .iter()
            .map(|index| vec![connection.into(), (*index).into(), at.into()]);
        let rows = rows.collect();
        self.tx
            .insert_rows(
                "INSERT INTO suggestion_dismissals (connection_id, address_index, at) VALUES ",
                rows,
                " ON CONFLICT (connection_id, address_index) DO NOTHING",
            )
            .await
    }
}
