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
    /// An action on mail moved forward or ended; subject `mac_…`.
    MailActionChanged,
    /// Labels of a mailbox were made, changed or deleted; subject `con_…`.
    LabelsChanged,
    /// Drafts of a mailbox were made, changed or discarded; subject `con_…`.
    DraftsChanged,
    /// A message on its way out moved forward or waits for a person; subject `snd_…`.
    SendChanged,
    /// The member's own sessions, or ways of signing in, changed; subject `mem_…`.
    SessionsChanged,
    /// Members, invitations or allowed domains of the workspace changed; subject `mem_…` or `ws_…`.
    MembersChanged,
    /// A record was made, changed, deleted or restored; subject `rec_…`.
    RecordChanged,
    /// What records are like changed: fields, pipelines, views or teams; subject `ws_…`.
    RecordSetupChanged,
    /// With whom a conversation is shared, or which records it is joined to, changed; subject `thr_…`.
    ThreadChanged,
    /// An import moved forward or ended; subject `imp_…`.
    ImportChanged,
    /// A mail merge moved forward, or was changed; subject `mmg_…`.
    MailMergeChanged,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::ConnectionChanged,
        Self::MailboxChanged,
        Self::ThreadsChanged,
        Self::ReceiptAdded,
        Self::MailActionChanged,
        Self::LabelsChanged,
        Self::DraftsChanged,
        Self::SendChanged,
        Self::SessionsChanged,
        Self::MembersChanged,
        Self::RecordChanged,
        Self::RecordSetupChanged,
        Self::ThreadChanged,
        Self::ImportChanged,
        Self::MailMergeChanged,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionChanged => "connection_changed",
            Self::MailboxChanged => "mailbox_changed",
            Self::ThreadsChanged => "threads_changed",
            Self::ReceiptAdded => "receipt_added",
            Self::MailActionChanged => "mail_action_changed",
            Self::LabelsChanged => "labels_changed",
            Self::DraftsChanged => "drafts_changed",
            Self::SendChanged => "send_changed",
            Self::SessionsChanged => "sessions_changed",
            Self::MembersChanged => "members_changed",
            Self::RecordChanged => "record_changed",
            Self::RecordSetupChanged => "record_setup_changed",
            Self::ThreadChanged => "thread_changed",
            Self::ImportChanged => "import_changed",
            Self::MailMergeChanged => "mail_merge_changed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}
