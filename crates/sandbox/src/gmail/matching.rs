//! Holds the conditions of a search against one message.

use std::cell::OnceCell;

use super::query::{Node, words};
use crate::generate::Mail;
use crate::mailbox::{Mailbox, Source, Stored, labels, raw};

fn contains(text: &str, phrase: &[String]) -> bool {
    let all = words(text);
    !phrase.is_empty() && all.windows(phrase.len()).any(|w| w == phrase)
}

/// A message being looked at; what is expensive is written once and only when asked for.
pub(super) struct View<'m> {
    mailbox: &'m Mailbox,
    stored: &'m Stored,
    mail: OnceCell<Option<Mail<'m>>>,
    fields: OnceCell<Vec<(String, String)>>,
}

impl<'m> View<'m> {
    pub(super) fn new(mailbox: &'m Mailbox, stored: &'m Stored) -> Self {
        Self {
            mailbox,
            stored,
            mail: OnceCell::new(),
            fields: OnceCell::new(),
        }
    }

    fn mail(&self) -> Option<&Mail<'m>> {
        self.mail
            .get_or_init(|| self.mailbox.mail(self.stored))
            .as_ref()
    }

    fn field(&self, name: &str) -> String {
        let fields = self
            .fields
            .get_or_init(|| match (&self.stored.source, self.mail()) {
                (Source::Raw(raw), _) => raw::fields(&raw.bytes),
                (_, Some(mail)) => mail
                    .headers(false, &|_| true)
                    .into_iter()
                    .map(|(n, v)| (n.to_owned(), v))
                    .collect(),
                _ => Vec::new(),
            });
        let found: Vec<&str> = fields
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
            .collect();
        found.join(" ")
    }

    fn files(&self) -> Vec<String> {
        match (&self.stored.source, self.mail()) {
            (Source::Raw(raw), _) => raw.facts.attachments.clone(),
            (_, Some(mail)) => mail.filename().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn attached(&self) -> bool {
        match &self.stored.source {
            Source::Raw(raw) => raw.facts.attached,
            Source::Generated { .. } => self.mail().is_some_and(Mail::has_attachment),
        }
    }

    fn text(&self) -> String {
        match (&self.stored.source, self.mail()) {
            (Source::Raw(raw), _) => mail_parser::MessageParser::default()
                .parse(&raw.bytes[..])
                .and_then(|m| m.body_text(0).map(std::borrow::Cow::into_owned))
                .unwrap_or_default(),
            (_, Some(mail)) => mail.words(),
            _ => String::new(),
        }
    }

    fn size(&self) -> u64 {
        match &self.stored.source {
            Source::Raw(raw) => raw.bytes.len() as u64,
            Source::Generated { .. } => self.mail().map_or(0, |m| m.size_estimate() as u64),
        }
    }

    /// True when the message meets a condition.
    pub(super) fn passes(&self, node: &Node) -> bool {
        let labels = &self.mailbox.labels;
        let set = self.stored.set;
        let seconds = self.stored.date.div_euclid(1000);
        match node {
            Node::And(all) => all.iter().all(|n| self.passes(n)),
            Node::Or(any) => any.iter().any(|n| self.passes(n)),
            Node::Not(inner) => !self.passes(inner),
            Node::Has(label) => labels.has(set, *label),
            Node::Archived => ![
                labels::INBOX,
                labels::SENT,
                labels::TRASH,
                labels::SPAM,
                labels::DRAFT,
            ]
            .iter()
            .any(|l| labels.has(set, *l)),
            Node::UserLabels => labels
                .set(set)
                .iter()
                .any(|l| labels.get(*l).is_some_and(|l| !l.system)),
            Node::Never => false,
            Node::Always => true,
            Node::After(time) => seconds >= *time,
            Node::Before(time) => seconds < *time,
            Node::Larger(bytes) => self.size() > *bytes,
            Node::Smaller(bytes) => self.size() < *bytes,
            Node::Attachment => self.attached(),
            Node::MessageId(id) => match (&self.stored.source, self.mail()) {
                (Source::Raw(raw), _) => raw.facts.message_id.as_deref() == Some(id),
                (_, Some(mail)) => mail.message_id().trim_matches(['<', '>']) == id,
                _ => false,
            },
            Node::Filename(name) => self.files().iter().any(|f| {
                let file = f.to_lowercase();
                file == *name
                    || file.split(['.', ' ', '_', '-']).any(|w| w == name)
                    || file.starts_with(name.as_str())
            }),
            Node::From(phrase) => contains(&self.field("From"), phrase),
            Node::To(phrase) => {
                contains(&self.field("To"), phrase)
                    || contains(&self.field("Cc"), phrase)
                    || contains(&self.field("Bcc"), phrase)
            }
            Node::Cc(phrase) => contains(&self.field("Cc"), phrase),
            Node::Bcc(phrase) => contains(&self.field("Bcc"), phrase),
            Node::Subject(phrase) => contains(&self.field("Subject"), phrase),
            Node::List(phrase) => contains(&self.field("List-Id"), phrase),
            Node::Words(phrase) => {
                phrase.is_empty()
                    || contains(&self.field("Subject"), phrase)
                    || contains(&self.text(), phrase)
                    || ["From", "To", "Cc", "List-Id"]
                        .iter()
                        .any(|f| contains(&self.field(f), phrase))
                    || self.files().iter().any(|f| contains(f, phrase))
            }
        }
    }
}
