//! Finding files at the provider while a person types: asked at once, and nothing of it is kept or logged.

use tenon_connectors::ports::Priority;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, Time};

use super::port;
use crate::acting::usable;
use crate::connections::view::visible;
use crate::{Actor, Ctx, Error, Result};

/// Files in a page.
const PAGE: u32 = 30;
/// Longest search.
const WORDS: usize = 200;
/// Longest token of a page that the provider may give.
const TOKEN: usize = 4_000;

/// A file at the provider.
#[derive(Clone)]
pub struct DriveFileView {
    /// The provider's id.
    pub provider_file_id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// Where a person opens it.
    pub link: String,
    /// When it was last changed.
    pub modified_at: Option<Time>,
    /// The shared drive it is in.
    pub drive_id: Option<String>,
}

/// A page of what was found.
#[derive(Clone)]
pub struct DriveFiles {
    /// The files.
    pub files: Vec<DriveFileView>,
    /// For the next page.
    pub next: Option<String>,
    /// Whether all of the drive was searched, or only the files that were chosen for Tenon.
    pub all_of_drive: bool,
}

/// The files of the account whose names contain these words, newest first; without words all.
pub async fn drive_files(
    ctx: &Ctx,
    actor: &Actor,
    id: ConnectionId,
    words: &str,
    page: Option<&str>,
) -> Result<DriveFiles> {
    if words.chars().count() > WORDS {
        return Err(Error::field("q", "must have at most 200 characters"));
    }
    let fits = |t: &str| t.len() <= TOKEN && t.bytes().all(|b| b.is_ascii_graphic());
    if page.is_some_and(|t| !fits(t)) {
        return Err(Error::field("page_token", "is none of a page before"));
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    drop(tx);
    let all_of_drive = usable(&row, Feature::FilesSearch).is_ok();
    if !all_of_drive {
        usable(&row, Feature::Files)?;
    }
    let port = port(ctx, &row, Priority::Interactive).await?;
    let found = port.find(words, page, PAGE).await?;
    let files = found.files.into_iter().map(|f| DriveFileView {
        provider_file_id: f.provider_id,
        name: f.name,
        mime_type: f.mime_type,
        link: f.link,
        modified_at: f.modified_at,
        drive_id: f.drive_id,
    });
    Ok(DriveFiles {
        files: files.collect(),
        next: found.next,
        all_of_drive,
    })
}
