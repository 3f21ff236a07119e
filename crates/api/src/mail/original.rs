//! `/messages/{id}/original`: the message as it was received (RFC 5322).

use axum::extract::State;
use axum::response::Response;
use tenon_app::mail;
use tenon_model::MessageId;

use super::download;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "message_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota");

/// Downloads a message as it was received
#[utoipa::path(
    get, path = "/messages/{id}/original", tag = "mail",
    params(("id" = Id, Path, description = "Message")),
    responses((status = 200, description = "The message", content_type = "message/rfc822", body = Vec<u8>), Problems)
)]
pub(super) async fn get_original(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
) -> Answer<Response> {
    download::write(mail::original(&api.ctx, &actor, id).await?).await
}
