//! [`FilesPort`] on Drive, version 3: <https://developers.google.com/workspace/drive/api/reference/rest/v3>.
//!
//! Only id, name, type, link, drive and whether it is in the bin are asked for, never content.

use async_trait::async_trait;
use tenon_model::Time;
use tenon_model::files::{DriveLink, RemoteFile, is_file_link};
use url::Url;

use super::client::Mailbox;
use super::errors::NO_ACCESS;
use super::header::clean;
use super::operation::Operation;
use super::wire;
use crate::ports::{FileChange, FileChanges, FilesPage, FilesPort, Result};
use crate::{ProviderError, Reaction};

/// What is asked of a file.
const FIELDS: &str = "id,name,mimeType,webViewLink,driveId,trashed";
/// Drive's largest page of a list without content.
const PAGE: u32 = 100;
/// Changes in one page, at most what Drive gives.
const CHANGES: &str = "1000";
/// Longest search; Drive refuses queries that are much longer.
const WORDS: usize = 200;

/// The files of an account.
pub(super) struct Files(pub(super) Mailbox);

#[async_trait]
impl FilesPort for Files {
    async fn whose(&self) -> Result<String> {
        let url = self.url(&["about"], &[("fields", "user(permissionId)")]);
        let answer = self.0.get(Operation::DriveAbout, url).await?;
        let about: wire::About<'_> = answer.read()?;
        some(about.user.permission_id).ok_or_else(|| {
            ProviderError::new(
                Operation::DriveAbout.name(),
                "account_missing",
                Reaction::Stop,
            )
        })
    }

    async fn file(&self, provider_id: &str) -> Result<Option<RemoteFile>> {
        let query = [("fields", FIELDS), ("supportsAllDrives", "true")];
        let url = self.url(&["files", provider_id], &query);
        match self.0.get(Operation::DriveFile, url).await {
            Ok(answer) => Ok(remote(answer.read()?)),
            Err(error) if error.code == NO_ACCESS => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn find(&self, words: &str, page: Option<&str>, limit: u32) -> Result<FilesPage> {
        let search = query(words);
        let limit = limit.clamp(1, PAGE).to_string();
        let fields =
            "nextPageToken,files(id,name,mimeType,webViewLink,driveId,trashed,modifiedTime)";
        let mut pairs = vec![
            ("q", search.as_str()),
            ("orderBy", "modifiedTime desc"),
            ("pageSize", limit.as_str()),
            ("corpora", "allDrives"),
            ("includeItemsFromAllDrives", "true"),
            ("supportsAllDrives", "true"),
            ("fields", fields),
        ];
        pairs.extend(page.map(|p| ("pageToken", p)));
        let url = self.url(&["files"], &pairs);
        let answer = self.0.get(Operation::DriveFiles, url).await?;
        let list: wire::DriveFiles<'_> = answer.read()?;
        Ok(FilesPage {
            files: list.files.into_iter().filter_map(remote).collect(),
            next: some(list.next),
        })
    }

    async fn changes_from_now(&self, drive: Option<&str>) -> Result<String> {
        let mut pairs = vec![("supportsAllDrives", "true"), ("fields", "startPageToken")];
        pairs.extend(drive.map(|d| ("driveId", d)));
        let url = self.url(&["changes", "startPageToken"], &pairs);
        let answer = self.0.get(Operation::DriveStart, url).await?;
        let start: wire::DriveStart<'_> = answer.read()?;
        some(start.token).ok_or_else(|| cut(Operation::DriveStart))
    }

    async fn changes(&self, drive: Option<&str>, token: &str) -> Result<FileChanges> {
        let fields =
            format!("nextPageToken,newStartPageToken,changes(removed,fileId,file({FIELDS}))");
        let mut pairs = vec![
            ("pageToken", token),
            ("pageSize", CHANGES),
            ("includeRemoved", "true"),
            ("includeItemsFromAllDrives", "true"),
            ("supportsAllDrives", "true"),
            ("fields", fields.as_str()),
        ];
        pairs.extend(drive.map(|d| ("driveId", d)));
        let url = self.url(&["changes"], &pairs);
        let answer = self.0.get(Operation::DriveChanges, url).await?;
        let list: wire::DriveChanges<'_> = answer.read()?;
        let (page, fresh) = (some(list.next), some(list.fresh));
        let more = page.is_some();
        // An answer with neither would end the following in silence.
        let next = page.or(fresh).ok_or_else(|| cut(Operation::DriveChanges))?;
        let changes = list.changes.into_iter().filter_map(|change| {
            let provider_id = some(change.file_id)?;
            let file = remote(change.file).filter(|_| !change.removed.0);
            Some(FileChange { provider_id, file })
        });
        Ok(FileChanges {
            changes: changes.collect(),
            next,
            more,
        })
    }
}

impl Files {
    /// An address below `/drive/v3`.
    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.0.google.config.endpoints.drive_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["drive", "v3"]).extend(path);
        }
        url.query_pairs_mut().extend_pairs(query);
        url
    }
}

fn cut(operation: Operation) -> ProviderError {
    ProviderError::passing(operation.name(), "answer_cut")
}

/// The search in Drive's language: every word in the name, nothing of the bin
/// (<https://developers.google.com/workspace/drive/api/guides/search-files>).
fn query(words: &str) -> String {
    let mut out = String::from("trashed = false");
    let mut words: String = words
        .chars()
        .filter(|c| !c.is_control())
        .take(WORDS)
        .collect();
    words = words.replace('\\', "\\\\").replace('\'', "\\'");
    for word in words.split_whitespace() {
        out.push_str(" and name contains '");
        out.push_str(word);
        out.push('\'');
    }
    out
}

/// A file as it came, if it has an id.
fn remote(file: wire::DriveFile<'_>) -> Option<RemoteFile> {
    let provider_id = some(file.id)?;
    let told = file.link.into_owned();
    let link = if is_file_link(&told) {
        told
    } else {
        // What a person opens is always an address of Google.
        DriveLink::of_id(&provider_id)?.link
    };
    let file = RemoteFile {
        provider_id,
        name: clean(&file.name),
        mime_type: clean(&file.mime_type),
        link,
        drive_id: some(file.drive_id),
        trashed: file.trashed.0,
        modified_at: Time::parse_rfc3339(&file.modified),
    };
    Some(file.tidied())
}

fn some(text: wire::Text<'_>) -> Option<String> {
    Some(text.into_owned()).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_leave_their_quotes() {
        assert_eq!(query(""), "trashed = false");
        assert_eq!(
            query("  l'offre  Lumen "),
            "trashed = false and name contains 'l\\'offre' and name contains 'Lumen'"
        );
        assert_eq!(
            query("a\\' or trashed = true"),
            "trashed = false and name contains 'a\\\\\\'' and name contains 'or' and name contains 'trashed' \
             and name contains '=' and name contains 'true'"
        );
        assert!(query(&"x".repeat(5_000)).len() < 300);
    }

    #[test]
    fn a_link_is_always_googles() {
        let file = |json: &[u8]| remote(wire::read::<wire::DriveFile<'_>>(json).unwrap());
        let odd =
            file(br#"{"id":"1AbC-dEf_0123456789","name":"a","webViewLink":"javascript:alert(1)"}"#);
        assert_eq!(
            odd.unwrap().link,
            "https://drive.google.com/file/d/1AbC-dEf_0123456789/view"
        );
        assert!(file(br#"{"name":"a"}"#).is_none());
    }
}
