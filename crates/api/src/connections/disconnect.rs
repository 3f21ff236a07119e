//! `/connections/{id}/disconnect`: what would go, and letting it go.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::audit::carried;
use tenon_app::connections::{self, Preview};
use tenon_model::ConnectionId;
use utoipa::ToSchema;

use super::receipts::Receipt;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Count, Id};

problems!(Problems: "unauthenticated", "not_found", "storage_full");

/// What disconnecting removes.
#[derive(Serialize, ToSchema)]
pub(super) struct DisconnectPreview {
    counts: Vec<Count>,
    /// Messages that were confirmed and have not gone, or of which that is not known: they are no longer
    /// sent; their drafts stay in the mailbox.
    unsent: u64,
    revoke: RevokePlan,
    /// The key that will be destroyed.
    key_id: Id,
}

/// What becomes of the grant.
#[derive(Serialize, ToSchema)]
struct RevokePlan {
    will_revoke: bool,
    /// Why not: `shared_grant`, `no_grant`.
    #[schema(required)]
    reason: Option<&'static str>,
    /// Where a person can end it by hand.
    link: &'static str,
}

impl From<Preview> for DisconnectPreview {
    fn from(v: Preview) -> Self {
        Self {
            counts: v.counts.into_iter().map(Into::into).collect(),
            unsent: v.unsent,
            revoke: RevokePlan {
                will_revoke: v.will_revoke,
                reason: v.reason,
                link: v.link,
            },
            key_id: v.key_id.into(),
        }
    }
}

/// What disconnecting would remove
#[utoipa::path(get, path = "/connections/{id}/disconnect", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = DisconnectPreview), Problems))]
pub(super) async fn preview_disconnect(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<DisconnectPreview>> {
    Ok(Json(
        connections::disconnect_preview(&api.ctx, &actor, id)
            .await?
            .into(),
    ))
}

/// Disconnects and purges
///
/// When this answers, nothing that was read from the account is left.
#[utoipa::path(post, path = "/connections/{id}/disconnect", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Receipt), Problems))]
pub(super) async fn disconnect(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Receipt>> {
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let done = tokio::spawn(carried(async move {
        connections::disconnect(&api.ctx, &actor, id).await
    }))
    .await;
    Ok(Json(done.map_err(|_| Problem::internal())??.into()))
}
