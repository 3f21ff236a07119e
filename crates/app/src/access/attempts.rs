//! Slows down guessing: failures per account name in a sliding window, in memory, keyed by a hash.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Error, Result};

const WINDOW: Duration = Duration::from_secs(15 * 60);
const FREE_TRIES: usize = 8;
/// Enough for any office; beyond it the oldest windows are dropped.
const MAX_NAMES: usize = 10_000;

/// Failed sign-ins, by a keyed hash of the name that was tried: names are not kept.
#[derive(Default)]
pub struct Attempts {
    hasher: RandomState,
    failures: Mutex<HashMap<u64, Vec<Duration>>>,
}

impl Attempts {
    /// Refuses when `name` has failed too often lately. `now` is monotonic.
    pub(crate) fn check(&self, name: &str, now: Duration) -> Result<()> {
        let mut all = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(times) = all.get_mut(&self.hasher.hash_one(name)) else {
            return Ok(());
        };
        times.retain(|t| now.saturating_sub(*t) < WINDOW);
        match times.first() {
            Some(first) if times.len() >= FREE_TRIES => Err(Error::TooManyAttempts(
                WINDOW.saturating_sub(now.saturating_sub(*first)),
            )),
            _ => Ok(()),
        }
    }

    /// Records a failure.
    pub(crate) fn failed(&self, name: &str, now: Duration) {
        let mut all = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_NAMES {
            all.retain(|_, times| {
                times
                    .last()
                    .is_some_and(|t| now.saturating_sub(*t) < WINDOW)
            });
        }
        if all.len() < MAX_NAMES {
            all.entry(self.hasher.hash_one(name)).or_default().push(now);
        }
    }

    /// Forgets the failures of `name`, after a success.
    pub(crate) fn succeeded(&self, name: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.hasher.hash_one(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_failures_block_for_the_rest_of_the_window() {
        let attempts = Attempts::default();
        for i in 0..8 {
            attempts.check("a", Duration::from_secs(i)).unwrap();
            attempts.failed("a", Duration::from_secs(i));
        }
        assert!(
            matches!(attempts.check("a", Duration::from_secs(10)), Err(Error::TooManyAttempts(d)) if d == WINDOW - Duration::from_secs(10))
        );
        attempts.check("b", Duration::from_secs(10)).unwrap();
        attempts
            .check("a", WINDOW + Duration::from_secs(9))
            .unwrap();
        attempts.succeeded("a");
        attempts.check("a", Duration::from_secs(10)).unwrap();
    }
}
