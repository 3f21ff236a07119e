//! What became of a record, and taking a change back.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_app::records::{self, ChangeView};
use tenon_model::RecordId;
use utoipa::{IntoParams, ToSchema};

use super::{LinkedRecord, Record};
use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(HistoryProblems: "unauthenticated", "not_found", "validation");
problems!(RevertProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "stage_needs_fields", "edit_conflict", "record_deleted");

/// A page of something that a record has.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageInput {
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    pub(crate) after: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

/// What became of one field.
#[derive(Serialize, ToSchema)]
struct FieldChange {
    field: String,
    /// Before; null was empty.
    #[schema(required)]
    from: Value,
    /// After; null is empty.
    #[schema(required)]
    to: Value,
}

/// A change of a record.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordChange {
    /// The version that came of it.
    version: i64,
    at: Timestamp,
    /// Who; null is a rule.
    #[schema(required)]
    by: Option<Id>,
    /// `created`, `edited`, `bulk`, `reverted`, `deleted`, `restored`, `converted`, `rule`, `imported` or
    /// `merged`.
    cause: &'static str,
    changes: Vec<FieldChange>,
    /// Titles of the records that the values name.
    linked: Vec<LinkedRecord>,
}

impl From<ChangeView> for RecordChange {
    fn from(v: ChangeView) -> Self {
        Self {
            version: v.version,
            at: v.at.into(),
            by: v.by.map(Into::into),
            cause: v.cause.as_str(),
            changes: v
                .changes
                .into_iter()
                .map(|c| FieldChange {
                    field: c.field,
                    from: c.from,
                    to: c.to,
                })
                .collect(),
            linked: v.linked.into_iter().map(Into::into).collect(),
        }
    }
}

/// What became of a record, newest first
#[utoipa::path(get, path = "/records/{id}/history", tag = "records", params(("id" = Id, Path, description = "Record"), PageInput), responses((status = 200, body = Page<RecordChange>), HistoryProblems))]
pub(super) async fn get_record_history(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    Query(page): Query<PageInput>,
) -> Answer<Json<Page<RecordChange>>> {
    let found = records::history(&api.ctx, &actor, id, page.limit, page.after.as_deref()).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
    }))
}

/// A change to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revert {
    /// The version that came of it.
    version: i64,
    /// Only these of its fields.
    #[serde(default)]
    fields: Option<Vec<String>>,
}

/// Takes a change back
///
/// Its fields get what they had before it. What was changed again since the version in `If-Match` is told by
/// `edit_conflict`.
#[utoipa::path(
    post, path = "/records/{id}/revert", tag = "records", request_body = Revert,
    params(("id" = Id, Path, description = "Record"), ("If-Match" = String, Header, description = "The record's version")),
    responses((status = 200, body = Record), RevertProblems)
)]
pub(super) async fn revert_record(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Version(seen): extract::Version,
    extract::Json(input): extract::Json<Revert>,
) -> Answer<Json<Record>> {
    let seen = seen.map(u64::cast_signed);
    let fields = input.fields.as_deref();
    let view = records::revert(&api.ctx, &actor, id, seen, input.version, fields).await?;
    Ok(Json(view.into()))
}
