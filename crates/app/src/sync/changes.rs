//! Following changes by cursor.

use std::collections::{HashMap, HashSet};

use tenon_connectors::Reaction;
use tenon_connectors::ports::Wanted;
use tenon_model::event::EventKind;
use tenon_model::mail::{Change, Cursor};

use super::engine::{Session, Stop, Turn};
use super::failure::DAY;
use super::fetch::NOT_FOUND;

/// Pages of changes taken in one turn; a mailbox that changes faster goes on at its next turn.
const MAX_PAGES: usize = 200;
const CHUNK: usize = 200;
/// Messages that could not be read are asked for again a day later, so many in a turn.
const RECHECKED: u32 = 100;

/// Changes of many pages, folded to what has to be done for each message.
#[derive(Default)]
struct Folded {
    /// New or unknown: fetch.
    fetch: Vec<String>,
    /// Gone.
    remove: Vec<String>,
    /// Labels put on and taken off, the last word counting, for messages that are known.
    relabel: Vec<(String, Vec<String>, Vec<String>)>,
}

fn fold(changes: Vec<Change>, known: &HashMap<String, i64>) -> Folded {
    #[derive(Default)]
    struct One {
        fetch: bool,
        gone: bool,
        labels: HashMap<String, bool>,
    }
    let mut order = Vec::new();
    let mut all: HashMap<String, One> = HashMap::new();
    for change in changes {
        let id = match &change {
            Change::Added { provider_id, .. }
            | Change::Deleted { provider_id }
            | Change::LabelsAdded { provider_id, .. }
            | Change::LabelsRemoved { provider_id, .. } => provider_id.clone(),
        };
        let one = all.entry(id.clone()).or_insert_with(|| {
            order.push(id.clone());
            One::default()
        });
        match change {
            Change::Added { .. } => (one.fetch, one.gone) = (!known.contains_key(&id), false),
            Change::Deleted { .. } => one.gone = true,
            Change::LabelsAdded { labels, .. } => {
                one.labels.extend(labels.into_iter().map(|l| (l, true)));
            }
            Change::LabelsRemoved { labels, .. } => {
                one.labels.extend(labels.into_iter().map(|l| (l, false)));
            }
        }
        // Fault G7: label changes of a message that was never seen.
        one.fetch |= !known.contains_key(&id);
    }
    let mut folded = Folded::default();
    for id in order {
        let Some(one) = all.remove(&id) else { continue };
        if one.gone {
            folded.remove.push(id);
        } else if one.fetch {
            folded.fetch.push(id); // comes with its labels of now, which is later than any change here
        } else if !one.labels.is_empty() {
            let (add, remove): (Vec<_>, Vec<_>) = one.labels.into_iter().partition(|(_, on)| *on);
            let names = |list: Vec<(String, bool)>| list.into_iter().map(|(l, _)| l).collect();
            folded.relabel.push((id, names(add), names(remove)));
        }
    }
    folded
}

impl Session<'_> {
    /// Asks for changes since the cursor and applies them; the cursor moves last, with the rows.
    pub(super) async fn poll(&mut self) -> Turn<()> {
        let Some(cursor) = self.mailbox.cursor.clone() else {
            return Ok(()); // a snapshot will pin one
        };
        let (changes, cursor) = self.collect(cursor).await?;
        let ids: Vec<String> = changes
            .iter()
            .map(id_of)
            .collect::<HashSet<_>>()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let known = tx.messages().known(self.row.id, &ids).await?;
        drop(tx);
        let folded = fold(changes, &known);
        self.arrived.clear();
        // Before new ones are recorded, so that each gets its time until the next turn.
        self.recheck_skipped().await?;
        for chunk in folded.fetch.chunks(CHUNK) {
            self.bring_in(chunk).await?;
        }
        self.look_at_arrivals().await?;
        self.refresh_unknown_labels(&folded).await?;
        let total = if folded.fetch.is_empty() && folded.remove.is_empty() {
            None
        } else {
            Some(self.port.state().await?.messages_total)
        };
        self.apply(folded, cursor, total).await
    }

    async fn collect(&self, cursor: Cursor) -> Turn<(Vec<Change>, Cursor)> {
        let (mut changes, mut page) = (Vec::new(), None::<String>);
        // Of many pages the first one's cursor is kept: the mailbox may move while they are read,
        // and meeting a change again does no harm.
        let mut first = None;
        for _ in 0..MAX_PAGES {
            let got = self.port.changes(&cursor, page.as_deref()).await?;
            changes.extend(got.changes);
            let stands_at = first.get_or_insert(got.cursor);
            match got.next {
                Some(next) => page = Some(next),
                None => return Ok((changes, stands_at.clone())),
            }
        }
        // Half a page set is thrown away rather than taken for whole: too much has changed for
        // following, so a snapshot is the shorter way.
        Err(Stop::Provider(tenon_connectors::ProviderError {
            operation: "changes",
            status: None,
            code: "too_many_changes".into(),
            reaction: Reaction::Resync,
            provider_time: None,
        }))
    }

    /// New messages whose fetch says *not found*: shortly after their announcement they may not be
    /// readable yet (fault G6). After the waits they are recorded and looked at again next time.
    async fn bring_in(&mut self, ids: &[String]) -> Turn<()> {
        let mut wanted: Vec<String> = ids.to_vec();
        let waits = self.ctx.config.recheck_waits.clone();
        for wait in std::iter::once(None).chain(waits.into_iter().map(Some)) {
            if let Some(wait) = wait {
                tenon_connectors::wait(&self.ctx.world, wait).await;
            }
            let missing = self
                .fetch_and_store(wanted.drain(..).map(Wanted::Message).collect())
                .await?;
            if missing.is_empty() {
                return Ok(());
            }
            wanted = missing;
        }
        let now = self.ctx.world.now();
        let mut tx = self.begin().await?;
        for id in &wanted {
            tx.skipped().record(self.row.id, id, NOT_FOUND, now).await?;
        }
        self.has_skipped = true;
        self.commit(tx).await
    }

    /// Messages that were announced but not found last time: once more, then they are gone. And those
    /// that could not be read for a day: what answered nonsense may have been mended, there or here.
    async fn recheck_skipped(&mut self) -> Turn<()> {
        if !self.has_skipped {
            return Ok(());
        }
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let newest = tx.skipped().list(self.row.id, 1000).await?;
        let waiting = tx
            .skipped()
            .list_due(self.row.id, self.started - DAY, RECHECKED)
            .await?;
        drop(tx);
        let missing = newest
            .into_iter()
            .filter(|s| s.reason == NOT_FOUND && s.at < self.started);
        let unread = waiting.into_iter().filter(|s| s.reason != NOT_FOUND);
        let (missing, mut wanted): (Vec<String>, Vec<String>) = (
            missing.map(|s| s.provider_id).collect(),
            unread.map(|s| s.provider_id).collect(),
        );
        wanted.extend(missing.iter().cloned());
        if wanted.is_empty() {
            return Ok(());
        }
        self.unreadable.clear();
        self.outside.clear();
        let gone = self
            .fetch_and_store(wanted.into_iter().map(Wanted::Message).collect())
            .await?;
        // Gone for good, stored now, or older than the time box; one that turned out unreadable has
        // its own record.
        let mut done: Vec<String> = missing;
        done.retain(|id| !self.unreadable.contains(id));
        done.extend(gone);
        done.extend(self.outside.drain());
        let mut tx = self.begin().await?;
        tx.skipped().resolve_all(self.row.id, &done).await?;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.commit(tx).await
    }

    /// A label that was made since the last look: its name is needed.
    async fn refresh_unknown_labels(&mut self, folded: &Folded) -> Turn<()> {
        let met = std::mem::take(&mut self.labels_met);
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let known: HashSet<String> = tx
            .labels()
            .list(self.row.id)
            .await?
            .into_iter()
            .map(|l| l.provider_id)
            .collect();
        drop(tx);
        let mut put_on = folded.relabel.iter().flat_map(|(_, add, _)| add);
        if put_on.any(|l| !known.contains(l)) || met.iter().any(|l| !known.contains(l)) {
            self.refresh_labels().await?;
        }
        Ok(())
    }

    /// Lists the labels and stores them.
    pub(super) async fn refresh_labels(&self) -> Turn<()> {
        let labels = self.port.labels().await?;
        super::take_off_vanished(self.ctx, &self.scope(), &self.row, &labels).await?;
        let mut tx = self.begin().await?;
        if tx.connections().fence(self.row.id).await? != Some(self.row.fence) {
            return Err(Stop::Fenced);
        }
        super::store_labels(self.ctx, &mut tx, &self.row, &labels).await?;
        self.announce(&mut tx, EventKind::ThreadsChanged).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn apply(&mut self, folded: Folded, cursor: Cursor, total: Option<u64>) -> Turn<()> {
        let now = self.ctx.world.now();
        let mut tx = self.begin().await?;
        let changed = if folded.relabel.is_empty() {
            0
        } else {
            tx.messages().relabel(self.row.id, folded.relabel).await?
        };
        let removed = if folded.remove.is_empty() {
            0
        } else {
            if self.has_skipped {
                tx.skipped()
                    .resolve_all(self.row.id, &folded.remove)
                    .await?;
            }
            tx.messages().remove(self.row.id, &folded.remove).await?
        };
        if let Some(total) = total {
            self.mailbox.provider_total = total as i64;
        }
        // A provider that answers out of its past must not make us ask for it again and again.
        let back = self
            .mailbox
            .cursor
            .as_ref()
            .filter(|at| cursor.is_before(at));
        if let Some(at) = back.cloned() {
            tracing::warn!(connection = %self.row.id, "the provider's cursor went back; ours stays");
            self.mailbox.cursor = Some(at);
        } else {
            self.mailbox.cursor = Some(cursor);
        }
        self.mailbox.cursor_at = Some(now);
        if changed + removed > 0 {
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
        }
        self.commit(tx).await?;
        self.tally.changed += changed;
        self.tally.removed += removed;
        Ok(())
    }
}

fn id_of(change: &Change) -> &str {
    match change {
        Change::Added { provider_id, .. }
        | Change::Deleted { provider_id }
        | Change::LabelsAdded { provider_id, .. }
        | Change::LabelsRemoved { provider_id, .. } => provider_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(id: &str) -> Change {
        Change::Added {
            provider_id: id.into(),
            thread_id: "t".into(),
        }
    }

    fn label(id: &str, on: bool, label: &str) -> Change {
        let (provider_id, thread_id, labels) = (id.into(), "t".into(), vec![label.into()]);
        if on {
            Change::LabelsAdded {
                provider_id,
                thread_id,
                labels,
            }
        } else {
            Change::LabelsRemoved {
                provider_id,
                thread_id,
                labels,
            }
        }
    }

    #[test]
    fn g7_repeats_and_changes_of_unknown_messages_become_one_fetch() {
        let folded = fold(
            vec![add("a"), add("a"), label("b", true, "X")],
            &HashMap::new(),
        );
        assert_eq!(folded.fetch, ["a", "b"]);
        assert!(folded.relabel.is_empty() && folded.remove.is_empty());
    }

    #[test]
    fn the_last_word_on_a_label_counts() {
        let known = HashMap::from([("a".to_owned(), 1)]);
        let folded = fold(
            vec![
                label("a", true, "X"),
                label("a", false, "X"),
                label("a", true, "Y"),
            ],
            &known,
        );
        assert_eq!(
            folded.relabel,
            [("a".to_owned(), vec!["Y".to_owned()], vec!["X".to_owned()])]
        );
    }

    #[test]
    fn a_message_that_came_and_went_is_not_fetched() {
        let folded = fold(
            vec![
                add("a"),
                Change::Deleted {
                    provider_id: "a".into(),
                },
            ],
            &HashMap::new(),
        );
        assert!(folded.fetch.is_empty());
        assert_eq!(folded.remove, ["a"]);
    }
}
