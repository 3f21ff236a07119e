//! `users.history.list`.

use super::{Context, Result};
use crate::faults::Twist;
use crate::mailbox::Mailbox;
use crate::mailbox::history::{Change, Record};
use crate::mailbox::labels::LabelIndex;
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;
use crate::wire::json::Object;

fn kind(change: &Change) -> &'static str {
    match change {
        Change::Added => "messageAdded",
        Change::Deleted => "messageDeleted",
        Change::LabelsAdded(_) => "labelAdded",
        Change::LabelsRemoved(_) => "labelRemoved",
    }
}

fn concerns(mailbox: &Mailbox, record: &Record, label: LabelIndex) -> bool {
    mailbox.labels.has(record.set, label)
        || matches!(&record.change, Change::LabelsAdded(l) | Change::LabelsRemoved(l) if l.contains(&label))
}

fn message(o: &mut Object<'_, '_>, mailbox: &Mailbox, record: &Record) {
    o.object("message", |m| {
        m.id("id", record.message);
        m.id("threadId", record.thread);
        // labels as they are now; a message that is gone has none
        if let Some(stored) = mailbox.find(record.message).and_then(|s| mailbox.get(s)) {
            m.strings("labelIds", mailbox.label_ids(stored.set));
        }
    });
}

fn write(o: &mut Object<'_, '_>, mailbox: &Mailbox, record: &Record) {
    o.long("id", record.id);
    o.list("messages", |list| {
        list.object(|m| {
            m.id("id", record.message);
            m.id("threadId", record.thread);
        });
    });
    let labels = |o: &mut Object<'_, '_>, key: &str, places: &[LabelIndex]| {
        o.list(key, |list| {
            list.object(|entry| {
                message(entry, mailbox, record);
                entry.strings(
                    "labelIds",
                    places
                        .iter()
                        .filter_map(|l| mailbox.labels.get(*l))
                        .map(|l| l.id.as_str()),
                );
            });
        });
    };
    match &record.change {
        Change::Added => o.list("messagesAdded", |list| {
            list.object(|entry| message(entry, mailbox, record));
        }),
        Change::Deleted => o.list("messagesDeleted", |list| {
            list.object(|entry| message(entry, mailbox, record));
        }),
        Change::LabelsAdded(places) => labels(o, "labelsAdded", places),
        Change::LabelsRemoved(places) => labels(o, "labelsRemoved", places),
    }
}

/// Reads pages of records. A page looks at four times as many records as it may show, so a filter can leave a page
/// empty and yet not the last: no `history` key, but a `nextPageToken` (fault G4).
pub(super) fn list(cx: &Context<'_>) -> Result<Answer> {
    let max = cx.page_size()?;
    let start = cx
        .call
        .param("startHistoryId")
        .ok_or_else(|| ApiError::invalid("Missing required parameter: startHistoryId"))?;
    let start: u64 = start
        .parse()
        .map_err(|_| ApiError::invalid("Invalid value for startHistoryId"))?;
    let kinds = cx.call.params("historyTypes");
    for name in &kinds {
        if ![
            "messageAdded",
            "messageDeleted",
            "labelAdded",
            "labelRemoved",
        ]
        .contains(name)
        {
            return Err(ApiError::invalid(&format!(
                "Invalid value at 'history_types', \"{name}\""
            )));
        }
    }
    let after = match cx.call.param("pageToken").filter(|t| !t.is_empty()) {
        None => start,
        Some(token) => token
            .parse::<u64>()
            .map_err(|_| ApiError::invalid("Invalid pageToken"))?,
    };
    let mut mailbox = cx.mailbox();
    if matches!(cx.twist, Some(Twist::ExpireHistory)) {
        mailbox.history.expire();
    }
    let label = match cx.call.param("labelId").filter(|l| !l.is_empty()) {
        Some(id) => mailbox.label_places([id])?.first().copied(),
        None => None,
    };
    let now = cx.now();
    if mailbox.history.since(start, now).is_none() {
        return Err(ApiError::not_found());
    }
    let records = mailbox
        .history
        .since(after.max(start), now)
        .ok_or_else(ApiError::not_found)?;
    let window = if matches!(cx.twist, Some(Twist::EmptyPage)) {
        &records[..0]
    } else {
        &records[..records.len().min(max * 4)]
    };
    let mut shown: Vec<Record> = Vec::new();
    let mut reached = after.max(start);
    // what is looked at first is copied: the mailbox is asked about labels while records are read
    let window = window.to_vec();
    let rest = records.len() > window.len();
    let mut full = false;
    for record in window {
        if shown.len() == max {
            full = true;
            break;
        }
        reached = record.id;
        let wanted = kinds.is_empty() || kinds.contains(&kind(&record.change));
        if wanted && label.is_none_or(|l| concerns(&mailbox, &record, l)) {
            shown.push(record);
        }
    }
    if matches!(cx.twist, Some(Twist::RepeatHistory)) {
        // the same change twice, and a label change of a message nobody has seen (fault G7)
        shown = shown.iter().flat_map(|r| [r.clone(), r.clone()]).collect();
        if let Some(first) = shown.first().cloned() {
            let stranger = first.message ^ 0xF_FFFF;
            shown.push(Record {
                message: stranger,
                thread: stranger,
                change: Change::LabelsAdded([5].into()),
                ..first
            });
        }
    }
    let more = rest || full || matches!(cx.twist, Some(Twist::EmptyPage));
    Ok(Answer::object(&cx.mask, |o| {
        if !shown.is_empty() {
            o.list("history", |list| {
                for record in &shown {
                    list.object(|h| write(h, &mailbox, record));
                }
            });
        }
        if more {
            o.plain("nextPageToken", &reached.to_string());
        }
        o.long("historyId", mailbox.history.current());
    }))
}
