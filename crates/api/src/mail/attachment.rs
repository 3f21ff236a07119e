//! `/messages/{id}/attachments/{attachment_id}`.

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

/// Downloads an attachment
#[utoipa::path(
    get, path = "/messages/{id}/attachments/{attachment_id}", tag = "mail",
    params(("id" = Id, Path, description = "Message"), ("attachment_id" = String, Path, description = "Attachment, from the opened message")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), Problems)
)]
pub(super) async fn get_attachment(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
    extract::Second(part): extract::Second,
) -> Answer<Response> {
    download::write(mail::attachment(&api.ctx, &actor, id, &part).await?).await
}
