//! Addresses that other services post to. They are no part of the API: who posts proves itself in its
//! own way, and the answers are what that service acts on.

mod google_pubsub;

use axum::Router;
use axum::routing::post;

use crate::Api;

pub(crate) fn routes() -> Router<Api> {
    Router::new().route("/hooks/google/pubsub", post(google_pubsub::receive))
}
