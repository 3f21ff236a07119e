//! The bin as a whole.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records;
use utoipa::ToSchema;

use super::kind;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;

problems!(Problems: "unauthenticated", "forbidden", "validation", "malformed");

/// What of the bin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BinInput {
    /// Only this kind.
    #[serde(default)]
    #[schema(value_type = Option<RecordKind>)]
    kind: Option<String>,
}

/// What was removed.
#[derive(Serialize, ToSchema)]
pub(super) struct BinEmptied {
    deleted: u64,
}

/// Removes what is in the bin for good
///
/// The member's own records; of owners and admins all that they see and may change.
#[utoipa::path(post, path = "/records/bin/empty", tag = "records", request_body = BinInput, responses((status = 200, body = BinEmptied), Problems))]
pub(super) async fn empty_record_bin(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<BinInput>,
) -> Answer<Json<BinEmptied>> {
    let kind = input.kind.as_deref().map(kind).transpose()?;
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { records::empty_bin(&ctx, &actor, kind).await });
    let deleted = done.await.map_err(|_| Problem::internal())??;
    Ok(Json(BinEmptied { deleted }))
}
