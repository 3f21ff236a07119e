//! Slows down guessing: failures per account name in a sliding window, in memory, keyed by a hash.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Error, Result};

const WINDOW: Duration = Duration::from_mins(15);
const FREE_TRIES: usize = 8;
/// Enough for any office; beyond it the name that was tried longest ago is forgotten.
const MAX_NAMES: usize = 10_000;

/// Tries at signing in, by a keyed hash of the name that was tried: names are not kept.
#[derive(Default)]
pub struct Attempts {
    hasher: RandomState,
    tries: Mutex<HashMap<u64, Vec<Duration>>>,
}

impl Attempts {
    /// Counts a try of `name` before it is looked at, so that many at once do not all pass; refuses
    /// when there were too many lately. `now` is monotonic.
    pub(crate) fn begin(&self, name: &str, now: Duration) -> Result<()> {
        let key = self.hasher.hash_one(name);
        let mut all = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_NAMES && !all.contains_key(&key) {
            let oldest = all
                .iter()
                .min_by_key(|(_, t)| t.last().copied())
                .map(|(k, _)| *k);
            all.remove(&oldest.unwrap_or_default());
        }
        let times = all.entry(key).or_default();
        times.retain(|t| now.saturating_sub(*t) < WINDOW);
        match times.first() {
            Some(first) if times.len() >= FREE_TRIES => Err(Error::TooManyAttempts(
                WINDOW.saturating_sub(now.saturating_sub(*first)),
            )),
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }

    /// Forgets the tries of `name`, after a success.
    pub(crate) fn succeeded(&self, name: &str) {
        let mut all = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.hasher.hash_one(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_try_waits_for_the_rest_of_the_window() {
        let attempts = Attempts::default();
        for i in 0..8 {
            attempts.begin("a", Duration::from_secs(i)).unwrap();
        }
        assert!(
            matches!(attempts.begin("a", Duration::from_secs(10)), Err(Error::TooManyAttempts(d)) if d == WINDOW.checked_sub(Duration::from_secs(10)).unwrap())
        );
        attempts.begin("b", Duration::from_secs(10)).unwrap();
        attempts
            .begin("a", WINDOW + Duration::from_secs(9))
            .unwrap();
        attempts.succeeded("a");
        attempts.begin("a", Duration::from_secs(10)).unwrap();
    }

    #[test]
    fn a_flood_of_names_does_not_free_the_one_that_is_guessed_at() {
        let attempts = Attempts::default();
        for i in 0..20_000 {
            attempts
                .begin(&i.to_string(), Duration::from_millis(i))
                .unwrap();
        }
        let now = Duration::from_secs(30);
        let passed = (0..50)
            .filter(|_| attempts.begin("victim", now).is_ok())
            .count();
        assert_eq!(passed, FREE_TRIES);
    }
}
