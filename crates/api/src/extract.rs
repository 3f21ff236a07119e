//! Reading requests: JSON bodies, queries and ids, each refused as a problem that names the input.
//! What was sent is never repeated in an answer: it may be a password.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use tenon_app::{Actor, Repeat};
use tenon_model::policy::Locale;

use crate::problem::Problem;

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| {
                v.split(';')
                    .next()
                    .is_some_and(|t| t.trim().eq_ignore_ascii_case("application/json"))
            });
        if !is_json {
            return Err(Problem::of_status(http::StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        from_json(&bytes).map(Self)
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        if inner.is_data() {
            complaint(if path == "." { "" } else { &path }, &inner.to_string())
        } else {
            not_json()
        }
    })?;
    reader.end().map_err(|_| not_json())?;
    Ok(value)
}

fn not_json() -> Problem {
    Problem::new("malformed", "the body is not valid JSON")
}

/// Turns serde's sentence into ours: which input, and what about it, without its value.
fn complaint(path: &str, sentence: &str) -> Problem {
    let quoted = || sentence.split('`').nth(1).unwrap_or_default();
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    if sentence.starts_with("missing field") {
        Problem::invalid(below(quoted()), "is missing")
    } else if sentence.starts_with("unknown field") {
        // The path may already end with the unknown name.
        let name = quoted();
        let full = if path == name || path.ends_with(&format!(".{name}")) {
            path.to_owned()
        } else {
            below(name)
        };
        let known = full
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.[]".contains(c))
            && full.len() <= 80;
        Problem::invalid(
            if known { full } else { String::new() },
            "is not known here",
        )
    } else {
        Problem::invalid(path, "has the wrong type or form")
    }
}

/// Tells a null from what was left out.
#[expect(clippy::option_option, reason = "left out, null, or a value")]
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A query, read into a struct.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| {
                // "Failed to deserialize query string: limit: invalid digit found in string"
                let text = rejection.body_text();
                let rest = text.split_once(": ").map_or("", |(_, rest)| rest);
                match rest.split_once(": ") {
                    Some((name, sentence)) if is_name(name) => complaint(name, sentence),
                    _ => complaint("", rest),
                }
            })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// The first parameter of the path. A text that is no id names nothing,
/// which is the same answer as for an id that does not exist.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let (_, text) = params.iter().next().ok_or_else(Problem::internal)?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// An id in a query or a body; one that is none names nothing.
pub(crate) fn named_id<T: FromStr>(id: &str, what: &'static str) -> Result<T, Problem> {
    id.parse()
        .map_err(|_| tenon_app::Error::NotFound(what).into())
}

/// The header `Idempotency-Key`, if it came.
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// What it stands for, together with the request.
    pub(crate) fn of(
        &self,
        actor: &Actor,
        what: &str,
        request: &impl Serialize,
    ) -> Result<Option<Repeat>, Problem> {
        let Some(key) = &self.0 else {
            return Ok(None);
        };
        Ok(Some(Repeat::new(actor.member, what, key, request)?))
    }

    /// The same, where a request may not come without one: its second coming would do harm.
    pub(crate) fn required(
        &self,
        actor: &Actor,
        what: &str,
        request: &impl Serialize,
    ) -> Result<Repeat, Problem> {
        self.of(actor, what, request)?
            .ok_or_else(|| Problem::invalid("Idempotency-Key", "is missing"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = parts.headers.get("idempotency-key");
        Ok(Self(value.map(|v| {
            String::from_utf8_lossy(v.as_bytes()).into_owned()
        })))
    }
}

/// The version in the header `If-Match`, of the thing as the person saw it; `None` is any (`*`). A request
/// may not come without one: it would undo what others did. A tag that is none of ours is version 0,
/// which nothing ever has.
pub(crate) struct Version(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = parts.headers.get(http::header::IF_MATCH);
        let value = value.ok_or_else(|| Problem::invalid("If-Match", "is missing"))?;
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let number = text.trim_start_matches("W/").trim_matches('"');
        Ok(Self(Some(number.parse().unwrap_or(0))))
    }
}

/// The second parameter of the path.
pub(crate) struct Second(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Second {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let second = params.iter().nth(1).map(|(_, text)| Self(text.to_owned()));
        second.ok_or_else(Problem::internal)
    }
}

/// The language of the answer: `?locale=`, else what the browser prefers.
pub(crate) struct Language(pub(crate) Locale);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let asked = parts.uri.query().and_then(|query| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix("locale="))
        });
        let tag = asked.or_else(|| {
            parts
                .headers
                .get(http::header::ACCEPT_LANGUAGE)
                .and_then(|v| v.to_str().ok())
                .and_then(|v| v.split([',', ';']).next())
        });
        Ok(Self(Locale::parse(tag.unwrap_or("en"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the reading is looked at")]
    struct Body {
        email: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the reading is looked at")]
    struct Inner {
        count: u32,
    }

    fn refused(json: &str) -> serde_json::Value {
        let problem = from_json::<Body>(json.as_bytes())
            .map(|_| ())
            .map_err(|p| p.to_json());
        problem.unwrap_err()
    }

    #[test]
    fn inputs_are_named_and_never_repeated() {
        let missing = refused("{}");
        assert_eq!(missing["fields"][0]["name"], "email");
        assert_eq!(missing["fields"][0]["detail"], "is missing");
        let nested = refused(r#"{"email":"a","inner":{"count":"hunter2"}}"#);
        assert_eq!(nested["fields"][0]["name"], "inner.count");
        assert!(!nested.to_string().contains("hunter2"));
        let unknown = refused(r#"{"email":"a","emial":"b"}"#);
        assert_eq!(unknown["fields"][0]["name"], "emial");
        assert_eq!(unknown["status"], 422);
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in ["", "{", "{\"email\":\"a\"} x", "\u{feff}{}"] {
            assert_eq!(refused(text)["code"], "malformed", "{text}");
        }
    }
}
