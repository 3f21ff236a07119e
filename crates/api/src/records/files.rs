//! `/records/{id}/files`: files of a provider on a record.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, FileView, Linking};
use tenon_model::{ConnectionId, FileId, RecordId};
use utoipa::ToSchema;

use crate::Api;
use crate::extract::{self, IdempotencyKey, Second, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::FileStateWord;
use crate::session::SignedIn;
use crate::wire::{Colleague, Id, Timestamp};

problems!(ListProblems: "unauthenticated", "not_found");
problems!(LinkProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "not_a_drive_link", "record_deleted", "paused", "needs_reauthorization", "feature_off", "quota", "provider_unavailable");
problems!(RemoveProblems: "unauthenticated", "forbidden", "not_found");
problems!(RestoreProblems: "unauthenticated", "forbidden", "not_found", "record_deleted", "not_undoable");
problems!(PickProblems: "unauthenticated", "forbidden", "not_found", "malformed", "validation", "record_deleted", "paused", "needs_reauthorization", "feature_off", "provider_not_configured");

/// A file on a record.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordFile {
    id: Id,
    /// `google`.
    provider: String,
    /// Its id there.
    provider_file_id: String,
    name: String,
    /// Its type, for the icon (RFC 6838, or one of Google's own).
    mime_type: String,
    /// Where a person opens it; the provider says who may.
    link: String,
    /// `available`; `no_access`: not open to Tenon, which does not tell whether it exists; `unavailable`: deleted, in the
    /// bin, or no longer shared.
    #[schema(value_type = FileStateWord)]
    state: &'static str,
    added_by: Colleague,
    added_at: Timestamp,
    /// When the provider was last asked; null before it was.
    #[schema(required)]
    checked_at: Option<Timestamp>,
}

impl From<FileView> for RecordFile {
    fn from(f: FileView) -> Self {
        Self {
            id: f.id.into(),
            provider: f.provider,
            provider_file_id: f.provider_file_id,
            name: f.name,
            mime_type: f.mime_type,
            link: f.link,
            state: f.state.as_str(),
            added_by: f.added_by.into(),
            added_at: f.added_at.into(),
            checked_at: f.checked_at.map(Into::into),
        }
    }
}

/// Files of a record.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordFiles {
    files: Vec<RecordFile>,
}

impl From<Vec<FileView>> for RecordFiles {
    fn from(files: Vec<FileView>) -> Self {
        Self {
            files: files.into_iter().map(Into::into).collect(),
        }
    }
}

/// The files of a record, in the order they were linked
///
/// Of a record in the bin none.
#[utoipa::path(get, path = "/records/{id}/files", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = RecordFiles), ListProblems))]
pub(super) async fn list_record_files(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<RecordFiles>> {
    Ok(Json(records::files(&api.ctx, &actor, id).await?.into()))
}

/// Files to link; 1 to 50 in all.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FilesInput {
    /// With which connection the provider is asked (`con_…`); one's first that may when left out.
    #[serde(default)]
    connection_id: Option<String>,
    /// Addresses of files in Google Drive, as people copy them.
    #[serde(default)]
    links: Vec<String>,
    /// Ids of files in Google Drive.
    #[serde(default)]
    file_ids: Vec<String>,
}

/// Links files to a record
///
/// Each once, however often it is asked; one whose link was removed is brought back. A file that is not open to Tenon, or
/// that nobody could be asked for, is linked with `no_access`. Answers with the files that are meant.
#[utoipa::path(
    post, path = "/records/{id}/files", tag = "records", request_body = FilesInput,
    params(("id" = Id, Path, description = "Record"), ("Idempotency-Key" = Option<String>, Header, description = "Not needed: a second coming changes nothing")),
    responses((status = 200, body = RecordFiles), LinkProblems)
)]
pub(super) async fn link_record_files(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<FilesInput>,
) -> Answer<Json<RecordFiles>> {
    key.of(&actor, "files", &input)?; // one that does not hold is told
    let what = Linking {
        connection: named_connection(input.connection_id.as_deref())?,
        links: input.links,
        ids: input.file_ids,
    };
    let files = records::link_files(&api.ctx, &actor, id, what).await?;
    Ok(Json(files.into()))
}

fn named_connection(text: Option<&str>) -> Result<Option<ConnectionId>, Problem> {
    text.map(|t| named_id(t, "connection")).transpose()
}

fn file_id(text: &str) -> Result<FileId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Removes the link between a record and a file
///
/// The file itself is the provider's and stays. Can be taken back for 30 days.
#[utoipa::path(delete, path = "/records/{id}/files/{file}", tag = "records", params(("id" = Id, Path, description = "Record"), ("file" = Id, Path, description = "File")), responses((status = 204), RemoveProblems))]
pub(super) async fn unlink_record_file(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    Second(file): Second,
) -> Answer<StatusCode> {
    records::unlink_file(&api.ctx, &actor, id, file_id(&file)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a removed link back
#[utoipa::path(post, path = "/records/{id}/files/{file}/restore", tag = "records", params(("id" = Id, Path, description = "Record"), ("file" = Id, Path, description = "File")), responses((status = 200, body = RecordFile), RestoreProblems))]
pub(super) async fn restore_record_file(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    Second(file): Second,
) -> Answer<Json<RecordFile>> {
    let file = records::restore_file(&api.ctx, &actor, id, file_id(&file)?).await?;
    Ok(Json(file.into()))
}

/// From where files are chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PickInput {
    /// The connection (`con_…`); one's first that may when left out.
    #[serde(default)]
    connection_id: Option<String>,
}

/// The provider's page on which files are chosen.
#[derive(Serialize, ToSchema)]
pub(super) struct PickPage {
    /// Where the browser goes. It comes back to `/records/{id}`, with `?picked=` and how many were linked, or with
    /// `?pick_error=` and a word.
    authorization_url: String,
}

/// Begins choosing files on the provider's own page
///
/// The feature `files` must be on for the connection; `feature_off` tells that it has to be activated first.
#[utoipa::path(post, path = "/records/{id}/files/pick", tag = "records", request_body = PickInput, params(("id" = Id, Path, description = "Record")), responses((status = 200, body = PickPage), PickProblems))]
pub(super) async fn pick_record_files(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Json(input): extract::Json<PickInput>,
) -> Answer<Json<PickPage>> {
    let connection = named_connection(input.connection_id.as_deref())?;
    let url = records::pick_files(&api.ctx, &actor, id, connection).await?;
    Ok(Json(PickPage {
        authorization_url: url.into(),
    }))
}
