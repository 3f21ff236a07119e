//! Writing messages. Everything is set-based, because a mailbox arrives in pages of hundreds; the
//! caller holds the connection.

use std::collections::{BTreeMap, HashMap, HashSet};

use tenon_model::{ConnectionId, ThreadId};

use super::fold::{Derived, Facts, has};
use super::messages::{NewMessage, Relabel, StoredPage};
use super::refold::{Change, DERIVED, read_derived};
use super::{STARRED, UNREAD};
use crate::sql::{Builder, LIST, ROWS, Row, Value, join_words, split_words};
use crate::{StoreError, Tx};

/// A message whose labels changed.
struct Labelled {
    provider_id: String,
    thread: ThreadId,
    labels: String,
}

/// Labels as stored: sorted, each once.
fn stored(mut labels: Vec<String>) -> String {
    labels.sort_unstable();
    labels.dedup();
    labels.retain(|l| !l.is_empty());
    join_words(&labels)
}

impl Tx {
    /// Columns of those of `ids` that are stored.
    pub(super) async fn by_provider_ids(
        &mut self,
        columns: &str,
        connection: ConnectionId,
        ids: &[String],
    ) -> Result<Vec<Row>, StoreError> {
        let mut query = Builder::new(self.kind(), "SELECT ");
        query
            .push(columns)
            .keyed_rows("messages", "provider_id", connection, ids);
        self.all(query.build(ids.len())).await
    }

    pub(super) async fn store_page(
        &mut self,
        connection: ConnectionId,
        messages: Vec<NewMessage>,
        generation: i64,
    ) -> Result<StoredPage, StoreError> {
        let mut page = StoredPage::default();
        // The same message twice in one page: the last word counts.
        let mut once: Vec<NewMessage> = Vec::with_capacity(messages.len());
        let mut place: HashMap<String, usize> = HashMap::with_capacity(messages.len());
        for message in messages {
            if let Some(&at) = place.get(&message.provider_id) {
                once[at] = message;
            } else {
                place.insert(message.provider_id.clone(), once.len());
                once.push(message);
            }
        }
        let ids: Vec<String> = once.iter().map(|m| m.provider_id.clone()).collect();
        let known = self.stored_labels(connection, &ids).await?;
        let mut fresh = Vec::with_capacity(once.len());
        let mut labelled = Vec::new();
        for mut message in once {
            let labels = stored(std::mem::take(&mut message.labels));
            match known.get(&message.provider_id) {
                None => fresh.push((message, labels)),
                Some((thread, old)) if *old != labels => labelled.push(Labelled {
                    provider_id: message.provider_id,
                    thread: *thread,
                    labels,
                }),
                Some(_) => {}
            }
        }
        if !known.is_empty() {
            let ids: Vec<String> = known.into_keys().collect();
            self.mark_seen(connection, &ids, generation).await?;
        }
        page.added = fresh.len() as u64;
        page.changed = labelled.len() as u64;

        let mut changes = self.thread_changes(connection, &fresh).await?;
        self.insert_messages(connection, fresh, &changes, generation)
            .await?;
        // Threads with changed messages are folded anew, which covers their new messages too.
        let touched: HashSet<ThreadId> = labelled.iter().map(|l| l.thread).collect();
        self.write_labels(connection, labelled).await?;
        changes.retain(|_, change| !touched.contains(&change.id));
        let changes: Vec<Change> = changes.into_values().collect();
        page.threads_touched = changes.len() as u64;
        self.write_threads(connection, changes).await?;
        page.threads_touched += self
            .refold(connection, touched.into_iter().collect())
            .await?;
        Ok(page)
    }

    /// Thread and labels of those of `ids` that are stored.
    async fn stored_labels(
        &mut self,
        connection: ConnectionId,
        ids: &[String],
    ) -> Result<HashMap<String, (ThreadId, String)>, StoreError> {
        let mut out = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(LIST) {
            for row in self
                .by_provider_ids("provider_id, thread_id, labels", connection, ids)
                .await?
            {
                let mut r = row.reader();
                out.insert(r.take()?, (r.take()?, r.take()?));
            }
        }
        Ok(out)
    }

    /// The threads of new messages, with those messages added, by the provider's thread id. A new
    /// thread takes over the UUID of the first message seen of it.
    async fn thread_changes(
        &mut self,
        connection: ConnectionId,
        fresh: &[(NewMessage, String)],
    ) -> Result<BTreeMap<String, Change>, StoreError> {
        let mut changes: BTreeMap<String, Change> = BTreeMap::new();
        let wanted: HashSet<&str> = fresh
            .iter()
            .map(|(m, _)| m.provider_thread_id.as_str())
            .collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        for ids in wanted.chunks(LIST) {
            let mut query = Builder::new(self.kind(), "SELECT ");
            query.push(DERIVED).push(", provider_thread_id").keyed_rows(
                "threads",
                "provider_thread_id",
                connection,
                ids,
            );
            for row in self.all(query.build(ids.len())).await? {
                let mut r = row.reader();
                let (id, old) = read_derived(&mut r)?;
                let provider_thread_id: String = r.take()?;
                let change = Change {
                    id,
                    new: old.clone(),
                    old: Some(old),
                    provider_thread_id: provider_thread_id.clone(),
                };
                changes.insert(provider_thread_id, change);
            }
        }
        for (message, labels) in fresh {
            let facts = Facts {
                received_at: message.received_at.0,
                has_attachments: message.has_attachments,
                labels,
            };
            if let Some(change) = changes.get_mut(&message.provider_thread_id) {
                change.new.add(facts);
            } else {
                let mut new = Derived::empty();
                new.add(facts);
                let change = Change {
                    id: ThreadId(message.id.0),
                    old: None,
                    new,
                    provider_thread_id: message.provider_thread_id.clone(),
                };
                changes.insert(message.provider_thread_id.clone(), change);
            }
        }
        Ok(changes)
    }

    async fn insert_messages(
        &mut self,
        connection: ConnectionId,
        fresh: Vec<(NewMessage, String)>,
        changes: &BTreeMap<String, Change>,
        generation: i64,
    ) -> Result<(), StoreError> {
        let mut addresses = HashSet::new();
        let mut rows = Vec::with_capacity(fresh.len());
        for (message, labels) in fresh {
            let Some(thread) = changes.get(&message.provider_thread_id).map(|c| c.id) else {
                continue; // thread_changes has one for each
            };
            for index in message.address_indexes {
                addresses.insert((index, thread.0));
            }
            rows.push(vec![
                message.id.into(),
                connection.into(),
                message.provider_id.into(),
                thread.into(),
                message.received_at.into(),
                message.size.into(),
                has(&labels, UNREAD).into(),
                has(&labels, STARRED).into(),
                message.has_attachments.into(),
                message.automatic.into(),
                generation.into(),
                labels.into(),
                message.message_id_index.into(),
                message.envelope.into(),
            ]);
        }
        self.insert_rows(
            "INSERT INTO messages (id, connection_id, provider_id, thread_id, received_at, size, unread, starred, \
             has_attachments, automatic, seen, labels, message_id_index, envelope) VALUES ",
            rows,
            "",
        )
        .await?;
        let mut addresses: Vec<_> = addresses.into_iter().collect();
        addresses.sort_unstable(); // neighbours in the index, written together
        let addresses = addresses
            .into_iter()
            .map(|(index, thread)| vec![connection.into(), index.into(), thread.into()])
            .collect();
        self.insert_rows(
            "INSERT INTO thread_addresses (connection_id, address_index, thread_id) VALUES ",
            addresses,
            " ON CONFLICT (connection_id, address_index, thread_id) DO NOTHING",
        )
        .await
    }

    pub(crate) async fn insert_rows(
        &mut self,
        head: &str,
        rows: Vec<Vec<Value>>,
        tail: &str,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = rows.len().min(ROWS);
            let mut insert = Builder::new(self.kind(), head);
            insert.rows(rows.by_ref().take(count)).push(tail);
            self.exec(insert.build(count)).await?;
        }
        Ok(())
    }

    pub(super) async fn mark_seen(
        &mut self,
        connection: ConnectionId,
        provider_ids: &[String],
        generation: i64,
    ) -> Result<u64, StoreError> {
        let mut seen = 0;
        for ids in provider_ids.chunks(LIST) {
            let mut update = Builder::new(self.kind(), "UPDATE messages SET seen = ");
            update
                .value(generation)
                .where_keyed("messages", "provider_id", connection, ids);
            seen += self.exec(update.build(ids.len())).await?;
        }
        Ok(seen)
    }

    pub(super) async fn relabel(
        &mut self,
        connection: ConnectionId,
        changes: Vec<Relabel>,
    ) -> Result<u64, StoreError> {
        let ids: HashSet<&str> = changes.iter().map(|(id, _, _)| id.as_str()).collect();
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        let known = self.stored_labels(connection, &ids).await?;
        let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
        for (id, add, remove) in changes {
            let Some((_, old)) = known.get(&id) else {
                continue;
            };
            let labels = wanted.entry(id).or_insert_with(|| split_words(old));
            labels.retain(|l| !remove.contains(l));
            labels.extend(add);
        }
        self.apply_labels(connection, known, wanted).await
    }

    pub(super) async fn set_labels(
        &mut self,
        connection: ConnectionId,
        labels: Vec<(String, Vec<String>)>,
    ) -> Result<u64, StoreError> {
        let wanted: HashMap<String, Vec<String>> = labels.into_iter().collect();
        let ids: Vec<String> = wanted.keys().cloned().collect();
        let known = self.stored_labels(connection, &ids).await?;
        self.apply_labels(connection, known, wanted).await
    }

    pub(super) async fn set_attachments(
        &mut self,
        connection: ConnectionId,
        carries: &[(String, bool)],
    ) -> Result<u64, StoreError> {
        let mut threads: Vec<ThreadId> = Vec::new();
        for now in [true, false] {
            let ids: Vec<&str> = carries
                .iter()
                .filter(|(_, carries)| *carries == now)
                .map(|(id, _)| id.as_str())
                .collect();
            for ids in ids.chunks(LIST) {
                let mut update =
                    Builder::new(self.kind(), "UPDATE messages SET has_attachments = ");
                update
                    .value(now)
                    .where_keyed("messages", "provider_id", connection, ids);
                update.push(" AND has_attachments <> ").value(now);
                update.push(" RETURNING thread_id");
                for row in self.all(update.build(ids.len())).await? {
                    threads.push(row.only()?);
                }
            }
        }
        let changed = threads.len() as u64;
        self.refold(connection, threads).await?;
        Ok(changed)
    }

    async fn apply_labels(
        &mut self,
        connection: ConnectionId,
        known: HashMap<String, (ThreadId, String)>,
        wanted: HashMap<String, Vec<String>>,
    ) -> Result<u64, StoreError> {
        let mut labelled = Vec::new();
        for (provider_id, labels) in wanted {
            let labels = stored(labels);
            if let Some((thread, old)) = known.get(&provider_id)
                && *old != labels
            {
                labelled.push(Labelled {
                    provider_id,
                    thread: *thread,
                    labels,
                });
            }
        }
        let changed = labelled.len() as u64;
        let threads = labelled.iter().map(|l| l.thread).collect();
        self.write_labels(connection, labelled).await?;
        self.refold(connection, threads).await?;
        Ok(changed)
    }

    async fn write_labels(
        &mut self,
        connection: ConnectionId,
        labelled: Vec<Labelled>,
    ) -> Result<(), StoreError> {
        for labelled in labelled.chunks(ROWS) {
            let mut update = Builder::new(
                self.kind(),
                "UPDATE messages SET labels = v.column2, unread = v.column3, starred = v.column4 FROM (VALUES ",
            );
            update.rows(labelled.iter().map(|l| {
                vec![
                    l.provider_id.as_str().into(),
                    l.labels.as_str().into(),
                    has(&l.labels, UNREAD).into(),
                    has(&l.labels, STARRED).into(),
                ]
            }));
            update.push(
                ") AS v WHERE messages.provider_id = v.column1 AND messages.connection_id = ",
            );
            update.value(connection);
            self.exec(update.build(labelled.len())).await?;
        }
        Ok(())
    }
}
