//! The web app, embedded into the program: hashed assets that never change, and one page for every
//! address that the web app itself knows.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/apps/web/dist"]
struct Dist;

/// Said instead of the pages by a program that was built without them.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tenon</title>\
    <p>This program was built without its web pages. In the folder <code>web</code> run <code>npm ci</code> and \
    <code>npm run build</code>, then build the server again; <code>cargo xtask demo</code> does all of it.</p></html>";

/// Addresses that are never a page: a miss there is a miss.
const NOT_PAGES: &[&str] = &[
    "/api",
    "/oauth",
    "/assets",
    "/.well-known",
    "/healthz",
    "/readyz",
    "/metrics",
    "/hooks",
    "/mcp",
    "/t",
    "/u",
];

/// Answers everything that no route of the API takes.
pub(crate) async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let known = headers.get(header::IF_NONE_MATCH);
    if let Some(file) = Dist::get(path.trim_start_matches('/')) {
        return serve(path, &file, known);
    }
    if NOT_PAGES.iter().any(|p| {
        path == *p
            || path
                .strip_prefix(p)
                .is_some_and(|rest| rest.starts_with('/'))
    }) {
        return Problem::not_found().into_response();
    }
    match Dist::get("index.html") {
        Some(page) => serve("/index.html", &page, known),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            NOT_BUILT,
        )
            .into_response(),
    }
}

fn serve(path: &str, file: &EmbeddedFile, known: Option<&HeaderValue>) -> Response {
    // File names under /assets carry a hash of their content.
    let keep = if path.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    // Weak, because the same file goes out in several encodings.
    let mut tag = String::from("W/\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    let is_same = known
        .and_then(|v| v.to_str().ok())
        .is_some_and(|list| crate::edge::tag_matches(list, &tag));
    let mime = file.metadata.mimetype();
    let mime = if mime.starts_with("text/") || mime.ends_with("javascript") {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_owned()
    };
    let headers = [
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag),
    ];
    if is_same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let body = match &file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(*bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes.clone()),
    };
    (headers, [(header::CONTENT_TYPE, mime)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(path: &str) -> Response {
        fallback(Method::GET, path.parse().unwrap(), HeaderMap::new()).await
    }

    #[tokio::test]
    async fn pages_are_the_web_app_and_misses_are_misses() {
        let page = get("/mail/con_x/INBOX").await;
        let html = page.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert!(html.starts_with("text/html"), "{html}");
        for miss in [
            "/api/v1/nothing",
            "/api",
            "/assets/no-such.js",
            "/oauth/callback/other",
            "/hooks/x",
        ] {
            assert_eq!(get(miss).await.status(), StatusCode::NOT_FOUND, "{miss}");
        }
        assert_ne!(get("/apiary").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn paths_do_not_climb_out() {
        let response = get("/../../../Cargo.toml").await;
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("[workspace]"));
    }
}
