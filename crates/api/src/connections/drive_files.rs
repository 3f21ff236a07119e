//! `/connections/{id}/drive-files`: finding files at the provider. Asked at once, nothing of it is kept.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, DriveFileView, DriveFiles};
use tenon_model::ConnectionId;
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "validation", "paused", "needs_reauthorization", "feature_off", "provider_not_configured", "quota", "provider_unavailable");

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DriveFilesInput {
    /// Words of the name; all files without. At most 200 characters.
    #[serde(default)]
    q: String,
    /// `next` of the page before.
    #[serde(default)]
    page_token: Option<String>,
}

/// A file in Google Drive.
#[derive(Serialize, ToSchema)]
struct DriveFile {
    /// Its id there.
    provider_file_id: String,
    name: String,
    /// Its type, for the icon (RFC 6838, or one of Google's own).
    mime_type: String,
    /// Where a person opens it.
    link: String,
    #[schema(required)]
    modified_at: Option<Timestamp>,
    /// The shared drive that it is in; null is the person's own.
    #[schema(required)]
    drive_id: Option<String>,
}

impl From<DriveFileView> for DriveFile {
    fn from(f: DriveFileView) -> Self {
        Self {
            provider_file_id: f.provider_file_id,
            name: f.name,
            mime_type: f.mime_type,
            link: f.link,
            modified_at: f.modified_at.map(Into::into),
            drive_id: f.drive_id,
        }
    }
}

/// A page of files, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundDriveFiles {
    files: Vec<DriveFile>,
    /// For `page_token`; null at the end.
    #[schema(required)]
    next: Option<String>,
    /// Whether all of the drive was searched (feature `files_search`), or only the files that were chosen for Tenon.
    all_of_drive: bool,
}

impl From<DriveFiles> for FoundDriveFiles {
    fn from(f: DriveFiles) -> Self {
        Self {
            files: f.files.into_iter().map(Into::into).collect(),
            next: f.next,
            all_of_drive: f.all_of_drive,
        }
    }
}

/// Finds files in Google Drive by their names
///
/// Asks the provider at once, keeps nothing.
#[utoipa::path(get, path = "/connections/{id}/drive-files", tag = "connections", params(("id" = Id, Path, description = "Connection"), DriveFilesInput), responses((status = 200, body = FoundDriveFiles), Problems))]
pub(super) async fn find_drive_files(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
    Query(input): Query<DriveFilesInput>,
) -> Answer<Json<FoundDriveFiles>> {
    let page = input.page_token.as_deref();
    let found = records::drive_files(&api.ctx, &actor, id, &input.q, page).await?;
    Ok(Json(found.into()))
}
