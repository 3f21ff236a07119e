//! `/connections/{id}/unpark`: a person decides about a mailbox that waits for one.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tenon_app::connections;
use tenon_model::ConnectionId;
use utoipa::ToSchema;

use super::Connection;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "validation");

/// The decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnparkInput {
    decision: Decision,
}

/// What becomes of messages that the provider no longer lists.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// They stay.
    Keep,
    /// They go.
    Remove,
}

/// Decides about a parked mailbox
#[utoipa::path(post, path = "/connections/{id}/unpark", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Connection), Problems))]
pub(super) async fn unpark_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
    extract::Json(input): extract::Json<UnparkInput>,
) -> Answer<Json<Connection>> {
    let keep = matches!(input.decision, Decision::Keep);
    connections::unpark(&api.ctx, &actor, id, keep).await?;
    Ok(Json(connections::get(&api.ctx, &actor, id).await?.into()))
}
