//! `/messages/{id}/body`: the sanitized document for `<iframe sandbox="allow-same-origin allow-popups
//! allow-popups-to-escape-sandbox">`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;
use tenon_app::mail;
use tenon_model::MessageId;
use tenon_model::sabotage::{self, Saboteur};
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::edge::headers::{BODY_CSP, BODY_IMAGES_CSP};
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "message_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota", "validation");

/// How to show it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BodyQuery {
    /// The page's theme.
    #[serde(default)]
    #[param(inline)]
    theme: Theme,
    /// Whether remote images are shown, fetched by the server.
    #[serde(default)]
    images: bool,
}

/// Colours of plain bodies.
#[derive(Deserialize, ToSchema, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Theme {
    #[default]
    Light,
    Dark,
}

/// The body as a document
#[utoipa::path(
    get, path = "/messages/{id}/body", tag = "mail",
    params(("id" = Id, Path, description = "Message"), BodyQuery),
    responses((status = 200, description = "The document", content_type = "text/html", body = String), Problems)
)]
pub(super) async fn get_message_body(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
    Query(query): Query<BodyQuery>,
) -> Answer<Response> {
    let document = mail::body_html(
        &api.ctx,
        &actor,
        id,
        query.theme == Theme::Dark,
        query.images,
    )
    .await?;
    let policy = if sabotage::on(Saboteur::FrameOpen) {
        "default-src *"
    } else if query.images {
        BODY_IMAGES_CSP
    } else {
        BODY_CSP
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, document).into_response())
}
