//! What can go wrong at a provider, and the one reaction to it (`provider-faults` section 0).

use std::time::Duration;

use tenon_model::Time;

/// The reactions the engine knows; every error maps to exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Same call again after at least this long (`RETRY(t)`); the caller adds jittered backoff.
    Retry(Duration),
    /// Lower the rate for a while, then retry (`SLOW`).
    Slow(Duration),
    /// One token refresh, then the same call once (`REFRESH`).
    Refresh,
    /// The grant is gone (`REAUTH`).
    Reauth,
    /// A standing condition: stop, explain, recheck daily (`STOP`).
    Stop,
    /// The deployment's own fault: tell the operator, touch no tokens (`ALARM`).
    Alarm,
    /// The cursor is dead (`RESYNC`).
    Resync,
    /// This item is gone or broken (`SKIP`).
    Skip,
    /// The wanted state already holds (`DONE`).
    Done,
}

/// An error of a provider call. `Display` and `Debug` hold no token, no address and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} at the provider failed: {code}{}", status.map(|s| format!(" (HTTP {s})")).unwrap_or_default())]
pub struct ProviderError {
    /// What was asked, for example `gmail.messages.list`.
    pub operation: &'static str,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// A stable machine code, for example `invalid_grant`, `rateLimitExceeded`, `timeout`.
    pub code: String,
    /// The one reaction.
    pub reaction: Reaction,
    /// The provider's clock at the answer (`Date`), for measuring skew (fault A22).
    pub provider_time: Option<Time>,
}

impl ProviderError {
    /// An error that has no HTTP answer (yet).
    pub(crate) fn new(
        operation: &'static str,
        code: impl Into<String>,
        reaction: Reaction,
    ) -> Self {
        Self {
            operation,
            status: None,
            code: code.into(),
            reaction,
            provider_time: None,
        }
    }

    /// An error that passes by itself; the caller's backoff decides how soon.
    pub(crate) fn passing(operation: &'static str, code: &'static str) -> Self {
        Self::new(operation, code, Reaction::Retry(Duration::from_secs(1)))
    }
}
