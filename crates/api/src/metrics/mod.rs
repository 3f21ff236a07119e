//! `/metrics` for Prometheus, on a listener of its own: requests, jobs, mailboxes, provider calls,
//! database, process.
//!
//! Every label is a word of the code: a route's template, a status, a kind of job, a provider's
//! method. No address, name, id or content becomes one, whatever clients send.

mod process;
mod requests;
mod scrape;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use tenon_app::Ctx;

pub(crate) use requests::Requests;

/// A database that does not answer leaves out its figures, not the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the process counts of itself. Cloning shares it: the API counts, `/metrics` reads.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(crate) requests: Arc<Requests>,
}

#[derive(Clone)]
struct Scraped {
    ctx: Ctx,
    metrics: Metrics,
}

/// The listener for monitoring: `GET /metrics` in the OpenMetrics text format, and nothing else.
pub fn metrics_router(ctx: Ctx, metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(answer))
        .with_state(Scraped { ctx, metrics })
}

async fn answer(State(scraped): State<Scraped>) -> Response {
    let figures = tokio::time::timeout(PATIENCE, tenon_app::operating::figures(&scraped.ctx)).await;
    let figures = figures.ok().and_then(Result::ok);
    match scrape::write(&scraped.ctx, &scraped.metrics, figures.as_ref()) {
        Ok(text) => (
            [(
                header::CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            )],
            text,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
