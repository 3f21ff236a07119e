//! From a checked draft to RFC 5322 bytes.

use bytes::Bytes;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use tenon_model::{DraftId, Time, UploadId};

use super::address::Checked;
use super::input::Content;
use super::{HEADER, WIRE_BYTES};
use crate::{Error, Result};

/// A file with its bytes.
#[derive(Clone)]
pub(super) struct File {
    pub(super) id: UploadId,
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) inline: bool,
    pub(super) bytes: Bytes,
}

/// What a message answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// `In-Reply-To`, without angle brackets.
    pub(super) to: Option<String>,
    /// `References`, oldest first.
    pub(super) references: Vec<String>,
}

/// Everything that goes into a message.
pub(super) struct Parts<'a> {
    pub(super) id: DraftId,
    pub(super) from: &'a Checked,
    pub(super) content: &'a Content,
    pub(super) answers: &'a Answers,
    pub(super) files: &'a [File],
    pub(super) at: Time,
    /// The address of the page where the one it goes to says that they want no more (RFC 8058).
    pub(super) unsubscribe: Option<&'a str>,
}

/// The `Content-ID` of a file (RFC 2392): an id with an `@`, as mail programs expect it.
pub(super) fn content_id(id: UploadId) -> String {
    format!("{id}@tenon")
}

/// Builds the message.
pub(super) fn build(parts: &Parts<'_>) -> Result<Bytes> {
    let content = parts.content;
    let mut html = format!(
        "{}{}",
        content.html,
        content.quoted_html.as_deref().unwrap_or_default()
    );
    let mut text = mail_parser::decoders::html::html_to_text(&html);
    if let Some(page) = parts.unsubscribe {
        // The words of a link are all that is left of it in plain text.
        text = format!("{}\r\n{page}\r\n", text.trim_end());
    }
    let (mut related, mut mixed) = (Vec::new(), Vec::new());
    for file in parts.files {
        let reference = format!("cid:{}", file.id);
        let shown = file.inline && html.contains(&reference);
        if shown {
            html = html.replace(&reference, &format!("cid:{}", content_id(file.id)));
        }
        let part = part(file, shown);
        if shown {
            related.push(part);
        } else {
            mixed.push(part);
        }
    }
    let mut body = MimePart::new("text/html", html);
    if !related.is_empty() {
        related.insert(0, body);
        body = MimePart::new("multipart/related", related);
    }
    let plain = MimePart::new("text/plain", text);
    body = MimePart::new("multipart/alternative", vec![plain, body]);
    if !mixed.is_empty() {
        mixed.insert(0, body);
        body = MimePart::new("multipart/mixed", mixed);
    }
    let domain = parts.from.address.rsplit('@').next().unwrap_or("tenon");
    let mut message = MessageBuilder::new()
        .header(HEADER, Raw::new(parts.id.to_string()))
        .from(address(parts.from))
        .subject(content.subject.as_str())
        .date(parts.at.as_secs())
        .message_id(format!("{}@{domain}", parts.id));
    for (name, list) in [
        ("To", &content.to),
        ("Cc", &content.cc),
        ("Bcc", &content.bcc),
    ] {
        if !list.is_empty() {
            message = message.header(name, Address::new_list(list.iter().map(address).collect()));
        }
    }
    if let Some(to) = &parts.answers.to {
        message = message.in_reply_to(to.as_str());
    }
    if !parts.answers.references.is_empty() {
        let references = parts.answers.references.iter().map(String::as_str);
        message = message.references(MessageId::new_list(references));
    }
    if let Some(page) = parts.unsubscribe {
        message = message.header("List-Unsubscribe", Raw::new(format!("<{page}>")));
        // Without TLS no provider would take it for one click.
        if page.starts_with("https:")
            || page.starts_with("http://127.")
            || page.starts_with("http://localhost")
        {
            message = message.header(
                "List-Unsubscribe-Post",
                Raw::new("List-Unsubscribe=One-Click"),
            );
        }
    }
    let bytes = message
        .body(body)
        .write_to_vec()
        .map_err(|_| Error::Internal("mime_build".into()))?;
    if bytes.len() > WIRE_BYTES {
        return Err(Error::field(
            "attachments",
            "make the message larger than mail can be (25 MB)",
        ));
    }
    Ok(bytes.into())
}

fn address(checked: &Checked) -> Address<'_> {
    let name = Some(checked.name.as_str()).filter(|n| !n.is_empty());
    Address::new_address(name, checked.address.as_str())
}

fn part(file: &File, shown: bool) -> MimePart<'_> {
    let name = if file.name.is_empty() {
        "attachment"
    } else {
        &file.name
    };
    let kind = media_type(&file.content_type);
    let disposition = if shown { "inline" } else { "attachment" };
    let mut part = MimePart::new(
        ContentType::new(kind.to_owned()).attribute("name", name),
        file.bytes.as_ref(),
    );
    part.headers.push((
        "Content-Disposition".into(),
        ContentType::new(disposition)
            .attribute("filename", name)
            .into(),
    ));
    part.cid(content_id(file.id))
}

/// A media type that may stand in a header (RFC 2045, 5.1), or the one of plain bytes.
pub(super) fn media_type(given: &str) -> &str {
    let is_token = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let bare = given.split(';').next().unwrap_or_default().trim();
    match bare.split_once('/') {
        Some((a, b))
            if bare.len() <= 100
                && is_token(a)
                && is_token(b)
                && !a.eq_ignore_ascii_case("multipart")
                && !a.eq_ignore_ascii_case("message") =>
        {
            bare
        }
        // A message or a multipart would be taken for a part of this one.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MessageParser;
    use tenon_model::World;

    fn checked(name: &str, address: &str) -> Checked {
        Checked {
            name: name.into(),
            address: address.into(),
        }
    }

    #[test]
    fn a_message_is_read_back_as_it_was_written() {
        let (world, _) = World::simulated(1);
        let (inline, attached): (UploadId, UploadId) = (world.id(), world.id());
        let csv = b"a;b\r\n1;\xe9\n2;3".to_vec();
        let file = |id, name: &str, kind: &str, shown, bytes: Vec<u8>| File {
            id,
            name: name.into(),
            content_type: kind.into(),
            inline: shown,
            bytes: bytes.into(),
        };
        let files = [
            file(inline, "logo.png", "image/png", true, vec![0, 1, 2, 255]),
            file(
                attached,
                "prix été \"1\".csv",
                "text/csv",
                false,
                csv.clone(),
            ),
            file(
                world.id(),
                "x",
                "multipart/mixed; boundary=b",
                false,
                b"--b".to_vec(),
            ),
        ];
        let content = Content {
            to: vec![checked("Zoé, \"Z\" <z>", "zoe@example.com"), checked("", "b@xn--bcher-kva.example")],
            cc: vec![],
            bcc: vec![checked("", "secret@example.com")],
            subject: "Devis n° 12 – für Zoé 😀 and a subject that is so long that it has to be folded somewhere".into(),
            html: format!("<p>Bonjour 😀<img src=\"cid:{inline}\"></p>"),
            quoted_html: Some("<div class=\"gmail_quote\">old</div>".into()),
        };
        let answers = Answers {
            to: Some("m1@partner.example".into()),
            references: vec!["m0@partner.example".into(), "m1@partner.example".into()],
        };
        let id: DraftId = world.id();
        let from = checked("Alice", "alice@example.com");
        let parts = Parts {
            id,
            from: &from,
            content: &content,
            answers: &answers,
            files: &files,
            at: world.now(),
            unsubscribe: None,
        };
        let bytes = build(&parts).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.lines().all(|l| l.len() <= 998), "RFC 5322, 2.1.1");
        assert!(text.is_ascii() && text.contains(&format!("X-Tenon-Send: {id}\r\n")));
        let m = MessageParser::new().parse(&bytes[..]).unwrap();
        assert_eq!(m.subject(), Some(content.subject.as_str()));
        let to = m.to().unwrap();
        let to: Vec<_> = to
            .iter()
            .map(|a| (a.name().unwrap_or_default(), a.address().unwrap()))
            .collect();
        assert_eq!(
            to,
            [
                ("Zoé, \"Z\" <z>", "zoe@example.com"),
                ("", "b@xn--bcher-kva.example")
            ]
        );
        assert_eq!(
            m.bcc().unwrap().first().unwrap().address(),
            Some("secret@example.com")
        );
        assert_eq!(m.in_reply_to().as_text(), Some("m1@partner.example"));
        assert_eq!(m.references().as_text_list().unwrap().len(), 2);
        let html = m.body_html(0).unwrap();
        assert!(
            html.contains(&format!("cid:{}", content_id(inline))) && html.contains("old"),
            "{html}"
        );
        assert!(m.body_text(0).unwrap().contains("Bonjour 😀"));
        let back = super::super::read::read(&bytes, "r1").unwrap();
        let found: Vec<_> = back
            .files
            .iter()
            .map(|f| (f.name.clone(), f.bytes.to_vec()))
            .collect();
        assert!(
            found.contains(&("prix été \"1\".csv".to_owned(), csv)),
            "text keeps its bytes"
        );
        assert!(found.contains(&("logo.png".to_owned(), vec![0, 1, 2, 255])));
        assert!(
            !text.contains("boundary=b\r"),
            "a part cannot pretend to be a multipart"
        );
    }

    #[test]
    fn types_that_are_none_become_bytes() {
        for (given, wanted) in [
            ("image/png", "image/png"),
            ("text/plain; charset=x", "text/plain"),
            ("", "application/octet-stream"),
            ("a/b\r\nX: y", "application/octet-stream"),
            ("multipart/mixed", "application/octet-stream"),
            ("message/rfc822", "application/octet-stream"),
        ] {
            assert_eq!(media_type(given), wanted, "{given}");
        }
    }
}
