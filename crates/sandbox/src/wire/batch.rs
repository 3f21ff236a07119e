//! `POST /batch/gmail/v1`: up to a hundred calls in one request, each counted and answered by itself.

use bytes::Bytes;

use super::call::{Answer, Call, Head, Query, reason};
use super::errors::ApiError;
use super::multipart::{self, boundary, header, split_head};
use crate::faults::Twist;
use crate::generate::rng::mix;
use crate::state::State;

/// Calls a batch may have.
const MOST: usize = 100;
/// Above so many, some parts of a batch meet "too many concurrent requests" when a quota is on (fault G11).
const CALM: usize = 25;

/// Answers a batch.
pub(crate) fn answer(state: &State, call: &Call<'_>) -> Answer {
    let account = state.bearer(call).ok().map(|a| a.account);
    let answer = state.with_faults(
        call,
        || call.target(),
        account,
        |twist| run(state, call, matches!(twist, Some(Twist::ScrambleBatch))),
    );
    let mut log = state.log();
    log.carried();
    if answer.status != 200 {
        log.push(
            &Call {
                inner: true,
                ..call.clone()
            },
            None,
            &answer,
        );
    }
    drop(log);
    answer
}

fn refused(text: &str) -> Answer {
    ApiError::new(400, "badRequest", "INVALID_ARGUMENT", text).into()
}

/// One part: the outer headers of the part, and the call in it.
struct Inner {
    content_id: Option<String>,
    head: Bytes,
    body: Bytes,
}

fn take_apart(call: &Call<'_>) -> Result<Vec<Inner>, Answer> {
    let Some(boundary) = call
        .head
        .content_type
        .filter(|t| t.starts_with("multipart/"))
        .and_then(boundary)
    else {
        return Err(refused(
            "Failed to parse batch request, error: 0 items. Received batch body: missing boundary",
        ));
    };
    let Some(parts) = multipart::parts(&call.body, boundary) else {
        return Err(refused("Failed to parse batch request, error: 0 items."));
    };
    if parts.len() > MOST {
        return Err(refused(
            "The batch request contains too many calls: at most 100 are allowed.",
        ));
    }
    Ok(parts
        .into_iter()
        .map(|part| {
            let content_id = part.header("Content-ID").map(str::to_owned);
            let (head, body) = split_head(&part.body);
            Inner {
                content_id,
                head,
                body,
            }
        })
        .collect())
}

fn run(state: &State, call: &Call<'_>, scramble: bool) -> Answer {
    let parts = match take_apart(call) {
        Ok(parts) => parts,
        Err(answer) => return answer,
    };
    let crowded = parts.len() > CALM && state.quota().on();
    let mut answers: Vec<(Option<String>, Answer)> = Vec::with_capacity(parts.len());
    let mut trouble = None;
    for (n, part) in parts.iter().enumerate() {
        let outcome = inner_call(call, part);
        let answer = match &outcome {
            Err(answer) => answer.clone(),
            Ok(_)
                if crowded
                    && n >= CALM
                    && mix(state.config.seed ^ n as u64, state.now().0 as u64) % 100 < 6 =>
            {
                ApiError::too_many_concurrent().into()
            }
            Ok(_) if scramble && n % 7 == 3 => ApiError::too_many_concurrent().into(),
            Ok(_) if scramble && n % 11 == 5 => {
                ApiError::new(503, "backendError", "UNAVAILABLE", "Backend Error").into()
            }
            Ok(inner) => state.one(inner),
        };
        if let Ok(inner) = &outcome {
            state.note(inner, &answer);
        }
        trouble = trouble.or(answer.trouble);
        answers.push((part.content_id.clone(), answer));
    }
    if scramble {
        answers.reverse();
    }
    let mut answer = assemble(state, &answers);
    answer.trouble = trouble;
    answer
}

fn inner_call<'p>(outer: &Call<'p>, part: &'p Inner) -> Result<Call<'p>, Answer> {
    let head = std::str::from_utf8(&part.head).map_err(|_| refused("The part is not UTF-8."))?;
    let (line, fields) = head.split_once('\n').unwrap_or((head, ""));
    let mut words = line.split_ascii_whitespace();
    let (Some(verb), Some(target)) = (words.next(), words.next()) else {
        return Err(refused("The part has no request line."));
    };
    let target = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path.starts_with("/batch") || path.starts_with("/__sandbox") || path.starts_with("/upload") {
        return Err(refused("This call cannot be part of a batch."));
    }
    // what follows the body up to the boundary may be an empty line
    let mut body = part.body.clone();
    while body.last().is_some_and(|b| matches!(b, b'\r' | b'\n')) {
        body.truncate(body.len() - 1);
    }
    Ok(Call {
        verb,
        path,
        query: Query::new(query),
        head: Head {
            authorization: header(fields, "authorization").or(outer.head.authorization),
            content_type: header(fields, "content-type"),
            content_range: None,
            host: outer.head.host,
        },
        body,
        inner: true,
    })
}

fn assemble(state: &State, answers: &[(Option<String>, Answer)]) -> Answer {
    let boundary = format!(
        "batch_{:016x}",
        mix(
            state.config.seed,
            answers.len() as u64 ^ state.now().0 as u64
        )
    );
    let size: usize = answers.iter().map(|(_, a)| a.body.len() + 320).sum();
    let mut out = Vec::with_capacity(size + 64);
    let mut units = 0;
    for (content_id, answer) in answers {
        units += answer.units;
        out.extend_from_slice(b"--");
        out.extend_from_slice(boundary.as_bytes());
        out.extend_from_slice(b"\r\nContent-Type: application/http\r\n");
        if let Some(id) = content_id {
            out.extend_from_slice(b"Content-ID: ");
            out.extend_from_slice(response_id(id).as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(
            format!(
                "\r\nHTTP/1.1 {} {}\r\n",
                answer.status,
                reason(answer.status)
            )
            .as_bytes(),
        );
        if !answer.content_type.is_empty() {
            out.extend_from_slice(b"Content-Type: ");
            out.extend_from_slice(answer.content_type.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        for (name, value) in &answer.headers {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", answer.body.len()).as_bytes());
        out.extend_from_slice(&answer.body);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let mut answer = Answer::new(200, "", out).with(
        "content-type",
        format!("multipart/mixed; boundary={boundary}"),
    );
    answer.units = units;
    answer
}

/// `<item1>` is answered by `<response-item1>`.
fn response_id(id: &str) -> String {
    match id.strip_prefix('<') {
        Some(rest) => format!("<response-{rest}"),
        None => format!("response-{id}"),
    }
}
