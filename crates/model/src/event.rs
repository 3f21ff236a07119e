//! Events: what changed, by id only, committed with the change.

use serde::{Deserialize, Serialize};

/// What happened. The word is the SSE event name; the subject is the id text of the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A connection's status, features or profile changed; subject `con_…`.
    ConnectionChanged,
    /// A sync moved forward: counts or state of the mailbox changed; subject `con_…`.
    MailboxChanged,
    /// Threads of a mailbox were added, changed or removed; subject `con_…`.
    ThreadsChanged,
    /// A receipt was written; subject `rcp_…`.
    ReceiptAdded,
    /// The member's own sessions, or ways of signing in, changed; subject `mem_…`.
    SessionsChanged,
    /// Members, invitations or allowed domains of the workspace changed; subject `mem_…` or `ws_…`.
    MembersChanged,
}

impl EventKind {
    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionChanged => "connection_changed",
            Self::MailboxChanged => "mailbox_changed",
            Self::ThreadsChanged => "threads_changed",
            Self::ReceiptAdded => "receipt_added",
            Self::SessionsChanged => "sessions_changed",
            Self::MembersChanged => "members_changed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::ConnectionChanged,
            Self::MailboxChanged,
            Self::ThreadsChanged,
            Self::ReceiptAdded,
            Self::SessionsChanged,
            Self::MembersChanged,
        ]
        .into_iter()
        .find(|k| k.as_str() == text)
    }
}
