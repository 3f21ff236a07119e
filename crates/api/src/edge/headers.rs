//! Security headers of every answer, and which answers are compressed.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tower_http::compression::Predicate;

use crate::edge::Site;
use tenon_model::sabotage::{self, Saboteur};

/// The pages of the web app: own scripts only, no inline scripts, nothing from other hosts.
/// `style-src` needs `unsafe-inline` for the component library's computed styles.
pub(crate) const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The body of a message: a document without scripts, forms or anything from outside, shown only
/// in a frame of our own pages. `allow-same-origin` lets the page around it measure its height.
pub(crate) const BODY_CSP: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; \
     default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";

/// The same when a person has asked for the remote images: they come from our own origin.
pub(crate) const BODY_IMAGES_CSP: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; \
     default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";

/// A file from a message: whatever it is, it is not a page of ours.
pub(crate) const DOWNLOAD_CSP: &str = "sandbox; default-src 'none'";

/// Puts the security headers on; a policy that the handler has set stays.
pub(crate) fn secure(headers: &mut HeaderMap, site: &Site) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    let open = sabotage::on(Saboteur::PageOpen);
    put(
        header::CONTENT_SECURITY_POLICY,
        if open { "default-src *" } else { PAGE_CSP },
    );
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    );
    put(header::CACHE_CONTROL, "no-store");
    if site.is_https() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Compresses text of some length; never streams of events, and never downloads, whose length
/// people want to see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compressible;

impl Predicate for Compressible {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &http::Response<B>) -> bool {
        let headers = response.headers();
        let is_text = headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|t| {
                (t.starts_with("text/") && !t.starts_with("text/event-stream"))
                    || t.starts_with("application/json")
                    || t.starts_with("application/manifest+json")
                    || t.starts_with("image/svg+xml")
                    || t.contains("javascript")
            });
        is_text
            && !headers.contains_key(header::CONTENT_DISPOSITION)
            && response
                .body()
                .size_hint()
                .exact()
                .is_none_or(|n| n >= 1_024)
    }
}
