//! Weak entity tags on JSON answers to `GET`, and 304 when the client has the same one
//! (RFC 9110, 8.8.3 and 13.1.2).

use std::hash::{DefaultHasher, Hasher};

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// JSON answers are made in memory and are smaller than this by far.
const LARGEST: usize = 16 << 20;

pub(crate) async fn etag(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_get = request.method() == Method::GET;
    let response = next.run(request).await;
    if !is_get || response.status() != StatusCode::OK || !is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST).await else {
        return crate::problem::Problem::internal().into_response();
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    let tag = format!("W/\"{:016x}-{:x}\"", hasher.finish(), bytes.len());
    let is_same = known
        .and_then(|v| v.to_str().map(|v| matches(v, &tag)).ok())
        .unwrap_or(false);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if is_same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v == "application/json")
}

/// Weak comparison with any of a list, or `*`.
pub(crate) fn matches(list: &str, tag: &str) -> bool {
    let bare = |t: &str| t.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|t| bare(t) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly_within_lists() {
        assert!(matches("\"a\", W/\"b\"", "W/\"b\""));
        assert!(matches("\"b\"", "W/\"b\""));
        assert!(matches("*", "W/\"b\""));
        assert!(!matches("\"a\"", "W/\"b\""));
        assert!(!matches("", "W/\"b\""));
    }
}
