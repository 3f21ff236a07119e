//! Messages that come in through the API: sent, inserted, imported; and delivery between the sandbox's accounts.

#![expect(
    clippy::format_push_string,
    reason = "reads best, and speed does not matter here"
)]

use bytes::Bytes;
use serde_json::{Map, Value};
use tenon_model::Time;

use super::{Context, Result, parse_id, render, strings};
use crate::faults::Twist;
use crate::gmail::methods::Op;
use crate::mailbox::labels::{self, LabelIndex};
use crate::mailbox::{Slot, raw};
use crate::state::State;
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;
use crate::wire::text::{mail_date, unbase64};

/// Bytes of a message that Gmail takes at most (fault G31).
pub(crate) const LARGEST: usize = 36_700_160;

/// The fields a Message may have in a request; most are ignored, as Google ignores what only it writes.
pub(super) const MESSAGE_FIELDS: [&str; 10] = [
    "id",
    "threadId",
    "labelIds",
    "snippet",
    "historyId",
    "internalDate",
    "payload",
    "sizeEstimate",
    "raw",
    "classificationLabelValues",
];

/// The message of a request: from `raw` or from the upload, with the wanted thread.
pub(super) fn incoming(
    cx: &Context<'_>,
    body: &Map<String, Value>,
) -> Result<(Bytes, Option<u64>)> {
    let bytes = match (&cx.media, body.get("raw")) {
        (Some(media), _) => media.clone(),
        (None, Some(Value::String(text))) if !text.is_empty() => {
            unbase64(text).map(Bytes::from).ok_or_else(|| {
                ApiError::invalid(
                    "Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed",
                )
            })?
        }
        _ => {
            return Err(ApiError::invalid(
                "'raw' RFC822 payload message string or uploading message via /upload/* URL required",
            ));
        }
    };
    if bytes.len() > LARGEST {
        return Err(ApiError::new(
            413,
            "uploadTooLarge",
            "INVALID_ARGUMENT",
            "Request entity too large: limit is 35 MB.",
        ));
    }
    let thread = match body.get("threadId") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(parse_id(id)?),
        Some(_) => {
            return Err(ApiError::invalid(
                "Invalid value at 'message.thread_id' (TYPE_STRING)",
            ));
        }
    };
    if let Some(thread) = thread
        && cx.mailbox().thread(thread).is_none()
    {
        return Err(ApiError::not_found());
    }
    Ok((bytes, thread))
}

/// `users.messages.send`.
pub(super) fn send(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&MESSAGE_FIELDS)?;
    let (bytes, thread) = incoming(cx, &body)?;
    let slot = deliver(cx.state, cx.access.account, &bytes, thread, cx.twist)?;
    let mailbox = cx.mailbox();
    let stored = mailbox.get(slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        render::short(o, &mailbox, stored);
    }))
}

/// `users.messages.insert` and `users.messages.import`.
pub(super) fn insert(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&MESSAGE_FIELDS)?;
    let (bytes, thread) = incoming(cx, &body)?;
    let ids = strings(&body, "labelIds")?;
    let by_date = match (cx.call.param("internalDateSource"), cx.op) {
        (None, op) => op == Op::MessagesImport,
        (Some("dateHeader"), _) => true,
        (Some("receivedTime"), _) => false,
        (Some(other), _) => {
            return Err(ApiError::invalid(&format!(
                "Invalid value at 'internal_date_source', \"{other}\""
            )));
        }
    };
    let mut mailbox = cx.mailbox();
    let places = mailbox.label_places(ids)?;
    if places.contains(&labels::DRAFT) {
        return Err(ApiError::invalid("Invalid label: DRAFT"));
    }
    let now = cx.now();
    let written = if by_date {
        raw::Facts::read(&bytes).date
    } else {
        None
    };
    let date = written.map_or(now.0.div_euclid(1000), |s| s.saturating_mul(1000));
    let slot = mailbox.insert(bytes, places, date, thread, now);
    let stored = mailbox.get(slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        render::short(o, &mailbox, stored);
    }))
}

/// Adds the fields a submitted message lacks and cannot do without; everything else stays byte for byte.
fn complete(state: &State, account: usize, bytes: &Bytes, rewrite_id: bool) -> Bytes {
    let person = &state.people()[account];
    let mut rest: std::borrow::Cow<'_, [u8]> = std::borrow::Cow::Borrowed(bytes);
    if rewrite_id {
        // fault G20: our Message-ID is replaced and kept nowhere
        rest = std::borrow::Cow::Owned(raw::without_field(&rest, "Message-ID"));
    }
    let mut added = String::new();
    if raw::field(&rest, "From").is_none() {
        added.push_str(&format!(
            "From: {} <{}>\r\n",
            crate::wire::text::encode_header(&person.name),
            person.email
        ));
    }
    if raw::field(&rest, "Message-ID").is_none() {
        added.push_str(&format!(
            "Message-ID: <CAF{:016x}@mail.gmail.com>\r\n",
            state.mailbox(account).serial()
        ));
    }
    if added.is_empty() {
        return bytes.clone();
    }
    let mut out = added.into_bytes();
    out.extend_from_slice(&rest);
    Bytes::from(out)
}

/// Sends a message: a copy labelled SENT here, one in the inbox of each recipient that has an account here.
pub(crate) fn deliver(
    state: &State,
    account: usize,
    bytes: &Bytes,
    thread: Option<u64>,
    twist: Option<&Twist>,
) -> Result<Slot> {
    let to = raw::recipients(bytes);
    if to.is_empty() {
        return Err(ApiError::invalid("Recipient address required"));
    }
    let now = state.now();
    let own = state.people()[account].email.to_ascii_lowercase();
    let bytes = complete(
        state,
        account,
        bytes,
        matches!(twist, Some(Twist::NewMessageId)),
    );
    let mut mine = vec![labels::SENT];
    if to.contains(&own) {
        mine.extend([labels::INBOX, labels::UNREAD]);
    }
    let slot =
        state
            .mailbox(account)
            .insert(bytes.clone(), mine, now.0.div_euclid(1000), thread, now);
    for address in to.iter().filter(|a| **a != own) {
        if let Some(other) = state.find_account(address) {
            receive(
                state,
                other,
                &raw::without_field(&bytes, "Bcc"),
                &[labels::INBOX, labels::UNREAD, labels::PERSONAL],
                now,
            );
        }
    }
    if matches!(twist, Some(Twist::Bounce)) || to.iter().any(|a| a.starts_with("bounce@")) {
        bounce(state, account, &to, &bytes, now);
    }
    Ok(slot)
}

/// Puts a message into an account's mailbox the way a mail server does.
pub(crate) fn receive(
    state: &State,
    account: usize,
    bytes: &[u8],
    places: &[LabelIndex],
    now: Time,
) -> Slot {
    let person = &state.people()[account];
    let mut head = format!(
        "Delivered-To: {0}\r\nReceived: by 192.0.2.10 with SMTP id {1:012x}; {2}\r\n",
        person.email,
        state.mailbox(account).serial() >> 16,
        mail_date(now.as_secs(), -480)
    );
    if raw::field(bytes, "Date").is_none() {
        head.push_str(&format!("Date: {}\r\n", mail_date(now.as_secs(), 0)));
    }
    let mut out = head.into_bytes();
    out.extend_from_slice(bytes);
    state.mailbox(account).insert(
        Bytes::from(out),
        places.to_vec(),
        now.0.div_euclid(1000),
        None,
        now,
    )
}

/// A delivery status notification (RFC 3464) that says the daily limit is reached (fault G22).
fn bounce(state: &State, account: usize, to: &[String], original: &Bytes, now: Time) {
    let own = &state.people()[account].email;
    let refused = to
        .iter()
        .find(|a| a.starts_with("bounce@"))
        .or(to.first())
        .map_or("", String::as_str);
    let (code, text) = if refused.starts_with("bounce@") {
        (
            "5.1.1",
            "550 5.1.1 The email account that you tried to reach does not exist.",
        )
    } else {
        ("5.4.5", "550 5.4.5 Daily user sending limit exceeded.")
    };
    let facts = raw::Facts::read(original);
    let message_id = facts.message_id.unwrap_or_default();
    let head: Vec<String> = raw::fields(original)
        .into_iter()
        .map(|(n, v)| format!("{n}: {v}\r\n"))
        .collect();
    let bytes = format!(
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\nTo: {own}\r\nSubject: Delivery Status Notification (Failure)\r\n\
         Date: {date}\r\nMessage-ID: <{serial:016x}@google.com>\r\nIn-Reply-To: <{message_id}>\r\nReferences: <{message_id}>\r\n\
         X-Failed-Recipients: {refused}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; boundary=\"dsn\"; report-type=delivery-status\r\n\r\n\
         --dsn\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\nYour message wasn't delivered to {refused}.\r\n\r\n{text}\r\n\
         --dsn\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; googlemail.com\r\n\r\n\
         Final-Recipient: rfc822; {refused}\r\nAction: failed\r\nStatus: {code}\r\nDiagnostic-Code: smtp; {text}\r\n\
         --dsn\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n--dsn--\r\n",
        date = mail_date(now.as_secs(), 0),
        serial = state.mailbox(account).serial(),
        head = head.concat(),
    );
    receive(
        state,
        account,
        bytes.as_bytes(),
        &[labels::INBOX, labels::UNREAD],
        now,
    );
}
