//! The oracle: what the provider has is folded by rules of its own and compared with the rows as they lie in the
//! database. Nothing here goes through the code it judges.

use std::collections::{BTreeMap, BTreeSet};

use tenon_sandbox::Control;

use crate::provider::ALICE;

/// How the store separates labels.
const SEPARATOR: char = '\u{1f}';

type Rows = Vec<Vec<String>>;

/// Thread and labels of each message.
type Mail = BTreeMap<String, (String, BTreeSet<String>)>;

fn labels(text: &str) -> BTreeSet<String> {
    let words = text.split(SEPARATOR).filter(|w| !w.is_empty());
    words.map(str::to_owned).collect()
}

fn at_provider(control: &Control) -> Mail {
    let messages = control.messages(ALICE).into_iter();
    messages
        .map(|(id, thread, labels)| (id, (thread, labels.into_iter().collect())))
        .collect()
}

/// What differs between messages, labels, threads and counts of the provider and ours.
pub(crate) fn differences(
    control: &Control,
    messages: &Rows,
    threads: &Rows,
    counts: &Rows,
) -> Vec<String> {
    let theirs = at_provider(control);
    let mut found = Vec::new();
    let mut ours = Mail::new();
    for row in messages {
        let [id, thread, words] = &row[..] else {
            continue;
        };
        if ours
            .insert(id.clone(), (thread.clone(), labels(words)))
            .is_some()
        {
            found.push(format!("message {id} is stored twice"));
        }
    }
    compare("message", &ours, &theirs, &mut found);
    let folded = fold(&theirs);
    let mut stored = BTreeMap::new();
    for row in threads {
        let [id, messages, unread, words] = &row[..] else {
            continue;
        };
        stored.insert(
            id.clone(),
            (messages.clone(), unread.clone(), labels(words)),
        );
    }
    let expected = folded
        .iter()
        .map(|(id, t)| {
            (
                id.clone(),
                (
                    t.messages.to_string(),
                    t.unread.to_string(),
                    t.labels.clone(),
                ),
            )
        })
        .collect();
    compare("thread", &stored, &expected, &mut found);
    let stored = counts
        .iter()
        .filter_map(|row| {
            Some((
                row.first()?.clone(),
                (row.get(1)?.clone(), row.get(2)?.clone()),
            ))
        })
        .collect();
    compare("count", &stored, &count(&folded), &mut found);
    found
}

fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    ours: &BTreeMap<String, T>,
    theirs: &BTreeMap<String, T>,
    found: &mut Vec<String>,
) {
    let ids: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for id in ids {
        let (here, there) = (ours.get(id), theirs.get(id));
        if here != there {
            found.push(format!("{what} {id:?}: {here:?} here, {there:?} there"));
        }
    }
}

#[derive(Default)]
struct Thread {
    messages: u64,
    unread: u64,
    shown: bool,
    labels: BTreeSet<String>,
}

fn fold(mail: &Mail) -> BTreeMap<String, Thread> {
    let mut threads: BTreeMap<String, Thread> = BTreeMap::new();
    for (thread, labels) in mail.values() {
        let thread = threads.entry(thread.clone()).or_default();
        thread.messages += 1;
        thread.unread += u64::from(labels.contains("UNREAD"));
        thread.shown |= !labels.contains("SPAM") && !labels.contains("TRASH");
        thread.labels.extend(labels.iter().cloned());
    }
    threads
}

/// Threads and unread threads by label; of all that a list shows (the empty name); messages and unread
/// messages of everything (the separator as the name).
fn count(threads: &BTreeMap<String, Thread>) -> BTreeMap<String, (String, String)> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for thread in threads.values() {
        let unread = u64::from(thread.unread > 0);
        let listed = thread.shown.then(String::new);
        for label in thread.labels.iter().cloned().chain(listed) {
            let count = counts.entry(label).or_default();
            *count = (count.0 + 1, count.1 + unread);
        }
        let all = counts.entry(SEPARATOR.to_string()).or_default();
        *all = (all.0 + thread.messages, all.1 + thread.unread);
    }
    let text = |(label, (threads, unread)): (String, (u64, u64))| {
        (label, (threads.to_string(), unread.to_string()))
    };
    counts.into_iter().map(text).collect()
}

/// Messages that bear the mark of a draft of ours: the provider's ids of those that were sent, and how many
/// drafts there are. `known` are messages that were there before Tenon was.
pub(crate) fn marked(
    control: &Control,
    known: &BTreeSet<String>,
) -> BTreeMap<String, (BTreeSet<String>, u64)> {
    let mut found: BTreeMap<String, (BTreeSet<String>, u64)> = BTreeMap::new();
    for (id, _, labels) in control.messages(ALICE) {
        if known.contains(&id) {
            continue;
        }
        let (sent, draft) = (has(&labels, "SENT"), has(&labels, "DRAFT"));
        if let Some(mark) = control
            .header(ALICE, &id, "X-Tenon-Send")
            .filter(|_| sent || draft)
        {
            let entry = found.entry(mark.trim().to_owned()).or_default();
            if sent {
                entry.0.insert(id);
            } else {
                entry.1 += 1;
            }
        }
    }
    found
}

fn has(labels: &[String], name: &str) -> bool {
    labels.iter().any(|l| l == name)
}
