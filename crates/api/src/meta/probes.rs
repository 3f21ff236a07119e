//! `/healthz`: the process answers. `/readyz`: it can also do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tenon_app::Pulse;

use crate::Api;

/// Orchestrators ask every few seconds; a database that needs longer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 when the database answers, jobs are run and the server is not stopping, else 503. Says which,
/// never why: the reason is in the log. Data keys were opened before the server listened.
pub(super) async fn readyz(State(api): State<Api>) -> Response {
    let ping = tokio::time::timeout(PATIENCE, api.ctx.store.ping()).await;
    if let Ok(Err(error)) = &ping {
        tracing::warn!(%error, "not ready");
    }
    let database = matches!(ping, Ok(Ok(())));
    let jobs = api.jobs.as_ref().is_none_or(Pulse::alive);
    let stopping = api.shutdown.is_cancelled();
    let ready = database && jobs && !stopping;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(serde_json::json!({
            "ready": ready, "database": database, "jobs": jobs, "stopping": stopping
        })),
    )
        .into_response()
}
