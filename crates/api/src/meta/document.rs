//! The last hand on the OpenAPI document: what holds for every operation is said once, here.

use std::fmt::Write as _;

use http::StatusCode;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, RefOr};

use crate::problem;

/// Adds to every operation what every operation has: the session, the header of writes, and the
/// problems that arise before a handler is reached.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let writes = [
            &mut item.post,
            &mut item.patch,
            &mut item.put,
            &mut item.delete,
        ];
        for operation in writes.into_iter().flatten() {
            // A write of someone who is signed in needs both; signing in needs the mark alone.
            let open = operation.security.take().is_some();
            let mark = SecurityRequirement::new("mark", Vec::<String>::new());
            let both = mark.clone().add("session", Vec::<String>::new());
            operation.security = Some(vec![if open { mark } else { both }]);
        }
        for operation in operations(item) {
            let responses = &mut operation.responses.responses;
            for (status, response) in responses.iter_mut() {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    response.description = reason(status); // OpenAPI 3.1 wants one
                }
            }
            let description = "Any other problem: see its code";
            responses
                .entry("default".to_owned())
                .or_insert_with(|| RefOr::T(problem::problem_response(description)));
        }
    }
    let components = document.components.get_or_insert_with(Components::new);
    let cookie = ApiKeyValue::with_description(
        "tenon_session",
        "`__Host-tenon_session` under TLS; `POST /api/v1/session` gives it.",
    );
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let mark = "`X-Tenon-Request: 1` marks a write as coming from a program of one's own, not from a foreign form.";
    let mark = ApiKeyValue::with_description("X-Tenon-Request", mark);
    components.add_security_scheme("mark", SecurityScheme::ApiKey(ApiKey::Header(mark)));
    document.security = Some(vec![SecurityRequirement::new(
        "session",
        Vec::<String>::new(),
    )]);
    document.info.description = Some(description());
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.patch,
        &mut item.put,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// What a status means, in the words of HTTP.
fn reason(status: &str) -> String {
    let known = status
        .parse()
        .ok()
        .and_then(|s: StatusCode| s.canonical_reason());
    known.unwrap_or_default().to_owned()
}

fn description() -> String {
    let mut text = String::from(
        "The HTTP API of Tenon. Errors are `application/problem+json` (RFC 9457) with a stable `code`. \
         Pages are keyset: `?limit=&after=`. `GET` answers carry weak `ETag`s.\n\n| code | status | title |\n|---|---|---|\n",
    );
    for info in problem::codes() {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            info.code, info.status, info.title
        );
    }
    text
}
