//! Reports of mail systems: what was not delivered, and which message it was (RFC 3461, 3464, 6522), also of those that
//! write them for people only.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use tenon_model::DraftId;
use tenon_model::delivery::{Failure, Status};
use tenon_model::mail::normalize_address;

use crate::compose::HEADER;

/// Recipients that one report is read for.
const RECIPIENTS: usize = 50;
/// Bytes of a text that are looked through.
const TEXT: usize = 64 * 1024;

/// Somebody whom a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undelivered {
    /// Normalized.
    pub(super) address: String,
    /// `None` when it is tried on.
    pub(super) failure: Option<Failure>,
}

/// What a mail system reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// Whom it is about.
    pub(super) people: Vec<Undelivered>,
    /// Our own mark in the message that comes back.
    pub(super) draft: Option<DraftId>,
}

/// The report in a message, if it is one that a program wrote for programs.
pub(super) fn of_machine(message: &Message<'_>) -> Option<Report> {
    let mut report = Report::default();
    let mut found = false;
    for part in parts(message) {
        if is(part, "message", "delivery-status") || is(part, "message", "global-delivery-status") {
            found = true;
            for group in groups(&text(part)) {
                if let Some(person) = recipient(&group) {
                    push(&mut report.people, person);
                }
            }
        }
    }
    report.draft = own_mark(message);
    found.then_some(report)
}

/// What a mail system says to people, where it has nothing for programs: addresses in its words, above the mail that
/// comes back, each with what stands behind it.
pub(super) fn of_words(message: &Message<'_>) -> Report {
    let body = message.body_text(0).unwrap_or_default();
    let end = cut(&body, TEXT);
    let mut words = &body[..end];
    for mark in RETURNED {
        if let Some(at) = find(words, mark) {
            words = &words[..at];
        }
    }
    let failed = header(message, "X-Failed-Recipients").unwrap_or_default();
    let all = words.to_lowercase();
    let tried_on = failed.is_empty()
        && DELAYED.iter().any(|d| all.contains(d))
        && !GIVEN_UP.iter().any(|g| all.contains(g));
    let mut report = Report {
        draft: own_mark(message),
        ..Report::default()
    };
    let mut add = |address: &str, behind: &str| {
        let failure = (!tried_on).then(|| Failure::of(status_in(behind), behind));
        let address = normalize_address(address);
        push(&mut report.people, Undelivered { address, failure });
    };
    for address in failed.split(',').filter(|a| a.contains('@')) {
        add(address.trim(), words);
    }
    for (at, address) in addresses(words) {
        let behind = cut(&words[at..], 600);
        add(address, &words[at..at + behind]);
    }
    report
}

/// Where the mail begins that comes back.
const RETURNED: [&str; 8] = [
    "--- Below this line is a copy of the message",
    "------ This is a copy of the message",
    "----- Original message",
    "--- Original message",
    "---Original Message",
    "Original message headers",
    "----- Message header follows",
    "\nReceived: ",
];
const DELAYED: [&str; 12] = [
    "still being retried",
    "will be retried",
    "will keep trying",
    "will continue to try",
    "continue trying",
    "delivery attempts will continue",
    "has been delayed",
    "delivery delayed",
    "temporarily deferred",
    "not yet been delivered",
    "warning message only",
    "you do not need to resend",
];
const GIVEN_UP: [&str; 3] = ["permanent", "giving up", "gave up"];

/// Tells each person once; a failure counts more than a delay.
fn push(people: &mut Vec<Undelivered>, person: Undelivered) {
    if person.address.is_empty() {
        return;
    }
    let full = people.len() >= RECIPIENTS;
    match people.iter_mut().find(|p| p.address == person.address) {
        Some(known) if known.failure.is_none() || known.failure == Some(Failure::Other) => {
            known.failure = person.failure.or(known.failure);
        }
        Some(_) => {}
        None if full => {}
        None => people.push(person),
    }
}

/// The fields of one recipient (RFC 3464, 2.3); the group of the whole message has none.
fn recipient(group: &[(String, String)]) -> Option<Undelivered> {
    let field = |name: &str| {
        let found = group.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, v)| v.as_str())
    };
    // The one that we wrote to is the original one; mail that was sent on has another final one.
    let typed = field("Original-Recipient").or_else(|| field("Final-Recipient"))?;
    let address = typed.split_once(';').map_or(typed, |(_, a)| a).trim();
    let address = normalize_address(address.trim_matches(['<', '>']));
    let action = field("Action").unwrap_or("failed").to_lowercase();
    let words = field("Diagnostic-Code").unwrap_or_default();
    let status = field("Status").and_then(Status::parse);
    // A code of the other side says more than the reporter's general one.
    let told = status_in(words);
    let status = match (status, told) {
        (Some(Status(_, 0, 0)) | None, Some(told)) => Some(told),
        (status, _) => status,
    };
    let failure = match action.as_str() {
        a if a.starts_with("fail") || a.starts_with("error") => Some(Failure::of(status, words)),
        a if a.starts_with("delay") => None,
        // Delivered, relayed or expanded: no failure at all.
        _ => return None,
    };
    Some(Undelivered { address, failure })
}

/// The first enhanced status code in some words.
fn status_in(words: &str) -> Option<Status> {
    words
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|w| w.matches('.').count() == 2)
        .find_map(|w| Status::parse(w.trim_matches('.')).filter(|s| s.0 != 2))
}

/// The groups of fields of a `message/delivery-status`, folded lines put together.
fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut out: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            out.push(Vec::new());
            continue;
        }
        let Some(group) = out.last_mut() else { break };
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    out.retain(|g| !g.is_empty());
    out
}

/// Our own header, or our Message-ID, of the message that comes back: in a part of its own, or named by the report.
fn own_mark(message: &Message<'_>) -> Option<DraftId> {
    let named = super::read::named(message);
    let returned = parts(message)
        .into_iter()
        .find_map(|part| match &part.body {
            PartType::Message(inner) => mark_of(inner),
            _ if is(part, "text", "rfc822-headers") || is(part, "message", "rfc822") => {
                let headers = text(part);
                mark_of(&MessageParser::new().parse_headers(headers.as_bytes())?)
            }
            _ => None,
        });
    returned.or(named).or_else(|| mark_in_words(message))
}

/// Where the headers that come back stand in the text.
fn mark_in_words(message: &Message<'_>) -> Option<DraftId> {
    let body = message.body_text(0)?;
    let at = find(&body, HEADER)? + HEADER.len();
    let behind = body.get(at..)?.trim_start().strip_prefix(':')?;
    behind.split_whitespace().next()?.parse().ok()
}

fn mark_of(returned: &Message<'_>) -> Option<DraftId> {
    let mark = header(returned, HEADER).and_then(|m| m.trim().parse().ok());
    mark.or_else(|| super::read::draft_of(returned.message_id()?))
}

/// All parts, also those of a report that another system has put into an envelope of its own.
fn parts<'m>(message: &'m Message<'m>) -> Vec<&'m MessagePart<'m>> {
    let mut out = Vec::new();
    for part in &message.parts {
        out.push(part);
        if let PartType::Message(inner) = &part.body {
            let reports = |p: &&MessagePart<'_>| is(p, "message", "delivery-status");
            out.extend(inner.parts.iter().filter(reports));
        }
    }
    out
}

pub(super) fn is(part: &MessagePart<'_>, kind: &str, sub: &str) -> bool {
    part.content_type().is_some_and(|t| {
        t.ctype().eq_ignore_ascii_case(kind)
            && t.subtype().is_some_and(|s| s.eq_ignore_ascii_case(sub))
    })
}

fn text(part: &MessagePart<'_>) -> String {
    let bytes: &[u8] = match &part.body {
        PartType::Text(text) | PartType::Html(text) => return text[..cut(text, TEXT)].to_owned(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
        PartType::Message(inner) => inner.raw_message(),
        PartType::Multipart(_) => return String::new(),
    };
    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT)]).into_owned()
}

/// A header as it was written, unfolded.
pub(super) fn header<'m>(message: &'m Message<'m>, name: &'static str) -> Option<&'m str> {
    message.header_raw(name).map(str::trim)
}

/// At most so many bytes of a text, at a character.
fn cut(text: &str, most: usize) -> usize {
    text.floor_char_boundary(most.min(text.len()))
}

fn find(text: &str, mark: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(&mark.to_ascii_lowercase())
}

/// What looks like an address, with its place.
fn addresses(text: &str) -> Vec<(usize, &str)> {
    let part = |c: char| c.is_alphanumeric() || "._%+-='&/!#$*?^`{|}~".contains(c);
    let mut out = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].rfind(|c| !part(c)).map_or(0, |i| {
            i + text[i..].chars().next().map_or(1, char::len_utf8)
        });
        let after = text[at + 1..].find(|c: char| !c.is_alphanumeric() && c != '.' && c != '-');
        let end = after.map_or(text.len(), |n| at + 1 + n);
        let address = text[before..end]
            .trim_end_matches('.')
            .trim_start_matches('\'');
        // As X.400 writes it.
        let address = match address.to_lowercase().find("smtp=") {
            Some(i) => &address[i + 5..],
            None => address,
        };
        if address.find('@').is_some_and(|i| i > 0) && end > at + 1 {
            out.push((before, address));
        }
    }
    out.truncate(RECIPIENTS);
    out
}
