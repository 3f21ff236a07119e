//! A small builder for messages that tests put into a mailbox.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "reads best, and speed does not matter here"
)]

use tenon_model::Time;

use crate::wire::text::{base64_standard, encode_header, mail_date};

/// A message in the making; `Vec::from` gives its bytes.
///
/// ```
/// let mail = tenon_sandbox::NewMail::new("Bob <bob@example.com>", "alice@example.com", "Hello").text("How are you?");
/// assert!(Vec::from(mail).starts_with(b"From: Bob <bob@example.com>\r\n"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct NewMail {
    fields: Vec<(String, String)>,
    text: String,
    html: Option<String>,
    attachments: Vec<(String, String, Vec<u8>)>,
}

impl NewMail {
    /// A message with an empty text.
    pub fn new(from: &str, to: &str, subject: &str) -> Self {
        Self::default()
            .header("From", from)
            .header("To", to)
            .header("Subject", subject)
    }

    /// Adds a header field; line ends in it are taken out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.fields
            .push((name.to_owned(), value.replace(['\r', '\n'], " ")));
        self
    }

    /// Sets the Date field.
    #[must_use]
    pub fn date(self, time: Time) -> Self {
        let date = mail_date(time.as_secs(), 0);
        self.header("Date", &date)
    }

    /// Sets the Message-ID, with its angle brackets.
    #[must_use]
    pub fn message_id(self, id: &str) -> Self {
        self.header("Message-ID", id)
    }

    /// Answers a message: In-Reply-To and References.
    #[must_use]
    pub fn in_reply_to(self, id: &str) -> Self {
        self.header("In-Reply-To", id).header("References", id)
    }

    /// The plain text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    /// An HTML alternative.
    #[must_use]
    pub fn html(mut self, html: &str) -> Self {
        self.html = Some(html.to_owned());
        self
    }

    /// An attachment.
    #[must_use]
    pub fn attach(mut self, name: &str, mime_type: &str, bytes: &[u8]) -> Self {
        self.attachments
            .push((name.to_owned(), mime_type.to_owned(), bytes.to_vec()));
        self
    }
}

fn lines(bytes: &[u8]) -> String {
    bytes
        .chunks(57)
        .map(|line| base64_standard(line) + "\r\n")
        .collect()
}

impl From<NewMail> for Vec<u8> {
    fn from(mail: NewMail) -> Self {
        let mut out: String = mail
            .fields
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", address_safe(name, value)))
            .collect();
        out.push_str("MIME-Version: 1.0\r\n");
        let part = |kind: &str, text: &str| {
            format!(
                "Content-Type: {kind}; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                lines(text.as_bytes())
            )
        };
        let body = match &mail.html {
            None => part("text/plain", &mail.text),
            Some(html) => format!(
                "Content-Type: multipart/alternative; boundary=\"alt\"\r\n\r\n--alt\r\n{}--alt\r\n{}--alt--\r\n",
                part("text/plain", &mail.text),
                part("text/html", html)
            ),
        };
        if mail.attachments.is_empty() {
            out.push_str(&body);
        } else {
            out.push_str("Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n");
            out.push_str(&body);
            for (name, kind, bytes) in &mail.attachments {
                out.push_str(&format!(
                    "--mix\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\
                     Content-Transfer-Encoding: base64\r\n\r\n{}",
                    encode_header(name),
                    lines(bytes)
                ));
            }
            out.push_str("--mix--\r\n");
        }
        out.into_bytes()
    }
}

/// Encodes a value; in address fields only the name, for an encoded address is none.
fn address_safe(name: &str, value: &str) -> String {
    let addresses = ["From", "To", "Cc", "Bcc", "Reply-To", "Sender"]
        .iter()
        .any(|n| n.eq_ignore_ascii_case(name));
    if !addresses || value.is_ascii() {
        return encode_header(value).into_owned();
    }
    let one = |person: &str| match person.rsplit_once('<') {
        Some((display, address)) => format!("{} <{address}", encode_header(display.trim())),
        None => person.trim().to_owned(),
    };
    value.split(',').map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_reads_back() {
        let bytes = Vec::from(
            NewMail::new(
                "Zoé Noël <zoe@x.example>, b@x.example",
                "a@x.example",
                "Café ☕",
            )
            .text("héllo")
            .html("<p>héllo</p>")
            .attach("a.bin", "application/octet-stream", &[0, 1, 2]),
        );
        let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("Café ☕"));
        assert_eq!(
            mail.from().unwrap().first().unwrap().name(),
            Some("Zoé Noël")
        );
        assert_eq!(mail.body_text(0).unwrap(), "héllo");
        assert_eq!(mail.attachment(0).unwrap().contents(), [0, 1, 2]);
    }
}
