//! Records that may be one.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Duplicate, DuplicateGroup, RecordRef, RecordView};
use tenon_model::RecordId;
use tenon_model::records::Reason;
use utoipa::{IntoParams, ToSchema};

use super::{FieldValues, LinkedRecord, Record, kind};
use crate::Api;
use crate::extract::{self, Query, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::{DuplicateReason, RecordKind};
use crate::session::SignedIn;
use crate::wire::{List, Page};

problems!(OneProblems: "unauthenticated", "not_found");
problems!(ListProblems: "unauthenticated", "validation");
problems!(CheckProblems: "unauthenticated", "validation", "malformed");
problems!(DismissProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");

fn words(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|r| r.as_str()).collect()
}

/// A record that may be another one.
#[derive(Serialize, ToSchema)]
pub(super) struct DuplicateRecord {
    record: Record,
    #[schema(value_type = Vec<DuplicateReason>)]
    reasons: Vec<&'static str>,
    /// How likely, 0 to 100.
    score: u8,
}

impl From<Duplicate<RecordView>> for DuplicateRecord {
    fn from(d: Duplicate<RecordView>) -> Self {
        Self {
            record: d.record.into(),
            reasons: words(&d.reasons),
            score: d.score,
        }
    }
}

/// A record that may be the one that is being written.
#[derive(Serialize, ToSchema)]
pub(super) struct DuplicateOfInput {
    record: LinkedRecord,
    #[schema(value_type = Vec<DuplicateReason>)]
    reasons: Vec<&'static str>,
    /// How likely, 0 to 100.
    score: u8,
}

impl From<Duplicate<RecordRef>> for DuplicateOfInput {
    fn from(d: Duplicate<RecordRef>) -> Self {
        Self {
            record: d.record.into(),
            reasons: words(&d.reasons),
            score: d.score,
        }
    }
}

/// Records that may be one.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordDuplicates {
    /// Names these records: the same as long as they are the same.
    id: String,
    /// Oldest first.
    records: Vec<Record>,
    #[schema(value_type = Vec<DuplicateReason>)]
    reasons: Vec<&'static str>,
    /// How likely, 0 to 100: of the two that are likeliest.
    score: u8,
}

impl From<DuplicateGroup> for RecordDuplicates {
    fn from(g: DuplicateGroup) -> Self {
        Self {
            id: g.id,
            records: g.records.into_iter().map(Into::into).collect(),
            reasons: words(&g.reasons),
            score: g.score,
        }
    }
}

/// Records that may be the same as one, likeliest first
#[utoipa::path(get, path = "/records/{id}/duplicates", tag = "records", params(("id" = crate::wire::Id, Path, description = "Record")), responses((status = 200, body = List<DuplicateRecord>), OneProblems))]
pub(super) async fn get_record_duplicates(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<List<DuplicateRecord>>> {
    Ok(List::of(records::duplicates(&api.ctx, &actor, id).await?))
}

/// Of which kind, and which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DuplicatesPage {
    /// `contact`, `company` or `lead`.
    #[param(value_type = RecordKind)]
    kind: String,
    /// How many, 1 to 50; the last ones of a page may be a few more.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
}

const fn default_limit() -> u32 {
    20
}

/// Records that may be one, in no order
///
/// Only those that the member sees are compared. A page may be empty and have a next one.
#[utoipa::path(get, path = "/duplicates", tag = "records", params(DuplicatesPage), responses((status = 200, body = Page<RecordDuplicates>), ListProblems))]
pub(super) async fn list_duplicates(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(page): Query<DuplicatesPage>,
) -> Answer<Json<Page<RecordDuplicates>>> {
    let kind = kind(&page.kind)?;
    let after = page.after.as_deref();
    let found = records::duplicate_groups(&api.ctx, &actor, kind, page.limit, after).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
    }))
}

/// A record that is being written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicatesCheck {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// As far as it is written; what does not hold yet is passed over.
    values: FieldValues,
}

/// Records that may be the same as one that is being written
#[utoipa::path(post, path = "/duplicates/check", tag = "records", request_body = DuplicatesCheck, responses((status = 200, body = List<DuplicateOfInput>), CheckProblems))]
pub(super) async fn check_duplicates(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<DuplicatesCheck>,
) -> Answer<Json<List<DuplicateOfInput>>> {
    let kind = kind(&input.kind)?;
    let found = records::check_duplicates(&api.ctx, &actor, kind, &input.values.0).await?;
    Ok(List::of(found))
}

/// Records that are not one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicatesDismiss {
    /// 2 to 50.
    records: Vec<String>,
}

/// Keeps for the whole workspace that records are not one
#[utoipa::path(post, path = "/duplicates/dismiss", tag = "records", request_body = DuplicatesDismiss, responses((status = 204), DismissProblems))]
pub(super) async fn dismiss_duplicates(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<DuplicatesDismiss>,
) -> Answer<StatusCode> {
    let ids = input.records.iter().map(|t| named_id(t, "record"));
    let ids = ids.collect::<Result<Vec<RecordId>, Problem>>()?;
    records::dismiss_duplicates(&api.ctx, &actor, &ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
