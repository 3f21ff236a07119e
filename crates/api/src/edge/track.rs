//! One line of log per request, and the last hand on every answer.
//!
//! The line holds the request id, the method, the route's template, the status, the time taken and
//! the member's id, which is random. Never the address itself, a query, a subject or a token.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{HeaderName, HeaderValue, header};
use tenon_app::audit;
use tenon_model::{MemberId, RequestId};

use crate::Api;
use crate::edge::headers;
use crate::problem::Problem;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where the sign-in check leaves who it was, for the log.
#[derive(Clone, Default)]
pub(crate) struct MemberTag(pub(crate) Arc<OnceLock<MemberId>>);

pub(crate) async fn track(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let request_id: RequestId = api.ctx.world.id();
    let id = request_id.to_string();
    let started = api.ctx.world.monotonic();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let member = MemberTag::default();
    request.extensions_mut().insert(member.clone());

    let work = audit::in_request(request_id, next.run(request));
    let mut response = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Problem::internal().into_response());

    // A bare error of the router or of a library becomes a problem too.
    let status = response.status();
    let is_bare = (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(header::CONTENT_TYPE);
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .or_else(|| is_bare.then(|| Problem::of_status(status)));
    let code = problem.as_ref().map(Problem::code);
    if let Some(problem) = problem {
        let kept = std::mem::take(response.headers_mut());
        response = problem.render(id.clone());
        for (name, value) in &kept {
            if !response.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    headers::secure(response.headers_mut(), &api.site);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }

    let status = response.status().as_u16();
    let took = api.ctx.world.monotonic().saturating_sub(started);
    let milliseconds = took.as_micros() as f64 / 1_000.0;
    let route = route.as_ref().map_or("(page)", MatchedPath::as_str);
    api.metrics.requests.answered(&method, route, status, took);
    let member = member.0.get().map(ToString::to_string);
    if status >= 500 {
        tracing::error!(id, %method, route, status, milliseconds, member, code, "request");
    } else {
        tracing::info!(id, %method, route, status, milliseconds, member, code, "request");
    }
    response
}
