//! `/receipts`: what was removed when a connection ended.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::connections::{self, ReceiptView};
use tenon_model::ReceiptId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Count, Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(GetProblems: "unauthenticated", "not_found");

/// The receipt of a disconnect.
#[derive(Serialize, ToSchema)]
pub(super) struct Receipt {
    id: Id,
    #[schema(example = "google")]
    provider: &'static str,
    connected_at: Timestamp,
    disconnected_at: Timestamp,
    /// When the last row was removed; `null` while that goes on. Nothing could be read from
    /// `disconnected_at` on.
    #[schema(required)]
    removed_at: Option<Timestamp>,
    /// What was removed.
    counts: Vec<Count>,
    key_id: Id,
    /// Whether the key is gone, looked up now.
    key_destroyed: bool,
    grant: GrantEnd,
    /// Where a person can end the grant by hand, when Tenon did not.
    #[schema(required)]
    grant_link: Option<&'static str>,
}

/// How the grant at the provider ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GrantEnd {
    Revoked,
    /// It had been ended before.
    AlreadyRevoked,
    /// Another connection needs it.
    SharedKept,
    /// The provider did not answer; it is tried again.
    Pending,
    /// Only a person can end it.
    Link,
}

impl From<ReceiptView> for Receipt {
    fn from(v: ReceiptView) -> Self {
        Self {
            id: v.id.into(),
            provider: v.provider,
            connected_at: v.connected_at.into(),
            disconnected_at: v.disconnected_at.into(),
            removed_at: v.removed_at.map(Into::into),
            counts: v.counts.into_iter().map(Into::into).collect(),
            key_id: v.key_id.into(),
            key_destroyed: v.key_destroyed,
            grant: match v.grant.as_str() {
                "revoked" => GrantEnd::Revoked,
                "already_revoked" => GrantEnd::AlreadyRevoked,
                "shared_kept" => GrantEnd::SharedKept,
                "pending" => GrantEnd::Pending,
                _ => GrantEnd::Link,
            },
            grant_link: v.grant_link,
        }
    }
}

/// One's own receipts
#[utoipa::path(get, path = "/receipts", tag = "connections", responses((status = 200, body = List<Receipt>), ListProblems))]
pub(super) async fn list_receipts(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Receipt>>> {
    Ok(List::of(connections::receipts(&api.ctx, &actor).await?))
}

/// One receipt
#[utoipa::path(get, path = "/receipts/{id}", tag = "connections", params(("id" = Id, Path, description = "Receipt")), responses((status = 200, body = Receipt), GetProblems))]
pub(super) async fn get_receipt(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ReceiptId>,
) -> Answer<Json<Receipt>> {
    Ok(Json(
        connections::receipt(&api.ctx, &actor, id).await?.into(),
    ))
}
