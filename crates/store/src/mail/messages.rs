//! Messages of a mailbox: metadata only, headers sealed as one value.

use std::collections::HashMap;

use tenon_model::reports::{Letter, Span};
use tenon_model::{ConnectionId, MessageId, ThreadId, Time};
use tenon_vault::{BlindIndex, Sealed};

use super::ALL_MESSAGES;
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, split_words, sql};
use crate::tx::VISIBLE;

/// A message to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, if it turns out to be new; what is sealed is bound to it.
    pub id: MessageId,
    /// The provider's id.
    pub provider_id: String,
    /// The provider's id of its thread.
    pub provider_thread_id: String,
    /// The provider's label ids, in any order.
    pub labels: Vec<String>,
    /// When the provider received it.
    pub received_at: Time,
    /// Bytes, as the provider estimates.
    pub size: i64,
    /// Whether it seems to carry attachments.
    pub has_attachments: bool,
    /// Whether a machine wrote it.
    pub automatic: bool,
    /// `Envelope`, sealed.
    pub envelope: Sealed,
    /// Blind index of its `Message-ID`.
    pub message_id_index: Option<BlindIndex>,
    /// Blind indexes of all addresses in it.
    pub address_indexes: Vec<BlindIndex>,
}

/// Whether a stored message carries attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carries {
    /// The provider's id.
    pub provider_id: String,
    /// When the provider received it.
    pub received_at: Time,
    /// Whether it does, as far as is known.
    pub carries: bool,
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts of a message, each a column"
)]
pub struct MessageRow {
    /// Id.
    pub id: MessageId,
    /// Whose mailbox it is in.
    pub connection_id: ConnectionId,
    /// The provider's id.
    pub provider_id: String,
    /// Its thread.
    pub thread_id: ThreadId,
    /// When the provider received it.
    pub received_at: Time,
    /// Bytes, as the provider estimates.
    pub size: i64,
    /// Whether it is unread.
    pub unread: bool,
    /// Whether it is starred.
    pub starred: bool,
    /// Whether it seems to carry attachments.
    pub has_attachments: bool,
    /// Whether a machine wrote it.
    pub automatic: bool,
    /// The provider's label ids, sorted.
    pub labels: Vec<String>,
    /// `Envelope`, sealed.
    pub envelope: Sealed,
}

/// What deciding about a message needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    /// Id.
    pub id: MessageId,
    /// Whose mailbox it is in.
    pub connection_id: ConnectionId,
    /// Its thread.
    pub thread_id: ThreadId,
    /// The provider's id.
    pub provider_id: String,
    /// When the provider received it.
    pub received_at: Time,
    /// The provider's label ids, sorted.
    pub labels: Vec<String>,
}

const FACTS: &str = "m.id, m.connection_id, m.thread_id, m.provider_id, m.received_at, m.labels";

fn read_facts(row: &Row) -> Result<MessageFacts, StoreError> {
    let mut r = row.reader();
    Ok(MessageFacts {
        id: r.take()?,
        connection_id: r.take()?,
        thread_id: r.take()?,
        provider_id: r.take()?,
        received_at: r.take()?,
        labels: split_words(&r.take::<String>()?),
    })
}

/// What storing a page did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoredPage {
    /// Messages that were not there.
    pub added: u64,
    /// Messages whose labels changed.
    pub changed: u64,
    /// Threads written.
    pub threads_touched: u64,
}

/// A change of labels: the message's provider id, labels put on, labels taken off.
pub type Relabel = (String, Vec<String>, Vec<String>);

pub(super) const COLUMNS: &str = "m.id, m.connection_id, m.provider_id, m.thread_id, m.received_at, m.size, \
                                  m.unread, m.starred, m.has_attachments, m.automatic, m.labels, m.envelope";

pub(super) fn read(row: &Row) -> Result<MessageRow, StoreError> {
    let mut r = row.reader();
    Ok(MessageRow {
        id: r.take()?,
        connection_id: r.take()?,
        provider_id: r.take()?,
        thread_id: r.take()?,
        received_at: r.take()?,
        size: r.take()?,
        unread: r.take()?,
        starred: r.take()?,
        has_attachments: r.take()?,
        automatic: r.take()?,
        labels: split_words(&r.take::<String>()?),
        envelope: r.take()?,
    })
}

aggregate!(
    /// The messages of visible mailboxes. Reading an invisible one finds nothing; writing to one
    /// is [`StoreError::NotFound`].
    Messages,
    messages
);

impl Messages<'_> {
    /// Which of these are stored, each with the generation that saw it last.
    pub async fn known(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
    ) -> Result<HashMap<String, i64>, StoreError> {
        let mut out = HashMap::with_capacity(provider_ids.len());
        if !self.tx.sees(connection).await? {
            return Ok(out);
        }
        for ids in provider_ids.chunks(LIST) {
            for row in self
                .tx
                .by_provider_ids("provider_id, seen", connection, ids)
                .await?
            {
                let mut r = row.reader();
                out.insert(r.take()?, r.take()?);
            }
        }
        Ok(out)
    }

    /// The labels of those of these messages that are stored.
    pub async fn labels_of(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
    ) -> Result<HashMap<String, Vec<String>>, StoreError> {
        let mut out = HashMap::with_capacity(provider_ids.len());
        if !self.tx.sees(connection).await? {
            return Ok(out);
        }
        for ids in provider_ids.chunks(LIST) {
            for row in self
                .tx
                .by_provider_ids("provider_id, labels", connection, ids)
                .await?
            {
                let mut r = row.reader();
                out.insert(r.take()?, split_words(&r.take::<String>()?));
            }
        }
        Ok(out)
    }

    /// Stores messages and everything derived from them: their threads, which labels and
    /// addresses those have. Storing the same again changes nothing. A message that is there
    /// already keeps its id and envelope (headers do not change, and what is sealed is bound to
    /// the id) and takes the new labels. All are marked as seen by `generation`.
    pub async fn store_page(
        &mut self,
        connection: ConnectionId,
        messages: Vec<NewMessage>,
        generation: i64,
    ) -> Result<StoredPage, StoreError> {
        self.tx.hold(connection).await?;
        self.tx.store_page(connection, messages, generation).await
    }

    /// Notes that the snapshot `generation` has these messages; how many of them are stored.
    pub async fn mark_seen(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
        generation: i64,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        self.tx
            .mark_seen(connection, provider_ids, generation)
            .await
    }

    /// Puts labels on and takes labels off, in the order given; how many messages changed.
    /// Unknown messages are passed over (fault G7).
    pub async fn relabel(
        &mut self,
        connection: ConnectionId,
        changes: Vec<Relabel>,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        self.tx.relabel(connection, changes).await
    }

    /// Replaces the labels of messages; how many changed. Unknown messages are passed over.
    pub async fn set_labels(
        &mut self,
        connection: ConnectionId,
        labels: Vec<(String, Vec<String>)>,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        self.tx.set_labels(connection, labels).await
    }

    /// Says of messages whether they carry attachments; how many changed. Unknown messages are
    /// passed over.
    pub async fn set_attachments(
        &mut self,
        connection: ConnectionId,
        carries: &[(String, bool)],
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        self.tx.set_attachments(connection, carries).await
    }

    /// Of those of these messages that are stored: when they were received and whether they carry
    /// attachments.
    pub async fn carries(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
    ) -> Result<Vec<Carries>, StoreError> {
        let mut out = Vec::with_capacity(provider_ids.len());
        if !self.tx.sees(connection).await? {
            return Ok(out);
        }
        for ids in provider_ids.chunks(LIST) {
            let columns = "provider_id, received_at, has_attachments";
            for row in self.tx.by_provider_ids(columns, connection, ids).await? {
                let mut r = row.reader();
                out.push(Carries {
                    provider_id: r.take()?,
                    received_at: r.take()?,
                    carries: r.take()?,
                });
            }
        }
        Ok(out)
    }

    /// Removes messages, and threads that have none left; how many were stored.
    pub async fn remove(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let mut removed = 0;
        let mut threads = Vec::new();
        for ids in provider_ids.chunks(LIST) {
            let mut delete = Builder::new(self.tx.kind(), "DELETE FROM messages");
            delete
                .where_keyed("messages", "provider_id", connection, ids)
                .push(" RETURNING thread_id");
            for row in self.tx.all(delete.build(ids.len())).await? {
                removed += 1;
                threads.push(row.only()?);
            }
        }
        self.tx.refold(connection, threads).await?;
        Ok(removed)
    }

    /// How many messages no snapshot since before `generation` has seen: the tombstone
    /// candidates of a complete one (`provider-faults` section 2, step 4).
    pub async fn unseen(
        &mut self,
        connection: ConnectionId,
        generation: i64,
    ) -> Result<u64, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(0);
        }
        let query = sql("SELECT count(*) FROM messages WHERE connection_id = $1 AND seen < $2")
            .bind(connection)
            .bind(generation);
        self.tx.count(query).await
    }

    /// Removes what [`Messages::unseen`] counts; how many.
    pub async fn remove_unseen(
        &mut self,
        connection: ConnectionId,
        generation: i64,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let delete =
            sql("DELETE FROM messages WHERE connection_id = $1 AND seen < $2 RETURNING thread_id")
                .bind(connection)
                .bind(generation);
        let threads: Vec<ThreadId> = self
            .tx
            .all(delete)
            .await?
            .iter()
            .map(Row::only)
            .collect::<Result<_, _>>()?;
        let removed = threads.len() as u64;
        self.tx.refold(connection, threads).await?;
        Ok(removed)
    }

    /// Keeps what [`Messages::unseen`] counts, as if `generation` had seen it: a person decided
    /// that the brake was right (step 5). How many.
    pub async fn adopt_unseen(
        &mut self,
        connection: ConnectionId,
        generation: i64,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let update = sql("UPDATE messages SET seen = $2 WHERE connection_id = $1 AND seen < $2")
            .bind(connection)
            .bind(generation);
        self.tx.exec(update).await
    }

    /// How many messages are stored.
    pub async fn count(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(0);
        }
        let query = sql("SELECT threads FROM label_counts WHERE connection_id = $1 AND label = $2")
            .bind(connection)
            .bind(ALL_MESSAGES);
        self.tx.count(query).await
    }

    /// A message by id.
    pub async fn get(&mut self, id: MessageId) -> Result<Option<MessageRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM messages m WHERE m.id = $3 \
             AND m.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE})"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The messages of a thread, oldest first.
    pub async fn of_thread(&mut self, thread: ThreadId) -> Result<Vec<MessageRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM messages m WHERE m.thread_id = $3 \
             AND m.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) \
             ORDER BY m.received_at, m.id"
        ));
        let query = self.tx.bind_visible(query)?.bind(thread);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// What counts for how long people wait for answers: visible messages from one moment to another, in order of
    /// conversation and time, without drafts, what machines wrote, and what is in bin or spam. `None` when there are more
    /// than `most` messages of all sorts.
    pub async fn letters(
        &mut self,
        span: Span,
        most: u32,
    ) -> Result<Option<Vec<Letter>>, StoreError> {
        let query = sql(format!(
            "SELECT m.thread_id, m.received_at, m.labels, m.automatic FROM messages m \
             WHERE m.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) \
             AND m.received_at >= $3 AND m.received_at < $4 \
             ORDER BY m.thread_id, m.received_at, m.id LIMIT $5"
        ));
        let query = self.tx.bind_visible(query)?;
        let limit = i64::from(most) + 1;
        let query = query.bind(span.start).bind(span.end).bind(limit);
        let rows = self.tx.all(query).await?;
        if rows.len() > most as usize {
            return Ok(None);
        }
        let mut out = Vec::new();
        for row in rows {
            let mut r = row.reader();
            let (thread, at) = (r.take()?, r.take()?);
            let labels = split_words(&r.take::<String>()?);
            let automatic: bool = r.take()?;
            let has = |label: &str| labels.iter().any(|l| l == label);
            let sent = has("SENT");
            let counts = (sent || !automatic) && !["DRAFT", "TRASH", "SPAM"].iter().any(|l| has(l));
            if counts {
                out.push(Letter { thread, at, sent });
            }
        }
        Ok(Some(out))
    }

    /// What is known of the messages of visible threads, in no order.
    pub async fn facts_of_threads(
        &mut self,
        threads: &[ThreadId],
    ) -> Result<Vec<MessageFacts>, StoreError> {
        self.facts("m.thread_id IN ", threads).await
    }

    /// What is known of visible messages, in no order.
    pub async fn facts_of(
        &mut self,
        messages: &[MessageId],
    ) -> Result<Vec<MessageFacts>, StoreError> {
        self.facts("m.id IN ", messages).await
    }

    async fn facts<T: Copy + Into<crate::sql::Value>>(
        &mut self,
        which: &str,
        ids: &[T],
    ) -> Result<Vec<MessageFacts>, StoreError> {
        let visible = self.tx.visible_connections().await?;
        let mut out = Vec::new();
        for ids in ids.chunks(LIST) {
            let mut query = Builder::new(self.tx.kind(), "SELECT ");
            query
                .push(FACTS)
                .push(" FROM messages m WHERE ")
                .push(which)
                .list(ids.iter().copied());
            for row in self.tx.all(query.build(ids.len())).await? {
                let facts = read_facts(&row)?;
                if visible.contains(&facts.connection_id) {
                    out.push(facts);
                }
            }
        }
        Ok(out)
    }

    /// A message by the provider's id.
    pub async fn by_provider_id(
        &mut self,
        connection: ConnectionId,
        provider_id: &str,
    ) -> Result<Option<MessageFacts>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {FACTS} FROM messages m WHERE m.connection_id = $1 AND m.provider_id = $2"
        ))
        .bind(connection)
        .bind(provider_id);
        self.tx
            .opt(query)
            .await?
            .map(|r| read_facts(&r))
            .transpose()
    }

    /// The provider ids of a mailbox in byte order, from after `after`, for comparing.
    pub async fn provider_ids(
        &mut self,
        connection: ConnectionId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(
            "SELECT provider_id FROM messages WHERE connection_id = $1 AND provider_id > $2 \
             ORDER BY provider_id LIMIT $3",
        )
        .bind(connection)
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(Row::only).collect()
    }
}
