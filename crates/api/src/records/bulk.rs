//! Changes of many records at once.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Bulk, BulkChange, BulkWhich};
use tenon_model::BulkId;
use utoipa::ToSchema;

use super::list::RecordsFilter;
use super::{FieldValues, kind};
use crate::Api;
use crate::extract::{self, IdempotencyKey, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::Id;

problems!(BulkProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "idempotency_key_reused");
problems!(UndoProblems: "unauthenticated", "forbidden", "not_found");

/// Records and what becomes of them.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkInput {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// These, at most 5,000; or
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// all that such a list shows, if that are at most 5,000.
    #[serde(default)]
    which: Option<RecordsFilter>,
    /// Fields that are set; null empties one.
    #[serde(default)]
    set: Option<FieldValues>,
    /// Whether they go into the bin instead.
    #[serde(default)]
    delete: bool,
}

/// What came of a change of many records.
#[derive(Serialize, ToSchema)]
pub(super) struct BulkResult {
    id: Id,
    changed: i64,
    /// Not the member's to change, so already, or without what a stage asks for.
    skipped: i64,
    /// Why they were left.
    skipped_because: Vec<SkippedBecause>,
}

/// Why records were left.
#[derive(Serialize, ToSchema)]
struct SkippedBecause {
    /// The code of an error, or `unchanged`.
    code: String,
    count: i64,
}

impl From<Bulk> for BulkResult {
    fn from(b: Bulk) -> Self {
        Self {
            id: b.id.into(),
            changed: b.changed,
            skipped: b.skipped,
            skipped_because: b
                .reasons
                .into_iter()
                .map(|(code, count)| SkippedBecause { code, count })
                .collect(),
        }
    }
}

/// Changes many records
#[utoipa::path(
    post, path = "/records/bulk", tag = "records", request_body = BulkInput,
    params(("Idempotency-Key" = String, Header, description = "Names this change; its second coming goes on with it")),
    responses((status = 200, body = BulkResult), BulkProblems)
)]
pub(super) async fn change_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<BulkInput>,
) -> Answer<Json<BulkResult>> {
    let repeat = key.required(&actor, "bulk", &input)?;
    let kind = kind(&input.kind)?;
    let which = match (input.ids, input.which) {
        (Some(ids), None) => {
            let ids: Result<Vec<_>, Problem> = ids.iter().map(|t| named_id(t, "record")).collect();
            BulkWhich::Ids(kind, ids?)
        }
        (None, Some(which)) => {
            let which = which.read()?;
            if which.kind != kind {
                return Err(Problem::invalid("which.kind", "must be the same kind"));
            }
            BulkWhich::All(Box::new(which))
        }
        _ => return Err(Problem::invalid("ids", "either ids or which is needed")),
    };
    let what = match (input.set, input.delete) {
        (Some(set), false) if !set.0.is_empty() => BulkChange::Set(set.0),
        (None, true) => BulkChange::Delete,
        _ => return Err(Problem::invalid("set", "either set or delete is needed")),
    };
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { records::bulk(&ctx, &actor, which, what, repeat).await });
    let bulk = done.await.map_err(|_| Problem::internal())??;
    Ok(Json(bulk.into()))
}

/// Takes a change of many records back
///
/// Where nobody has changed the same fields since.
#[utoipa::path(post, path = "/records/bulk/{id}/undo", tag = "records", params(("id" = Id, Path, description = "Change")), responses((status = 200, body = BulkResult), UndoProblems))]
pub(super) async fn undo_change_of_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<BulkId>,
) -> Answer<Json<BulkResult>> {
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { records::undo_bulk(&ctx, &actor, id).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}
