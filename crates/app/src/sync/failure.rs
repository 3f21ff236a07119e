//! From an error to what the job runner does.

use std::time::Duration;

use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::JobError;

use crate::Error;
use crate::connections::CLIENT_REFUSED;

/// A day, for standing conditions that are rechecked.
pub(super) const DAY: Duration = Duration::from_hours(24);
/// The operator needs time.
const ALARM: Duration = Duration::from_mins(15);

/// A mailbox is looked at again at least this often, whatever happened.
pub(super) const NET: Duration = Duration::from_mins(15);

/// Errors of our own: a full disk or a busy database pass, so the work is never given up.
#[expect(clippy::needless_pass_by_value, reason = "used as map_err(job_error)")]
pub(crate) fn job_error(e: Error) -> JobError {
    let least = match &e {
        Error::StorageFull => Duration::from_mins(1),
        other => other.retry_after().unwrap_or_default(),
    };
    JobError::Backoff(least, e.code().into())
}

/// Errors of the provider, by their one reaction (`provider-faults` section 0).
pub(crate) fn provider_job_error(e: ProviderError) -> JobError {
    match e.reaction {
        Reaction::Retry(d) => JobError::Backoff(d, e.code),
        Reaction::Slow(d) => JobError::Backoff(d.max(Duration::from_mins(1)), e.code),
        Reaction::Stop => JobError::RetryAfter(DAY, e.code),
        Reaction::Alarm => JobError::RetryAfter(ALARM, e.code),
        // The token layer has told the person already; nothing is left to do here.
        Reaction::Reauth => JobError::Fail(e.code),
        Reaction::Refresh | Reaction::Resync | Reaction::Skip | Reaction::Done => {
            JobError::Backoff(Duration::ZERO, e.code)
        }
    }
}

/// The provider cannot prove that it is the provider (fault N2).
const CERTIFICATE: &str = "certificate_invalid";
/// Codes of a quota that is spent for a while (faults G9 to G13).
const QUOTA: &[&str] = &[
    "quota",
    "rateLimitExceeded",
    "rate_window",
    "too_many_requests",
    "userRateLimitExceeded",
];

/// The code of an alarm that a call raises: the deployment's quota of the day is spent (fault G14), or its
/// registration is refused (G16; A21 at a refresh, which has raised it already).
pub(super) fn alarm(e: &ProviderError) -> &'static str {
    match e.code.as_str() {
        "dailyLimitExceeded" => "daily_quota",
        _ if e.operation.starts_with("google.token") => CLIENT_REFUSED,
        _ => "deployment_alarm",
    }
}

/// The word shown as the reason of a stall, from the provider's own code.
pub(super) fn stall_reason(e: &ProviderError) -> &'static str {
    match (&e.reaction, e.code.as_str()) {
        (Reaction::Slow(_), _) => "quota",
        (Reaction::Retry(_), code) if QUOTA.contains(&code) => "quota",
        (Reaction::Retry(_) | Reaction::Refresh, _) => "provider_unavailable",
        (Reaction::Stop, "domainPolicy" | "domain_policy") => "domain_policy",
        (Reaction::Stop, "failedPrecondition" | "no_mailbox") => "no_mailbox",
        (Reaction::Stop, CERTIFICATE) => CERTIFICATE,
        (Reaction::Stop, _) => "scope_missing",
        (Reaction::Alarm, _) => alarm(e),
        (Reaction::Reauth, _) => "invalid_grant",
        (Reaction::Resync | Reaction::Skip | Reaction::Done, _) => "unexpected",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stall_is_told_for_what_it_is() {
        let soon = Duration::from_secs(1);
        for (row, reaction, code, word) in [
            ("G9", Reaction::Retry(soon), "rate_window", "quota"),
            ("G11", Reaction::Slow(soon), "too_many_requests", "quota"),
            ("G12", Reaction::Retry(soon), "rateLimitExceeded", "quota"),
            ("G14", Reaction::Alarm, "dailyLimitExceeded", "daily_quota"),
            (
                "G16",
                Reaction::Alarm,
                "accessNotConfigured",
                "deployment_alarm",
            ),
            ("G15", Reaction::Stop, "domainPolicy", "domain_policy"),
            ("A9", Reaction::Stop, "scope_missing", "scope_missing"),
            (
                "N2",
                Reaction::Stop,
                "certificate_invalid",
                "certificate_invalid",
            ),
            (
                "N3",
                Reaction::Retry(soon),
                "timeout",
                "provider_unavailable",
            ),
        ] {
            let e = ProviderError {
                operation: "gmail.messages.list",
                status: None,
                code: code.to_owned(),
                reaction,
                provider_time: None,
            };
            assert_eq!(stall_reason(&e), word, "{row}");
        }
    }
}
