//! From an error to what the job runner does.

use std::time::Duration;

use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::JobError;

use crate::Error;

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

/// The word shown as the reason of a stall, from the provider's own code.
pub(super) fn stall_reason(e: &ProviderError) -> &'static str {
    match (&e.reaction, e.code.as_str()) {
        (Reaction::Slow(_), _)
        | (Reaction::Retry(_), "rateLimitExceeded" | "userRateLimitExceeded" | "quota") => "quota",
        (Reaction::Retry(_) | Reaction::Refresh, _) => "provider_unavailable",
        (Reaction::Stop, "domainPolicy" | "domain_policy") => "domain_policy",
        (Reaction::Stop, "failedPrecondition" | "no_mailbox") => "no_mailbox",
        (Reaction::Stop, _) => "scope_missing",
        (Reaction::Alarm, _) => "deployment_alarm",
        (Reaction::Reauth, _) => "invalid_grant",
        (Reaction::Resync | Reaction::Skip | Reaction::Done, _) => "unexpected",
    }
}
