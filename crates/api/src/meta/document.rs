//! The last hand on the OpenAPI document: what holds for every operation is said once, here.

use std::fmt::Write as _;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ObjectBuilder, OpenApi, RefOr, Required, Type};

use crate::problem;

/// Adds to every operation what every operation has: the session, the header of writes, and the
/// problems that arise before a handler is reached.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let writes = [&mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in writes.into_iter().flatten() {
            operation.parameters.get_or_insert_default().push(RefOr::T(mark_of_writes()));
        }
        for operation in operations(item) {
            let responses = &mut operation.responses.responses;
            let description = "Any other problem: see its code";
            responses
                .entry("default".to_owned())
                .or_insert_with(|| RefOr::T(problem::problem_response(description)));
        }
    }
    let components = document.components.get_or_insert_with(Components::new);
    let cookie = ApiKeyValue::with_description("tenon_session", "`__Host-tenon_session` under TLS; `POST /api/v1/session` gives it.");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document.security = Some(vec![SecurityRequirement::new("session", Vec::<String>::new())]);
    document.info.description = Some(description());
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete].into_iter().flatten()
}

fn mark_of_writes() -> Parameter {
    let one = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["1"])).build();
    ParameterBuilder::new()
        .name("X-Tenon-Request")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("Marks a write as coming from a program of one's own, not from a foreign form"))
        .schema(Some(one))
        .build()
}

fn description() -> String {
    let mut text = String::from(
        "The HTTP API of Tenon. Errors are `application/problem+json` (RFC 9457) with a stable `code`. \
         Pages are keyset: `?limit=&after=`. `GET` answers carry weak `ETag`s.\n\n| code | status | title |\n|---|---|---|\n",
    );
    for info in problem::codes() {
        let _ = writeln!(text, "| `{}` | {} | {} |", info.code, info.status, info.title);
    }
    text
}
