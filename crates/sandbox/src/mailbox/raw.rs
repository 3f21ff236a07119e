//! What is read once from a message that came from outside.

use mail_parser::{Address, HeaderName, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::generate::snippet;
use crate::wire::text::decode_header;

/// The facts of a message that lists, searches and threads need.
#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    /// Without the angle brackets.
    pub(crate) message_id: Option<String>,
    /// `References` then `In-Reply-To`, without the brackets, oldest first.
    pub(crate) references: Vec<String>,
    pub(crate) subject: String,
    /// Seconds of the Date header.
    pub(crate) date: Option<i64>,
    pub(crate) snippet: String,
    /// Names of files.
    pub(crate) attachments: Vec<String>,
    /// What `has:attachment` finds: anything that is offered beside the text, named or not.
    pub(crate) attached: bool,
}

impl Facts {
    /// Reads what there is; a message that is no message has an empty subject and no date.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let Some(message) = MessageParser::default().parse(bytes) else {
            return Self::default();
        };
        let ids = |name: HeaderName<'_>| -> Vec<String> {
            let found = message.header(name).and_then(|h| {
                h.as_text_list().map(|l| {
                    l.iter()
                        .map(std::string::ToString::to_string)
                        .collect::<Vec<_>>()
                })
            });
            found.unwrap_or_default()
        };
        let mut references = ids(HeaderName::References);
        for id in ids(HeaderName::InReplyTo) {
            if !references.contains(&id) {
                references.push(id);
            }
        }
        let text = message.body_text(0).unwrap_or_default();
        Self {
            message_id: message.message_id().map(str::to_owned),
            references,
            subject: field(bytes, "Subject").unwrap_or_default(),
            date: message
                .date()
                .filter(|d| d.is_valid())
                .map(mail_parser::DateTime::to_timestamp),
            snippet: snippet(&text),
            attachments: message
                .parts
                .iter()
                .filter(|p| !matches!(p.body, PartType::Multipart(_)))
                .filter_map(|p| p.attachment_name().map(str::to_owned))
                .collect(),
            attached: message.parts.iter().any(is_attached),
        }
    }
}

/// Whether a part is a file of its own: neither text to be shown nor a picture inside of it.
fn is_attached(part: &MessagePart<'_>) -> bool {
    let kind = part.content_type();
    let main = kind.map_or("text", |k| k.ctype()).to_ascii_lowercase();
    let sub = kind.and_then(|k| k.subtype()).unwrap_or("plain");
    let disposed = part
        .content_disposition()
        .is_some_and(|d| d.ctype().eq_ignore_ascii_case("attachment"));
    if matches!(part.body, PartType::Multipart(_)) {
        return false;
    }
    if disposed || part.attachment_name().is_some() {
        return disposed || main != "image" || part.content_id().is_none();
    }
    match main.as_str() {
        // A multipart without parts is shown as the text it has.
        "multipart" => false,
        "text" => !["plain", "html"]
            .iter()
            .any(|w| sub.eq_ignore_ascii_case(w)),
        "image" => part.content_id().is_none(),
        _ => true,
    }
}

/// Every header field of a message: name as written, value as the API shows it.
pub(crate) fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line == b"\n" || line == b"\r\n" {
            break;
        }
        if line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
            if let Some((_, value)) = out.last_mut() {
                value.extend_from_slice(line);
            }
        } else if let Some(colon) = line.iter().position(|b| *b == b':') {
            let name = String::from_utf8_lossy(&line[..colon])
                .trim()
                .replace('\0', "");
            out.push((name, line[colon + 1..].to_vec()));
        }
    }
    out.into_iter()
        .map(|(name, value)| (name, decode_header(&value)))
        .collect()
}

/// The first field of a name.
pub(crate) fn field(bytes: &[u8], name: &str) -> Option<String> {
    fields(bytes)
        .into_iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

/// Addresses a message goes to: To, Cc and Bcc.
pub(crate) fn recipients(bytes: &[u8]) -> Vec<String> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Vec::new();
    };
    let mut all: Vec<String> = Vec::new();
    for list in [message.to(), message.cc(), message.bcc()]
        .into_iter()
        .flatten()
    {
        let found: Vec<&str> = match list {
            Address::List(list) => list.iter().filter_map(|a| a.address()).collect(),
            Address::Group(groups) => groups
                .iter()
                .flat_map(|g| &g.addresses)
                .filter_map(|a| a.address())
                .collect(),
        };
        for address in found {
            let address = address.to_ascii_lowercase();
            if !all.contains(&address) {
                all.push(address);
            }
        }
    }
    all
}

/// A subject without `Re:`, `Fwd:` and their relatives, in lower case: what threads are compared by.
pub(crate) fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let lower = rest.to_lowercase();
        let mark = ["re:", "fwd:", "fw:", "tr:", "aw:", "wg:", "re :", "sv:"]
            .into_iter()
            .find(|m| lower.starts_with(m));
        match mark.and_then(|m| rest.get(m.len()..)) {
            Some(after) => rest = after.trim_start(),
            None => return lower.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

/// Takes a header field out, continuation lines included; the rest stays byte for byte.
pub(crate) fn without_field(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut skipping = false;
    let mut head = true;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if head {
            if line == b"\n" || line == b"\r\n" {
                head = false;
                skipping = false;
            } else if !line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
                let found = line.iter().position(|b| *b == b':').map(|c| &line[..c]);
                skipping =
                    found.is_some_and(|n| n.trim_ascii().eq_ignore_ascii_case(name.as_bytes()));
            }
        }
        if !skipping {
            out.extend_from_slice(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_reply() {
        let facts = Facts::read(
            b"From: a@x.example\nSubject: =?utf-8?q?Re=3A_caf=C3=A9?=\nMessage-ID: <3@x>\nIn-Reply-To: <2@x>\nReferences: <1@x>\n <2@x>\n\nHello there",
        );
        assert_eq!(facts.message_id.as_deref(), Some("3@x"));
        assert_eq!(facts.references, ["1@x", "2@x"]);
        assert_eq!(facts.subject, "Re: café");
        assert_eq!(facts.snippet, "Hello there");
        assert_eq!(
            bare_subject("RE: Fwd:  Re: Café  noir"),
            bare_subject("café noir")
        );
    }

    #[test]
    fn files_are_told_from_text() {
        for (part, attached) in [
            ("Content-Type: text/plain\n\na", false),
            ("Content-Type: text/plain; name=a.txt\n\na", true),
            ("Content-Disposition: attachment\n\na", true),
            ("Content-Type: text/calendar\n\na", true),
            ("Content-Type: message/rfc822\n\nSubject: a\n\nb", true),
            ("Content-Type: image/png\nContent-ID: <a>\n\na", false),
            ("Content-Type: application/pdf\nContent-ID: <a>\n\na", true),
            (
                "Content-Type: image/png; name=a.png\nContent-ID: <a>\nContent-Disposition: inline\n\na",
                false,
            ),
            (
                "Content-Type: image/png\nContent-ID: <a>\nContent-Disposition: attachment\n\na",
                true,
            ),
        ] {
            let mail = format!(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b\n{part}\n--b--\n"
            );
            assert_eq!(Facts::read(mail.as_bytes()).attached, attached, "{part}");
        }
    }

    #[test]
    fn nothing_breaks_on_rubbish() {
        for bytes in [
            &b""[..],
            b"\0\0\0",
            b"no colon\n\n",
            b": \n\n",
            b"\n\nbody",
            &[0xff; 100],
        ] {
            let facts = Facts::read(bytes);
            assert!(facts.message_id.is_none());
            fields(bytes);
            recipients(bytes);
        }
    }

    #[test]
    fn fields_come_and_go() {
        let mail =
            b"To: b@x.example\r\nBcc: c@x.example,\r\n d@x.example\r\nX: 1\r\n\r\nBcc: body\r\n";
        assert_eq!(
            recipients(mail),
            ["b@x.example", "c@x.example", "d@x.example"]
        );
        assert_eq!(
            without_field(mail, "bcc"),
            b"To: b@x.example\r\nX: 1\r\n\r\nBcc: body\r\n"
        );
        assert_eq!(field(mail, "x").as_deref(), Some("1"));
    }
}
