//! What a person writes, and whether it can become a message.

use serde::Serialize;
use tenon_model::{ConnectionId, MessageId, UploadId};

use super::RECIPIENTS;
use super::address::{Checked, check_address, check_name};
use crate::mail::html::outgoing::{self, QUOTE};
use crate::{Error, Result};

/// A name and an address as written.
#[derive(Clone, Serialize)]
pub struct Mailbox {
    /// May be empty.
    pub name: String,
    /// As typed.
    pub address: String,
}

/// What a draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A new message.
    New,
    /// An answer to the sender.
    Reply,
    /// An answer to all.
    ReplyAll,
    /// Passed on.
    Forward,
}

impl Kind {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reply => "reply",
            Self::ReplyAll => "reply_all",
            Self::Forward => "forward",
        }
    }

    /// Reads the word; an unknown one is a new message.
    pub fn parse(text: &str) -> Self {
        [Self::Reply, Self::ReplyAll, Self::Forward]
            .into_iter()
            .find(|k| k.as_str() == text)
            .unwrap_or(Self::New)
    }
}

/// A file of a draft.
#[derive(Debug, Clone, Serialize)]
pub enum AttachmentRef {
    /// One that was uploaded, or is in the draft already.
    Upload(UploadId),
    /// A part of another message.
    Part {
        /// The message.
        message: MessageId,
        /// The part's path.
        part: String,
    },
}

/// A draft as a person has it before them.
#[derive(Clone, Serialize)]
pub struct DraftInput {
    /// In which mailbox; looked at for a new draft only.
    pub connection: ConnectionId,
    /// What it is; looked at for a new draft only.
    pub kind: Kind,
    /// The message it answers or forwards; looked at for a new draft only.
    pub message: Option<MessageId>,
    /// One of the mailbox's own addresses; the default one if `None`.
    pub from: Option<String>,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// `Bcc`.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// What was written.
    pub html: String,
    /// The mail it quotes.
    pub quoted_html: Option<String>,
    /// All its files, in order.
    pub attachments: Vec<AttachmentRef>,
}

/// The same, fit to become a message.
pub(super) struct Content {
    pub(super) to: Vec<Checked>,
    pub(super) cc: Vec<Checked>,
    pub(super) bcc: Vec<Checked>,
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) quoted_html: Option<String>,
}

const SUBJECT: usize = 2_000;
const FILES: usize = 100;

impl DraftInput {
    /// Checks everything, and says all that is wrong at once.
    pub(super) fn check(&self) -> Result<Content> {
        let mut problems = Vec::new();
        let to = list("to", &self.to, &mut problems);
        let cc = list("cc", &self.cc, &mut problems);
        let bcc = list("bcc", &self.bcc, &mut problems);
        if self.to.len() + self.cc.len() + self.bcc.len() > RECIPIENTS {
            problems.push((
                "to".into(),
                "has more than 500 recipients with the others".into(),
            ));
        }
        let subject = self.subject.trim();
        if subject.chars().any(char::is_control) || subject.chars().count() > SUBJECT {
            problems.push((
                "subject".into(),
                "must be one line of at most 2,000 characters".into(),
            ));
        }
        if self.attachments.len() > FILES {
            problems.push(("attachments".into(), "are more than 100".into()));
        }
        let mut cleaned = |name: &str, html: &str| {
            outgoing::clean(html).unwrap_or_else(|| {
                problems.push((name.into(), "is too long or too deeply nested".into()));
                String::new()
            })
        };
        let html = cleaned("html", &self.html);
        let quoted_html = self
            .quoted_html
            .as_deref()
            .filter(|q| !q.trim().is_empty())
            .map(|q| cleaned("quoted_html", q))
            .map(as_quote);
        if !problems.is_empty() {
            return Err(Error::Validation(problems));
        }
        Ok(Content {
            to,
            cc,
            bcc,
            subject: subject.to_owned(),
            html,
            quoted_html,
        })
    }
}

/// Quoted mail is known again by its class.
fn as_quote(html: String) -> String {
    if html
        .trim_start()
        .starts_with(&format!("<div class=\"{QUOTE}"))
    {
        html
    } else {
        format!("<div class=\"{QUOTE}\">{html}</div>")
    }
}

fn list(field: &str, given: &[Mailbox], problems: &mut Vec<(String, String)>) -> Vec<Checked> {
    let mut out = Vec::with_capacity(given.len());
    for (i, mailbox) in given.iter().enumerate() {
        match (check_name(&mailbox.name), check_address(&mailbox.address)) {
            (Ok(name), Ok(address)) => out.push(Checked { name, address }),
            (name, address) => {
                let mut add = |part: &str, e: &str| {
                    problems.push((format!("{field}[{i}].{part}"), e.to_owned()));
                };
                if let Err(e) = name {
                    add("name", e);
                }
                if let Err(e) = address {
                    add("address", e);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::World;

    fn empty() -> DraftInput {
        DraftInput {
            connection: World::system().id(),
            kind: Kind::New,
            message: None,
            from: None,
            to: vec![],
            cc: vec![],
            bcc: vec![],
            subject: String::new(),
            html: String::new(),
            quoted_html: None,
            attachments: vec![],
        }
    }

    fn mailbox(address: &str) -> Mailbox {
        Mailbox {
            name: String::new(),
            address: address.into(),
        }
    }

    #[test]
    fn every_problem_is_named() {
        let input = DraftInput {
            to: vec![mailbox("a@example.com"), mailbox("nobody")],
            cc: vec![Mailbox {
                name: "a\nb".into(),
                address: "x@example.com".into(),
            }],
            subject: "a\r\nBcc: x@example.com".into(),
            html: "<div>".repeat(600),
            ..empty()
        };
        let Err(Error::Validation(problems)) = input.check() else {
            panic!("refused")
        };
        let names: Vec<&str> = problems.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["to[1].address", "cc[0].name", "subject", "html"]);
        let many = DraftInput {
            bcc: (0..501)
                .map(|n| mailbox(&format!("a{n}@example.com")))
                .collect(),
            ..empty()
        };
        assert!(matches!(many.check(), Err(Error::Validation(_))));
        assert!(empty().check().is_ok(), "an unfinished draft is one");
    }

    #[test]
    fn quoted_mail_is_marked_as_such_once() {
        let quote = |html: &str| {
            let input = DraftInput {
                quoted_html: Some(html.into()),
                ..empty()
            };
            input.check().unwrap().quoted_html
        };
        let marked = "<div class=\"gmail_quote\">x</div>";
        assert_eq!(quote("x").as_deref(), Some(marked));
        assert_eq!(quote(marked).as_deref(), Some(marked));
        assert_eq!(quote("  "), None);
    }
}
