//! `users.settings`, `users.watch` and `users.stop`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::methods::Op;
use super::{Context, Result, strings};
use crate::mailbox::Watch;
use crate::wire::call::{Answer, JSON};
use crate::wire::errors::ApiError;
use crate::wire::json::write_value;

/// A push subscription lasts a week at most (fault G23).
const WATCH: Duration = Duration::from_hours(168);

/// `users.watch`.
pub(super) fn watch(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&[
        "topicName",
        "labelIds",
        "labelFilterAction",
        "labelFilterBehavior",
    ])?;
    let topic = body
        .get("topicName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let parts: Vec<&str> = topic.split('/').collect();
    if !matches!(parts.as_slice(), ["projects", project, "topics", name] if !project.is_empty() && !name.is_empty())
    {
        return Err(ApiError::invalid(
            "Invalid topicName does not match projects/*/topics/*",
        ));
    }
    let mut mailbox = cx.mailbox();
    mailbox.label_places(strings(&body, "labelIds")?)?;
    let until = cx.now() + WATCH;
    let current = mailbox.history.current();
    let last = mailbox.watch.take().and_then(|w| w.last);
    // A new subscription is announced by a first message, which tells that it works.
    mailbox.watch = Some(Watch {
        until,
        announced: current.wrapping_sub(1),
        last,
    });
    Ok(Answer::object(&cx.mask, |o| {
        o.long("historyId", mailbox.history.current());
        o.long("expiration", until.0.div_euclid(1000));
    }))
}

/// `users.stop`.
#[expect(clippy::unnecessary_wraps, reason = "all methods have one signature")]
pub(super) fn stop(cx: &Context<'_>) -> Result<Answer> {
    cx.mailbox().watch = None;
    Ok(Answer::empty())
}

fn shown(cx: &Context<'_>, value: &Value) -> Answer {
    let mut out = Vec::new();
    write_value(&mut out, &cx.mask, value);
    Answer::new(200, JSON, out)
}

const SEND_AS: [&str; 9] = [
    "sendAsEmail",
    "displayName",
    "replyToAddress",
    "signature",
    "isPrimary",
    "isDefault",
    "treatAsAlias",
    "smtpMsa",
    "verificationStatus",
];
const VACATION: [&str; 8] = [
    "enableAutoReply",
    "responseSubject",
    "responseBodyPlainText",
    "responseBodyHtml",
    "restrictToContacts",
    "restrictToDomain",
    "startTime",
    "endTime",
];

/// The settings methods.
pub(super) fn run(cx: &Context<'_>) -> Result<Answer> {
    let id = crate::wire::text::unescape_path(cx.id);
    match cx.op {
        Op::SendAsList => Ok(shown(cx, &json!({"sendAs": cx.mailbox().settings.send_as}))),
        Op::SendAsGet => {
            let mailbox = cx.mailbox();
            let found = mailbox
                .settings
                .send_as
                .iter()
                .find(|a| a["sendAsEmail"] == *id)
                .ok_or_else(ApiError::not_found)?;
            Ok(shown(cx, found))
        }
        Op::SendAsPatch | Op::SendAsUpdate => send_as(cx, &id),
        Op::FiltersList => {
            let mailbox = cx.mailbox();
            let filters = &mailbox.settings.filters;
            Ok(shown(
                cx,
                &if filters.is_empty() {
                    json!({})
                } else {
                    json!({"filter": filters})
                },
            ))
        }
        Op::FiltersGet => {
            let mailbox = cx.mailbox();
            let found = mailbox
                .settings
                .filters
                .iter()
                .find(|f| f["id"] == *id)
                .ok_or_else(ApiError::not_found)?;
            Ok(shown(cx, found))
        }
        Op::FiltersCreate => filter(cx),
        Op::FiltersDelete => {
            let mut mailbox = cx.mailbox();
            let before = mailbox.settings.filters.len();
            mailbox.settings.filters.retain(|f| f["id"] != *id);
            if mailbox.settings.filters.len() == before {
                Err(ApiError::not_found())
            } else {
                Ok(Answer::empty())
            }
        }
        Op::VacationGet => Ok(shown(cx, &cx.mailbox().settings.vacation)),
        Op::VacationUpdate => {
            let body = cx.call.json(&VACATION)?;
            let mut mailbox = cx.mailbox();
            let mut settings = Map::new();
            for name in ["enableAutoReply", "restrictToContacts", "restrictToDomain"] {
                settings.insert(name.to_owned(), json!(false));
            }
            settings.extend(body.into_iter().filter(|(_, v)| !v.is_null()));
            mailbox.settings.vacation = Value::Object(settings);
            Ok(shown(cx, &mailbox.settings.vacation))
        }
        Op::AutoForwardingGet => Ok(shown(cx, &json!({"enabled": false}))),
        Op::ImapGet => Ok(shown(
            cx,
            &json!({"enabled": true, "autoExpunge": true, "expungeBehavior": "archive", "maxFolderSize": 0}),
        )),
        Op::PopGet => Ok(shown(
            cx,
            &json!({"accessWindow": "disabled", "disposition": "leaveInInbox"}),
        )),
        Op::LanguageGet => Ok(shown(cx, &json!({"displayLanguage": "en"}))),
        _ => Ok(shown(cx, &json!({}))), // forwarding addresses and delegates: none
    }
}

fn send_as(cx: &Context<'_>, id: &str) -> Result<Answer> {
    let body = cx.call.json(&SEND_AS)?;
    for name in ["displayName", "replyToAddress", "signature"] {
        if body
            .get(name)
            .is_some_and(|v| !v.is_string() && !v.is_null())
        {
            return Err(ApiError::invalid(&format!(
                "Invalid value at 'send_as.{name}' (TYPE_STRING)"
            )));
        }
    }
    let whole = cx.op == Op::SendAsUpdate;
    let mut mailbox = cx.mailbox();
    let found = mailbox
        .settings
        .send_as
        .iter_mut()
        .find(|a| a["sendAsEmail"] == *id)
        .ok_or_else(ApiError::not_found)?;
    for name in ["displayName", "replyToAddress", "signature"] {
        match body.get(name) {
            Some(Value::String(text)) => found[name] = json!(text),
            _ if whole => found[name] = json!(""),
            _ => {}
        }
    }
    let found = found.clone();
    Ok(shown(cx, &found))
}

fn filter(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["id", "criteria", "action"])?;
    let part = |name: &str| match body.get(name) {
        Some(Value::Object(map)) if !map.is_empty() => Ok(Value::Object(map.clone())),
        _ => Err(ApiError::invalid(&format!(
            "Filter doesn't have any {name}"
        ))),
    };
    let (criteria, action) = (part("criteria")?, part("action")?);
    let mut mailbox = cx.mailbox();
    for name in ["addLabelIds", "removeLabelIds"] {
        if let Value::Object(map) = &action {
            mailbox.label_places(strings(map, name)?)?;
        }
    }
    let filter = json!({"id": format!("ANe1Bm{:016x}", mailbox.serial()), "criteria": criteria, "action": action});
    mailbox.settings.filters.push(filter.clone());
    Ok(shown(cx, &filter))
}
