//! `/uploads`: files for drafts, held in memory until the draft is saved.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tenon_app::compose::{self, UploadInput, UploadWriter};
use tenon_model::UploadId;
use utoipa::IntoParams;

use super::{DraftFile, file};
use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(CreateProblems: "unauthenticated", "validation", "malformed", "too_large", "uploads_full");
problems!(GetProblems: "unauthenticated", "not_found", "attachment_gone");
problems!(DeleteProblems: "unauthenticated", "not_found");

/// Where it is shown from.
const BASE: &str = "/api/v1/uploads";

/// What is said of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FileInput {
    /// File name.
    #[serde(default)]
    name: String,
    /// Whether it is meant to be shown inside the text.
    #[serde(default)]
    inline: bool,
}

/// Uploads a file for a draft
///
/// The body is the file itself. It is held in memory only, for an hour or until a draft with it is saved.
#[utoipa::path(
    post, path = "/uploads", tag = "compose", params(FileInput),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file; its type as Content-Type"),
    responses((status = 201, body = DraftFile), CreateProblems)
)]
pub(super) async fn create_upload(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<FileInput>,
    headers: HeaderMap,
    body: Body,
) -> Answer<(StatusCode, Json<DraftFile>)> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|v: &http::HeaderValue| v.to_str().ok())
    };
    let input = UploadInput {
        name: input.name,
        content_type: text(header::CONTENT_TYPE).unwrap_or_default().to_owned(),
        inline: input.inline,
        size: text(header::CONTENT_LENGTH).and_then(|v| v.parse().ok()),
    };
    let mut writer = UploadWriter::begin(&api.ctx, &actor, input)?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::new("malformed", "the file did not come whole"))?;
        writer.push(&chunk)?;
    }
    let view = writer.finish(&api.ctx);
    Ok((StatusCode::CREATED, Json(DraftFile::new(view, BASE))))
}

/// A file that was uploaded
#[utoipa::path(get, path = "/uploads/{id}", tag = "compose", params(("id" = Id, Path, description = "File")), responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), GetProblems))]
pub(super) async fn get_upload(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<UploadId>,
) -> Answer<Response> {
    let (view, bytes) = compose::upload(&api.ctx, &actor, id)?;
    Ok(file(&view, bytes))
}

/// Forgets a file
#[utoipa::path(delete, path = "/uploads/{id}", tag = "compose", params(("id" = Id, Path, description = "File")), responses((status = 204, description = "It is gone"), DeleteProblems))]
pub(super) async fn delete_upload(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<UploadId>,
) -> Answer<StatusCode> {
    compose::drop_upload(&api.ctx, &actor, id);
    Ok(StatusCode::NO_CONTENT)
}
