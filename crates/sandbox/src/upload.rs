//! Uploads of messages: `uploadType` media, multipart and resumable.

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};

use crate::generate::rng::Rng;
use crate::gmail::{self, Context, send::LARGEST};
use crate::wire::call::{Answer, Call, JSON};
use crate::wire::errors::ApiError;
use crate::wire::multipart;

/// Unfinished resumable uploads kept.
const KEPT: usize = 64;

/// A resumable upload that has begun.
#[derive(Debug)]
struct Upload {
    account: usize,
    metadata: Bytes,
    data: BytesMut,
    order: u64,
}

/// Resumable uploads under way.
pub(crate) struct Uploads {
    rng: Rng,
    open: HashMap<String, Upload>,
    order: u64,
}

impl Uploads {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed, 0x7570),
            open: HashMap::new(),
            order: 0,
        }
    }

    fn begin(&mut self, account: usize, metadata: Bytes) -> String {
        if self.open.len() >= KEPT
            && let Some(oldest) = self
                .open
                .iter()
                .min_by_key(|(_, u)| u.order)
                .map(|(id, _)| id.clone())
        {
            self.open.remove(&oldest);
        }
        self.order += 1;
        let id = format!("AEnB2U{:016x}{:016x}", self.rng.next(), self.rng.next());
        self.open.insert(
            id.clone(),
            Upload {
                account,
                metadata,
                data: BytesMut::new(),
                order: self.order,
            },
        );
        id
    }
}

/// Runs an upload of a method.
pub(crate) fn run(cx: &Context<'_>) -> Result<Answer, ApiError> {
    match cx.call.param("uploadType") {
        Some("media") => finish(cx, Bytes::new(), cx.call.body.clone()),
        Some("multipart") => related(cx),
        Some("resumable") => resumable(cx),
        other => Err(ApiError::invalid(&format!(
            "Invalid uploadType: {}",
            other.unwrap_or_default()
        ))),
    }
}

/// Carries the method out with what was uploaded.
fn finish(cx: &Context<'_>, metadata: Bytes, media: Bytes) -> Result<Answer, ApiError> {
    if media.len() > LARGEST {
        return Err(ApiError::new(
            413,
            "uploadTooLarge",
            "INVALID_ARGUMENT",
            "Request entity too large: limit is 35 MB.",
        ));
    }
    if media.is_empty() {
        return Err(ApiError::invalid("Media is empty."));
    }
    let call = Call {
        head: crate::wire::call::Head {
            content_type: Some("application/json"),
            ..cx.call.head
        },
        body: metadata,
        ..cx.call.clone()
    };
    gmail::run(&Context {
        call: &call,
        mask: cx.mask.clone(),
        media: Some(media),
        ..*cx
    })
}

fn related(cx: &Context<'_>) -> Result<Answer, ApiError> {
    let bad = || ApiError::invalid("Malformed multipart body.");
    let boundary = cx
        .call
        .head
        .content_type
        .and_then(multipart::boundary)
        .ok_or_else(bad)?;
    let parts = multipart::parts(&cx.call.body, boundary).ok_or_else(bad)?;
    let [metadata, media] = parts.as_slice() else {
        return Err(bad());
    };
    let encoded = media
        .header("Content-Transfer-Encoding")
        .is_some_and(|e| e.eq_ignore_ascii_case("base64"));
    let content = if encoded {
        let text = std::str::from_utf8(&media.body).map_err(|_| bad())?;
        Bytes::from(crate::wire::text::unbase64(text).ok_or_else(bad)?)
    } else {
        media.body.clone()
    };
    finish(cx, metadata.body.clone(), content)
}

/// `bytes 0-99/200`, `bytes 0-99/*`, `bytes */200`: first byte, and the whole length when it is known.
fn range(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let (span, whole) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let whole = if whole == "*" {
        None
    } else {
        Some(whole.parse().ok()?)
    };
    if span == "*" {
        return Some((None, whole));
    }
    let (from, _) = span.split_once('-')?;
    Some((Some(from.parse().ok()?), whole))
}

fn resumable(cx: &Context<'_>) -> Result<Answer, ApiError> {
    let call = cx.call;
    let Some(id) = call.param("upload_id") else {
        let metadata = if call.head.content_type.is_none_or(|t| t.contains("json")) {
            call.body.clone()
        } else {
            Bytes::new()
        };
        let id = cx.state.uploads().begin(cx.access.account, metadata);
        let host = call
            .head
            .host
            .map_or_else(|| cx.state.issuer().to_owned(), |h| format!("http://{h}"));
        let mark = if call.query.text.is_empty() { "" } else { "&" };
        let location = format!(
            "{host}{}?{}{mark}upload_id={id}",
            call.path, call.query.text
        );
        return Ok(Answer::new(200, JSON, Vec::new())
            .with("location", location)
            .with("x-guploader-uploadid", id));
    };
    let mut uploads = cx.state.uploads();
    let upload = uploads
        .open
        .get_mut(id)
        .filter(|u| u.account == cx.access.account)
        .ok_or_else(ApiError::not_found)?;
    let have = upload.data.len();
    let (from, whole) = match call.head.content_range {
        None => (Some(0), Some(call.body.len())),
        Some(text) => range(text).ok_or_else(|| ApiError::invalid("Invalid Content-Range"))?,
    };
    if let Some(from) = from {
        if from > have {
            return Err(ApiError::invalid(
                "Content-Range starts after what has been received.",
            ));
        }
        upload.data.truncate(from);
        if upload.data.len() + call.body.len() > LARGEST {
            uploads.open.remove(id);
            return Err(ApiError::new(
                413,
                "uploadTooLarge",
                "INVALID_ARGUMENT",
                "Request entity too large: limit is 35 MB.",
            ));
        }
        upload.data.extend_from_slice(&call.body);
    }
    if whole.is_some_and(|w| upload.data.len() >= w) {
        let Some(done) = uploads.open.remove(id) else {
            return Err(ApiError::not_found());
        };
        drop(uploads);
        return finish(cx, done.metadata, done.data.freeze());
    }
    let answer = Answer::new(308, "", Vec::new());
    Ok(match upload.data.len() {
        0 => answer,
        n => answer.with("range", format!("bytes=0-{}", n - 1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(range("bytes 0-99/200"), Some((Some(0), Some(200))));
        assert_eq!(range("bytes 5-9/*"), Some((Some(5), None)));
        assert_eq!(range("bytes */200"), Some((None, Some(200))));
        assert!(range("bytes x-1/2").is_none() && range("").is_none());
    }
}
