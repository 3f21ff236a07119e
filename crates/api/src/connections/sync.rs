//! `/connections/{id}/sync`: look now.

use axum::extract::State;
use http::StatusCode;
use tenon_app::connections;
use tenon_model::ConnectionId;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "paused", "needs_reauthorization");

/// Looks for changes now
#[utoipa::path(post, path = "/connections/{id}/sync", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 202), Problems))]
pub(super) async fn sync_connection(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<StatusCode> {
    connections::sync_now(&api.ctx, &actor, id).await?;
    Ok(StatusCode::ACCEPTED)
}
