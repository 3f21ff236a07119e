//! Several records become one, and apart again.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, MergeView, Merging};
use tenon_model::{MergeId, RecordId};
use utoipa::ToSchema;

use super::{FieldValues, LinkedRecord, Record};
use crate::Api;
use crate::extract::{self, IdempotencyKey, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(MergeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "record_changed", "record_deleted", "stage_needs_fields", "idempotency_key_reused");
problems!(UndoProblems: "unauthenticated", "forbidden", "not_found", "not_undoable", "record_deleted");
problems!(ListProblems: "unauthenticated", "not_found");

/// Records that become one.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeInput {
    /// The one that stays (`rec_…`).
    keep: String,
    /// Those that go into it, 1 to 20, all of its kind.
    records: Vec<String>,
    /// The version of each of them, the kept one too, as the person saw it.
    versions: BTreeMap<String, i64>,
    /// What was chosen where they differ. Other fields are the kept one's, else those of the first merged one that has
    /// them; lists are united.
    #[serde(default)]
    values: FieldValues,
}

/// A field that taking back left as it is.
#[derive(Serialize, ToSchema)]
struct FieldLeft {
    record: Id,
    field: String,
}

/// Records that became one.
#[derive(Serialize, ToSchema)]
pub(super) struct Merge {
    id: Id,
    /// The one that stayed.
    record: Record,
    /// Those that went into it.
    merged: Vec<LinkedRecord>,
    created_at: Timestamp,
    /// Since when it is taken back.
    #[schema(required)]
    undone_at: Option<Timestamp>,
    /// What taking it back left, because somebody has changed it since.
    left: Vec<FieldLeft>,
}

impl From<MergeView> for Merge {
    fn from(m: MergeView) -> Self {
        let left = |(record, field): (RecordId, String)| FieldLeft {
            record: record.into(),
            field,
        };
        Self {
            id: m.id.into(),
            record: m.record.into(),
            merged: m.merged.into_iter().map(Into::into).collect(),
            created_at: m.created_at.into(),
            undone_at: m.undone_at.map(Into::into),
            left: m.left.into_iter().map(left).collect(),
        }
    }
}

/// Merges records: all of it or nothing
///
/// Needs `edit` of the kept one and `owner` of the others, which go into the bin as merged. What names them names the kept
/// one afterwards. Its sharing stays. `record_changed` tells that one of them is no longer as the person saw it.
#[utoipa::path(
    post, path = "/merges", tag = "records", request_body = MergeInput,
    params(("Idempotency-Key" = String, Header, description = "Names this request; its second coming is answered with the same merging")),
    responses((status = 201, body = Merge), MergeProblems)
)]
pub(super) async fn merge_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<MergeInput>,
) -> Answer<(StatusCode, Json<Merge>)> {
    let repeat = key.required(&actor, "merge", &input)?;
    let ids = input.records.iter().map(|t| named_id(t, "record"));
    let versions = input.versions.iter();
    let versions = versions.map(|(t, v)| Ok::<_, Problem>((named_id(t, "record")?, *v)));
    let what = Merging {
        keep: named_id(&input.keep, "record")?,
        records: ids.collect::<Result<_, Problem>>()?,
        versions: versions.collect::<Result<_, Problem>>()?,
        values: input.values.0,
    };
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { records::merge(&ctx, &actor, what, repeat).await });
    let merge = done.await.map_err(|_| Problem::internal())??;
    Ok((StatusCode::CREATED, Json(merge.into())))
}

/// Takes a merging back
///
/// Field by field; what somebody has changed since stays and is told in `left`.
#[utoipa::path(post, path = "/merges/{id}/undo", tag = "records", params(("id" = Id, Path, description = "Merging")), responses((status = 200, body = Merge), UndoProblems))]
pub(super) async fn undo_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MergeId>,
) -> Answer<Json<Merge>> {
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { records::undo_merge(&ctx, &actor, id).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}

/// What went into a record, newest first
#[utoipa::path(get, path = "/records/{id}/merges", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = List<Merge>), ListProblems))]
pub(super) async fn list_record_merges(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<List<Merge>>> {
    Ok(List::of(records::merges(&api.ctx, &actor, id).await?))
}
