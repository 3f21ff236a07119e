//! A mailbox: messages, threads, labels, drafts and history of one account.

pub(crate) mod history;
pub(crate) mod labels;
pub(crate) mod raw;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::{Value, json};
use tenon_model::Time;

use crate::generate::rng::mix;
use crate::generate::{Corpus, Mail, USER_LABELS};
use history::{Change, History};
use labels::{LabelIndex, Labels, SetIndex};
use raw::Facts;

/// Place of a message in its mailbox.
pub(crate) type Slot = u32;

/// Where the bytes of a message come from.
pub(crate) enum Source {
    /// Written when asked for.
    Generated { rank: u32, pos: u16 },
    /// Kept as it came.
    Raw(Box<Raw>),
}

/// A message that came from outside.
pub(crate) struct Raw {
    pub(crate) bytes: Bytes,
    pub(crate) facts: Facts,
}

/// A message.
pub(crate) struct Stored {
    pub(crate) id: u64,
    pub(crate) thread: u64,
    /// Milliseconds since the epoch.
    pub(crate) date: i64,
    pub(crate) history: u64,
    pub(crate) set: SetIndex,
    pub(crate) source: Source,
}

/// A draft: its own id outlives the message it holds (fault G8).
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) slot: Slot,
}

/// Why a label change is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLabel(pub(crate) String);

/// One account's mailbox.
pub(crate) struct Mailbox {
    seed: u64,
    pub(crate) email: String,
    corpus: Corpus,
    slots: Vec<Option<Stored>>,
    by_id: HashMap<u64, Slot>,
    /// Slots by (date, id), oldest first.
    order: Vec<Slot>,
    threads: HashMap<u64, Vec<Slot>>,
    by_message_id: HashMap<String, Vec<Slot>>,
    pub(crate) labels: Labels,
    pub(crate) history: History,
    pub(crate) drafts: Vec<Draft>,
    last_id: u64,
    pub(crate) settings: Settings,
    pub(crate) watch: Option<Watch>,
    serial: AtomicU64,
}

/// A push subscription.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    /// When it ends (fault G23).
    pub(crate) until: Time,
    /// The history id that was last published, or dropped.
    pub(crate) announced: u64,
    /// When something was last published.
    pub(crate) last: Option<Time>,
}

/// Settings, kept as the API's JSON.
pub(crate) struct Settings {
    pub(crate) send_as: Vec<Value>,
    pub(crate) filters: Vec<Value>,
    pub(crate) vacation: Value,
}

const HISTORY_START: u64 = 1_000_000;

impl Mailbox {
    /// A mailbox with the generated mail of a corpus, as it is at `now`.
    pub(crate) fn new(seed: u64, email: &str, name: &str, corpus: Corpus, now: Time) -> Self {
        let mut mailbox = Self {
            seed: crate::generate::rng::hash_text(seed, email),
            email: email.to_owned(),
            corpus,
            slots: Vec::new(),
            by_id: HashMap::new(),
            order: Vec::new(),
            threads: HashMap::new(),
            by_message_id: HashMap::new(),
            labels: Labels::new(),
            history: History::new(HISTORY_START),
            drafts: Vec::new(),
            last_id: 0,
            settings: Settings {
                send_as: vec![
                    json!({"sendAsEmail": email, "displayName": name, "replyToAddress": "", "signature": "",
                    "isPrimary": true, "isDefault": true}),
                ],
                filters: Vec::new(),
                vacation: json!({"enableAutoReply": false, "restrictToContacts": false, "restrictToDomain": false}),
            },
            watch: None,
            serial: AtomicU64::new(0),
        };
        mailbox.fill(now);
        mailbox
    }

    fn fill(&mut self, now: Time) {
        let mut timeline: Vec<(i64, u32, u16)> = Vec::new();
        for rank in 0..self.corpus.threads() {
            timeline.extend(
                self.corpus
                    .dates(rank)
                    .into_iter()
                    .enumerate()
                    .map(|(pos, date)| (date, rank, pos as u16)),
            );
        }
        timeline.sort_unstable();
        let user: Vec<LabelIndex> = if timeline.is_empty() {
            Vec::new()
        } else {
            USER_LABELS
                .iter()
                .filter_map(|name| self.labels.create(name))
                .collect()
        };
        self.slots.reserve_exact(timeline.len());
        self.by_id.reserve(timeline.len());
        self.order.reserve_exact(timeline.len());
        self.threads.reserve(self.corpus.threads() as usize);
        let mut firsts = vec![0_u64; self.corpus.threads() as usize];
        let week_ago = now.as_secs() - 7 * 86_400;
        let mut floor = None;
        for (date, rank, pos) in timeline {
            let slot = self.slots.len() as Slot;
            let tags = Mail::new(&self.corpus, rank, pos, date).tags();
            let set = self.labels.intern(labels_of(&tags, &user));
            let millis = date * 1000 + (mix(self.seed, u64::from(slot)) % 1000) as i64;
            let id = self.new_id(millis);
            let thread = *firsts
                .get(rank as usize)
                .filter(|t| **t != 0)
                .unwrap_or(&id);
            if let Some(first) = firsts.get_mut(rank as usize) {
                *first = thread;
            }
            let history = if date < week_ago {
                self.history.advance()
            } else {
                floor.get_or_insert(self.history.current());
                self.history
                    .push(Time::from_secs(date), id, thread, set, Change::Added)
            };
            self.by_id.insert(id, slot);
            self.order.push(slot);
            self.threads.entry(thread).or_default().push(slot);
            let source = Source::Generated { rank, pos };
            self.slots.push(Some(Stored {
                id,
                thread,
                date: millis,
                history,
                set,
                source,
            }));
        }
        let floor = floor.unwrap_or(self.history.current());
        self.history.set_floor(floor);
    }

    /// Ids are the receiving time with twenty low bits of noise, as Google's look, and always grow.
    fn new_id(&mut self, millis: i64) -> u64 {
        let noise = mix(self.seed, self.slots.len() as u64 ^ self.last_id) & 0xF_FFFF;
        let id = (millis.max(1 << 36) as u64) << 20 | noise;
        self.last_id = id.max(self.last_id + 1 + noise % 97);
        self.last_id
    }

    /// A number that was not given before, for drafts, attachments and pages.
    pub(crate) fn serial(&self) -> u64 {
        mix(
            self.seed ^ 0x5e71,
            self.serial.fetch_add(1, Ordering::Relaxed),
        )
    }

    pub(crate) fn get(&self, slot: Slot) -> Option<&Stored> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(crate) fn find(&self, id: u64) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    /// Messages of a thread, oldest first.
    pub(crate) fn thread(&self, id: u64) -> Option<&[Slot]> {
        self.threads.get(&id).map(Vec::as_slice)
    }

    /// Number of messages and threads.
    pub(crate) fn totals(&self) -> (usize, usize) {
        (self.order.len(), self.threads.len())
    }

    /// Every message, newest first, from strictly before a place in the order.
    pub(crate) fn newest_first(
        &self,
        before: Option<(i64, u64)>,
    ) -> impl Iterator<Item = (Slot, &Stored)> {
        let end = before.map_or(self.order.len(), |place| {
            self.order
                .partition_point(|s| self.get(*s).is_some_and(|m| (m.date, m.id) < place))
        });
        self.order[..end]
            .iter()
            .rev()
            .filter_map(|s| self.get(*s).map(|m| (*s, m)))
    }

    /// The generated message behind a slot.
    pub(crate) fn mail(&self, stored: &Stored) -> Option<Mail<'_>> {
        match stored.source {
            Source::Generated { rank, pos } => Some(Mail::new(
                &self.corpus,
                rank,
                pos,
                stored.date.div_euclid(1000),
            )),
            Source::Raw(_) => None,
        }
    }

    /// The message in full.
    pub(crate) fn bytes(&self, stored: &Stored) -> Bytes {
        match &stored.source {
            Source::Raw(raw) => raw.bytes.clone(),
            Source::Generated { .. } => self
                .mail(stored)
                .map(|m| Bytes::from(m.raw()))
                .unwrap_or_default(),
        }
    }

    /// Messages with this `Message-ID`.
    pub(crate) fn by_message_id(&self, message_id: &str) -> Vec<Slot> {
        let bare = message_id
            .trim()
            .trim_start_matches('<')
            .trim_end_matches('>');
        if let Some(slots) = self.by_message_id.get(bare) {
            return slots.clone();
        }
        let Some((rank, pos)) = self.corpus.locate(bare) else {
            return Vec::new();
        };
        let Some(date) = self.corpus.dates(rank).get(usize::from(pos)).copied() else {
            return Vec::new();
        };
        // a generated message of that second: the order finds it
        let from = self
            .order
            .partition_point(|s| self.get(*s).is_some_and(|m| m.date < date * 1000));
        self.order[from..]
            .iter()
            .copied()
            .take_while(|s| self.get(*s).is_some_and(|m| m.date < (date + 1) * 1000))
            .filter(|s| self.get(*s).is_some_and(|m| matches!(m.source, Source::Generated { rank: r, pos: p } if (r, p) == (rank, pos))))
            .collect()
    }

    /// The thread a new message joins: one that holds a message it refers to, and has its subject.
    pub(crate) fn joins(&self, facts: &Facts) -> Option<u64> {
        facts.references.iter().rev().find_map(|reference| {
            let slot = self.by_message_id(reference).into_iter().next()?;
            let thread = self.get(slot)?.thread;
            let theirs = self
                .thread(thread)?
                .first()
                .and_then(|s| self.get(*s))
                .map(|m| self.subject(m))?;
            (raw::bare_subject(&theirs) == raw::bare_subject(&facts.subject)).then_some(thread)
        })
    }

    pub(crate) fn subject(&self, stored: &Stored) -> String {
        match &stored.source {
            Source::Raw(raw) => raw.facts.subject.clone(),
            Source::Generated { .. } => self.mail(stored).map(|m| m.subject()).unwrap_or_default(),
        }
    }

    /// Adds a message. `date` is its internal date in milliseconds, `thread` a thread that exists.
    pub(crate) fn insert(
        &mut self,
        bytes: Bytes,
        labels: Vec<LabelIndex>,
        date: i64,
        thread: Option<u64>,
        now: Time,
    ) -> Slot {
        let facts = Facts::read(&bytes);
        let thread = thread
            .filter(|t| self.threads.contains_key(t))
            .or_else(|| self.joins(&facts));
        let slot = self.slots.len() as Slot;
        let id = self.new_id(now.0.div_euclid(1000));
        let thread = thread.unwrap_or(id);
        let set = self.labels.intern(labels);
        let history = self.history.push(now, id, thread, set, Change::Added);
        if let Some(message_id) = &facts.message_id {
            self.by_message_id
                .entry(message_id.clone())
                .or_default()
                .push(slot);
        }
        self.by_id.insert(id, slot);
        let place = self
            .order
            .partition_point(|s| self.get(*s).is_some_and(|m| (m.date, m.id) < (date, id)));
        self.order.insert(place, slot);
        self.slots.push(Some(Stored {
            id,
            thread,
            date,
            history,
            set,
            source: Source::Raw(Box::new(Raw { bytes, facts })),
        }));
        let mut members = self.threads.remove(&thread).unwrap_or_default();
        let at =
            members.partition_point(|s| self.get(*s).is_some_and(|m| (m.date, m.id) < (date, id)));
        members.insert(at, slot);
        self.threads.insert(thread, members);
        slot
    }

    /// Adds and removes labels; nothing is noted when nothing changes.
    pub(crate) fn relabel(
        &mut self,
        slot: Slot,
        add: &[LabelIndex],
        remove: &[LabelIndex],
        now: Time,
    ) {
        let Some(stored) = self.get(slot) else { return };
        let (id, thread) = (stored.id, stored.thread);
        let old = self.labels.set(stored.set).to_vec();
        let added: Box<[LabelIndex]> = add
            .iter()
            .copied()
            .filter(|l| !old.contains(l) && !remove.contains(l))
            .collect();
        let removed: Box<[LabelIndex]> =
            remove.iter().copied().filter(|l| old.contains(l)).collect();
        if added.is_empty() && removed.is_empty() {
            return;
        }
        let new = old
            .into_iter()
            .filter(|l| !removed.contains(l))
            .chain(added.iter().copied())
            .collect();
        let set = self.labels.intern(new);
        let mut history = 0;
        if !added.is_empty() {
            history = self
                .history
                .push(now, id, thread, set, Change::LabelsAdded(added));
        }
        if !removed.is_empty() {
            history = self
                .history
                .push(now, id, thread, set, Change::LabelsRemoved(removed));
        }
        if let Some(Some(stored)) = self.slots.get_mut(slot as usize) {
            stored.set = set;
            stored.history = history;
        }
    }

    /// Removes a message for good.
    pub(crate) fn delete(&mut self, slot: Slot, now: Time) {
        let Some(stored) = self.slots.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        let place = (stored.date, stored.id);
        // the slot is empty now, so its neighbours are found by hand
        let at = self.order.partition_point(|s| {
            *s != slot && self.get(*s).is_some_and(|m| (m.date, m.id) < place)
        });
        if self.order.get(at) == Some(&slot) {
            self.order.remove(at);
        } else {
            self.order.retain(|s| *s != slot);
        }
        self.by_id.remove(&stored.id);
        if let Some(members) = self.threads.get_mut(&stored.thread) {
            members.retain(|s| *s != slot);
            if members.is_empty() {
                self.threads.remove(&stored.thread);
            }
        }
        if let Source::Raw(raw) = &stored.source
            && let Some(message_id) = &raw.facts.message_id
            && let Some(slots) = self.by_message_id.get_mut(message_id)
        {
            slots.retain(|s| *s != slot);
            if slots.is_empty() {
                self.by_message_id.remove(message_id);
            }
        }
        self.drafts.retain(|d| d.slot != slot);
        self.history
            .push(now, stored.id, stored.thread, stored.set, Change::Deleted);
    }

    /// Removes a user label from the mailbox and from every message.
    pub(crate) fn delete_label(&mut self, index: LabelIndex, now: Time) {
        let holds = self.labels.passing(|set| set.contains(&index));
        let slots: Vec<Slot> = self
            .order
            .iter()
            .copied()
            .filter(|s| self.get(*s).is_some_and(|m| holds[m.set as usize]))
            .collect();
        for slot in slots {
            self.relabel(slot, &[], &[index], now);
        }
        self.labels.remove(index);
    }

    /// Places of labels by id.
    pub(crate) fn label_places<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Result<Vec<LabelIndex>, BadLabel> {
        ids.into_iter()
            .map(|id| self.labels.by_id(id).ok_or_else(|| BadLabel(id.to_owned())))
            .collect()
    }

    /// Ids of a message's labels.
    pub(crate) fn label_ids(&self, set: SetIndex) -> impl Iterator<Item = &str> {
        self.labels.ids(set)
    }
}

fn labels_of(tags: &crate::generate::Tags, user: &[LabelIndex]) -> Vec<LabelIndex> {
    let pairs = [
        (tags.sent, labels::SENT),
        (tags.inbox, labels::INBOX),
        (tags.spam, labels::SPAM),
        (tags.trash, labels::TRASH),
        (tags.unread, labels::UNREAD),
        (tags.starred, labels::STARRED),
        (tags.important, labels::IMPORTANT),
        (tags.personal, labels::PERSONAL),
        (tags.promotions, labels::PROMOTIONS),
        (tags.updates, labels::UPDATES),
    ];
    let system = pairs
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, label)| label);
    system
        .chain(tags.user.and_then(|u| user.get(u).copied()))
        .collect()
}
