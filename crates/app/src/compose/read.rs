//! From RFC 5322 bytes of a draft back to what a person works on.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{
    Address, Encoding, HeaderValue, MessageParser, MessagePart, MimeHeaders as _, PartType,
};
use tenon_model::UploadId;
use uuid::Uuid;

use super::HEADER;
use super::input::Mailbox;
use super::mime::{Answers, File, content_id, media_type};
use crate::mail::file_name;
use crate::mail::html::outgoing::{self, QUOTE};
use crate::{Error, Result};

/// A draft, read.
pub(super) struct Read {
    pub(super) from: Option<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) bcc: Vec<Mailbox>,
    pub(super) subject: String,
    pub(super) html: String,
    /// `false` when its text is too long or too deeply nested to be worked on here.
    pub(super) editable: bool,
    pub(super) quoted_html: Option<String>,
    pub(super) files: Vec<File>,
    pub(super) answers: Answers,
    /// The value of our own header.
    pub(super) mark: Option<String>,
}

/// Reads a draft. `draft` makes the ids of files that were attached elsewhere the same each time.
pub(super) fn read(bytes: &[u8], draft: &str) -> Result<Read> {
    let message = MessageParser::new()
        .parse(bytes)
        .ok_or_else(|| Error::Internal("draft_unreadable".into()))?;
    let mut html = message
        .body_html(0)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    let files: Vec<File> = message
        .attachments()
        .enumerate()
        .map(|(n, part)| {
            let content = content(bytes, part);
            let cid = part.content_id().unwrap_or_default();
            let id = own_id(cid).unwrap_or_else(|| other_id(draft, n, &content));
            let kind = part.content_type().map_or_else(String::new, |t| {
                format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default())
            });
            let shown = !cid.is_empty() && html.contains(&format!("cid:{cid}"));
            if shown {
                html = html.replace(&format!("cid:{cid}"), &format!("cid:{id}"));
            }
            let inline = shown
                || matches!(part.body, PartType::InlineBinary(_))
                    && part.attachment_name().is_none();
            File {
                id,
                name: file_name(part.attachment_name().unwrap_or_default(), "attachment"),
                content_type: media_type(&kind).to_owned(),
                inline,
                bytes: content,
            }
        })
        .collect();
    // What another program wrote is cleaned before it is shown in ours.
    let cleaned = outgoing::clean(&html);
    let editable = cleaned.is_some();
    let (html, quoted_html) = split(&cleaned.unwrap_or_default());
    Ok(Read {
        from: mailboxes(message.from()).into_iter().next(),
        to: mailboxes(message.to()),
        cc: mailboxes(message.cc()),
        bcc: mailboxes(message.bcc()),
        subject: message.subject().unwrap_or_default().to_owned(),
        html,
        editable,
        quoted_html,
        files,
        answers: Answers {
            to: ids(message.in_reply_to()).pop(),
            references: ids(message.references()),
        },
        mark: message
            .header_raw(HEADER)
            .map(|value| value.trim().to_owned()),
    })
}

/// The bytes of a file. The library gives text as text, which loses letters of other character
/// sets; a file keeps its bytes.
fn content(message: &[u8], part: &MessagePart<'_>) -> Bytes {
    if !matches!(part.body, PartType::Text(_) | PartType::Html(_)) {
        return Bytes::copy_from_slice(part.contents());
    }
    let raw = message
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => None,
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    decoded.map_or_else(|| Bytes::copy_from_slice(raw), Bytes::from)
}

/// Ours have an id of ours before the `@`.
fn own_id(cid: &str) -> Option<UploadId> {
    let id: UploadId = cid.split('@').next()?.parse().ok()?;
    (content_id(id) == cid).then_some(id)
}

fn other_id(draft: &str, n: usize, bytes: &[u8]) -> UploadId {
    let hash = digest(&SHA256, format!("{draft}\0{n}\0{}", bytes.len()).as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_ref()[..16]);
    UploadId(Uuid::from_bytes(id))
}

/// What was written, and the mail it quotes.
fn split(html: &str) -> (String, Option<String>) {
    match html.find(&format!("<div class=\"{QUOTE}")) {
        Some(at) => (html[..at].to_owned(), Some(html[at..].to_owned())),
        None => (html.to_owned(), None),
    }
}

fn mailboxes(addresses: Option<&Address<'_>>) -> Vec<Mailbox> {
    addresses
        .into_iter()
        .flat_map(Address::iter)
        .filter_map(|a| {
            Some(Mailbox {
                name: a.name().unwrap_or_default().to_owned(),
                address: a.address()?.to_owned(),
            })
        })
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The same message with our header, replacing one that is there.
pub(super) fn marked(bytes: &[u8], mark: &str) -> Bytes {
    let prefix = format!("{}:", HEADER.to_ascii_lowercase());
    let mut out = format!("{HEADER}: {mark}\r\n").into_bytes();
    out.reserve(bytes.len());
    let (mut rest, mut dropping) = (bytes, false);
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|b| *b == b'\n')
            .map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        if matches!(line, b"\r\n" | b"\n") {
            break; // the body begins
        }
        let folded = line.first().is_some_and(|b| *b == b' ' || *b == b'\t');
        dropping = if folded {
            dropping
        } else {
            line.len() >= prefix.len()
                && line[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
        };
        if !dropping {
            out.extend_from_slice(line);
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_of_another_program_is_read_cleaned_and_gets_our_mark() {
        let raw = b"From: Alice <alice@example.com>\r\nTo: =?utf-8?q?Zo=C3=A9?= <zoe@example.com>, b@example.com\r\n\
Subject: Re: Devis\r\nx-tenon-send: drf_old\r\n folded\r\nIn-Reply-To: <m1@x.example>\r\nReferences: <m0@x.example> <m1@x.example>\r\n\
MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<p onclick=x()>Hi</p><script>x</script><div class=\"gmail_quote\">old</div>\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\
Content-Disposition: attachment; filename=\"../a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n";
        let read_once = read(raw, "r1").unwrap();
        assert_eq!(read_once.to.len(), 2);
        assert_eq!(
            (read_once.to[0].name.as_str(), read_once.subject.as_str()),
            ("Zoé", "Re: Devis")
        );
        assert_eq!(read_once.html, "<p>Hi</p>");
        assert_eq!(
            read_once.quoted_html.as_deref().map(str::trim),
            Some("<div class=\"gmail_quote\">old</div>")
        );
        assert_eq!(read_once.answers.to.as_deref(), Some("m1@x.example"));
        assert_eq!(read_once.answers.references.len(), 2);
        assert_eq!(
            (
                read_once.files[0].name.as_str(),
                &read_once.files[0].bytes[..]
            ),
            ("a.pdf", &b"%PDF-1.4\n"[..])
        );
        assert_eq!(
            read(raw, "r1").unwrap().files[0].id,
            read_once.files[0].id,
            "the same each time"
        );
        let marked = marked(raw, "drf_new");
        let again = read(&marked, "r1").unwrap();
        assert_eq!(again.mark.as_deref(), Some("drf_new"));
        assert_eq!(
            marked
                .windows(12)
                .filter(|w| w.eq_ignore_ascii_case(b"x-tenon-send"))
                .count(),
            1
        );
        assert_eq!((again.html, again.files.len()), (read_once.html, 1));
    }

    #[test]
    fn a_text_that_cannot_be_cleaned_is_not_taken_for_an_empty_one() {
        let deep = "<div>".repeat(600) + "x";
        let raw = format!("Subject: Long\r\nContent-Type: text/html\r\n\r\n{deep}");
        let read = read(raw.as_bytes(), "r1").unwrap();
        assert_eq!((read.editable, read.subject.as_str()), (false, "Long"));
    }

    #[test]
    fn nonsense_does_not_panic() {
        for raw in [
            &b""[..],
            b"\r\n",
            b"x",
            b"X-Tenon-Send:",
            b"a: b\r\n\r\n",
            &[255, 0, 10],
        ] {
            let _ = read(raw, "r");
            assert!(marked(raw, "m").starts_with(b"X-Tenon-Send: m\r\n"));
        }
    }
}
