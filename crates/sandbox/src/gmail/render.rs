//! Messages as the API shows them: minimal, metadata, full, raw.

use bytes::Bytes;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::Result;
use crate::mailbox::{Mailbox, Source, Stored, raw};
use crate::wire::call::Call;
use crate::wire::errors::ApiError;
use crate::wire::json::Object;
use crate::wire::text::{base64url, base64url_bare, unbase64};

/// How much of a message is wanted.
pub(super) enum Format {
    Minimal,
    /// With the header names wanted; none means all.
    Metadata(Vec<String>),
    Full,
    Raw,
}

impl Format {
    /// Reads `format` and `metadataHeaders`.
    pub(super) fn read(call: &Call<'_>, metadata_only: bool, raw_allowed: bool) -> Result<Self> {
        let format = match call.param("format") {
            None | Some("full") => Self::Full,
            Some("minimal") => Self::Minimal,
            Some("metadata") => Self::Metadata(
                call.params("metadataHeaders")
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            ),
            Some("raw") if raw_allowed => Self::Raw,
            Some(other) => {
                return Err(ApiError::invalid(&format!(
                    "Invalid value at 'format', \"{other}\""
                )));
            }
        };
        match format {
            Self::Full if metadata_only => {
                Err(ApiError::metadata_scope("doesn't allow format FULL"))
            }
            Self::Raw if metadata_only => Err(ApiError::metadata_scope("doesn't allow format RAW")),
            format => Ok(format),
        }
    }
}

/// Writes a message.
pub(super) fn message(o: &mut Object<'_, '_>, mailbox: &Mailbox, stored: &Stored, format: &Format) {
    o.id("id", stored.id);
    o.id("threadId", stored.thread);
    if !mailbox.labels.set(stored.set).is_empty() {
        o.strings("labelIds", mailbox.label_ids(stored.set));
    }
    let mail = mailbox.mail(stored);
    if o.wants("snippet") {
        match (&stored.source, &mail) {
            (Source::Raw(raw), _) => o.string("snippet", &raw.facts.snippet),
            (_, Some(mail)) => o.string("snippet", &mail.snippet()),
            _ => {}
        }
    }
    match format {
        Format::Metadata(wanted) => o.object("payload", |p| {
            let asked = |name: &str| {
                wanted.is_empty() || wanted.iter().any(|w| w.eq_ignore_ascii_case(name))
            };
            match (&stored.source, &mail) {
                (Source::Raw(raw), _) => {
                    let fields = raw::fields(&raw.bytes);
                    if p.wants("mimeType") {
                        p.string("mimeType", &mime_type(&fields));
                    }
                    headers(
                        p,
                        fields
                            .iter()
                            .filter(|(n, _)| asked(n))
                            .map(|(n, v)| (n.as_str(), v.as_str())),
                    );
                }
                (_, Some(mail)) => {
                    p.string("mimeType", mail.mime_type());
                    if p.wants("headers") {
                        let fields = mail.headers(false, &asked);
                        headers(p, fields.iter().map(|(n, v)| (*n, v.as_str())));
                    }
                }
                _ => {}
            }
        }),
        Format::Full if o.wants("payload") => {
            let bytes = mailbox.bytes(stored);
            o.object("payload", |p| payload(p, &bytes, &|| mailbox.serial()));
        }
        Format::Raw if o.wants("raw") => o.plain("raw", &base64url(&mailbox.bytes(stored))),
        Format::Minimal | Format::Full | Format::Raw => {}
    }
    o.number(
        "sizeEstimate",
        match (&stored.source, &mail) {
            (Source::Raw(raw), _) => raw.bytes.len() as u64,
            (_, Some(mail)) => mail.size_estimate() as u64,
            _ => 0,
        },
    );
    o.long("historyId", stored.history);
    o.long("internalDate", stored.date);
}

/// `{id, threadId, labelIds}`, what changes answer with.
pub(super) fn short(o: &mut Object<'_, '_>, mailbox: &Mailbox, stored: &Stored) {
    o.id("id", stored.id);
    o.id("threadId", stored.thread);
    if !mailbox.labels.set(stored.set).is_empty() {
        o.strings("labelIds", mailbox.label_ids(stored.set));
    }
}

fn headers<'f>(o: &mut Object<'_, '_>, fields: impl Iterator<Item = (&'f str, &'f str)>) {
    let mut fields = fields.peekable();
    if fields.peek().is_none() {
        return;
    }
    o.list("headers", |list| {
        for (name, value) in fields {
            list.object(|h| {
                h.string("name", name);
                h.string("value", value);
            });
        }
    });
}

fn mime_type(fields: &[(String, String)]) -> String {
    let value = fields
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("Content-Type"))
        .map_or("", |(_, v)| v.as_str());
    let kind = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if kind.contains('/') {
        kind
    } else {
        "text/plain".to_owned()
    }
}

fn part_fields(message: &Message<'_>, part: &MessagePart<'_>) -> Vec<(String, String)> {
    let (from, to) = (
        part.raw_header_offset() as usize,
        part.raw_body_offset() as usize,
    );
    message
        .raw_message()
        .get(from..to)
        .map(raw::fields)
        .unwrap_or_default()
}

fn payload(o: &mut Object<'_, '_>, bytes: &Bytes, serial: &dyn Fn() -> u64) {
    match MessageParser::default().parse(&bytes[..]) {
        Some(message) if !message.parts.is_empty() => part(o, &message, 0, "", serial),
        _ => {
            // not a message: Gmail shows it as text
            o.string("partId", "");
            o.string("mimeType", "text/plain");
            o.string("filename", "");
            o.object("body", |b| {
                b.number("size", bytes.len() as u64);
                b.plain(
                    "data",
                    &base64url(String::from_utf8_lossy(bytes).as_bytes()),
                );
            });
        }
    }
}

/// True when a part's content stands in the answer: text that is no attachment.
fn inline(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Text(_) | PartType::Html(_)) && part.attachment_name().is_none()
}

fn part(
    o: &mut Object<'_, '_>,
    message: &Message<'_>,
    index: usize,
    path: &str,
    serial: &dyn Fn() -> u64,
) {
    let Some(here) = message.parts.get(index) else {
        return;
    };
    let fields = part_fields(message, here);
    o.string("partId", path);
    o.string("mimeType", &mime_type(&fields));
    o.string("filename", here.attachment_name().unwrap_or_default());
    headers(o, fields.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    let below = |n: usize| {
        if path.is_empty() {
            n.to_string()
        } else {
            format!("{path}.{n}")
        }
    };
    match &here.body {
        PartType::Multipart(children) => {
            o.object("body", |b| b.number("size", 0));
            o.list("parts", |list| {
                for (n, child) in children.iter().enumerate() {
                    list.object(|p| part(p, message, *child as usize, &below(n), serial));
                }
            });
        }
        PartType::Message(inner) => {
            body(o, here, path, serial);
            o.list("parts", |list| {
                list.object(|p| part(p, inner, 0, &below(0), serial));
            });
        }
        _ => body(o, here, path, serial),
    }
}

fn body(o: &mut Object<'_, '_>, part: &MessagePart<'_>, path: &str, serial: &dyn Fn() -> u64) {
    if matches!(part.body, PartType::Message(_)) && part.attachment_name().is_none() {
        // Mail inside mail without a file name, as in bounces: its parts are shown, the whole is not offered.
        return o.object("body", |b| b.number("size", 0));
    }
    o.object("body", |b| {
        let contents = part.contents();
        let text = inline(part)
            || path.is_empty()
                && !matches!(part.body, PartType::Message(_))
                && part.attachment_name().is_none();
        if !text && !contents.is_empty() {
            // a new id at each get (fault G28)
            let mut id = serial().to_le_bytes().to_vec();
            id.extend_from_slice(path.as_bytes());
            b.plain("attachmentId", &format!("ANGjdJ{}", base64url_bare(&id)));
        }
        b.number("size", contents.len() as u64);
        if text && !contents.is_empty() {
            b.plain("data", &base64url(contents));
        }
    });
}

/// The content an attachment id stands for; `None` when it is not an id of this message.
pub(super) fn attachment(bytes: &Bytes, id: &str) -> Option<Vec<u8>> {
    let token = unbase64(id.strip_prefix("ANGjdJ")?)?;
    let path = std::str::from_utf8(token.get(8..)?).ok()?;
    let message = MessageParser::default().parse(&bytes[..])?;
    walk(&message, 0, if path.is_empty() { None } else { Some(path) })
}

fn walk(message: &Message<'_>, index: usize, path: Option<&str>) -> Option<Vec<u8>> {
    let part = message.parts.get(index)?;
    let Some(path) = path else {
        return Some(part.contents().to_vec());
    };
    let (head, rest) = path
        .split_once('.')
        .map_or((path, None), |(h, r)| (h, Some(r)));
    let nth: usize = head.parse().ok()?;
    match &part.body {
        PartType::Multipart(children) => walk(message, *children.get(nth)? as usize, rest),
        PartType::Message(inner) if nth == 0 => walk(inner, 0, rest),
        _ => None,
    }
}
