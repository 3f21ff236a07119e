//! Addresses beside the API: probes, the OpenAPI document, `security.txt`.

mod document;
mod probes;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use crate::Api;
use crate::problem::{Answer, Problem};
pub(crate) use document::finish;
use tenon_model::sabotage::{self, Saboteur};

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/healthz", get(probes::healthz))
        .route("/readyz", get(probes::readyz))
        .route("/openapi.json", get(async || axum::Json(crate::openapi())))
        .route("/.well-known/security.txt", get(security_txt))
}

/// Where to report a weakness of this server (RFC 9116), if its operator has said so.
async fn security_txt(State(api): State<Api>) -> Answer<Response> {
    let contact = api
        .security_contact
        .as_deref()
        .ok_or_else(Problem::not_found)?;
    let days = if sabotage::on(Saboteur::ContactExpired) {
        0
    } else {
        180
    };
    let expires = api.ctx.world.now() + Duration::from_hours(days * 24);
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, fr\n");
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
