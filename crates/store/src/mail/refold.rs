//! Keeping what is derived of messages: thread rows, and which labels a thread has.

use std::collections::{BTreeMap, HashMap};

use tenon_model::{ConnectionId, ThreadId};

use super::fold::{Derived, Facts};
use super::{ALL_LISTED, ALL_MESSAGES};
use crate::sql::{Builder, LIST, Reader, Value, join_words, split_words, sql};
use crate::{StoreError, Tx};

/// A thread before and after.
pub(super) struct Change {
    pub(super) id: ThreadId,
    pub(super) old: Option<Derived>,
    pub(super) new: Derived,
    /// Given for a new thread only.
    pub(super) provider_thread_id: String,
}

impl Tx {
    /// Folds threads anew from all their messages, and removes those that have none left; how
    /// many changed.
    pub(super) async fn refold(
        &mut self,
        connection: ConnectionId,
        mut threads: Vec<ThreadId>,
    ) -> Result<u64, StoreError> {
        threads.sort_unstable();
        threads.dedup();
        let mut touched = 0;
        for ids in threads.chunks(LIST) {
            let mut changes = Vec::with_capacity(ids.len());
            let mut new: HashMap<ThreadId, Derived> = HashMap::with_capacity(ids.len());
            let mut query = Builder::new(
                self.kind(),
                "SELECT thread_id, received_at, has_attachments, labels FROM messages WHERE thread_id IN ",
            );
            query.list(ids.iter().copied());
            for row in self.all(query.build(ids.len())).await? {
                let mut r = row.reader();
                let thread = r.take()?;
                let (received_at, has_attachments) = (r.take()?, r.take()?);
                let labels: String = r.take()?;
                new.entry(thread).or_insert_with(Derived::empty).add(Facts {
                    received_at,
                    has_attachments,
                    labels: &labels,
                });
            }
            let mut query = Builder::new(self.kind(), "SELECT ");
            query
                .push(DERIVED)
                .push(" FROM threads WHERE id IN ")
                .list(ids.iter().copied());
            for row in self.all(query.build(ids.len())).await? {
                let (id, old) = read_derived(&mut row.reader())?;
                let new = new.remove(&id).unwrap_or(Derived::empty());
                changes.push(Change {
                    id,
                    old: Some(old),
                    new,
                    provider_thread_id: String::new(),
                });
            }
            touched += self.write_threads(connection, changes).await?;
        }
        Ok(touched)
    }

    /// Writes threads and which labels they have; how many differ.
    pub(super) async fn write_threads(
        &mut self,
        connection: ConnectionId,
        changes: Vec<Change>,
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        let (mut inserts, mut updates, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        let (mut labels_off, mut labels_on) = (Vec::new(), Vec::new());
        let mut counts = Counts::default();
        for change in changes {
            let Change {
                id,
                old,
                new,
                provider_thread_id,
            } = change;
            if old.as_ref() == Some(&new) {
                continue;
            }
            touched += 1;
            if let Some(old) = &old {
                counts.take(old, -1);
            }
            counts.take(&new, 1);
            label_changes(
                connection,
                id,
                old.as_ref(),
                &new,
                &mut labels_off,
                &mut labels_on,
            );
            if new.message_count == 0 {
                gone.push(id);
                continue;
            }
            let mut row: Vec<Value> = vec![
                id.into(),
                new.last_at.into(),
                new.message_count.into(),
                new.unread_count.into(),
                new.starred.into(),
                new.has_attachments.into(),
                new.hidden.into(),
                join_words(&new.labels).into(),
            ];
            if old.is_some() {
                updates.push(row);
            } else {
                row.push(connection.into());
                row.push(provider_thread_id.into());
                inserts.push(row);
            }
        }
        self.insert_rows(
            "INSERT INTO threads (id, last_at, message_count, unread_count, starred, has_attachments, hidden, \
             labels, connection_id, provider_thread_id) VALUES ",
            inserts,
            "",
        )
        .await?;
        self.insert_rows(
            "UPDATE threads SET last_at = v.column2, message_count = v.column3, unread_count = v.column4, \
             starred = v.column5, has_attachments = v.column6, hidden = v.column7, labels = v.column8 \
             FROM (VALUES ",
            updates,
            ") AS v WHERE threads.id = v.column1",
        )
        .await?;
        self.insert_rows(
            "DELETE FROM thread_labels WHERE (connection_id, label, last_at, thread_id) IN (VALUES ",
            labels_off,
            ")",
        )
        .await?;
        self.insert_rows(
            "INSERT INTO thread_labels (connection_id, label, last_at, thread_id, unread) VALUES ",
            labels_on,
            " ON CONFLICT (connection_id, label, last_at, thread_id) DO UPDATE SET unread = excluded.unread",
        )
        .await?;
        self.write_counts(connection, counts).await?;
        for ids in gone.chunks(LIST) {
            for head in [
                "DELETE FROM thread_addresses WHERE thread_id IN ",
                "DELETE FROM threads WHERE id IN ",
            ] {
                let mut delete = Builder::new(self.kind(), head);
                delete.list(ids.iter().copied());
                self.exec(delete.build(ids.len())).await?;
            }
        }
        Ok(touched)
    }

    async fn write_counts(
        &mut self,
        connection: ConnectionId,
        counts: Counts,
    ) -> Result<(), StoreError> {
        let rows: Vec<Vec<Value>> = counts
            .0
            .into_iter()
            .filter(|(_, change)| *change != (0, 0))
            .map(|(label, (threads, unread))| {
                vec![
                    connection.into(),
                    label.into(),
                    threads.into(),
                    unread.into(),
                ]
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.insert_rows(
            "INSERT INTO label_counts (connection_id, label, threads, unread) VALUES ",
            rows,
            " ON CONFLICT (connection_id, label) DO UPDATE SET \
             threads = label_counts.threads + excluded.threads, unread = label_counts.unread + excluded.unread",
        )
        .await?;
        let delete = sql("DELETE FROM label_counts WHERE connection_id = $1 AND threads = 0")
            .bind(connection);
        self.exec(delete).await.map(drop)
    }
}

/// By how much the counts of each label change: threads, and those with unread messages; for
/// [`ALL_MESSAGES`] messages, and unread ones.
#[derive(Default)]
struct Counts(BTreeMap<String, (i64, i64)>);

impl Counts {
    /// Counts a thread in (`sign` 1) or out (-1), and its messages.
    fn take(&mut self, thread: &Derived, sign: i64) {
        let messages = self.0.entry(ALL_MESSAGES.to_owned()).or_default();
        messages.0 += sign * thread.message_count;
        messages.1 += sign * thread.unread_count;
        let unread = if thread.unread_count > 0 { sign } else { 0 };
        let listed = (thread.message_count > 0 && !thread.hidden).then_some(ALL_LISTED);
        for label in thread.labels.iter().map(String::as_str).chain(listed) {
            if let Some(change) = self.0.get_mut(label) {
                change.0 += sign;
                change.1 += unread;
            } else {
                self.0.insert(label.to_owned(), (sign, unread));
            }
        }
    }
}

/// Which rows of `thread_labels` go and come when a thread changes.
fn label_changes(
    connection: ConnectionId,
    thread: ThreadId,
    old: Option<&Derived>,
    new: &Derived,
    off: &mut Vec<Vec<Value>>,
    on: &mut Vec<Vec<Value>>,
) {
    let moved = old.is_none_or(|o| o.last_at != new.last_at);
    let flipped = old.is_none_or(|o| (o.unread_count > 0) != (new.unread_count > 0));
    if let Some(old) = old {
        for label in &old.labels {
            if moved || new.labels.binary_search(label).is_err() {
                off.push(vec![
                    connection.into(),
                    label.as_str().into(),
                    old.last_at.into(),
                    thread.into(),
                ]);
            }
        }
    }
    for label in &new.labels {
        if moved || flipped || old.is_none_or(|o| o.labels.binary_search(label).is_err()) {
            on.push(vec![
                connection.into(),
                label.as_str().into(),
                new.last_at.into(),
                thread.into(),
                (new.unread_count > 0).into(),
            ]);
        }
    }
}

pub(super) const DERIVED: &str =
    "id, last_at, message_count, unread_count, starred, has_attachments, hidden, labels";

pub(super) fn read_derived(r: &mut Reader<'_>) -> Result<(ThreadId, Derived), StoreError> {
    Ok((
        r.take()?,
        Derived {
            last_at: r.take()?,
            message_count: r.take()?,
            unread_count: r.take()?,
            starred: r.take()?,
            has_attachments: r.take()?,
            hidden: r.take()?,
            labels: split_words(&r.take::<String>()?),
        },
    ))
}
