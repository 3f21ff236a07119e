//! From what the HTTP client reports to the network rows N1 to N5.

use std::error::Error;
use std::time::Duration;

use crate::{ProviderError, Reaction};

/// What a failed call means. The client's own text is not kept: it may hold the URL.
pub(super) fn of(operation: &'static str, error: &reqwest::Error) -> ProviderError {
    if certificate_is_bad(error) {
        // N2: never a fallback; a person has to look.
        return ProviderError::new(operation, "certificate_invalid", Reaction::Stop);
    }
    if address_was_private(error) {
        return ProviderError::new(operation, "private_address_refused", Reaction::Stop);
    }
    let code = if error.is_timeout() {
        "timeout" // N3, N5
    } else if error.is_dns() {
        "dns" // N1
    } else if error.is_connect() {
        "connect" // N1
    } else if error.is_decode() || error.is_body() {
        "answer_cut" // N4: cut in the middle, or compression broken
    } else if error.is_builder() {
        return ProviderError::new(operation, "request_malformed", Reaction::Alarm);
    } else {
        "connection_lost" // N3
    };
    ProviderError::new(operation, code, Reaction::Retry(Duration::from_secs(1)))
}

fn certificate_is_bad(error: &reqwest::Error) -> bool {
    // rustls gives no type that survives the layers between; its text has been stable since 0.21.
    chain(error).any(|e| e.to_string().contains("invalid peer certificate"))
}

fn address_was_private(error: &reqwest::Error) -> bool {
    chain(error).any(<dyn std::error::Error + 'static>::is::<super::address::PrivateAddress>)
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |e: &&'a (dyn Error + 'static)| {
        (*e).source()
    })
}
