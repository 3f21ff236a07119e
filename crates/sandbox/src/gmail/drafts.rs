//! `users.drafts`. A draft's message is replaced at each change and at sending; only the draft id lasts (fault G8).

use serde_json::{Map, Value};

use super::messages::Filter;
use super::render::{self, Format};
use super::send::{self, MESSAGE_FIELDS, incoming};
use super::{Context, Result, page_token, read_page_token};
use crate::mailbox::labels::DRAFT;
use crate::mailbox::{Draft, Mailbox};
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;

fn find(mailbox: &Mailbox, id: &str) -> Result<Draft> {
    let id = crate::wire::text::unescape_path(id);
    mailbox
        .drafts
        .iter()
        .find(|d| d.id == id)
        .cloned()
        .ok_or_else(ApiError::not_found)
}

fn answer(cx: &Context<'_>, mailbox: &Mailbox, draft: &Draft) -> Result<Answer> {
    let stored = mailbox.get(draft.slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        o.string("id", &draft.id);
        o.object("message", |m| render::short(m, mailbox, stored));
    }))
}

/// The `message` of a draft in a request.
fn inner(body: &Map<String, Value>) -> Result<Map<String, Value>> {
    match body.get("message") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => {
            match map.keys().find(|k| !MESSAGE_FIELDS.contains(&k.as_str())) {
                None => Ok(map.clone()),
                Some(name) => Err(ApiError::invalid(&format!(
                    "Invalid JSON payload received. Unknown name \"{name}\" at 'draft.message': Cannot find field."
                ))),
            }
        }
        Some(_) => Err(ApiError::invalid("Invalid value at 'draft.message'")),
    }
}

/// `users.drafts.list`.
pub(super) fn list(cx: &Context<'_>) -> Result<Answer> {
    let max = cx.page_size()?;
    let before = read_page_token(cx.call)?;
    let mailbox = cx.mailbox();
    let filter = Filter::read(cx, &mailbox, Some(DRAFT))?;
    let (slots, next) = filter.page(&mailbox, before, max);
    Ok(Answer::object(&cx.mask, |o| {
        let drafts: Vec<_> = slots
            .iter()
            .filter_map(|s| {
                Some((
                    mailbox.drafts.iter().find(|d| d.slot == *s)?,
                    mailbox.get(*s)?,
                ))
            })
            .collect();
        if !drafts.is_empty() {
            o.list("drafts", |list| {
                for (draft, stored) in &drafts {
                    list.object(|d| {
                        d.string("id", &draft.id);
                        d.object("message", |m| {
                            m.id("id", stored.id);
                            m.id("threadId", stored.thread);
                        });
                    });
                }
            });
        }
        if let Some(place) = next {
            o.plain("nextPageToken", &page_token(place));
        }
        o.number(
            "resultSizeEstimate",
            filter.estimate(&mailbox, slots.len(), next.is_some() || before.is_some()),
        );
    }))
}

/// `users.drafts.get`.
pub(super) fn get(cx: &Context<'_>) -> Result<Answer> {
    let format = Format::read(cx.call, cx.access.gmail.metadata_only(), true)?;
    let mailbox = cx.mailbox();
    let draft = find(&mailbox, cx.id)?;
    let stored = mailbox.get(draft.slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        o.string("id", &draft.id);
        o.object("message", |m| render::message(m, &mailbox, stored, &format));
    }))
}

/// `users.drafts.create`.
pub(super) fn create(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["id", "message"])?;
    let (bytes, thread) = incoming(cx, &inner(&body)?)?;
    let now = cx.now();
    let mut mailbox = cx.mailbox();
    let slot = mailbox.insert(bytes, vec![DRAFT], now.0.div_euclid(1000), thread, now);
    let draft = Draft {
        id: format!("r{}", mailbox.serial() as i64),
        slot,
    };
    mailbox.drafts.push(draft.clone());
    answer(cx, &mailbox, &draft)
}

/// `users.drafts.update`: the message is destroyed and made anew, the draft id stays.
pub(super) fn update(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["id", "message"])?;
    let (bytes, thread) = incoming(cx, &inner(&body)?)?;
    let now = cx.now();
    let mut mailbox = cx.mailbox();
    let old = find(&mailbox, cx.id)?;
    let thread = thread.or_else(|| mailbox.get(old.slot).map(|m| m.thread));
    let slot = mailbox.insert(bytes, vec![DRAFT], now.0.div_euclid(1000), thread, now);
    mailbox.delete(old.slot, now);
    let draft = Draft { id: old.id, slot };
    mailbox.drafts.push(draft.clone());
    answer(cx, &mailbox, &draft)
}

/// `users.drafts.send`: the draft is gone and another message, with SENT, has come.
pub(super) fn send(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["id", "message"])?;
    let id = body
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| ApiError::invalid("Invalid draft: id required"))?;
    let changed = inner(&body)?;
    let mailbox = cx.mailbox();
    let draft = find(&mailbox, id)?;
    let stored = mailbox.get(draft.slot).ok_or_else(ApiError::not_found)?;
    let (kept, thread) = (mailbox.bytes(stored), stored.thread);
    drop(mailbox);
    let bytes = if cx.media.is_some() || changed.contains_key("raw") {
        incoming(cx, &changed)?.0
    } else {
        kept
    };
    // the new message joins the thread of the draft, which must not die in between
    let slot = send::deliver(cx.state, cx.access.account, &bytes, Some(thread), cx.twist)?;
    let mut mailbox = cx.mailbox();
    mailbox.delete(draft.slot, cx.now());
    let stored = mailbox.get(slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        render::short(o, &mailbox, stored);
    }))
}

/// `users.drafts.delete`.
pub(super) fn delete(cx: &Context<'_>) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    let draft = find(&mailbox, cx.id)?;
    mailbox.delete(draft.slot, cx.now());
    Ok(Answer::empty())
}
