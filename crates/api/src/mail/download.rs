//! Files on their way to the browser: named, never shown, streamed.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream;
use http::{HeaderValue, header};
use tenon_app::mail::Download;

use crate::edge::headers::DOWNLOAD_CSP;
use crate::problem::Answer;

/// Writes a download. The first bytes are awaited before the status is sent, so that a provider
/// that refuses is told as a problem and not as an empty file; one that breaks off later ends the
/// connection without its end, which a browser reports as failed.
pub(super) async fn write(download: Download) -> Answer<Response> {
    let mut bytes = download.stream;
    let first = match bytes.next().await {
        Some(Ok(chunk)) => Some(chunk),
        Some(Err(error)) => return Err(tenon_app::Error::from(error).into()),
        None => None,
    };
    let body = stream::iter(first.map(Ok)).chain(bytes);
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(&download.content_type));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(DOWNLOAD_CSP),
    );
    headers.insert(header::CONTENT_DISPOSITION, disposition(&download.name));
    if let Some(size) = download.size {
        headers.insert(header::CONTENT_LENGTH, size.into());
    }
    Ok(response)
}

/// A file that is at hand: a picture to be shown by the page that asked for it, anything else as a
/// download.
pub(crate) fn whole(name: &str, kind: &str, bytes: bytes::Bytes) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(kind));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(DOWNLOAD_CSP),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Not SVG: it is a document, not only a picture.
    if !["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&kind) {
        headers.insert(header::CONTENT_DISPOSITION, disposition(name));
    }
    response
}

/// The sender's word for the type, if it is one (RFC 9110, 8.3.1), without parameters.
fn content_type(given: &str) -> HeaderValue {
    let is_token = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let is_type = given.len() <= 100
        && given
            .split_once('/')
            .is_some_and(|(a, b)| is_token(a) && is_token(b));
    let fallback = HeaderValue::from_static("application/octet-stream");
    if is_type {
        HeaderValue::from_str(given).unwrap_or(fallback)
    } else {
        fallback
    }
}

/// `attachment` with the name twice: plain for old programs, and in UTF-8 (RFC 6266, RFC 8187).
pub(crate) fn disposition(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    HeaderValue::from_str(&format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    ))
    .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_arrive_whole_and_break_nothing() {
        assert_eq!(
            disposition("Devis \"été\"; 50%.pdf").to_str().unwrap(),
            "attachment; filename=\"Devis __t__; 50_.pdf\"; filename*=UTF-8''Devis%20%22%C3%A9t%C3%A9%22%3B%2050%25.pdf"
        );
        assert!(
            !disposition("a\r\nSet-Cookie: x")
                .to_str()
                .unwrap()
                .contains('\n')
        );
    }

    #[test]
    fn odd_types_are_just_bytes() {
        assert_eq!(content_type("application/pdf"), "application/pdf");
        for odd in ["", "pdf", "text/html; charset=x", "a/b\r\nX: y", "a/b/c"] {
            assert_eq!(content_type(odd), "application/octet-stream", "{odd:?}");
        }
    }
}
