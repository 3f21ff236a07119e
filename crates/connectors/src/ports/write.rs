//! Writing to a mailbox. A write is asked for once; what came of it is either known, or not, and
//! the two are never confused.

use async_trait::async_trait;
use bytes::Bytes;
use tenon_model::Time;
use tenon_model::mail::RemoteLabel;

use super::Result;
use crate::ProviderError;

/// Why a write did not come back with success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Proven not to have happened: the provider said no, or nothing left this machine. It may be
    /// repeated.
    #[error(transparent)]
    Refused(ProviderError),
    /// It may have happened: no answer, half an answer, or a failure inside the provider. It may be
    /// repeated only when repeating changes nothing.
    #[error("it is not known whether this happened: {0}")]
    Unknown(ProviderError),
}

impl WriteError {
    /// What the provider said, whatever that proves.
    pub const fn provider(&self) -> &ProviderError {
        match self {
            Self::Refused(e) | Self::Unknown(e) => e,
        }
    }

    /// The same, for a write that may be repeated at will.
    pub fn into_provider(self) -> ProviderError {
        match self {
            Self::Refused(e) | Self::Unknown(e) => e,
        }
    }
}

/// The outcome of a write.
pub type WriteResult<T> = std::result::Result<T, WriteError>;

/// Where a draft is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRef {
    /// The provider's draft id: it lasts.
    pub draft_id: String,
    /// The message it holds now: another one after each change (fault G8).
    pub message_id: String,
    /// Its thread.
    pub thread_id: String,
}

/// A draft with its text.
#[derive(Clone)]
pub struct RawDraft {
    /// Where it is.
    pub at: DraftRef,
    /// The message (RFC 5322 bytes).
    pub bytes: Bytes,
}

/// Where a sent message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRef {
    /// The provider's message id.
    pub message_id: String,
    /// Its thread.
    pub thread_id: String,
}

/// Messages that one [`MailWritePort::modify`] may name.
pub const MODIFY_MOST: usize = 1_000;

/// Changing a mailbox. Putting labels on and taking them off, and deleting, may be repeated at
/// will: the outcome is a state. Creating and sending may not.
#[async_trait]
pub trait MailWritePort: Send + Sync {
    /// Puts labels on messages and takes labels off, at most [`MODIFY_MOST`] at once. Of several,
    /// those that are gone are passed over; a single one that is gone is refused with
    /// [`crate::Reaction::Skip`].
    async fn modify(&self, ids: &[String], add: &[String], remove: &[String]) -> WriteResult<()>;
    /// Deletes messages for good, at most [`MODIFY_MOST`] at once.
    async fn delete_forever(&self, ids: &[String]) -> WriteResult<()>;
    /// Makes a label. A name that is taken is refused with the code `label_exists`.
    async fn create_label(
        &self,
        name: &str,
        color: Option<(&str, &str)>,
    ) -> WriteResult<RemoteLabel>;
    /// Renames or colours a label; `Some(None)` takes its colour away.
    async fn update_label(
        &self,
        id: &str,
        name: Option<&str>,
        color: Option<Option<(&str, &str)>>,
    ) -> WriteResult<()>;
    /// Deletes a label; its messages stay.
    async fn delete_label(&self, id: &str) -> WriteResult<()>;
    /// Makes a draft of RFC 5322 bytes, in a thread.
    async fn create_draft(&self, message: Bytes, thread: Option<&str>) -> WriteResult<DraftRef>;
    /// Replaces what a draft holds.
    async fn update_draft(
        &self,
        id: &str,
        message: Bytes,
        thread: Option<&str>,
    ) -> WriteResult<DraftRef>;
    /// Discards a draft.
    async fn delete_draft(&self, id: &str) -> WriteResult<()>;
    /// Sends a draft; it is consumed by that.
    async fn send_draft(&self, id: &str) -> WriteResult<SentRef>;
    /// Where a draft is now; [`crate::Reaction::Skip`] when there is none.
    async fn draft(&self, id: &str) -> Result<DraftRef>;
    /// A draft with its text.
    async fn raw_draft(&self, id: &str) -> Result<RawDraft>;
    /// The drafts, newest first, at most `limit`.
    async fn drafts(&self, limit: u32) -> Result<Vec<DraftRef>>;
    /// The drafts, among the newest ones and at most `most`, that bear a header with this value.
    async fn drafts_with_header(
        &self,
        name: &str,
        value: &str,
        most: usize,
    ) -> Result<Vec<DraftRef>>;
    /// The sent message that bears a header with this value, among those sent since `since`. It
    /// looks at them one by one: searching for a Message-ID would prove nothing (fault G20).
    async fn sent_with_header(
        &self,
        name: &str,
        value: &str,
        since: Time,
    ) -> Result<Option<SentRef>>;
}
