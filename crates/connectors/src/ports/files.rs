//! Files at a provider: a few facts of each, and what changes of them.

use async_trait::async_trait;
use tenon_model::files::RemoteFile;

use super::Result;

/// One page of what a search finds.
#[derive(Debug, Clone)]
pub struct FilesPage {
    /// The files.
    pub files: Vec<RemoteFile>,
    /// Token of the next page, `None` at the end.
    pub next: Option<String>,
}

/// What has become of a file.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// The provider's id.
    pub provider_id: String,
    /// As it is now; `None` when it was deleted *or* is no longer shared (fault D5).
    pub file: Option<RemoteFile>,
}

/// One page of changes of a drive.
#[derive(Debug, Clone)]
pub struct FileChanges {
    /// The changes, oldest first. A file may come more than once.
    pub changes: Vec<FileChange>,
    /// Token of the next page, or, after the last one, of the next time.
    pub next: String,
    /// Whether there is a next page now.
    pub more: bool,
}

/// The files of an account, as far as they are open to Tenon.
#[async_trait]
pub trait FilesPort: Send + Sync {
    /// The provider's stable id of the account in its drive, for telling two accounts apart.
    async fn whose(&self) -> Result<String>;
    /// A file; `None` when it is not open to Tenon, which is never proof that there is none (faults D1, D2).
    async fn file(&self, provider_id: &str) -> Result<Option<RemoteFile>>;
    /// One page of the files whose names contain these words, newest first; all files without words. With the scope of
    /// chosen files only those. Nothing of the words may be kept or logged.
    async fn find(&self, words: &str, page: Option<&str>, limit: u32) -> Result<FilesPage>;
    /// A token from which on changes of a drive are found; each drive has its own (fault D3). [`crate::Reaction::Skip`]:
    /// the drive is no longer open to the account.
    async fn changes_from_now(&self, drive: Option<&str>) -> Result<String>;
    /// Changes of a drive from a token on (never a single change by its id: fault D4). A token that is refused answers
    /// [`crate::Reaction::Resync`].
    async fn changes(&self, drive: Option<&str>, token: &str) -> Result<FileChanges>;
}
