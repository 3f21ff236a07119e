//! Mailboxes as metadata. Every write holds its connection first ([`crate::Tx`]), so a disconnect
//! elsewhere either waits or is noticed.

mod boxes;
mod fold;
mod found;
mod labels;
mod mailboxes;
mod messages;
mod refold;
mod runs;
mod shown_senders;
mod skipped;
mod threads;
mod write;

pub use boxes::{Boxes, TimeBox};
pub use found::Visits;
pub use labels::{LabelCounts, LabelRow, Labels};
pub use mailboxes::{Mailbox, Mailboxes};
pub use messages::{Carries, MessageFacts, MessageRow, Messages, NewMessage, Relabel, StoredPage};
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
