//! `POST /hooks/google/pubsub`: Gmail's announcements, brought by Pub/Sub (requirement M2, check W1).
//!
//! Pub/Sub takes any 2xx for *taken* and sends everything else again, for days. So what will never
//! make sense (unknown mailbox, unreadable body) is answered 204; what may make sense later (Google's
//! keys or our database cannot be had) with 5xx; and who is not Google gets 401 or 403, for a
//! misconfigured subscription must stay visible in Pub/Sub and its messages must wait until it is
//! mended.

use axum::extract::{Request, State};
use http::{HeaderMap, StatusCode, header};
use tenon_app::push::{Received, receive_google};

use crate::Api;
use crate::problem::{Answer, Problem};

/// Gmail's messages have 200 bytes.
const LARGEST_BODY: usize = 64 << 10;

pub(super) async fn receive(State(api): State<Api>, request: Request) -> Answer<StatusCode> {
    let (parts, body) = request.into_parts();
    let token = bearer(&parts.headers).unwrap_or_default();
    // Read only once the token holds: strangers make us read nothing.
    let body = async move { axum::body::to_bytes(body, LARGEST_BODY).await.ok() };
    match receive_google(&api.ctx, token, body).await? {
        Received::Accepted | Received::Ignored => Ok(StatusCode::NO_CONTENT),
        Received::Off => Err(Problem::not_found()),
        Received::Unproven => Err(Problem::new(
            "unauthenticated",
            "the token is not one that Google has signed for a push",
        )),
        Received::Foreign => Err(Problem::new(
            "forbidden",
            "the push is of another subscription: audience and account must be those in the settings",
        )),
        Received::Later => Err(Problem::new(
            "provider_unavailable",
            "Google's signing keys cannot be had now",
        )),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
