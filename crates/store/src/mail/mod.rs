//! Mailboxes as metadata. Every write holds its connection first ([`crate::Tx`]), so a disconnect
//! elsewhere either waits or is noticed.

mod boxes;
mod fold;
mod found;
mod joined;
mod labels;
mod lent;
mod mailboxes;
mod messages;
mod people;
mod refold;
mod rules;
mod runs;
mod shown_senders;
mod skipped;
mod threads;
mod write;

pub use boxes::{Boxes, TimeBox};
pub use found::Visits;
pub use joined::{Joined, Joins};
pub use labels::{LabelCounts, LabelRow, Labels};
pub use lent::{Grantee, Lending, Lent};
pub use mailboxes::{Mailbox, Mailboxes};
pub use messages::{Carries, MessageFacts, MessageRow, Messages, NewMessage, Relabel, StoredPage};
pub use people::{MailPeople, Somebody};
pub use rules::{MailRule, MailRules};
pub use runs::{Run, Runs};
pub use shown_senders::ShownSenders;
pub use skipped::{Skipped, SkippedItem};
pub use threads::{ThreadQuery, ThreadRow, Threads};

/// Label of unread messages: what a connector calls it whatever the provider's own word is.
pub const UNREAD: &str = "UNREAD";
/// Label of starred (flagged) messages.
pub const STARRED: &str = "STARRED";
/// Label of messages thought to be spam.
pub const SPAM: &str = "SPAM";
/// Label of messages in the bin.
pub const TRASH: &str = "TRASH";
/// In the table of counts, the word for all threads that lists show; no label is called so.
const ALL_LISTED: &str = "";
/// There too, the word for the messages of a mailbox themselves; no label is called so either.
const ALL_MESSAGES: &str = "\u{1f}";
