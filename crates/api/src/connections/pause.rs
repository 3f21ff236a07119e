//! `/connections/{id}/pause` and `/resume`.

use axum::Json;
use axum::extract::State;
use tenon_app::connections;
use tenon_model::ConnectionId;

use super::Connection;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(PauseProblems: "unauthenticated", "not_found", "needs_reauthorization");
problems!(ResumeProblems: "unauthenticated", "not_found", "needs_reauthorization");

/// Pauses a connection
///
/// Nothing runs, everything is kept.
#[utoipa::path(post, path = "/connections/{id}/pause", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Connection), PauseProblems))]
pub(super) async fn pause_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Connection>> {
    connections::pause(&api.ctx, &actor, id).await?;
    Ok(Json(connections::get(&api.ctx, &actor, id).await?.into()))
}

/// Resumes a connection
#[utoipa::path(post, path = "/connections/{id}/resume", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Connection), ResumeProblems))]
pub(super) async fn resume_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Connection>> {
    connections::resume(&api.ctx, &actor, id).await?;
    Ok(Json(connections::get(&api.ctx, &actor, id).await?.into()))
}
