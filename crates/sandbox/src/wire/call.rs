//! One call and its answer, whether it came alone or as a part of a batch.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::errors::ApiError;
use super::fields::Mask;
use super::text::pairs;

/// The header fields that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Head<'c> {
    pub(crate) authorization: Option<&'c str>,
    pub(crate) content_type: Option<&'c str>,
    pub(crate) content_range: Option<&'c str>,
    pub(crate) host: Option<&'c str>,
}

/// A query string with its pairs, decoded once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query<'c> {
    pub(crate) text: &'c str,
    pairs: Vec<(Cow<'c, str>, Cow<'c, str>)>,
}

impl<'c> Query<'c> {
    pub(crate) fn new(text: &'c str) -> Self {
        Self {
            text,
            pairs: pairs(text).collect(),
        }
    }
}

/// A request, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Call<'c> {
    pub(crate) verb: &'c str,
    pub(crate) path: &'c str,
    pub(crate) query: Query<'c>,
    pub(crate) head: Head<'c>,
    pub(crate) body: Bytes,
    /// True for a part of a batch.
    pub(crate) inner: bool,
}

impl Call<'_> {
    /// The path with its query.
    pub(crate) fn target(&self) -> String {
        if self.query.text.is_empty() {
            self.path.to_owned()
        } else {
            format!("{}?{}", self.path, self.query.text)
        }
    }

    /// The first value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.pairs.iter().find(|(k, _)| k == name);
        found.map(|(_, v)| v.as_ref())
    }

    /// Every value of a repeated query parameter.
    pub(crate) fn params(&self, name: &str) -> Vec<&str> {
        let all = self.query.pairs.iter().filter(|(k, _)| k == name);
        all.map(|(_, v)| v.as_ref()).collect()
    }

    /// A number, within bounds; something else is Google's 400.
    pub(crate) fn number(&self, name: &str, default: usize, max: usize) -> Result<usize, ApiError> {
        match self.param(name) {
            None => Ok(default),
            Some(text) => match text.parse::<u32>() {
                Ok(0) => Ok(default),
                Ok(n) => Ok((n as usize).min(max)),
                Err(_) => Err(ApiError::invalid(&format!(
                    "Invalid value at '{name}' (TYPE_UINT32), \"{text}\""
                ))),
            },
        }
    }

    /// A truth value.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.param(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(text) => Err(ApiError::invalid(&format!(
                "Invalid value at '{name}' (TYPE_BOOL), \"{text}\""
            ))),
        }
    }

    /// The JSON body as an object; empty is `{}`. Names other than `known` are refused as Google does.
    pub(crate) fn json(&self, known: &[&str]) -> Result<serde_json::Map<String, Value>, ApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(serde_json::Map::new());
        }
        if self.head.content_type.is_some_and(|t| !t.contains("json")) {
            return Err(ApiError::unsupported_content(
                self.head.content_type.unwrap_or_default(),
            ));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(map)) => {
                if let Some(name) = map.keys().find(|k| !known.contains(&k.as_str())) {
                    return Err(ApiError::invalid(&format!(
                        "Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
                    )));
                }
                Ok(map)
            }
            Ok(_) => Err(ApiError::invalid(
                "Invalid JSON payload received. Root element must be a message.",
            )),
            Err(_) => Err(ApiError::invalid(
                "Invalid JSON payload received. Unexpected end of string or token.",
            )),
        }
    }
}

/// What goes back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Quota units the call cost.
    pub(crate) units: u32,
    /// Whose call it was.
    pub(crate) account: Option<usize>,
    /// What the connection does instead of simply carrying the answer.
    pub(crate) trouble: Option<Trouble>,
    /// The row of the fault that hit the call.
    pub(crate) fault: Option<Box<Struck>>,
}

/// The row of a fault, boxed so that answers stay small.
#[derive(Debug, Clone)]
pub(crate) struct Struck(pub(crate) Arc<str>);

/// Troubles below HTTP (fault rows N1-N5, G19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection is reset before a byte of the answer.
    Reset,
    /// The connection is reset in the middle of the body.
    ResetMidBody,
    /// No answer for this long, then a reset.
    Hang(Duration),
    /// One byte at a time, headers included.
    Drip(Duration),
    /// Header lines without end.
    EndlessHeaders,
    /// A body of this many bytes.
    Huge(u64),
    /// `Content-Encoding: gzip` over bytes that are not gzip.
    BrokenGzip,
}

pub(crate) const JSON: &str = "application/json; charset=UTF-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body,
            units: 0,
            account: None,
            trouble: None,
            fault: None,
        }
    }

    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self::new(200, JSON, body)
    }

    pub(crate) fn value(status: u16, value: &Value) -> Self {
        Self::new(status, JSON, value.to_string().into_bytes())
    }

    pub(crate) fn object(
        mask: &Mask,
        write: impl FnOnce(&mut super::json::Object<'_, '_>),
    ) -> Self {
        Self::json(super::json::object(mask, write))
    }

    pub(crate) fn html(status: u16, page: String) -> Self {
        Self::new(status, HTML, page.into_bytes())
    }

    /// 204, as Google answers deletes.
    pub(crate) fn empty() -> Self {
        Self::new(204, "", Vec::new())
    }

    pub(crate) fn redirect(location: String) -> Self {
        Self::new(302, HTML, Vec::new()).with("location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn troubled(mut self, trouble: Trouble) -> Self {
        self.trouble = Some(trouble);
        self
    }
}

/// The reason phrase, for the parts of a batch.
pub(crate) fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|s| s.canonical_reason())
        .unwrap_or("Unknown")
}
