//! What Tenon asks of Google, by name.

use std::time::Duration;

use crate::quota::CostTable;

/// An operation of Google's interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Exchange,
    Refresh,
    Revoke,
    Keys,
    Profile,
    Labels,
    SendAs,
    Messages,
    Message,
    Thread,
    Attachment,
    History,
    Batch,
    Watch,
    StopWatch,
    Label,
    LabelCreate,
    LabelUpdate,
    LabelDelete,
    Modify,
    BatchModify,
    BatchDelete,
    Drafts,
    Draft,
    DraftCreate,
    DraftUpdate,
    DraftDelete,
    DraftSend,
    DriveAbout,
    DriveFile,
    DriveFiles,
    DriveStart,
    DriveChanges,
}

impl Operation {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 33] = [
        Self::Exchange,
        Self::Refresh,
        Self::Revoke,
        Self::Keys,
        Self::Profile,
        Self::Labels,
        Self::SendAs,
        Self::Messages,
        Self::Message,
        Self::Thread,
        Self::Attachment,
        Self::History,
        Self::Batch,
        Self::Watch,
        Self::StopWatch,
        Self::Label,
        Self::LabelCreate,
        Self::LabelUpdate,
        Self::LabelDelete,
        Self::Modify,
        Self::BatchModify,
        Self::BatchDelete,
        Self::Drafts,
        Self::Draft,
        Self::DraftCreate,
        Self::DraftUpdate,
        Self::DraftDelete,
        Self::DraftSend,
        Self::DriveAbout,
        Self::DriveFile,
        Self::DriveFiles,
        Self::DriveStart,
        Self::DriveChanges,
    ];

    /// The name in logs and errors: Google's method name where there is one.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "google.token.exchange",
            Self::Refresh => "google.token.refresh",
            Self::Revoke => "google.revoke",
            Self::Keys => "google.certs",
            Self::Profile => "gmail.getProfile",
            Self::Labels => "gmail.labels.list",
            Self::SendAs => "gmail.settings.sendAs.list",
            Self::Messages => "gmail.messages.list",
            Self::Message => "gmail.messages.get",
            Self::Thread => "gmail.threads.get",
            Self::Attachment => "gmail.messages.attachments.get",
            Self::History => "gmail.history.list",
            Self::Batch => "gmail.batch",
            Self::Watch => "gmail.watch",
            Self::StopWatch => "gmail.stop",
            Self::Label => "gmail.labels.get",
            Self::LabelCreate => "gmail.labels.create",
            Self::LabelUpdate => "gmail.labels.patch",
            Self::LabelDelete => "gmail.labels.delete",
            Self::Modify => "gmail.messages.modify",
            Self::BatchModify => "gmail.messages.batchModify",
            Self::BatchDelete => "gmail.messages.batchDelete",
            Self::Drafts => "gmail.drafts.list",
            Self::Draft => "gmail.drafts.get",
            Self::DraftCreate => "gmail.drafts.create",
            Self::DraftUpdate => "gmail.drafts.update",
            Self::DraftDelete => "gmail.drafts.delete",
            Self::DraftSend => "gmail.drafts.send",
            Self::DriveAbout => "drive.about.get",
            Self::DriveFile => "drive.files.get",
            Self::DriveFiles => "drive.files.list",
            Self::DriveStart => "drive.changes.getStartPageToken",
            Self::DriveChanges => "drive.changes.list",
        }
    }

    /// Whether it concerns one item, so that its loss leaves the others alone.
    pub(crate) const fn is_item(self) -> bool {
        matches!(
            self,
            Self::Message
                | Self::Thread
                | Self::Attachment
                | Self::Label
                | Self::LabelUpdate
                | Self::LabelDelete
                | Self::Modify
                | Self::Draft
                | Self::DraftUpdate
                | Self::DraftDelete
                | Self::DraftSend
        )
    }

    /// Whether it is one of Drive, not of Gmail.
    pub(crate) const fn is_drive(self) -> bool {
        matches!(
            self,
            Self::DriveAbout
                | Self::DriveFile
                | Self::DriveFiles
                | Self::DriveStart
                | Self::DriveChanges
        )
    }

    /// Whether it changes something at Google.
    pub(crate) const fn is_write(self) -> bool {
        matches!(
            self,
            Self::LabelCreate
                | Self::LabelUpdate
                | Self::LabelDelete
                | Self::Modify
                | Self::BatchModify
                | Self::BatchDelete
                | Self::DraftCreate
                | Self::DraftUpdate
                | Self::DraftDelete
                | Self::DraftSend
        )
    }

    /// Units of one call; a batch costs what its parts cost.
    pub(crate) const fn cost(self, table: &CostTable) -> u32 {
        match self {
            Self::Exchange | Self::Refresh | Self::Revoke | Self::Keys | Self::Batch => 0,
            Self::Profile => table.profile,
            Self::Labels | Self::Label => table.labels_list,
            Self::SendAs => table.send_as_list,
            Self::Messages | Self::Drafts => table.messages_list,
            Self::Message | Self::Draft => table.messages_get,
            Self::Thread => table.threads_get,
            Self::Attachment => table.attachments_get,
            Self::History => table.history_list,
            Self::Watch => table.watch,
            Self::StopWatch => table.stop,
            Self::LabelCreate | Self::LabelUpdate | Self::LabelDelete => table.labels_write,
            Self::Modify => table.messages_modify,
            Self::BatchModify | Self::BatchDelete => table.messages_batch,
            Self::DraftCreate | Self::DraftDelete => table.drafts_create,
            Self::DraftUpdate => table.drafts_update,
            Self::DraftSend => table.drafts_send,
            // Drive counts calls, in a budget of its own that is far wider than ours of Gmail.
            Self::DriveAbout
            | Self::DriveFile
            | Self::DriveFiles
            | Self::DriveStart
            | Self::DriveChanges => 1,
        }
    }

    /// How long a call may take, its body included.
    pub(crate) const fn deadline(self) -> Duration {
        Duration::from_secs(match self {
            Self::Keys => 10,
            Self::Exchange
            | Self::Refresh
            | Self::Revoke
            | Self::DriveAbout
            | Self::DriveFile
            | Self::DriveStart => 20,
            Self::Batch | Self::Thread => 90,
            // They carry the whole message with them.
            Self::DraftCreate | Self::DraftUpdate => 120,
            _ => 60,
        })
    }

    /// How many bytes an answer may have.
    pub(crate) const fn max_body(self) -> usize {
        const MIB: usize = 1024 * 1024;
        match self {
            Self::Labels
            | Self::SendAs
            | Self::Messages
            | Self::Drafts
            | Self::DriveFiles
            | Self::DriveChanges => 8 * MIB,
            Self::Message | Self::Attachment => 24 * MIB,
            Self::History | Self::Thread | Self::Batch => 32 * MIB,
            Self::Draft => 52 * MIB, // 35 MiB in base64, with JSON around
            Self::Exchange
            | Self::Refresh
            | Self::Revoke
            | Self::Keys
            | Self::Profile
            | Self::Watch
            | Self::StopWatch
            | Self::Label
            | Self::LabelCreate
            | Self::LabelUpdate
            | Self::LabelDelete
            | Self::Modify
            | Self::BatchModify
            | Self::BatchDelete
            | Self::DraftCreate
            | Self::DraftUpdate
            | Self::DraftDelete
            | Self::DraftSend
            | Self::DriveAbout
            | Self::DriveFile
            | Self::DriveStart => MIB / 4,
        }
    }
}
