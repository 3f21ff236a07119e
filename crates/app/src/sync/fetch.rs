//! Fetching metadata and storing it, item by item: what came is safe before what failed is reported.

use std::collections::{HashMap, HashSet};

use futures::StreamExt as _;
use tenon_connectors::Reaction;
use tenon_connectors::ports::{Costs, Fetched, MessageRef, Wanted};
use tenon_model::event::EventKind;

use super::engine::{Session, Turn};
use super::seal::{Skip, seal};
use crate::conversations::join_mail_soon;
use crate::responses::read_responses_soon;

/// Code of an item that is not there, as connectors give it.
pub(super) const NOT_FOUND: &str = "not_found";
/// Code of an answer that came cut, as connectors give it (fault N4).
const CUT: &str = "answer_cut";
/// How often a cut answer is asked for again.
const CUT_TRIES: usize = 3;
/// Items fetched and stored together; a kill loses at most this much work. Large chunks cost less,
/// small ones let progress be seen where the quota makes fetching slow.
const CHUNK: usize = 200;
const CHUNK_UNDER_QUOTA: usize = 100;
/// Units a minute from which on fetching is not slow.
const FAST: u32 = 60_000;
/// Chunks under way at the provider at the same time.
const IN_FLIGHT: usize = 4;

/// What came of storing: ids that are gone, and items whose answers were cut.
struct Stored {
    gone: Vec<String>,
    cut: Vec<Wanted>,
}

/// What to ask for, so that it costs least: a whole thread instead of its messages where at least
/// `thread cost / message cost` of them are wanted anyway.
pub(super) fn plan(refs: &[MessageRef], costs: Costs) -> Vec<Wanted> {
    let mut sizes: HashMap<&str, u32> = HashMap::new();
    for r in refs {
        *sizes.entry(&r.thread_id).or_default() += 1;
    }
    let worth = |thread: &str| {
        sizes
            .get(thread)
            .is_some_and(|n| n.saturating_mul(costs.message) >= costs.thread)
    };
    let mut planned = HashSet::new();
    let mut wanted = Vec::new();
    for r in refs {
        if !worth(&r.thread_id) {
            wanted.push(Wanted::Message(r.provider_id.clone()));
        } else if planned.insert(r.thread_id.as_str()) {
            wanted.push(Wanted::Thread(r.thread_id.clone()));
        }
    }
    wanted
}
impl Session<'_> {
    /// Fetches the new ones of a page in chunks, a few under way at a time, storing each as it comes.
    /// Returns the ids that were asked for by themselves and not found.
    pub(super) async fn fetch_page(&mut self, refs: &[MessageRef]) -> Turn<HashSet<String>> {
        let mut not_found = HashSet::new();
        let costs = self.port.costs();
        let wanted = plan(refs, costs);
        let slow = costs
            .background_per_minute
            .is_some_and(|units| units < FAST);
        let chunk = if slow { CHUNK_UNDER_QUOTA } else { CHUNK };
        let port = self.port.clone();
        let mut chunks = futures::stream::iter(
            wanted
                .chunks(chunk)
                .map(<[Wanted]>::to_vec)
                .collect::<Vec<_>>(),
        )
        .map(|chunk| {
            let port = port.clone();
            async move { port.fetch(chunk).await }
        })
        .buffered(IN_FLIGHT);
        while let Some(fetched) = chunks.next().await {
            let stored = self.store(fetched?).await?;
            not_found.extend(self.fetch_cut(stored).await?);
        }
        Ok(not_found)
    }

    /// Fetches and stores; returns the ids that were not found.
    pub(super) async fn fetch_and_store(&mut self, wanted: Vec<Wanted>) -> Turn<Vec<String>> {
        let fetched = self.port.fetch(wanted).await?;
        let stored = self.store(fetched).await?;
        self.fetch_cut(stored).await
    }

    /// Items whose answers came cut while others came whole are asked for again by themselves. One
    /// that is never whole is recorded and does not hold up the rest (`provider-faults` section 1,
    /// rule 3); a thread's messages are asked for one by one by the caller.
    async fn fetch_cut(&mut self, stored: Stored) -> Turn<Vec<String>> {
        let Stored { mut gone, mut cut } = stored;
        for _ in 0..CUT_TRIES {
            if cut.is_empty() {
                return Ok(gone);
            }
            match self.port.fetch(cut.clone()).await {
                Ok(fetched) => {
                    let again = self.store(fetched).await?;
                    gone.extend(again.gone);
                    cut = again.cut;
                }
                Err(e) if e.code == CUT => {}
                Err(e) => return Err(e.into()),
            }
        }
        self.has_skipped |= !cut.is_empty();
        let now = self.ctx.world.now();
        let mut tx = self.begin().await?;
        for wanted in cut {
            if let Wanted::Message(id) = wanted {
                tx.skipped()
                    .record(self.row.id, &id, "unreadable", now)
                    .await?;
                self.unreadable.insert(id);
            }
        }
        self.commit(tx).await?;
        Ok(gone)
    }

    /// Stores what came, then reports what did not: items that are gone by id, anything else as the
    /// error of the whole turn, after the rest is safe.
    async fn store(&mut self, fetched: Vec<Fetched>) -> Turn<Stored> {
        let now = self.ctx.world.now();
        let (mut rows, mut skips, mut failure) = (Vec::new(), Vec::new(), None);
        let (mut gone, mut cut) = (Vec::new(), Vec::new());
        for item in fetched {
            match item.result {
                Ok(messages) => {
                    for message in messages {
                        match message {
                            // Older than the time box: found by the provider's search when wanted.
                            Ok(message) if self.since.is_some_and(|s| message.received_at < s) => {
                                self.outside.insert(message.provider_id);
                            }
                            Ok(message) => {
                                self.labels_met.extend(message.labels.iter().cloned());
                                rows.push(seal(&self.ctx.world, &self.key, &self.own, message)?);
                            }
                            Err(bad) if item.wanted == Wanted::Thread(bad.provider_id.clone()) => {}
                            Err(bad) => skips.push(Skip::new(bad.provider_id, bad.reason, now)),
                        }
                    }
                }
                Err(e) if e.reaction == Reaction::Skip => match item.wanted {
                    Wanted::Message(id) if e.code == NOT_FOUND => gone.push(id),
                    Wanted::Message(id) => skips.push(Skip::new(id, &e.code, now)),
                    Wanted::Thread(_) => {}
                },
                Err(e) if e.code == CUT => cut.push(item.wanted),
                Err(e) => failure = Some(e),
            }
        }
        if !rows.is_empty() || !skips.is_empty() {
            let ids: Vec<String> = rows.iter().map(|r| r.provider_id.clone()).collect();
            let oldest = rows.iter().map(|r| r.received_at).min();
            let mut tx = self.begin().await?;
            let stored = tx
                .messages()
                .store_page(self.row.id, rows, self.generation())
                .await?;
            if self.has_skipped {
                tx.skipped().resolve_all(self.row.id, &ids).await?;
            }
            self.has_skipped |= !skips.is_empty();
            for skip in skips {
                tx.skipped()
                    .record(self.row.id, &skip.provider_id, &skip.reason, skip.at)
                    .await?;
                self.unreadable.insert(skip.provider_id);
            }
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
            if let Some(oldest) = oldest.filter(|_| stored.added > 0) {
                let is_snapshot = self.mailbox.shadow.is_some();
                let (workspace, member) = (self.row.workspace_id, self.row.member_id);
                join_mail_soon(&mut tx, workspace, member, self.row.id, is_snapshot, oldest)
                    .await?;
                read_responses_soon(&mut tx, workspace, self.row.id, oldest).await?;
            }
            self.commit(tx).await?;
            self.tally.added += stored.added;
            self.tally.changed += stored.changed;
            self.arrived.extend(ids);
        }
        failure.map_or(Ok(Stored { gone, cut }), |e| Err(e.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs {
        message: 20,
        thread: 40,
        list: 5,
        changes: 2,
        background_per_minute: Some(6000),
    };

    fn refs(threads: &[&str]) -> Vec<MessageRef> {
        threads
            .iter()
            .enumerate()
            .map(|(i, t)| MessageRef {
                provider_id: i.to_string(),
                thread_id: (*t).to_owned(),
            })
            .collect()
    }

    #[test]
    fn whole_threads_are_fetched_where_that_costs_no_more() {
        let wanted = plan(&refs(&["a", "b", "a", "c", "a"]), COSTS);
        assert_eq!(
            wanted,
            [
                Wanted::Thread("a".into()),
                Wanted::Message("1".into()),
                Wanted::Message("3".into())
            ]
        );
        assert!(plan(&[], COSTS).is_empty());
    }
}
