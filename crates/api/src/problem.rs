//! Errors on the wire: `application/problem+json` (RFC 9457), written once for the whole API.
//!
//! Handlers answer with a [`Problem`]; it travels in the extensions of the response until
//! [`crate::edge::track`] writes it out, because only there the request's id is known.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tenon_app::{CODES, CodeInfo};
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response as ApiResponse, ResponseBuilder};

use crate::records::LinkedRecord;
use crate::wire::{Id, Timestamp};

/// Media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

const fn row(code: &'static str, status: u16, title: &'static str) -> CodeInfo {
    CodeInfo {
        code,
        status,
        title,
    }
}

/// Codes that arise before a use case is reached; the rest is [`tenon_app::CODES`].
pub const TRANSPORT_CODES: &[CodeInfo] = &[
    row("malformed", 400, "Request not understood"),
    row("csrf", 403, "Request refused"),
    row("method_not_allowed", 405, "Method not allowed"),
    row("unsupported_media_type", 415, "Wrong content type"),
    row("host_refused", 421, "Wrong host"),
    row("timeout", 503, "Took too long"),
];

/// Every code the API answers with, for the documents.
pub fn codes() -> impl Iterator<Item = &'static CodeInfo> {
    CODES.iter().chain(TRANSPORT_CODES)
}

/// What went wrong. Boxed, because most answers are none.
#[derive(Clone)]
pub(crate) struct Problem(Box<ProblemDocument>);

/// What went wrong (RFC 9457).
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// `urn:tenon:problem:` and the code.
    #[schema(example = "urn:tenon:problem:not_found")]
    r#type: String,
    /// The same for every problem of a code.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What happened and what to do next.
    detail: String,
    /// Stable code to act on.
    #[schema(example = "not_found")]
    code: &'static str,
    /// Names this request in the server's log.
    #[schema(example = "req_01h455vb4pex5vsknk084sn02q")]
    request_id: String,
    /// Which inputs need attention.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fields: Vec<ProblemField>,
    /// Of `edit_conflict`: the fields that two people have changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conflicts: Vec<ProblemConflict>,
    /// Of `edit_conflict`: titles of the records that the values name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    linked: Vec<LinkedRecord>,
    /// Of `record_merged`: the record that it went into.
    #[serde(skip_serializing_if = "Option::is_none")]
    into: Option<Id>,
    /// Of `edit_conflict`: the record's version by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<Duration>,
}

/// One input that needs attention.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ProblemField {
    /// Name of the input, with dots where it is nested.
    name: String,
    /// What is wrong with it.
    detail: String,
}

/// A field that two people have changed to different values.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ProblemConflict {
    /// Its key.
    field: String,
    /// What it is now.
    #[schema(required)]
    theirs: serde_json::Value,
    /// What was asked for.
    #[schema(required)]
    yours: serde_json::Value,
    /// Who changed it; null is a rule.
    #[schema(required)]
    by: Option<Id>,
    /// When.
    at: Timestamp,
}

impl Problem {
    /// A problem with a code of either table.
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let info = codes().find(|c| c.code == code);
        Self(Box::new(ProblemDocument {
            r#type: format!("urn:tenon:problem:{code}"),
            title: info.map_or("Server error", |i| i.title),
            status: info.map_or(500, |i| i.status),
            detail: detail.into(),
            code,
            request_id: String::new(),
            fields: Vec::new(),
            conflicts: Vec::new(),
            linked: Vec::new(),
            into: None,
            version: None,
            retry_after: None,
        }))
    }

    /// Its code, for the log.
    pub(crate) const fn code(&self) -> &'static str {
        self.0.code
    }

    /// The same, naming one input.
    pub(crate) fn with_field(mut self, name: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.fields.push(ProblemField {
            name: name.into(),
            detail: detail.into(),
        });
        self
    }

    /// An input that does not hold.
    pub(crate) fn invalid(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new("validation", "some fields need attention").with_field(name, detail)
    }

    /// Nothing here.
    pub(crate) fn not_found() -> Self {
        Self::new("not_found", "there is nothing at this address")
    }

    /// A defect; the log knows more.
    pub(crate) fn internal() -> Self {
        Self::new(
            "internal",
            "something went wrong on the server; give the request id to its operator",
        )
    }

    /// What a bare status of a library means.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                "method_not_allowed",
                "this address does not take that method",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new("too_large", "this is larger than can be sent here")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                "unsupported_media_type",
                "send `Content-Type: application/json`",
            ),
            s if s.is_client_error() => Self::new("malformed", "the request is not understood"),
            _ => Self::internal(),
        }
    }

    /// Writes it out.
    pub(crate) fn render(mut self, request_id: String) -> Response {
        self.0.request_id = request_id;
        let mut response = (self.status_code(), axum::Json(&self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = self.0.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }

    #[cfg(test)]
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(&self.0).unwrap()
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<tenon_app::Error> for Problem {
    fn from(error: tenon_app::Error) -> Self {
        if let tenon_app::Error::Internal(what) = &error {
            tracing::error!(what, "internal error");
        }
        let mut problem = Self::new(error.code(), error.detail());
        problem.0.retry_after = error.retry_after();
        for (name, detail) in error.fields() {
            problem = problem.with_field(name, detail);
        }
        if let tenon_app::Error::RecordMerged(into) = error {
            problem.0.into = Some(into.into());
        }
        if let tenon_app::Error::EditConflict(told) = error {
            problem.0.linked = told.linked.into_iter().map(Into::into).collect();
            problem.0.version = Some(told.version);
            let conflicts = told.fields.into_iter().map(|f| ProblemConflict {
                field: f.conflict.field,
                theirs: f.conflict.theirs,
                yours: f.conflict.yours,
                by: f.by.map(Into::into),
                at: f.at.into(),
            });
            problem.0.conflicts = conflicts.collect();
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status_code().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a handler of the API answers.
pub(crate) type Answer<T> = Result<T, Problem>;

/// The documentation of the problems with these codes, by status.
pub(crate) fn documented(wanted: &[&str]) -> BTreeMap<String, RefOr<ApiResponse>> {
    let mut by_status: BTreeMap<String, Vec<&CodeInfo>> = BTreeMap::new();
    for info in codes().filter(|c| wanted.contains(&c.code)) {
        by_status
            .entry(info.status.to_string())
            .or_default()
            .push(info);
    }
    by_status
        .into_iter()
        .map(|(status, infos)| {
            let words: Vec<String> = infos
                .iter()
                .map(|i| format!("`{}`: {}", i.code, i.title))
                .collect();
            (status, RefOr::T(problem_response(&words.join("; "))))
        })
        .collect()
}

/// A response that carries a [`Problem`].
pub(crate) fn problem_response(description: &str) -> ApiResponse {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, content)
        .build()
}

/// Names the codes that one handler can answer with, for its documentation:
/// `problems!(Problems: "not_found", "paused");` and then `responses(…, Problems)`.
macro_rules! problems {
    ($name:ident: $($code:literal),+ $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                const CODES: &[&str] = &[$($code),+];
                $crate::problem::documented(CODES)
            }
        }
    };
}
pub(crate) use problems;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_declared_twice() {
        let mut all: Vec<&str> = codes().map(|c| c.code).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_a_use_case_says_arrives_whole() {
        let error = tenon_app::Error::TooManyAttempts(Duration::from_millis(1_500));
        let response = Problem::from(error).render("req_x".to_owned());
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
    }

    #[test]
    fn codes_of_one_status_share_its_documentation() {
        let responses = documented(&["invalid_credentials", "totp_required", "too_many_attempts"]);
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["401", "429"]);
    }
}
