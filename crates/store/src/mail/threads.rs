//! Threads of a mailbox; all their fields are derived from their messages.

use std::collections::HashMap;

use tenon_model::{ConnectionId, ThreadId, Time};
use tenon_vault::BlindIndex;
use uuid::Uuid;

use super::ALL_LISTED;
use super::messages::{self, MessageRow};
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, dialect, split_words, sql};
use crate::tx::VISIBLE;

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRow {
    /// Id.
    pub id: ThreadId,
    /// Whose mailbox it is in.
    pub connection_id: ConnectionId,
    /// The provider's id.
    pub provider_thread_id: String,
    /// When its newest message was received.
    pub last_at: Time,
    /// How many messages it has.
    pub message_count: i64,
    /// How many of them are unread.
    pub unread_count: i64,
    /// Whether one of them is starred.
    pub starred: bool,
    /// Whether one of them seems to carry attachments.
    pub has_attachments: bool,
    /// The provider's label ids of all its messages, sorted.
    pub labels: Vec<String>,
}

/// Which threads to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadQuery {
    /// Of which mailboxes; empty means all visible ones.
    pub connections: Vec<ConnectionId>,
    /// Only with this label, by provider id. Without one, threads that are altogether spam or in
    /// the bin are left out.
    pub label: Option<String>,
    /// Only with unread messages.
    pub unread: bool,
    /// Only those after this one of the page before.
    pub after: Option<(Time, ThreadId)>,
    /// At most so many.
    pub limit: u32,
}

pub(super) const COLUMNS: &str = "t.id, t.connection_id, t.provider_thread_id, t.last_at, t.message_count, \
                       t.unread_count, t.starred, t.has_attachments, t.labels";

/// How many columns [`read`] reads.
pub(super) const READ: usize = 9;

pub(super) fn read(row: &Row) -> Result<ThreadRow, StoreError> {
    let mut r = row.reader();
    Ok(ThreadRow {
        id: r.take()?,
        connection_id: r.take()?,
        provider_thread_id: r.take()?,
        last_at: r.take()?,
        message_count: r.take()?,
        unread_count: r.take()?,
        starred: r.take()?,
        has_attachments: r.take()?,
        labels: split_words(&r.take::<String>()?),
    })
}

aggregate!(
    /// The threads of visible mailboxes.
    Threads,
    threads
);

impl Threads<'_> {
    /// A page of threads, newest first. The next page is asked for with `after` set to `last_at`
    /// and `id` of the last one.
    pub async fn page(&mut self, query: &ThreadQuery) -> Result<Vec<ThreadRow>, StoreError> {
        let mut connections = self.tx.visible_connections().await?;
        if !query.connections.is_empty() {
            connections.retain(|c| query.connections.contains(c));
        }
        // One short index range per mailbox, merged here: an index cannot walk several mailboxes
        // in one order.
        let several = connections.len() > 1;
        let mut out = Vec::new();
        for connection in connections {
            out.extend(self.page_of(connection, query).await?);
        }
        if several {
            out.sort_unstable_by_key(|t| std::cmp::Reverse((t.last_at, t.id)));
            out.truncate(query.limit as usize);
        }
        Ok(out)
    }

    async fn page_of(
        &mut self,
        connection: ConnectionId,
        query: &ThreadQuery,
    ) -> Result<Vec<ThreadRow>, StoreError> {
        let (at, id) = query
            .after
            .map_or((i64::MAX, Uuid::max()), |(at, id)| (at.0, id.0));
        let page = if let Some(label) = &query.label {
            let (index, unread) = if query.unread {
                // SQLite would walk the whole label by the primary key.
                let index = dialect!(self.tx.kind(), sqlite: "INDEXED BY thread_labels_unread", postgres: "");
                (index, " AND l.unread")
            } else {
                ("", "")
            };
            sql(format!(
                "SELECT {COLUMNS} FROM thread_labels l {index} JOIN threads t ON t.id = l.thread_id \
                 WHERE l.connection_id = $1 AND l.label = $5 AND (l.last_at, l.thread_id) < ($2, $3){unread} \
                 ORDER BY l.last_at DESC, l.thread_id DESC LIMIT $4"
            ))
            .bind(connection)
            .bind(at)
            .bind(id)
            .bind(i64::from(query.limit))
            .bind(label.as_str())
        } else {
            let unread = if query.unread {
                " AND unread_count > 0"
            } else {
                ""
            };
            sql(format!(
                "SELECT {COLUMNS} FROM threads t \
                 WHERE connection_id = $1 AND (last_at, id) < ($2, $3) AND NOT hidden{unread} \
                 ORDER BY last_at DESC, id DESC LIMIT $4"
            ))
            .bind(connection)
            .bind(at)
            .bind(id)
            .bind(i64::from(query.limit))
        };
        self.tx.all(page).await?.iter().map(read).collect()
    }

    /// A thread by id.
    pub async fn get(&mut self, id: ThreadId) -> Result<Option<ThreadRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM threads t WHERE t.id = $3 \
             AND t.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE})"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The id of a thread by the provider's.
    pub async fn by_provider_id(
        &mut self,
        connection: ConnectionId,
        provider_thread_id: &str,
    ) -> Result<Option<ThreadId>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query =
            sql("SELECT id FROM threads WHERE connection_id = $1 AND provider_thread_id = $2")
                .bind(connection)
                .bind(provider_thread_id);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// For each of these threads its first message and its `newest` newest ones, oldest first:
    /// what a line in a list shows. Invisible threads give nothing.
    pub async fn heads(
        &mut self,
        threads: &[ThreadId],
        newest: u32,
    ) -> Result<Vec<(ThreadId, MessageRow)>, StoreError> {
        let visible = self.tx.visible_connections().await?;
        let mut out = Vec::new();
        for ids in threads.chunks(LIST) {
            let mut query = Builder::new(self.tx.kind(), "SELECT ");
            query
                .push(messages::COLUMNS)
                .push(
                    " FROM (SELECT id, row_number() OVER (PARTITION BY thread_id ORDER BY received_at, id) AS first, \
                     row_number() OVER (PARTITION BY thread_id ORDER BY received_at DESC, id DESC) AS last \
                     FROM messages WHERE thread_id IN ",
                )
                .list(ids.iter().copied())
                .push(") AS n JOIN messages m ON m.id = n.id WHERE (n.first = 1 OR n.last <= ")
                .value(i64::from(newest))
                .push(") ORDER BY m.thread_id, m.received_at, m.id");
            for row in self.tx.all(query.build(ids.len())).await? {
                let message = messages::read(&row)?;
                if visible.contains(&message.connection_id) {
                    out.push((message.thread_id, message));
                }
            }
        }
        Ok(out)
    }

    /// How many threads a mailbox shows, and how many of them are unread; spam and bin left out.
    pub async fn counts(&mut self, connection: ConnectionId) -> Result<(u64, u64), StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok((0, 0));
        }
        let query =
            sql("SELECT threads, unread FROM label_counts WHERE connection_id = $1 AND label = $2")
                .bind(connection)
                .bind(ALL_LISTED);
        match self.tx.opt(query).await? {
            Some(row) => {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            }
            None => Ok((0, 0)),
        }
    }

    /// Those of these threads that are stored, by the provider's ids.
    pub async fn by_provider_ids(
        &mut self,
        connection: ConnectionId,
        ids: &[String],
    ) -> Result<Vec<ThreadRow>, StoreError> {
        let mut out = Vec::new();
        if !self.tx.sees(connection).await? {
            return Ok(out);
        }
        for part in ids.chunks(LIST) {
            let mut query = Builder::new(self.tx.kind(), "SELECT ");
            query
                .push(COLUMNS)
                .push(" FROM threads t WHERE connection_id = ")
                .value(connection)
                .push(" AND provider_thread_id IN ")
                .list(part.iter().map(String::as_str));
            for row in self.tx.all(query.build(part.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// Threads with an address, by its blind index under each mailbox's key, newest first; none that is
    /// newer than `until`.
    pub async fn with_address(
        &mut self,
        indexes: &[(ConnectionId, BlindIndex)],
        until: Option<Time>,
        limit: u32,
    ) -> Result<Vec<ThreadRow>, StoreError> {
        let visible: HashMap<_, _> = indexes.iter().copied().collect();
        let mut out = Vec::new();
        for (connection, index) in visible {
            if !self.tx.sees(connection).await? {
                continue;
            }
            let query = sql(format!(
                "SELECT {COLUMNS} FROM thread_addresses a JOIN threads t ON t.id = a.thread_id \
                 WHERE a.connection_id = $1 AND a.address_index = $2 AND t.last_at <= $3 \
                 ORDER BY t.last_at DESC, t.id DESC LIMIT $4"
            ))
            .bind(connection)
            .bind(index)
            .bind(until.unwrap_or(Time(i64::MAX)))
            .bind(i64::from(limit));
            for row in self.tx.all(query).await? {
                out.push(read(&row)?);
            }
        }
        out.sort_unstable_by_key(|t| std::cmp::Reverse((t.last_at, t.id)));
        out.truncate(limit as usize);
        Ok(out)
    }
}
