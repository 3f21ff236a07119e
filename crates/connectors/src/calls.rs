//! How calls to providers went, counted for the operator.
//!
//! Both labels come from short lists in the code, so the number of series is bounded, and nothing
//! that a provider or a person says becomes a label.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use crate::ProviderError;

/// One label: its name and a word of the code.
pub type Label = (&'static str, &'static str);

/// From a healthy answer to the longest deadline, in seconds.
const BUCKETS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 90.0];

/// Counts and times of calls. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Calls {
    /// Calls by `method` and `outcome`.
    pub outcomes: Family<[Label; 2], Counter>,
    /// Quota units asked for, by `method`, as the planner counts them.
    pub units: Family<[Label; 1], Counter>,
    /// Seconds until the answer was read, or had begun where it is read bit by bit, by `method`.
    pub seconds: Family<[Label; 1], Histogram>,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            outcomes: Family::default(),
            units: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }
}

impl Calls {
    /// Takes note of a call that has ended.
    pub(crate) fn count(
        &self,
        operation: &'static str,
        status: Result<u16, &ProviderError>,
        units: u32,
        took: Duration,
    ) {
        let method = ("method", operation);
        let outcome = ("outcome", outcome(status));
        self.outcomes.get_or_create(&[method, outcome]).inc();
        self.seconds
            .get_or_create(&[method])
            .observe(took.as_secs_f64());
        if units > 0 {
            self.units.get_or_create(&[method]).inc_by(units.into());
        }
    }
}

/// The outcome in one of ten words. Google refuses for rate with 403 as well as with 429.
fn outcome(status: Result<u16, &ProviderError>) -> &'static str {
    match status {
        Ok(200..=299 | 304) => "ok",
        Ok(401) => "unauthorized",
        Ok(403) => "forbidden",
        Ok(404 | 410) => "not_found",
        Ok(429) => "too_many",
        Ok(400..=499) => "client_error",
        Ok(500..=599) => "server_error",
        Ok(_) => "unexpected",
        Err(error) if error.code == "timeout" => "timeout",
        Err(_) => "broken",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_a_short_list_whatever_comes() {
        let words: std::collections::BTreeSet<_> = (0..=999).map(|s| outcome(Ok(s))).collect();
        assert_eq!(words.len(), 8, "{words:?}");
        let timeout = ProviderError::passing("x", "timeout");
        assert_eq!(outcome(Err(&timeout)), "timeout");
        let other = ProviderError::passing("x", "someone@example.com");
        assert_eq!(outcome(Err(&other)), "broken");
    }

    #[test]
    fn calls_are_counted_with_their_units() {
        let calls = Calls::default();
        for status in [200, 200, 429] {
            calls.count(
                "gmail.messages.list",
                Ok(status),
                5,
                Duration::from_millis(40),
            );
        }
        let method = ("method", "gmail.messages.list");
        let of = |outcome| {
            calls
                .outcomes
                .get_or_create(&[method, ("outcome", outcome)])
                .get()
        };
        assert_eq!((of("ok"), of("too_many")), (2, 1));
        assert_eq!(calls.units.get_or_create(&[method]).get(), 15);
    }
}
