//! `/record-defaults`: how new records are shared when nothing is said.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::records::{self, SharingView};
use tenon_model::records::Kind;
use utoipa::ToSchema;

use super::sharing::Sharing;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::List;

problems!(ListProblems: "unauthenticated");
problems!(SetProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");

/// What new records of a kind get.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordDefault {
    #[schema(value_type = RecordKind)]
    kind: &'static str,
    sharing: Sharing,
}

impl From<(Kind, SharingView)> for RecordDefault {
    fn from((kind, sharing): (Kind, SharingView)) -> Self {
        Self {
            kind: kind.as_str(),
            sharing: sharing.into(),
        }
    }
}

/// How new records of each kind are shared
#[utoipa::path(get, path = "/record-defaults", tag = "records", responses((status = 200, body = List<RecordDefault>), ListProblems))]
pub(super) async fn list_record_defaults(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<RecordDefault>>> {
    Ok(List::of(records::defaults(&api.ctx, &actor).await?))
}

/// Chooses how new records of a kind are shared
///
/// By owners and administrators. Records that are there stay as they are.
#[utoipa::path(put, path = "/record-defaults/{kind}", tag = "records", params(("kind" = RecordKind, Path, description = "Kind")), request_body = Sharing, responses((status = 200, body = Sharing), SetProblems))]
pub(super) async fn set_record_default(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(text): extract::Id<String>,
    extract::Json(input): extract::Json<Sharing>,
) -> Answer<Json<Sharing>> {
    let wanted = input.read()?;
    let kind = Kind::parse(&text).ok_or_else(Problem::not_found)?;
    let chosen = records::set_default(&api.ctx, &actor, kind, wanted).await?;
    Ok(Json(chosen.into()))
}
