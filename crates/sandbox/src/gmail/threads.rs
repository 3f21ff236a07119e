//! `users.threads`.

use super::messages::{Filter, binned, changes};
use super::render::{self, Format};
use super::{Context, Result, page_token, parse_id, read_page_token};
use crate::mailbox::{Mailbox, Slot, Source, Stored};
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;

fn members(mailbox: &Mailbox, id: &str) -> Result<Vec<Slot>> {
    mailbox
        .thread(parse_id(id)?)
        .map(<[Slot]>::to_vec)
        .ok_or_else(ApiError::not_found)
}

fn history(mailbox: &Mailbox, slots: &[Slot]) -> u64 {
    slots
        .iter()
        .filter_map(|s| mailbox.get(*s))
        .map(|m| m.history)
        .max()
        .unwrap_or_default()
}

fn snippet(mailbox: &Mailbox, stored: &Stored) -> String {
    match &stored.source {
        Source::Raw(raw) => raw.facts.snippet.clone(),
        Source::Generated { .. } => mailbox
            .mail(stored)
            .map(|m| m.snippet())
            .unwrap_or_default(),
    }
}

/// `users.threads.list`: a thread stands where its newest matching message stands.
pub(super) fn list(cx: &Context<'_>) -> Result<Answer> {
    let max = cx.page_size()?;
    let before = read_page_token(cx.call)?;
    let mailbox = cx.mailbox();
    let filter = Filter::read(cx, &mailbox, None)?;
    let mut found: Vec<u64> = Vec::new();
    let mut last = None;
    let mut more = false;
    for (_, stored) in mailbox.newest_first(before) {
        if !filter.passes(&mailbox, stored) {
            continue;
        }
        let newer = mailbox
            .thread(stored.thread)
            .unwrap_or_default()
            .iter()
            .rev()
            .filter_map(|s| mailbox.get(*s));
        let shown = newer
            .take_while(|m| m.id != stored.id)
            .any(|m| filter.passes(&mailbox, m));
        if shown {
            continue;
        }
        if found.len() == max {
            more = true;
            break;
        }
        found.push(stored.thread);
        last = Some((stored.date, stored.id));
    }
    Ok(Answer::object(&cx.mask, |o| {
        if !found.is_empty() {
            o.list("threads", |list| {
                for id in &found {
                    let slots = mailbox.thread(*id).unwrap_or_default();
                    list.object(|t| {
                        t.id("id", *id);
                        if let Some(stored) = slots.last().and_then(|s| mailbox.get(*s))
                            && t.wants("snippet")
                        {
                            t.string("snippet", &snippet(&mailbox, stored));
                        }
                        t.long("historyId", history(&mailbox, slots));
                    });
                }
            });
        }
        if let Some(place) = last.filter(|_| more) {
            o.plain("nextPageToken", &page_token(place));
        }
        o.number(
            "resultSizeEstimate",
            if more || before.is_some() {
                201
            } else {
                found.len() as u64
            },
        );
    }))
}

/// `users.threads.get`.
pub(super) fn get(cx: &Context<'_>) -> Result<Answer> {
    let format = Format::read(cx.call, cx.access.gmail.metadata_only(), false)?;
    let mailbox = cx.mailbox();
    let slots = members(&mailbox, cx.id)?;
    Ok(Answer::object(&cx.mask, |o| {
        o.id("id", parse_id(cx.id).unwrap_or_default());
        o.long("historyId", history(&mailbox, &slots));
        o.list("messages", |list| {
            for stored in slots.iter().filter_map(|s| mailbox.get(*s)) {
                list.object(|m| render::message(m, &mailbox, stored, &format));
            }
        });
    }))
}

fn answer(cx: &Context<'_>, mailbox: &Mailbox, slots: &[Slot]) -> Answer {
    Answer::object(&cx.mask, |o| {
        o.id("id", parse_id(cx.id).unwrap_or_default());
        o.long("historyId", history(mailbox, slots));
        o.list("messages", |list| {
            for stored in slots.iter().filter_map(|s| mailbox.get(*s)) {
                list.object(|m| render::short(m, mailbox, stored));
            }
        });
    })
}

/// `users.threads.modify`.
pub(super) fn modify(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["addLabelIds", "removeLabelIds"])?;
    let mut mailbox = cx.mailbox();
    let slots = members(&mailbox, cx.id)?;
    let (add, remove) = changes(&mailbox, &body)?;
    for slot in &slots {
        mailbox.relabel(*slot, &add, &remove, cx.now());
    }
    Ok(answer(cx, &mailbox, &slots))
}

/// `users.threads.trash` and `untrash`.
pub(super) fn trash(cx: &Context<'_>, into: bool) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    let slots = members(&mailbox, cx.id)?;
    let (add, remove) = binned(into);
    for slot in &slots {
        mailbox.relabel(*slot, add, remove, cx.now());
    }
    Ok(answer(cx, &mailbox, &slots))
}

/// `users.threads.delete`.
pub(super) fn delete(cx: &Context<'_>) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    for slot in members(&mailbox, cx.id)? {
        mailbox.delete(slot, cx.now());
    }
    Ok(Answer::empty())
}
