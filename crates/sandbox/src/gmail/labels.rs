//! `users.labels`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Context, Result};
use crate::mailbox::Mailbox;
use crate::mailbox::labels::{self, Label, LabelIndex};
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;
use crate::wire::json::Object;

const FIELDS: [&str; 6] = [
    "id",
    "name",
    "labelListVisibility",
    "messageListVisibility",
    "color",
    "type",
];

fn place(mailbox: &Mailbox, id: &str) -> Result<LabelIndex> {
    mailbox
        .labels
        .by_id(&crate::wire::text::unescape_path(id))
        .ok_or_else(ApiError::not_found)
}

fn write(o: &mut Object<'_, '_>, label: &Label) {
    o.string("id", &label.id);
    o.string("name", &label.name);
    if let Some(visibility) = &label.message_visibility {
        o.string("messageListVisibility", visibility);
    }
    if let Some(visibility) = &label.list_visibility {
        o.string("labelListVisibility", visibility);
    }
    o.string("type", if label.system { "system" } else { "user" });
    if let Some(color) = &label.color {
        o.value("color", color);
    }
}

/// `users.labels.list`.
#[expect(clippy::unnecessary_wraps, reason = "all methods have one signature")]
pub(super) fn list(cx: &Context<'_>) -> Result<Answer> {
    let mailbox = cx.mailbox();
    Ok(Answer::object(&cx.mask, |o| {
        o.list("labels", |list| {
            for (_, label) in mailbox.labels.iter() {
                list.object(|l| write(l, label));
            }
        });
    }))
}

/// `users.labels.get`: with counts of messages and threads.
pub(super) fn get(cx: &Context<'_>) -> Result<Answer> {
    let mailbox = cx.mailbox();
    let index = place(&mailbox, cx.id)?;
    let label = mailbox.labels.get(index).ok_or_else(ApiError::not_found)?;
    let holds = mailbox.labels.passing(|set| set.contains(&index));
    let unread = mailbox
        .labels
        .passing(|set| set.contains(&index) && set.contains(&labels::UNREAD));
    let (mut messages, mut fresh) = (0, 0);
    let (mut threads, mut fresh_threads) = (HashSet::new(), HashSet::new());
    for (_, stored) in mailbox.newest_first(None) {
        if holds[stored.set as usize] {
            messages += 1;
            threads.insert(stored.thread);
            if unread[stored.set as usize] {
                fresh += 1;
                fresh_threads.insert(stored.thread);
            }
        }
    }
    Ok(Answer::object(&cx.mask, |o| {
        write(o, label);
        o.number("messagesTotal", messages);
        o.number("messagesUnread", fresh);
        o.number("threadsTotal", threads.len() as u64);
        o.number("threadsUnread", fresh_threads.len() as u64);
    }))
}

fn text<'v>(body: &'v Map<String, Value>, name: &str) -> Result<Option<&'v str>> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ApiError::invalid(&format!(
            "Invalid value at 'label.{name}' (TYPE_STRING)"
        ))),
    }
}

fn choice(body: &Map<String, Value>, name: &str, allowed: &[&str]) -> Result<Option<String>> {
    match text(body, name)? {
        None => Ok(None),
        Some(value) if allowed.contains(&value) => Ok(Some(value.to_owned())),
        Some(value) => Err(ApiError::invalid(&format!(
            "Invalid value at 'label.{name}', \"{value}\""
        ))),
    }
}

fn valid_name(mailbox: &Mailbox, name: &str, own: Option<LabelIndex>) -> Result<()> {
    let empty_level = name.split('/').any(|level| level.trim().is_empty());
    if empty_level || name.chars().count() > 225 || name.trim() != name {
        return Err(ApiError::invalid("Invalid label name"));
    }
    match mailbox.labels.by_name(name) {
        Some(index) if Some(index) == own => Ok(()),
        Some(index) if mailbox.labels.get(index).is_some_and(|l| l.system) => {
            Err(ApiError::invalid("Invalid label name"))
        }
        // fault G30: a clash is 409
        Some(_) => Err(ApiError::new(
            409,
            "aborted",
            "ABORTED",
            "Label name exists or conflicts",
        )),
        None => Ok(()),
    }
}

fn apply(
    mailbox: &mut Mailbox,
    index: LabelIndex,
    body: &Map<String, Value>,
    whole: bool,
) -> Result<()> {
    let list = choice(
        body,
        "labelListVisibility",
        &["labelShow", "labelShowIfUnread", "labelHide"],
    )?;
    let message = choice(body, "messageListVisibility", &["show", "hide"])?;
    let color = match body.get("color") {
        None | Some(Value::Null) => None,
        Some(Value::Object(map))
            if map
                .keys()
                .all(|k| k == "textColor" || k == "backgroundColor") =>
        {
            Some(Value::Object(map.clone()))
        }
        Some(_) => return Err(ApiError::invalid("Invalid value at 'label.color'")),
    };
    let Some(label) = mailbox.labels.get_mut(index) else {
        return Err(ApiError::not_found());
    };
    if whole || list.is_some() {
        label.list_visibility = list.or(Some("labelShow".to_owned()));
    }
    if whole || message.is_some() {
        label.message_visibility = message.or(Some("show".to_owned()));
    }
    if whole || color.is_some() {
        label.color = color;
    }
    Ok(())
}

fn answer(cx: &Context<'_>, mailbox: &Mailbox, index: LabelIndex) -> Result<Answer> {
    let label = mailbox.labels.get(index).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| write(o, label)))
}

/// `users.labels.create`.
pub(super) fn create(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&FIELDS)?;
    let mut mailbox = cx.mailbox();
    let name = text(&body, "name")?.ok_or_else(|| ApiError::invalid("Invalid label name"))?;
    valid_name(&mailbox, name, None)?;
    let index = mailbox.labels.create(name).ok_or_else(|| {
        ApiError::new(
            400,
            "limitExceeded",
            "FAILED_PRECONDITION",
            "Too many labels",
        )
    })?;
    if let Err(error) = apply(&mut mailbox, index, &body, true) {
        mailbox.labels.remove(index);
        return Err(error);
    }
    answer(cx, &mailbox, index)
}

/// `users.labels.patch`, and `update` which replaces the whole.
pub(super) fn change(cx: &Context<'_>, whole: bool) -> Result<Answer> {
    let body = cx.call.json(&FIELDS)?;
    let mut mailbox = cx.mailbox();
    let index = place(&mailbox, cx.id)?;
    if mailbox.labels.get(index).is_some_and(|l| l.system) {
        return Err(ApiError::invalid(
            "Invalid update request: system labels cannot be changed.",
        ));
    }
    match text(&body, "name")? {
        Some(name) => valid_name(&mailbox, name, Some(index))?,
        None if whole => return Err(ApiError::invalid("Invalid label name")),
        None => {}
    }
    apply(&mut mailbox, index, &body, whole)?;
    if let (Some(label), Some(name)) = (mailbox.labels.get_mut(index), text(&body, "name")?) {
        name.clone_into(&mut label.name);
    }
    answer(cx, &mailbox, index)
}

/// `users.labels.delete`.
pub(super) fn delete(cx: &Context<'_>) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    let index = place(&mailbox, cx.id)?;
    if mailbox.labels.get(index).is_some_and(|l| l.system) {
        return Err(ApiError::invalid(
            "Invalid delete request: system labels cannot be deleted.",
        ));
    }
    mailbox.delete_label(index, cx.now());
    Ok(Answer::empty())
}
