//! `POST /hooks/google/pubsub`: Gmail's announcements, brought by Pub/Sub (requirement M2, check W1).
//!
//! Pub/Sub takes any 2xx for *taken* and sends everything else again, for days. So what will never
//! make sense (unknown mailbox, unreadable body) is answered 204; what may make sense later (our keys
//! of Google or our database cannot be had) 503; and who is not Google gets 401 or 403, for a
//! misconfigured subscription must stay visible in Pub/Sub and its messages must wait until it is
//! mended.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use tenon_app::push::{Received, receive_google};

use crate::Api;

/// Gmail's messages have 200 bytes.
const LARGEST_BODY: usize = 64 << 10;

pub(super) async fn receive(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let token = bearer(&parts.headers).unwrap_or_default();
    // Read only once the token holds: strangers make us read nothing.
    let body = async move { axum::body::to_bytes(body, LARGEST_BODY).await.ok() };
    let status = match receive_google(&api.ctx, token, body).await {
        Ok(Received::Accepted | Received::Ignored) => StatusCode::NO_CONTENT,
        Ok(Received::Off) => StatusCode::NOT_FOUND,
        Ok(Received::Unproven) => StatusCode::UNAUTHORIZED,
        Ok(Received::Foreign) => StatusCode::FORBIDDEN,
        Ok(Received::Later) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    status.into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
