//! From Gmail's messages to the model's.

use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;
use tenon_model::Time;
use tenon_model::mail::{Address, Envelope, RemoteMessage};

use super::address;
use super::header::{clean, cut};
use super::operation::Operation;
use super::wire::{Header, Message, Text};
use crate::ports::BadMessage;
use crate::{ProviderError, Reaction};

/// Longer subjects are cut (fault G32).
const MAX_SUBJECT: usize = 4_000;

/// Of longer `References` the first and the last ones are kept.
const MAX_REFERENCES: usize = 100;

/// Longer message ids are cut; RFC 5322 allows lines of 998 characters.
const MAX_ID: usize = 998;

/// How far ahead of our clock a message may say it was received (fault G32).
const AHEAD: Duration = Duration::from_hours(24);

/// An id that may stand in a path. Gmail's own always may; what a person or a broken emulator
/// hands in must not lead to another path.
pub(crate) fn id(operation: Operation, id: &str) -> Result<&str, ProviderError> {
    if id.is_empty() || id.len() > 512 || id.bytes().all(|b| b == b'.') {
        return Err(ProviderError::new(
            operation.name(),
            "invalid_id",
            Reaction::Skip,
        ));
    }
    Ok(id)
}

/// A message as Gmail gave it, in the model's words.
pub(crate) fn message(wire: Message<'_>, now: Time) -> Result<RemoteMessage, BadMessage> {
    if wire.id.is_empty() {
        return Err(BadMessage {
            provider_id: String::new(),
            reason: "id_missing",
        });
    }
    let envelope = envelope(&wire.payload.headers);
    let received_at = received(wire.internal_date.0, envelope.date, now);
    let thread_id = if wire.thread_id.is_empty() {
        wire.id.to_string()
    } else {
        wire.thread_id.into_owned()
    };
    Ok(RemoteMessage {
        provider_id: wire.id.into_owned(),
        thread_id,
        labels: wire.label_ids.into_iter().map(Text::into_owned).collect(),
        received_at,
        size: wire.size_estimate.0.unwrap_or(0).max(0),
        has_attachments: seems_to_carry(&wire.payload.mime_type),
        envelope,
    })
}

/// What the type of a message suggests about attachments, until the search has said
/// ([`crate::ports::MailPort::with_attachments`]). A message that is a file is its own attachment.
fn seems_to_carry(media: &str) -> bool {
    let media = media.to_ascii_lowercase();
    match media.split_once('/') {
        Some(("multipart", kind)) => matches!(kind, "mixed" | "report"),
        Some(("text", kind)) => kind == "calendar",
        Some(_) => true,
        None => false,
    }
}

/// When a message came: Gmail's word, unless it cannot be; then its own date; never far ahead.
fn received(internal: Option<i64>, date: Option<Time>, now: Time) -> Time {
    let latest = now + AHEAD;
    let fits = |t: &Time| t.0 > 0 && *t <= latest;
    internal
        .map(Time::from_millis)
        .filter(fits)
        .or(date.filter(fits))
        .unwrap_or(if internal.is_some_and(|ms| ms > 0) {
            now
        } else {
            Time(0)
        })
}

/// The headers that Tenon keeps.
pub(crate) fn envelope(headers: &[Header<'_>]) -> Envelope {
    let mut e = Envelope::default();
    let mut replied_to = Vec::new();
    for Header { name, value, .. } in headers {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("From") {
            add(&mut e.from, value);
        } else if is("To") {
            add(&mut e.to, value);
        } else if is("Cc") {
            add(&mut e.cc, value);
        } else if is("Reply-To") {
            add(&mut e.reply_to, value);
        } else if is("Subject") {
            if e.subject.is_empty() {
                let subject = clean(cut(value, 4 * MAX_SUBJECT));
                e.subject = String::from(cut(&subject, MAX_SUBJECT));
            }
        } else if is("Date") {
            e.date = e.date.or_else(|| date(value));
        } else if is("Message-ID") {
            if e.message_id.is_empty() {
                e.message_id = words(value)
                    .next()
                    .map(|w| cut(w, MAX_ID).to_owned())
                    .unwrap_or_default();
            }
        } else if is("References") {
            e.references.extend(message_ids(value));
        } else if is("In-Reply-To") {
            replied_to.extend(message_ids(value));
        } else if is("List-Id") || is("List-Unsubscribe") {
            e.automatic = true;
        } else if is("Precedence") {
            let value = value.trim();
            e.automatic |= ["bulk", "list", "junk"]
                .iter()
                .any(|w| value.eq_ignore_ascii_case(w));
        } else if is("Auto-Submitted") {
            let word = value.split(';').next().unwrap_or_default().trim();
            e.automatic |= !word.is_empty() && !word.eq_ignore_ascii_case("no");
        }
    }
    for id in replied_to {
        if !e.references.contains(&id) {
            e.references.push(id);
        }
    }
    if e.references.len() > MAX_REFERENCES {
        e.references.drain(1..=e.references.len() - MAX_REFERENCES);
    }
    e
}

fn add(list: &mut Vec<Address>, value: &str) {
    if list.is_empty() {
        *list = address::parse(value);
    } else {
        list.extend(address::parse(value));
    }
}

/// The ids of a `References` or `In-Reply-To` (RFC 5322, 3.6.4), without brackets.
fn message_ids(value: &str) -> impl Iterator<Item = String> {
    // Words around ids, as in `In-Reply-To: your message of …`, are no ids.
    words(value)
        .filter(|w| w.contains('@') || w.len() > 20)
        .map(|w| cut(w, MAX_ID).to_owned())
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    cut(value, 64 * 1024)
        .split(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','))
        .filter(|w| !w.is_empty())
}

/// `Date` (RFC 5322, 3.3), with the liberties that senders take.
fn date(value: &str) -> Option<Time> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let value = cut(value.trim(), 200);
    let parse = |v: &str| {
        PARSER
            .parse_timestamp(v)
            .ok()
            .map(|t| Time(t.as_microsecond()))
    };
    parse(value)
        .or_else(|| parse(value.split('(').next()?.trim()))
        .or_else(|| {
            value
                .split_once(',')
                .and_then(|(_, rest)| parse(rest.trim()))
        })
        .or_else(|| Time::parse_rfc3339(value))
}

#[cfg(test)]
mod tests {
    use super::super::wire;
    use super::*;

    fn of(json: &str) -> RemoteMessage {
        message(
            wire::read(json.as_bytes()).unwrap(),
            Time::from_secs(1_795_338_000),
        )
        .unwrap()
    }

    fn with_headers(headers: &[(&str, &str)]) -> Envelope {
        let headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| serde_json::json!({"name": n, "value": v}))
            .collect();
        of(&serde_json::json!({"id": "1", "payload": {"headers": headers}}).to_string()).envelope
    }

    #[test]
    fn a_message_becomes_the_models() {
        let m = of(
            r#"{"id":"18c","threadId":"18b","labelIds":["INBOX","UNREAD"],"internalDate":"1700000000000",
            "sizeEstimate":2048,"payload":{"mimeType":"multipart/mixed","headers":[
            {"name":"from","value":"Ann <ann@b.c>"},{"name":"TO","value":"x@y.z"},{"name":"To","value":"w@y.z"},
            {"name":"Subject","value":"=?utf-8?Q?Caf=C3=A9?="},{"name":"Date","value":"Tue, 14 Nov 2023 22:13:20 +0000"},
            {"name":"Message-Id","value":"<m1@b.c>"},{"name":"References","value":"<r1@b.c>\r\n <r2@b.c>"},
            {"name":"In-Reply-To","value":"<r2@b.c>"}]}}"#,
        );
        assert_eq!(
            (m.provider_id.as_str(), m.thread_id.as_str()),
            ("18c", "18b")
        );
        assert_eq!(m.labels, ["INBOX", "UNREAD"]);
        assert_eq!(m.received_at, Time::from_secs(1_700_000_000));
        assert!(m.has_attachments && !m.envelope.automatic);
        assert_eq!(m.envelope.subject, "Café");
        assert_eq!(m.envelope.to.len(), 2);
        assert_eq!(m.envelope.date, Some(Time::from_secs(1_700_000_000)));
        assert_eq!(m.envelope.message_id, "m1@b.c");
        assert_eq!(m.envelope.references, ["r1@b.c", "r2@b.c"]);
    }

    #[test]
    fn g32_impossible_times_are_clamped_and_odd_headers_accepted() {
        let now = Time::from_secs(1_795_338_000);
        let future = of(r#"{"id":"1","internalDate":"9999999999999999"}"#);
        assert_eq!(future.received_at, now);
        let epoch = of(
            r#"{"id":"1","internalDate":"0","payload":{"headers":[{"name":"Date","value":"Tue, 14 Nov 2023 22:13:20 +0000"}]}}"#,
        );
        assert_eq!(epoch.received_at, Time::from_secs(1_700_000_000));
        let nothing = of(r#"{"id":"1"}"#);
        assert_eq!(
            (nothing.received_at, nothing.thread_id.as_str()),
            (Time(0), "1")
        );
        assert_eq!(of(r#"{"id":"1","internalDate":"-5"}"#).received_at, Time(0));
        let long = with_headers(&[("Subject", &"é".repeat(50_000)), ("From", "\u{0}")]);
        assert!(long.subject.len() <= MAX_SUBJECT && long.from.is_empty());
    }

    #[test]
    fn the_type_suggests_attachments() {
        for (media, carries) in [
            ("multipart/mixed", true),
            ("Multipart/Report", true),
            ("multipart/alternative", false),
            ("text/plain", false),
            ("text/calendar", true),
            ("application/pdf", true),
            ("message/rfc822", true),
            ("", false),
        ] {
            assert_eq!(seems_to_carry(media), carries, "{media}");
        }
    }

    #[test]
    fn machines_are_told_from_people() {
        for (header, value, automatic) in [
            ("List-Id", "<news.b.c>", true),
            ("List-Unsubscribe", "<https://b.c/u>", true),
            ("Precedence", "Bulk", true),
            ("Precedence", "first-class", false),
            ("Auto-Submitted", "auto-replied; owner=x", true),
            ("Auto-Submitted", "No", false),
        ] {
            assert_eq!(
                with_headers(&[(header, value)]).automatic,
                automatic,
                "{header}: {value}"
            );
        }
    }

    #[test]
    fn dates_as_senders_write_them() {
        for value in [
            "Tue, 14 Nov 2023 22:13:20 +0000",
            "14 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 23:13:20 +0100 (CET)",
            "Mon, 14 Nov 2023 22:13:20 +0000",
            "Foo, 14 Nov 2023 22:13:20 +0000",
            "2023-11-14T22:13:20Z",
        ] {
            assert_eq!(date(value), Some(Time::from_secs(1_700_000_000)), "{value}");
        }
        assert_eq!(date("yesterday"), None);
    }

    #[test]
    fn long_reference_chains_keep_both_ends() {
        let chain: Vec<String> = (0..500).map(|n| format!("<{n}@b.c>")).collect();
        let e = with_headers(&[("References", &chain.join(" "))]);
        assert_eq!(e.references.len(), MAX_REFERENCES);
        assert_eq!(
            (e.references[0].as_str(), e.references[99].as_str()),
            ("0@b.c", "499@b.c")
        );
    }
}
