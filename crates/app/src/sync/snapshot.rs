//! The complete snapshot: first sync and resync (`provider-faults` section 2).

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::StreamExt as _;
use tenon_connectors::Reaction;
use tenon_connectors::ports::{Costs, Fetched, MessageRef, Wanted};
use tenon_model::Time;
use tenon_model::event::EventKind;
use tenon_model::mail::{SyncState, above_brake};

use super::engine::{Session, Step, Stop, Turn};
use super::seal::{Skip, seal};
use super::stage::{Decision, Stage};

/// Code of an item that is not there, as connectors give it.
pub(super) const NOT_FOUND: &str = "not_found";
/// Code of an answer that came cut, as connectors give it (fault N4).
const CUT: &str = "answer_cut";
/// How often a cut answer is asked for again.
const CUT_TRIES: usize = 3;
/// The first page is small, so that the newest messages are there at once.
const FIRST_PAGE: u32 = 50;
const PAGE: u32 = 500;
/// Items fetched and stored together; a kill loses at most this much work. Large chunks cost less,
/// small ones let progress be seen where the quota makes fetching slow.
const CHUNK: usize = 200;
const CHUNK_UNDER_QUOTA: usize = 100;
/// Units a minute from which on fetching is not slow.
const FAST: u32 = 60_000;
/// Chunks under way at the provider at the same time.
const IN_FLIGHT: usize = 4;
/// How long a turn works on a snapshot.
const TURN: Duration = Duration::from_secs(20);
/// At most one resync an hour and three a day.
const RESYNC_HOUR: Duration = Duration::from_hours(1);
const RESYNC_DAY: Duration = Duration::from_hours(24);

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
    /// Takes or goes on with a snapshot until it is complete or the turn is over.
    pub(super) async fn snapshot(&mut self) -> Turn<Step> {
        if self.mailbox.shadow.is_none() {
            self.pin().await?;
        }
        let began = self.ctx.world.monotonic();
        loop {
            match Stage::decode(self.mailbox.page_token.as_deref()) {
                Stage::List(None) => self.list_page(None).await?,
                Stage::List(page) => match self.list_page(page).await {
                    Err(Stop::Provider(e)) if e.reaction == Reaction::Resync => {
                        self.list_again().await?;
                    }
                    other => other?,
                },
                Stage::Labels => self.compare_labels().await?,
                Stage::Compare => {
                    self.follow().await?;
                    self.compare().await?;
                    return Ok(Step::Done);
                }
                Stage::Decided(decision) => {
                    self.follow().await?;
                    self.switch(decision).await?;
                    return Ok(Step::Done);
                }
            }
            if self.ctx.world.monotonic().saturating_sub(began) >= TURN {
                // New mail is not kept waiting by old mail, and other mailboxes come in between.
                self.follow().await?;
                return Ok(Step::More);
            }
        }
    }

    /// A page token that has died: the listing starts again under the same pinned cursor; what is
    /// stored is not fetched again.
    async fn list_again(&mut self) -> Turn<()> {
        self.mailbox.page_token = None;
        self.mailbox.listed = 0;
        self.mailbox.gone = 0;
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    /// New mail and changes while the snapshot runs, from the pinned cursor on. When that cursor has
    /// died meanwhile, the snapshot starts again from a new one.
    async fn follow(&mut self) -> Turn<()> {
        match self.poll().await {
            Err(Stop::Provider(e)) if e.reaction == Reaction::Resync => {
                // The number of the abandoned attempt is not used again: its rows must not count
                // as seen by the next one, and their labels have to be compared.
                self.mailbox.generation = self.generation();
                self.mailbox.shadow = None;
                let tx = self.begin().await?;
                self.commit(tx).await?;
                Err(Stop::Provider(tenon_connectors::ProviderError {
                    reaction: Reaction::Retry(Duration::from_secs(1)),
                    ..e
                }))
            }
            other => other,
        }
    }

    /// Pins the cursor *before* anything is listed (fault G2) and opens a new generation.
    async fn pin(&mut self) -> Turn<()> {
        let state = self.port.state().await?;
        self.refresh_labels().await?;
        let now = self.ctx.world.now();
        let mailbox = &mut self.mailbox;
        if mailbox.state == SyncState::Waiting {
            mailbox.state = SyncState::FirstSync;
        }
        mailbox.cursor = Some(state.cursor);
        mailbox.cursor_at = Some(now);
        mailbox.shadow = Some(mailbox.generation + 1);
        mailbox.page_token = None;
        mailbox.pages_done = 0;
        mailbox.listed = 0;
        mailbox.gone = 0;
        mailbox.provider_total = state.messages_total as i64;
        mailbox.snapshot_started_at = Some(now);
        let mut tx = self.begin().await?;
        // Everything of this snapshot is listed from the same moment on.
        tx.boxes()
            .open(self.row.id, self.since.unwrap_or(Time(0)))
            .await?;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.ctx.progress.forget(self.row.id);
        self.commit(tx).await
    }

    /// Since when the snapshot under way lists; `None` for everything.
    async fn listed_since(&self) -> Turn<Option<Time>> {
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let open = tx.boxes().get(self.row.id).await?;
        Ok(open.map(|b| b.since).filter(|since| since.0 > 0))
    }

    /// The cursor has expired: the old rows stay, a new snapshot is taken beside them. Too many of
    /// these in a row are a defect, and wait for a person.
    pub(super) async fn begin_resync(&mut self) -> Turn<()> {
        let now = self.ctx.world.now();
        self.mailbox.resyncs.retain(|t| now.since(*t) < RESYNC_DAY);
        let last_hour = self
            .mailbox
            .resyncs
            .iter()
            .filter(|t| now.since(**t) < RESYNC_HOUR)
            .count();
        if last_hour >= 1 || self.mailbox.resyncs.len() >= 3 {
            return self.park("resync_limit").await;
        }
        self.mailbox.resyncs.push(now);
        self.mailbox.state = SyncState::Resync;
        self.mailbox.shadow = None;
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    async fn park(&mut self, reason: &str) -> Turn<()> {
        self.mailbox.state = SyncState::Parked;
        self.mailbox.reason = Some(reason.to_owned());
        let mut tx = self.begin().await?;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.commit(tx).await?;
        Err(Stop::Parked)
    }

    fn generation(&self) -> i64 {
        self.mailbox.shadow.unwrap_or(self.mailbox.generation)
    }

    async fn list_page(&mut self, page: Option<String>) -> Turn<()> {
        let limit = if page.is_none() { FIRST_PAGE } else { PAGE };
        let listed = match self.listed_since().await? {
            Some(since) => self.port.list_since(since, page.as_deref(), limit).await?,
            None => self.port.list(None, page.as_deref(), limit).await?,
        };
        let ids: Vec<String> = listed.refs.iter().map(|r| r.provider_id.clone()).collect();
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let known = tx.messages().known(self.row.id, &ids).await?;
        drop(tx);
        let generation = self.generation();
        let before: Vec<String> = ids
            .into_iter()
            .filter(|id| known.get(id).is_some_and(|g| *g != generation))
            .collect();
        let new: Vec<MessageRef> = listed
            .refs
            .iter()
            .filter(|r| !known.contains_key(&r.provider_id))
            .cloned()
            .collect();
        self.unreadable.clear();
        self.outside.clear();
        let not_found = self.fetch_page(&new).await?;
        let mut missing = self.missing(&new).await?;
        // What a whole thread did not bring is asked for by itself: its absence there proves nothing.
        let unproven: Vec<Wanted> = missing
            .iter()
            .filter(|id| !not_found.contains(*id))
            .map(|id| Wanted::Message(id.clone()))
            .collect();
        if !unproven.is_empty() {
            self.fetch_and_store(unproven).await?;
            missing = self.missing(&new).await?;
        }
        let now = self.ctx.world.now();
        let mut tx = self.begin().await?;
        if !before.is_empty() {
            tx.messages()
                .mark_seen(self.row.id, &before, generation)
                .await?;
        }
        // Fault G5: deleted between listing and fetching. They are looked at once more next time.
        for id in &missing {
            tx.skipped().record(self.row.id, id, NOT_FOUND, now).await?;
        }
        self.mailbox.gone += missing.len() as i64;
        self.mailbox.listed += listed.refs.len() as i64;
        self.mailbox.pages_done += 1;
        let next = match listed.next {
            Some(token) => Stage::List(Some(token)),
            // What was fetched in this snapshot came with its labels; only rows from before it have to be compared.
            None if self.mailbox.generation > 0 => Stage::Labels,
            None => Stage::Compare,
        };
        self.mailbox.page_token = next.encode();
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.commit(tx).await?;
        self.ctx.progress.record(
            self.row.id,
            self.ctx.world.monotonic(),
            self.mailbox.listed.max(0) as u64,
        );
        Ok(())
    }

    /// Fetches the new ones of a page in chunks, a few under way at a time, storing each as it comes.
    /// Returns the ids that were asked for by themselves and not found.
    async fn fetch_page(&mut self, refs: &[MessageRef]) -> Turn<HashSet<String>> {
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

    /// Which of these were listed but did not come.
    async fn missing(&self, refs: &[MessageRef]) -> Turn<Vec<String>> {
        let ids: Vec<String> = refs.iter().map(|r| r.provider_id.clone()).collect();
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let stored = tx.messages().known(self.row.id, &ids).await?;
        let came = |id: &String| {
            stored.contains_key(id) || self.unreadable.contains(id) || self.outside.contains(id)
        };
        Ok(ids.into_iter().filter(|id| !came(id)).collect())
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
            let mut tx = self.begin().await?;
            let stored = tx
                .messages()
                .store_page(self.row.id, rows, self.generation())
                .await?;
            for skip in skips {
                tx.skipped()
                    .record(self.row.id, &skip.provider_id, &skip.reason, skip.at)
                    .await?;
                self.unreadable.insert(skip.provider_id);
            }
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
            self.commit(tx).await?;
            self.tally.added += stored.added;
            self.tally.changed += stored.changed;
        }
        failure.map_or(Ok(Stored { gone, cut }), |e| Err(e.into()))
    }

    /// Labels of messages that were known before may have changed during the gap. Listing each
    /// label costs a page for 500 messages, where fetching each message again would cost 20 units.
    async fn compare_labels(&mut self) -> Turn<()> {
        let labels = self.port.labels().await?;
        let mut now_on: HashMap<String, Vec<u16>> = HashMap::new();
        for (number, label) in labels.iter().enumerate() {
            let mut page = None::<String>;
            loop {
                let listed = self
                    .port
                    .list(Some(&label.provider_id), page.as_deref(), PAGE)
                    .await;
                let listed = match listed {
                    // The label was removed meanwhile: no message bears it.
                    Err(e) if e.reaction == Reaction::Skip => break,
                    other => other?,
                };
                for r in listed.refs {
                    now_on.entry(r.provider_id).or_default().push(number as u16);
                }
                match listed.next {
                    Some(next) => page = Some(next),
                    None => break,
                }
            }
        }
        let mut after = None::<String>;
        loop {
            let mut tx = self.ctx.store.read(&self.scope()).await?;
            let ids = tx
                .messages()
                .provider_ids(self.row.id, after.as_deref(), 500)
                .await?;
            let stored = tx.messages().labels_of(self.row.id, &ids).await?;
            drop(tx);
            let Some(last) = ids.last().cloned() else {
                break;
            };
            let mut differing = Vec::new();
            for (id, mut labels_stored) in stored {
                let mut want: Vec<String> = now_on
                    .get(&id)
                    .into_iter()
                    .flatten()
                    .map(|n| labels[usize::from(*n)].provider_id.clone())
                    .collect();
                want.sort_unstable();
                labels_stored.sort_unstable();
                if want != labels_stored {
                    differing.push((id, want));
                }
            }
            if !differing.is_empty() {
                let mut tx = self.begin().await?;
                let changed = tx.messages().set_labels(self.row.id, differing).await?;
                self.announce(&mut tx, EventKind::ThreadsChanged).await?;
                self.commit(tx).await?;
                self.tally.changed += changed;
            }
            after = Some(last);
        }
        self.mailbox.page_token = Stage::Compare.encode();
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    /// Present before, absent now: the only source of deletions made during the gap, and never
    /// above the brake without a person's word.
    async fn compare(&mut self) -> Turn<()> {
        if let Some(since) = self.listed_since().await? {
            // What is older was not listed, so its absence proves nothing; the purge looks after it.
            let mut tx = self.begin().await?;
            tx.boxes()
                .adopt_older(self.row.id, since, self.generation())
                .await?;
            self.commit(tx).await?;
        }
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let unseen = tx.messages().unseen(self.row.id, self.generation()).await?;
        let known = tx.messages().count(self.row.id).await?;
        drop(tx);
        if above_brake(unseen, known) {
            return self.park("deletion_brake").await;
        }
        self.switch(Decision { keep: false }).await
    }

    /// Switches to the new generation; from here on the mailbox is followed by cursor.
    async fn switch(&mut self, decision: Decision) -> Turn<()> {
        let generation = self.generation();
        let total = self.port.state().await?.messages_total;
        let mut tx = self.begin().await?;
        let removed = if decision.keep {
            tx.messages().adopt_unseen(self.row.id, generation).await?;
            0
        } else {
            tx.messages().remove_unseen(self.row.id, generation).await?
        };
        self.mailbox.provider_total = total as i64;
        self.mailbox.generation = generation;
        self.mailbox.shadow = None;
        self.mailbox.page_token = None;
        self.mailbox.state = SyncState::Live;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        if removed > 0 {
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
        }
        self.commit(tx).await?;
        self.tally.removed += removed;
        self.ctx.progress.forget(self.row.id);
        Ok(())
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
