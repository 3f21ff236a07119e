//! From Google's refusals to reactions: one table, keyed by operation, status and machine reason.
//!
//! The rows carry their ids of the fault list (`A…`: OAuth, `G…`: Gmail, `D…`: Drive, `N…`: network). Where
//! Google gives the distinction only in its text, the row says which words it looks for, and a
//! test holds the sample. What no row knows is retried when it was a read; a write that is refused
//! with words nobody knows is not tried again by itself.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tenon_model::Time;

use super::operation::Operation;
use crate::quota::Throttle;
use crate::transport::Head;
use crate::{ProviderError, Reaction};

use Operation as Op;

/// Which operations a row is about.
enum For {
    Any,
    /// Token and revocation endpoints.
    OAuth,
    /// Gmail and Drive.
    Api,
    /// Drive.
    Drive,
    /// One message, thread, attachment, label or draft.
    Item,
    /// Whatever changes something.
    Write,
    Only(&'static [Op]),
}

impl For {
    fn holds(&self, op: Op) -> bool {
        let oauth = matches!(op, Op::Exchange | Op::Refresh | Op::Revoke | Op::Keys);
        match self {
            Self::Any => true,
            Self::OAuth => oauth,
            Self::Api => !oauth,
            Self::Drive => op.is_drive(),
            Self::Item => op.is_item(),
            Self::Write => op.is_write(),
            Self::Only(ops) => ops.contains(&op),
        }
    }
}

enum Then {
    Refresh,
    Reauth,
    Stop,
    Alarm,
    Resync,
    Skip,
    Done,
    /// Seconds.
    Retry(u64),
    /// The moment stands in the text.
    RetryAsTold,
    TooMany,
    Minute,
    Day,
}

struct Row {
    id: &'static str,
    of: For,
    status: &'static [u16],
    /// One of these must be among the answer's reasons; none means any.
    reason: &'static [&'static str],
    /// Words in the message, lower case; empty means any.
    words: &'static str,
    then: Then,
    /// The code to report; empty means the first reason of the answer.
    code: &'static str,
}

const fn row(
    id: &'static str,
    of: For,
    status: &'static [u16],
    reason: &'static [&'static str],
    then: Then,
    code: &'static str,
) -> Row {
    Row {
        id,
        of,
        status,
        reason,
        words: "",
        then,
        code,
    }
}

const fn with(mut row: Row, words: &'static str) -> Row {
    row.words = words;
    row
}

/// The code of a file that is not open to Tenon.
pub(super) const NO_ACCESS: &str = "no_access";

const RATE: &[u16] = &[403, 429];
const SCOPE: &[&str] = &[
    "insufficientPermissions",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "insufficient_scope",
];
const NOT_ENABLED: &[&str] = &["accessNotConfigured", "SERVICE_DISABLED"];
const CLIENT: &[&str] = &[
    "invalid_client",
    "unauthorized_client",
    "deleted_client",
    "disabled_client",
];
const SETUP: &[&str] = &[
    "redirect_uri_mismatch",
    "unsupported_grant_type",
    "invalid_request",
    "invalid_scope",
];
const POLICY: &[&str] = &["admin_policy_enforced", "org_internal", "access_denied"];

/// The first row that fits decides.
static TABLE: &[Row] = &[
    // OAuth.
    row(
        "A6",
        For::OAuth,
        &[400, 401, 403],
        &["invalid_rapt"],
        Then::Reauth,
        "invalid_rapt",
    ),
    row(
        "A1",
        For::OAuth,
        &[400, 401, 403],
        &["invalid_grant"],
        Then::Reauth,
        "invalid_grant",
    ),
    row("A7", For::OAuth, &[400, 401, 403], POLICY, Then::Stop, ""),
    row(
        "A11",
        For::Only(&[Op::Revoke]),
        &[400],
        &["invalid_token"],
        Then::Done,
        "invalid_token",
    ),
    row("A21", For::OAuth, &[400, 401, 403], CLIENT, Then::Alarm, ""),
    row("A21", For::OAuth, &[400], SETUP, Then::Alarm, ""),
    // Drive. What is not open to the app answers as what is not there: no proof of anything.
    row(
        "D1",
        For::Only(&[Op::DriveFile]),
        &[404],
        &[],
        Then::Skip,
        NO_ACCESS,
    ),
    row(
        "D2",
        For::Only(&[Op::DriveFile]),
        &[403],
        &["appNotAuthorizedToFile", "insufficientFilePermissions"],
        Then::Skip,
        NO_ACCESS,
    ),
    // A shared drive that the account has left has no changes any more.
    row(
        "D3",
        For::Only(&[Op::DriveStart]),
        &[404],
        &[],
        Then::Skip,
        "drive_gone",
    ),
    row(
        "D4",
        For::Only(&[Op::DriveChanges]),
        &[400, 404, 410],
        &[],
        Then::Resync,
        "page_token_refused",
    ),
    row(
        "D6",
        For::Drive,
        RATE,
        &["sharingRateLimitExceeded"],
        Then::Stop,
        "sharingRateLimitExceeded",
    ),
    row(
        "D6",
        For::Drive,
        RATE,
        &["userRateLimitExceeded"],
        Then::Minute,
        "userRateLimitExceeded",
    ),
    row(
        "D6",
        For::Drive,
        RATE,
        &["rateLimitExceeded", "RATE_LIMIT_EXCEEDED"],
        Then::Minute,
        "rateLimitExceeded",
    ),
    row(
        "D6",
        For::Drive,
        &[429],
        &[],
        Then::Minute,
        "too_many_requests",
    ),
    // Rates.
    with(
        row(
            "G22",
            For::Only(&[Op::DraftSend]),
            RATE,
            &[],
            Then::Stop,
            "daily_limit",
        ),
        "mail sending",
    ),
    with(
        row("G9", For::Api, RATE, &[], Then::RetryAsTold, "rate_window"),
        "retry after ",
    ),
    with(
        row(
            "G11",
            For::Api,
            RATE,
            &[],
            Then::TooMany,
            "rateLimitExceeded",
        ),
        "too many concurrent requests",
    ),
    row(
        "G14",
        For::Api,
        RATE,
        &["dailyLimitExceeded"],
        Then::Day,
        "dailyLimitExceeded",
    ),
    row(
        "G13",
        For::Api,
        RATE,
        &["userRateLimitExceeded"],
        Then::Minute,
        "userRateLimitExceeded",
    ),
    row(
        "G12",
        For::Api,
        RATE,
        &["rateLimitExceeded", "RATE_LIMIT_EXCEEDED"],
        Then::Minute,
        "rateLimitExceeded",
    ),
    row(
        "G12",
        For::Api,
        RATE,
        &["quotaExceeded", "RESOURCE_EXHAUSTED"],
        Then::Minute,
        "quotaExceeded",
    ),
    // The topic is missing, of another project, lacks Gmail's publish right, or another program of the
    // same project holds the one subscription there may be.
    row(
        "G26",
        For::Only(&[Op::Watch]),
        &[400, 403, 404],
        &[
            "forbidden",
            "notFound",
            "invalidArgument",
            "failedPrecondition",
        ],
        Then::Alarm,
        "push_refused",
    ),
    // Standing conditions.
    row("A9", For::Api, &[403], SCOPE, Then::Stop, "scope_missing"),
    with(
        row("G29", For::Api, &[403], &[], Then::Stop, "scope_missing"),
        "metadata scope",
    ),
    row(
        "G15",
        For::Api,
        &[403],
        &["domainPolicy"],
        Then::Stop,
        "domainPolicy",
    ),
    row(
        "G16",
        For::Api,
        &[403],
        NOT_ENABLED,
        Then::Alarm,
        "accessNotConfigured",
    ),
    row(
        "G17",
        For::Only(&[Op::Profile]),
        &[400],
        &["failedPrecondition"],
        Then::Stop,
        "failedPrecondition",
    ),
    row(
        "G17",
        For::Api,
        &[400],
        &["failedPrecondition"],
        Then::Retry(5),
        "failedPrecondition",
    ),
    // The token, the cursor, the item.
    row("G18", For::Api, &[401], &[], Then::Refresh, "authError"),
    row(
        "G1",
        For::Only(&[Op::History]),
        &[404, 410],
        &[],
        Then::Resync,
        "history_expired",
    ),
    row(
        "G1",
        For::Only(&[Op::History]),
        &[400],
        &["invalidArgument", "invalid"],
        Then::Resync,
        "history_invalid",
    ),
    with(
        row(
            "G3",
            For::Only(&[Op::Messages]),
            &[400],
            &[],
            Then::Resync,
            "page_token_invalid",
        ),
        "pagetoken",
    ),
    row(
        "G30",
        For::Only(&[Op::Messages]),
        &[400, 404],
        &[],
        Then::Skip,
        "label_gone",
    ),
    row("G5", For::Item, &[404, 410], &[], Then::Skip, "not_found"),
    row(
        "G5",
        For::Item,
        &[400],
        &["invalidArgument", "invalid"],
        Then::Skip,
        "invalid_id",
    ),
    row("G31", For::Item, &[413], &[], Then::Skip, "too_large"),
    row("G31", For::Write, &[413], &[], Then::Skip, "too_large"),
    row(
        "G30",
        For::Only(&[Op::LabelCreate, Op::LabelUpdate]),
        &[409],
        &[],
        Then::Skip,
        "label_exists",
    ),
    row(
        "G30",
        For::Only(&[Op::BatchModify]),
        &[400, 404],
        &[],
        Then::Skip,
        "invalid_argument",
    ),
    row("G30", For::Write, &[409], &[], Then::Retry(1), "aborted"),
    row(
        "G30",
        For::Write,
        &[400, 403, 404, 405, 410, 412, 422],
        &[],
        Then::Skip,
        "refused",
    ),
    // Weather.
    row(
        "A20",
        For::OAuth,
        &[408, 429, 500, 502, 503, 504],
        &[],
        Then::Retry(5),
        "token_endpoint_unavailable",
    ),
    row(
        "N3",
        For::Any,
        &[408, 500, 502, 503, 504],
        &[],
        Then::Retry(1),
        "provider_unavailable",
    ),
    row(
        "G12",
        For::Any,
        &[429],
        &[],
        Then::Minute,
        "too_many_requests",
    ),
];

/// What a refusal means.
pub(crate) struct Verdict {
    pub(crate) error: ProviderError,
    /// What the planner has to know; it may sharpen the reaction.
    pub(crate) throttle: Option<Throttle>,
    /// The row of the fault list, for the trace.
    pub(crate) row: &'static str,
}

/// Judges an answer that is not a success.
pub(crate) fn judge(op: Op, head: &Head, body: &[u8], now: Time) -> Verdict {
    let said = Said::read(body);
    let found = TABLE.iter().find(|r| {
        r.of.holds(op)
            && r.status.contains(&head.status)
            && (r.reason.is_empty() || said.reasons.iter().any(|s| r.reason.contains(&s.as_str())))
            && (r.words.is_empty() || said.message.contains(r.words))
    });
    let told = head.retry_after;
    let (reaction, throttle) = match found.map(|r| &r.then) {
        Some(Then::Refresh) => (Reaction::Refresh, None),
        Some(Then::Reauth) => (Reaction::Reauth, None),
        Some(Then::Stop) => (Reaction::Stop, None),
        Some(Then::Alarm) => (Reaction::Alarm, None),
        Some(Then::Resync) => (Reaction::Resync, None),
        Some(Then::Skip) => (Reaction::Skip, None),
        Some(Then::Done) => (Reaction::Done, None),
        Some(Then::Retry(seconds)) => {
            let wait = Duration::from_secs(*seconds).max(told.unwrap_or_default());
            (Reaction::Retry(wait), told.map(Throttle::After))
        }
        Some(Then::RetryAsTold) => as_told(&said.message, head.provider_time.unwrap_or(now)),
        Some(Then::TooMany) => (
            Reaction::Slow(Duration::from_secs(1)),
            Some(Throttle::Concurrent),
        ),
        Some(Then::Minute) => told.map_or(
            (
                Reaction::Slow(Duration::from_mins(1)),
                Some(Throttle::Minute),
            ),
            |wait| (Reaction::Retry(wait), Some(Throttle::After(wait))),
        ),
        Some(Then::Day) => (Reaction::Alarm, Some(Throttle::Day)),
        None => (Reaction::Retry(Duration::from_mins(1)), None),
    };
    let code = match found {
        Some(r) if !r.code.is_empty() => r.code.to_owned(),
        _ => said
            .reasons
            .iter()
            .find_map(|r| safe_code(r))
            .unwrap_or_else(|| "unknown".to_owned()),
    };
    if found.is_none() {
        tracing::warn!(
            operation = op.name(),
            status = head.status,
            code,
            "a refusal that no row of the table knows"
        );
    }
    Verdict {
        error: ProviderError {
            operation: op.name(),
            status: Some(head.status),
            code,
            reaction,
            provider_time: head.provider_time,
        },
        throttle,
        row: found.map_or("unknown", |r| r.id),
    }
}

/// G9: the moment after the words, or a minute when it cannot be read.
fn as_told(message: &str, now: Time) -> (Reaction, Option<Throttle>) {
    match retry_after_text(message) {
        Some(until) => (
            Reaction::Retry(until.since(now)),
            Some(Throttle::Until(until)),
        ),
        None => (
            Reaction::Slow(Duration::from_mins(1)),
            Some(Throttle::Minute),
        ),
    }
}

/// Reads `… Retry after 2026-01-01T00:00:00.000Z`, in lower case as [`Said`] keeps it.
fn retry_after_text(message: &str) -> Option<Time> {
    let (_, rest) = message.split_once("retry after ")?;
    let word = rest
        .trim_start()
        .split(|c: char| c.is_whitespace() || matches!(c, ')' | '"' | ','))
        .next()?;
    Time::parse_rfc3339(&word.trim_end_matches('.').to_ascii_uppercase())
}

/// A reason that is fit to be reported: the provider's words are not ours.
fn safe_code(reason: &str) -> Option<String> {
    let fits = !reason.is_empty()
        && reason.len() <= 64
        && reason
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    fits.then(|| reason.to_owned())
}

/// What the body of a refusal says, in either of Google's two shapes.
#[derive(Default)]
struct Said {
    reasons: Vec<String>,
    /// Lower case.
    message: String,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Outer {
            error: Value,
            #[serde(default)]
            error_subtype: Value,
        }
        let Ok(outer) = serde_json::from_slice::<Outer>(body) else {
            return Self::default();
        };
        let mut said = Self::default();
        let mut push = |value: &Value| {
            if let Some(text) = value.as_str() {
                said.reasons.push(text.to_owned());
            }
        };
        push(&outer.error_subtype);
        push(&outer.error);
        for list in ["errors", "details"] {
            for entry in outer
                .error
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                push(&entry["reason"]);
            }
        }
        push(&outer.error["status"]);
        said.message = outer.error["message"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase();
        said
    }
}

#[cfg(test)]
mod tests;
