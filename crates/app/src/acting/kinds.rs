//! What can be done to mail, and what that means for each message: pure, so that it is tested by
//! value.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tenon_model::ThreadId;
use tenon_model::feature::Feature;
use tenon_model::sabotage::{self, Saboteur};
use tenon_store::MessageFacts;
use tenon_store::mail::{SPAM, STARRED, TRASH, UNREAD};

const INBOX: &str = "INBOX";
const IMPORTANT: &str = "IMPORTANT";
const SENT: &str = "SENT";
const DRAFT: &str = "DRAFT";

/// What a person does to mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Takes `UNREAD` off.
    MarkRead,
    /// Puts it on; of a thread, on the newest message that was received.
    MarkUnread,
    /// Puts the star on; of a thread, on its newest message.
    Star,
    /// Takes it off.
    Unstar,
    /// Marks as important.
    Important,
    /// Takes the mark off.
    NotImportant,
    /// Takes out of the inbox.
    Archive,
    /// Puts back into the inbox.
    MoveToInbox,
    /// Puts a label on.
    AddLabel,
    /// Takes a label off.
    RemoveLabel,
    /// Puts a label on, and takes another one or the inbox off.
    Move,
    /// Reports as spam.
    Spam,
    /// Takes out of spam.
    NotSpam,
    /// Puts into the bin.
    Trash,
    /// Takes out of the bin.
    Restore,
    /// Deletes what is in the bin or in spam.
    DeleteForever,
    /// Takes an earlier action back.
    Undo,
}

impl Action {
    /// All that a person can ask for.
    pub const ALL: [Self; 17] = [
        Self::MarkRead,
        Self::MarkUnread,
        Self::Star,
        Self::Unstar,
        Self::Important,
        Self::NotImportant,
        Self::Archive,
        Self::MoveToInbox,
        Self::AddLabel,
        Self::RemoveLabel,
        Self::Move,
        Self::Spam,
        Self::NotSpam,
        Self::Trash,
        Self::Restore,
        Self::DeleteForever,
        Self::Undo,
    ];

    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MarkRead => "mark_read",
            Self::MarkUnread => "mark_unread",
            Self::Star => "star",
            Self::Unstar => "unstar",
            Self::Important => "important",
            Self::NotImportant => "not_important",
            Self::Archive => "archive",
            Self::MoveToInbox => "move_to_inbox",
            Self::AddLabel => "add_label",
            Self::RemoveLabel => "remove_label",
            Self::Move => "move",
            Self::Spam => "spam",
            Self::NotSpam => "not_spam",
            Self::Trash => "trash",
            Self::Restore => "restore",
            Self::DeleteForever => "delete_forever",
            Self::Undo => "undo",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == text)
    }

    /// The feature it needs.
    pub const fn feature(self) -> Feature {
        match self {
            Self::DeleteForever => Feature::Deleting,
            _ => Feature::Organizing,
        }
    }

    /// Whether it is about a label.
    pub const fn wants_label(self) -> bool {
        matches!(self, Self::AddLabel | Self::RemoveLabel | Self::Move)
    }
}

/// What changes on one message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Delta {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
}

/// Labels that an action is about, by provider id.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub(super) label: Option<&'a str>,
    /// Where a move takes it from; the inbox if nothing else is said.
    pub(super) from: Option<&'a str>,
}

/// What an action changes, message by message; messages on which nothing changes are left out.
/// Drafts are never touched: they have their own verbs. `whole_threads` says whether threads were
/// chosen, not single messages.
pub(super) fn deltas(
    action: Action,
    about: About<'_>,
    messages: Vec<MessageFacts>,
    whole_threads: bool,
) -> Vec<(MessageFacts, Delta)> {
    let newest = whole_threads.then(|| newest(action, &messages));
    let mut out: Vec<(MessageFacts, Delta)> = messages
        .into_iter()
        .filter(|m| !has(m, DRAFT))
        .filter(|m| match &newest {
            Some(newest) if matches!(action, Action::Star | Action::MarkUnread) => {
                newest.get(&m.thread_id) == Some(&m.provider_id)
            }
            _ => true,
        })
        .filter_map(|m| {
            let delta = delta(action, about, &m)?;
            Some((m, delta))
        })
        .collect();
    // Equal changes stand together, so that they go in one call.
    out.sort_by(|(a, x), (b, y)| (x, b.received_at, b.id).cmp(&(y, a.received_at, a.id)));
    out
}

fn has(message: &MessageFacts, label: &str) -> bool {
    message.labels.iter().any(|l| l == label)
}

/// The newest message of each thread; for marking as unread, the newest that was received.
fn newest(action: Action, messages: &[MessageFacts]) -> HashMap<ThreadId, String> {
    let mut best: HashMap<ThreadId, (bool, &MessageFacts)> = HashMap::new();
    for m in messages.iter().filter(|m| !has(m, DRAFT)) {
        let fits = action != Action::MarkUnread || !has(m, SENT);
        let better = best.get(&m.thread_id).is_none_or(|(best_fits, best)| {
            (fits, m.received_at, m.id) > (*best_fits, best.received_at, best.id)
        });
        if better {
            best.insert(m.thread_id, (fits, m));
        }
    }
    best.into_iter()
        .map(|(thread, (_, m))| (thread, m.provider_id.clone()))
        .collect()
}

fn delta(action: Action, about: About<'_>, m: &MessageFacts) -> Option<Delta> {
    let label = about.label.unwrap_or_default();
    let from = about.from.unwrap_or(INBOX);
    let only_sent = has(m, SENT) && !has(m, INBOX);
    // What was only ever sent does not turn up in the inbox because its thread does.
    let inbox: &[&str] = if only_sent { &[] } else { &[INBOX] };
    let (add, remove): (Vec<&str>, Vec<&str>) = match action {
        Action::MarkRead => (vec![], vec![UNREAD]),
        Action::MarkUnread => (vec![UNREAD], vec![]),
        Action::Star => (vec![STARRED], vec![]),
        Action::Unstar => (vec![], vec![STARRED]),
        Action::Important => (vec![IMPORTANT], vec![]),
        Action::NotImportant => (vec![], vec![IMPORTANT]),
        Action::Archive => (vec![], vec![INBOX]),
        Action::MoveToInbox => (inbox.to_vec(), vec![TRASH, SPAM]),
        Action::AddLabel => (vec![label], vec![]),
        Action::RemoveLabel => (vec![], vec![label]),
        Action::Move if label == from => (vec![label], vec![]),
        Action::Move => (vec![label], vec![from]),
        Action::Spam => (vec![SPAM], vec![INBOX]),
        Action::NotSpam if has(m, SPAM) => (inbox.to_vec(), vec![SPAM]),
        Action::Trash => (vec![TRASH], vec![INBOX]),
        Action::Restore if has(m, TRASH) => (inbox.to_vec(), vec![TRASH]),
        Action::DeleteForever
            if has(m, TRASH) || has(m, SPAM) || sabotage::on(Saboteur::DeletesAnywhere) =>
        {
            return Some(Delta {
                added: Vec::new(),
                removed: Vec::new(),
            });
        }
        Action::NotSpam | Action::Restore | Action::DeleteForever | Action::Undo => return None,
    };
    let added: Vec<String> = own(&add, |l| !has(m, l));
    let removed: Vec<String> = own(&remove, |l| has(m, l));
    (!added.is_empty() || !removed.is_empty()).then_some(Delta { added, removed })
}

fn own(labels: &[&str], keep: impl Fn(&str) -> bool) -> Vec<String> {
    labels
        .iter()
        .filter(|l| keep(l))
        .map(|l| (*l).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::{Time, World};

    fn facts(world: &World, thread: ThreadId, at: i64, labels: &[&str]) -> MessageFacts {
        let mut labels: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
        labels.sort_unstable();
        MessageFacts {
            id: world.id(),
            connection_id: world.id(),
            thread_id: thread,
            provider_id: format!("m{at}"),
            received_at: Time::from_secs(at),
            labels,
        }
    }

    fn on(action: Action, labels: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
        let (world, _) = World::simulated(1);
        let about = About {
            label: Some("Label_1"),
            from: None,
        };
        let m = facts(&world, world.id(), 1, labels);
        deltas(action, about, vec![m], false)
            .pop()
            .map(|(_, d)| (d.added, d.removed))
    }

    #[test]
    fn each_action_changes_what_it_says_and_nothing_that_holds_already() {
        type Labels = &'static [&'static str];
        type Row = (Action, Labels, Option<(Labels, Labels)>);
        #[rustfmt::skip]
        let table: &[Row] = &[
            (Action::MarkRead, &["INBOX", "UNREAD"], Some((&[], &["UNREAD"]))),
            (Action::MarkRead, &["INBOX"], None),
            (Action::MarkUnread, &["INBOX"], Some((&["UNREAD"], &[]))),
            (Action::Star, &["INBOX"], Some((&["STARRED"], &[]))),
            (Action::Unstar, &["STARRED"], Some((&[], &["STARRED"]))),
            (Action::Important, &[], Some((&["IMPORTANT"], &[]))),
            (Action::NotImportant, &["IMPORTANT"], Some((&[], &["IMPORTANT"]))),
            (Action::Archive, &["INBOX", "UNREAD"], Some((&[], &["INBOX"]))),
            (Action::Archive, &["Label_1"], None),
            (Action::MoveToInbox, &["TRASH"], Some((&["INBOX"], &["TRASH"]))),
            (Action::MoveToInbox, &["SENT"], None),
            (Action::AddLabel, &["INBOX"], Some((&["Label_1"], &[]))),
            (Action::AddLabel, &["Label_1"], None),
            (Action::RemoveLabel, &["Label_1"], Some((&[], &["Label_1"]))),
            (Action::Move, &["INBOX"], Some((&["Label_1"], &["INBOX"]))),
            (Action::Move, &["Label_1", "INBOX"], Some((&[], &["INBOX"]))),
            (Action::Spam, &["INBOX"], Some((&["SPAM"], &["INBOX"]))),
            (Action::NotSpam, &["SPAM"], Some((&["INBOX"], &["SPAM"]))),
            (Action::NotSpam, &["INBOX"], None),
            (Action::Trash, &["INBOX", "STARRED"], Some((&["TRASH"], &["INBOX"]))),
            (Action::Restore, &["TRASH"], Some((&["INBOX"], &["TRASH"]))),
            (Action::Restore, &["TRASH", "SENT"], Some((&[], &["TRASH"]))),
            (Action::Restore, &["INBOX"], None),
            (Action::DeleteForever, &["TRASH"], Some((&[], &[]))),
            (Action::DeleteForever, &["SPAM"], Some((&[], &[]))),
            (Action::DeleteForever, &["INBOX"], None),
            (Action::Trash, &["DRAFT"], None),
        ];
        for (action, labels, wanted) in table {
            let own = |list: &[&str]| list.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
            let wanted = wanted.map(|(a, r)| (own(a), own(r)));
            assert_eq!(on(*action, labels), wanted, "{action:?} on {labels:?}");
        }
    }

    #[test]
    fn a_thread_is_starred_on_its_newest_message_and_unread_on_the_newest_received() {
        let (world, _) = World::simulated(1);
        let thread = world.id();
        let all = || {
            vec![
                facts(&world, thread, 1, &["INBOX"]),
                facts(&world, thread, 2, &["INBOX"]),
                facts(&world, thread, 3, &["SENT"]),
                facts(&world, thread, 4, &["DRAFT"]),
            ]
        };
        let ids = |action, whole| -> Vec<String> {
            deltas(action, About::default(), all(), whole)
                .into_iter()
                .map(|(m, _)| m.provider_id)
                .collect()
        };
        assert_eq!(ids(Action::Star, true), ["m3"]);
        assert_eq!(ids(Action::MarkUnread, true), ["m2"]);
        assert_eq!(ids(Action::Star, false), ["m3", "m2", "m1"]);
        assert_eq!(ids(Action::Archive, true), ["m2", "m1"]);
    }

    #[test]
    fn equal_changes_stand_together() {
        let (world, _) = World::simulated(1);
        let mut all = Vec::new();
        for n in 0..20 {
            let labels: &[&str] = if n % 2 == 0 { &["INBOX"] } else { &["UNREAD"] };
            all.push(facts(&world, world.id(), n, labels));
        }
        let out = deltas(Action::Trash, About::default(), all, true);
        let changes = out.windows(2).filter(|w| w[0].1 != w[1].1).count();
        assert_eq!((out.len(), changes), (20, 1));
    }

    #[test]
    fn every_word_is_read_back() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
    }
}
