//! What is known of a thread, folded from its messages.

use crate::sql::SEPARATOR;

use super::{SPAM, STARRED, TRASH, UNREAD};

/// What one message adds to its thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) received_at: i64,
    pub(super) has_attachments: bool,
    /// Labels as stored.
    pub(super) labels: &'a str,
}

/// What a thread shows; derived, never told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) last_at: i64,
    pub(super) message_count: i64,
    pub(super) unread_count: i64,
    pub(super) starred: bool,
    pub(super) has_attachments: bool,
    /// All its messages are spam or in the bin.
    pub(super) hidden: bool,
    /// Union of the messages' labels, sorted.
    pub(super) labels: Vec<String>,
}

impl Derived {
    /// A thread without messages.
    pub(super) const fn empty() -> Self {
        Self {
            last_at: i64::MIN,
            message_count: 0,
            unread_count: 0,
            starred: false,
            has_attachments: false,
            hidden: true,
            labels: Vec::new(),
        }
    }

    /// Adds a message. Adding is exact from any state, so new messages need no look at old ones;
    /// only changes and removals fold all messages anew.
    pub(super) fn add(&mut self, message: Facts<'_>) {
        self.last_at = self.last_at.max(message.received_at);
        self.message_count += 1;
        self.has_attachments |= message.has_attachments;
        let mut hidden = false;
        for label in words(message.labels) {
            match label {
                UNREAD => self.unread_count += 1,
                STARRED => self.starred = true,
                SPAM | TRASH => hidden = true,
                _ => {}
            }
            if let Err(at) = self
                .labels
                .binary_search_by(|known| known.as_str().cmp(label))
            {
                self.labels.insert(at, label.to_owned());
            }
        }
        self.hidden &= hidden;
    }
}

/// The words of a stored list.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATOR).filter(|w| !w.is_empty())
}

/// Whether a stored list has a word.
pub(super) fn has(text: &str, word: &str) -> bool {
    words(text).any(|w| w == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_hidden_only_while_all_its_messages_are() {
        let mut thread = Derived::empty();
        thread.add(Facts {
            received_at: 5,
            has_attachments: false,
            labels: "TRASH\u{1f}UNREAD",
        });
        assert!(thread.hidden);
        thread.add(Facts {
            received_at: 3,
            has_attachments: true,
            labels: "INBOX\u{1f}STARRED",
        });
        assert_eq!(
            thread,
            Derived {
                last_at: 5,
                message_count: 2,
                unread_count: 1,
                starred: true,
                has_attachments: true,
                hidden: false,
                labels: ["INBOX", "STARRED", "TRASH", "UNREAD"]
                    .map(String::from)
                    .to_vec(),
            }
        );
    }
}
