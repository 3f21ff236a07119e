//! What is answered where a row is no error of Gmail's own shape.

use serde_json::{Value, json};
use tenon_model::Time;

use super::Fault;
use crate::oauth::token::refuse;
use crate::wire::call::{Answer, HTML};
use crate::wire::errors::ApiError;

pub(super) fn gone(_: &Fault, _: Time) -> Answer {
    refuse(400, "invalid_grant", "Token has been expired or revoked.")
}

pub(super) fn rapt(_: &Fault, _: Time) -> Answer {
    Answer::value(
        400,
        &json!({"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)",
            "error_uri": "https://support.google.com/a/answer/9368756", "error_subtype": "invalid_rapt"}),
    )
}

pub(super) fn page(status: u16) -> Answer {
    let html = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Please sign in to the network</h1></body></html>";
    Answer::new(status, HTML, html.as_bytes().to_vec())
}

pub(super) fn html_200(_: &Fault, _: Time) -> Answer {
    page(200)
}

pub(super) fn html_502(_: &Fault, _: Time) -> Answer {
    page(502)
}

pub(super) fn token_503(_: &Fault, _: Time) -> Answer {
    refuse(
        503,
        "temporarily_unavailable",
        "The service is currently unavailable.",
    )
}

pub(super) fn token_429(_: &Fault, _: Time) -> Answer {
    refuse(429, "rate_limit_exceeded", "Too many requests.")
}

pub(super) fn invalid_client(_: &Fault, _: Time) -> Answer {
    refuse(
        401,
        "invalid_client",
        "The provided client secret is invalid.",
    )
}

pub(super) fn unauthorized_client(_: &Fault, _: Time) -> Answer {
    refuse(401, "unauthorized_client", "Unauthorized")
}

pub(super) fn deleted_client(_: &Fault, _: Time) -> Answer {
    refuse(401, "deleted_client", "The OAuth client was deleted.")
}

pub(super) fn revoked_before(_: &Fault, _: Time) -> Answer {
    refuse(400, "invalid_token", "Token expired or revoked")
}

pub(super) fn revoke_503(_: &Fault, _: Time) -> Answer {
    refuse(
        503,
        "temporarily_unavailable",
        "The service is currently unavailable.",
    )
}

pub(super) fn elsewhere(_: &Fault, _: Time) -> Answer {
    Answer::redirect("https://collector.example/harvest".to_owned())
}

pub(super) fn metadata_server(_: &Fault, _: Time) -> Answer {
    Answer::redirect("http://169.254.169.254/computeMetadata/v1/".to_owned())
}

pub(super) fn sent_503(_: Answer, _: &Fault, _: Time) -> Answer {
    backend().into()
}

/// Half of the body under the full length: the connection ends early.
pub(super) fn cut(mut answer: Answer, _: &Fault, _: Time) -> Answer {
    answer.body.truncate(answer.body.len() / 2);
    answer
}

/// Whole JSON in which messages are not what they should be (fault N8): where the payload was is a number.
pub(super) fn misshapen(mut answer: Answer, _: &Fault, _: Time) -> Answer {
    fn spoil(message: &mut Value) {
        if let Some(payload) = message.get_mut("payload") {
            *payload = json!(7);
        }
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(&answer.body) {
        spoil(&mut value);
        if let Some(Value::Array(messages)) = value.get_mut("messages") {
            messages.iter_mut().for_each(spoil);
        }
        answer.body = value.to_string().into_bytes();
    }
    answer
}

/// What a tolerant reader lives with (fault N8): an unknown field, an unknown label, numbers as numbers, a double key.
pub(super) fn strange(mut answer: Answer, _: &Fault, _: Time) -> Answer {
    fn loosen(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, inner) in map.iter_mut() {
                    match inner {
                        Value::String(text)
                            if matches!(key.as_str(), "historyId" | "internalDate") =>
                        {
                            if let Ok(n) = text.parse::<u64>() {
                                *inner = json!(n);
                            }
                        }
                        Value::Array(ids) if key == "labelIds" => {
                            ids.push(json!("CATEGORY_FROM_THE_FUTURE"));
                        }
                        inner => loosen(inner),
                    }
                }
                map.insert("futureField".to_owned(), json!({"nested": [1, null, true]}));
            }
            Value::Array(items) => items.iter_mut().for_each(loosen),
            _ => {}
        }
    }
    if let Ok(mut value @ Value::Object(_)) = serde_json::from_slice::<Value>(&answer.body) {
        loosen(&mut value);
        let text = value.to_string();
        answer.body = format!("{{\"futureField\":0,{}", &text[1..]).into_bytes();
    }
    answer
}

pub(super) fn backend() -> ApiError {
    ApiError::new(
        503,
        "backendError",
        "UNAVAILABLE",
        "The service is currently unavailable.",
    )
}
