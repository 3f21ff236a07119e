//! Remote images of a message, fetched by the server when a person asks for them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use tenon_app::mail;
use tenon_model::MessageId;
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::edge::headers::DOWNLOAD_CSP;
use crate::extract::{self, Query};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "message_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota", "validation");
problems!(SenderProblems: "unauthenticated", "not_found", "needs_reauthorization", "paused", "validation");

/// The signature of an image's address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Signed {
    /// When the address ends, in seconds.
    e: i64,
    /// Signature, for this session.
    s: String,
}

/// A remote image
///
/// Its address stands in the body that is shown with images, signed for this session and message.
#[utoipa::path(
    get, path = "/messages/{id}/images/{number}", tag = "mail",
    params(("id" = Id, Path, description = "Message"), ("number" = String, Path, description = "Which image"), Signed),
    responses((status = 200, description = "The picture", content_type = "image/*", body = Vec<u8>), Problems)
)]
pub(super) async fn get_image(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
    extract::Second(number): extract::Second,
    Query(signed): Query<Signed>,
) -> Answer<Response> {
    let number = number.parse().map_err(|_| Problem::not_found())?;
    let image = mail::image(&api.ctx, &actor, id, number, signed.e, &signed.s).await?;
    let headers = [
        (header::CONTENT_TYPE, image.content_type),
        (header::CONTENT_SECURITY_POLICY, DOWNLOAD_CSP),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, image.bytes).into_response())
}

/// Whether to ask before the images of a sender are shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SenderImages {
    /// Shown without asking.
    shown: bool,
}

/// Shows the images of a message's sender from now on, or asks again
#[utoipa::path(
    put, path = "/messages/{id}/sender-images", tag = "mail",
    params(("id" = Id, Path, description = "A message of that sender")), request_body = SenderImages,
    responses((status = 204, description = "Done"), SenderProblems)
)]
pub(super) async fn show_images_of_sender(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
    extract::Json(input): extract::Json<SenderImages>,
) -> Answer<StatusCode> {
    mail::show_sender(&api.ctx, &actor, id, input.shown).await?;
    Ok(StatusCode::NO_CONTENT)
}
