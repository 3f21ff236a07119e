//! Refuses requests for a foreign host, and writes that a page of another site may have caused
//! (cross-site request forgery). Sessions are cookies with `SameSite=Lax`; this is the second wall.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, header};

use crate::Api;
use crate::edge::Site;
use crate::problem::Problem;
use tenon_model::sabotage::{self, Saboteur};

pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Probes come with whatever host their orchestrator likes, and learn nothing.
    let is_probe = path == "/healthz" || path == "/readyz";
    if !is_probe && !has_own_host(&request, &api.site) {
        return Problem::new(
            "host_refused",
            "this server is reached under another name: use the address in TENON_PUBLIC_URL, and let a proxy pass `Host` on",
        )
        .into_response();
    }
    let is_write = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_write && path.starts_with("/api/") && !is_own_write(request.headers(), &api.site) {
        return Problem::new(
            "csrf",
            "writes need the header `X-Tenon-Request: 1` and must come from this server's own pages",
        )
        .into_response();
    }
    next.run(request).await
}

fn has_own_host(request: &Request, site: &Site) -> bool {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|v| v.to_str().ok());
    host.or_else(|| request.uri().authority().map(http::uri::Authority::as_str))
        .is_some_and(|host| site.is_own_host(host))
}

fn is_own_write(headers: &HeaderMap, site: &Site) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    if sabotage::on(Saboteur::ForgedWrites) {
        return true;
    }
    text("x-tenon-request") == Some("1")
        && text("sec-fetch-site").is_none_or(|s| s == "same-origin" || s == "none")
        && text("origin").is_none_or(|origin| site.is_own_origin(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_and_programs_may_write() {
        let site = Site::new(&"https://crm.example.com".parse().unwrap());
        let write = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(n, v)| {
                    (
                        header::HeaderName::from_static(n),
                        header::HeaderValue::from_static(v),
                    )
                })
                .collect();
            is_own_write(&headers, &site)
        };
        let mark = ("x-tenon-request", "1");
        assert!(write(&[mark]), "a program without browser headers");
        assert!(write(&[
            mark,
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://crm.example.com")
        ]));
        assert!(!write(&[]));
        assert!(!write(&[("x-tenon-request", "0")]));
        assert!(!write(&[mark, ("sec-fetch-site", "cross-site")]));
        assert!(!write(&[mark, ("sec-fetch-site", "same-site")]));
        assert!(!write(&[mark, ("origin", "https://evil.example")]));
        assert!(!write(&[mark, ("origin", "null")]));
    }
}
