//! One record: make, read, change, move, delete, restore.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Move, NewRecord};
use tenon_model::RecordId;
use tenon_model::records::ShareScope;
use utoipa::ToSchema;

use super::{FieldValues, Record, kind};
use crate::Api;
use crate::extract::{self, IdempotencyKey, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::Id;

problems!(GetProblems: "unauthenticated", "not_found", "record_merged");
problems!(CreateProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "stage_needs_fields", "idempotency_key_reused");
problems!(EditProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "stage_needs_fields", "edit_conflict", "record_deleted");
problems!(DeleteProblems: "unauthenticated", "forbidden", "not_found");
problems!(RestoreProblems: "unauthenticated", "forbidden", "not_found", "record_merged", "not_undoable");
problems!(ForeverProblems: "unauthenticated", "forbidden", "not_found", "validation");
problems!(MoveProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "stage_needs_fields", "record_deleted");

/// A record to make.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordInput {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// By field. Who makes it is its `owner` unless that is given; boxes stand in the first stage of their
    /// first pipeline unless `pipeline` or `stage` is given.
    values: FieldValues,
    /// `private`, `workspace` or `parent`; what belongs to another record usually goes with that, all else is
    /// the workspace's.
    #[serde(default)]
    sharing: Option<String>,
}

/// Makes a record
#[utoipa::path(
    post, path = "/records", tag = "records", request_body = RecordInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this request; its second coming is answered with the same record")),
    responses((status = 201, body = Record), CreateProblems)
)]
pub(super) async fn create_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<RecordInput>,
) -> Answer<(StatusCode, Json<Record>)> {
    let repeat = key.of(&actor, "record", &input)?;
    let sharing = input.sharing.as_deref().map(|text| {
        ShareScope::parse(text)
            .filter(|s| *s != ShareScope::Shared)
            .ok_or_else(|| Problem::invalid("sharing", "must be private, workspace or parent"))
    });
    let new = NewRecord {
        kind: kind(&input.kind)?,
        values: input.values.0,
        sharing: sharing.transpose()?,
    };
    let view = records::create(&api.ctx, &actor, new, repeat).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// A record, in the bin too
///
/// One that went into another is gone: `record_merged` tells into which.
#[utoipa::path(get, path = "/records/{id}", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = Record), GetProblems))]
pub(super) async fn get_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<Record>> {
    Ok(Json(records::get(&api.ctx, &actor, id).await?.into()))
}

/// What changes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordEdit {
    /// Only the fields that change; null empties one.
    values: FieldValues,
}

/// Changes a record
///
/// From the version that the person saw. Fields that nobody else changed since are changed; if somebody has changed
/// one of them to something else, nothing is, and `edit_conflict` tells both values. Sending it again with the version
/// told there takes one's own.
#[utoipa::path(
    patch, path = "/records/{id}", tag = "records", request_body = RecordEdit,
    params(("id" = Id, Path, description = "Record"), ("If-Match" = String, Header, description = "The record's version")),
    responses((status = 200, body = Record), EditProblems)
)]
pub(super) async fn edit_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Version(seen): extract::Version,
    extract::Json(input): extract::Json<RecordEdit>,
) -> Answer<Json<Record>> {
    let seen = seen.map(u64::cast_signed);
    let view = records::edit(&api.ctx, &actor, id, seen, &input.values.0).await?;
    Ok(Json(view.into()))
}

/// Puts a record into the bin
///
/// It leaves it for good after 30 days.
#[utoipa::path(delete, path = "/records/{id}", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 204), DeleteProblems))]
pub(super) async fn delete_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<StatusCode> {
    records::delete(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a record back from the bin
///
/// One that was merged comes back by taking the merging back.
#[utoipa::path(post, path = "/records/{id}/restore", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = Record), RestoreProblems))]
pub(super) async fn restore_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<Record>> {
    Ok(Json(records::restore(&api.ctx, &actor, id).await?.into()))
}

/// Removes a record that is in the bin for good, with its history
#[utoipa::path(delete, path = "/records/{id}/forever", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 204), ForeverProblems))]
pub(super) async fn delete_record_forever(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<StatusCode> {
    records::delete_forever(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a box is to stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordMove {
    /// The stage (`stg_…`).
    stage: String,
    /// Right before this box; at the end when left out.
    #[serde(default)]
    before: Option<String>,
    /// What else changes with it: the fields that the stage asks for.
    #[serde(default)]
    values: FieldValues,
}

/// Moves a box
///
/// To another stage, or to another place in its own, which is no change of the record. What the stage asks for and the
/// box does not have is told by `stage_needs_fields`.
#[utoipa::path(post, path = "/records/{id}/move", tag = "records", request_body = RecordMove, params(("id" = Id, Path, description = "Record")), responses((status = 200, body = Record), MoveProblems))]
pub(super) async fn move_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Json(input): extract::Json<RecordMove>,
) -> Answer<Json<Record>> {
    let to = Move {
        stage: named_id(&input.stage, "stage")?,
        before: input
            .before
            .as_deref()
            .map(|t| named_id(t, "record"))
            .transpose()?,
        values: input.values.0,
    };
    Ok(Json(
        records::move_box(&api.ctx, &actor, id, to).await?.into(),
    ))
}
