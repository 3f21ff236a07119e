//! Slows down guessing: failures per account, per known browser and per source, in memory, keyed by
//! hashes that no other process could make.
//!
//! A stranger who fails on purpose must not lock the owner out. So a browser that has signed in to an
//! account before counts by itself ([`super::device`]), and the account's own count is only for
//! browsers that are new to it.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Error, Result};
use tenon_model::sabotage::{self, Saboteur};

/// Failures older than this are forgotten.
const FORGET: Duration = Duration::from_hours(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_mins(15);
/// Enough for any office. While so many are counted, new names and sources share one count: forgetting one
/// to make room would give whoever floods us with names new tries at the one they are after.
const MAX_BUCKETS: usize = 20_000;
/// How often it is worth to look for room.
const SWEEP: Duration = Duration::from_secs(10);

/// What failures are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    /// A name that was tried in browsers new to it.
    Account(String),
    /// A browser that has signed in to the account before.
    Device(String),
    /// A client's address, an IPv6 one by its network.
    Source(IpAddr),
    /// All that there was no room for.
    Rest,
}

impl Bucket {
    /// The bucket of a client's address: hosts of one IPv6 network are one client.
    pub(crate) fn source(ip: IpAddr) -> Self {
        Self::Source(match ip {
            IpAddr::V4(_) => ip,
            IpAddr::V6(ip) => {
                let bits = u128::from(ip) & !u128::from(u64::MAX);
                IpAddr::V6(bits.into())
            }
        })
    }

    /// Tries without a pause. After them pauses begin with a second and double.
    const fn free(&self) -> u32 {
        match self {
            Self::Account(_) => 5,
            Self::Device(_) => 10,
            Self::Source(_) | Self::Rest => 40,
        }
    }

    fn pause(&self, failures: u32) -> Duration {
        match failures.checked_sub(self.free()) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(16)).min(LONGEST),
        }
    }
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Duration,
}

/// Tries at signing in: neither names nor addresses are kept.
#[derive(Default)]
pub struct Attempts {
    hasher: RandomState,
    tries: Mutex<Tries>,
}

#[derive(Default)]
struct Tries {
    counts: HashMap<u64, Failures>,
    swept: Duration,
}

impl Tries {
    /// Where `bucket` is counted now.
    fn place<'a>(
        &mut self,
        hasher: &RandomState,
        bucket: &'a Bucket,
        now: Duration,
    ) -> (u64, &'a Bucket) {
        let key = hasher.hash_one(bucket);
        // A known browser had the right password once, so there are only as many as that.
        let has_room = self.counts.len() < MAX_BUCKETS || matches!(bucket, Bucket::Device(_));
        if has_room || self.counts.contains_key(&key) {
            return (key, bucket);
        }
        if now >= self.swept + SWEEP {
            self.swept = now;
            self.counts.retain(|_, f| now < f.last + FORGET);
            if self.counts.len() < MAX_BUCKETS {
                return (key, bucket);
            }
        }
        (hasher.hash_one(Bucket::Rest), &Bucket::Rest)
    }
}

impl Attempts {
    /// Counts a try as failed before it is looked at, so that many at once do not all pass; refuses
    /// while a pause lasts. Whether it is the try of an account after which pauses begin, should it fail.
    /// `now` is monotonic.
    pub(crate) fn begin(&self, buckets: &[Bucket], now: Duration) -> Result<bool> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let places: Vec<_> = buckets
            .iter()
            .map(|bucket| tries.place(&self.hasher, bucket, now))
            .collect();
        let mut wait = Duration::ZERO;
        for (key, bucket) in &places {
            if let Some(failures) = tries.counts.get(key).filter(|f| now < f.last + FORGET) {
                let until = failures.last + bucket.pause(failures.count);
                wait = wait.max(until.saturating_sub(now));
            }
        }
        if !wait.is_zero() && !sabotage::on(Saboteur::GuessesFree) {
            return Err(Error::TooManyAttempts(wait));
        }
        let mut is_last = false;
        for (key, bucket) in places {
            let failures = tries.counts.entry(key).or_insert(Failures {
                count: 0,
                last: now,
            });
            if now >= failures.last + FORGET {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
            let of_account = matches!(bucket, Bucket::Account(_) | Bucket::Device(_));
            is_last |= of_account && failures.count == bucket.free();
        }
        Ok(is_last)
    }

    /// The try was right after all. The account and the browser begin anew; of the source only this
    /// try is taken back, else one good account would open all others to its guesses.
    pub(crate) fn succeeded(&self, buckets: &[Bucket]) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for bucket in buckets {
            let key = self.hasher.hash_one(bucket);
            if matches!(bucket, Bucket::Source(_)) {
                if let Some(failures) = tries.counts.get_mut(&key) {
                    failures.count = failures.count.saturating_sub(1);
                }
            } else {
                tries.counts.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Vec<Bucket> {
        vec![Bucket::Account(name.to_owned())]
    }

    fn wait<T>(outcome: &Result<T>) -> Option<Duration> {
        match outcome {
            Err(Error::TooManyAttempts(wait)) => Some(*wait),
            _ => None,
        }
    }

    #[test]
    fn u11_pauses_double_up_to_a_quarter_of_an_hour() {
        let attempts = Attempts::default();
        let a = account("a");
        let mut now = Duration::ZERO;
        for _ in 0..5 {
            attempts.begin(&a, now).unwrap();
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            let pause = Duration::from_secs(seconds);
            assert_eq!(wait(&attempts.begin(&a, now)), Some(pause));
            now += pause;
            attempts.begin(&a, now).unwrap();
        }
        assert!(wait(&attempts.begin(&a, now)).is_some());
        attempts.begin(&account("b"), now).unwrap();
        attempts.succeeded(&a);
        attempts.begin(&a, now).unwrap();
    }

    #[test]
    fn what_failed_long_ago_is_forgotten() {
        let attempts = Attempts::default();
        let a = account("a");
        for _ in 0..5 {
            attempts.begin(&a, Duration::ZERO).unwrap();
        }
        for _ in 0..5 {
            attempts.begin(&a, FORGET).unwrap();
        }
        assert!(attempts.begin(&a, FORGET).is_err());
    }

    #[test]
    fn u11_a_known_browser_is_not_locked_out_by_strangers() {
        let attempts = Attempts::default();
        let now = Duration::from_secs(1);
        while attempts.begin(&account("owner"), now).is_ok() {}
        attempts
            .begin(&[Bucket::Device("known".into())], now)
            .unwrap();
    }

    #[test]
    fn u11_one_source_cannot_try_a_password_on_everybody() {
        let attempts = Attempts::default();
        let source = |text: &str| Bucket::source(text.parse().unwrap());
        let now = Duration::from_secs(1);
        let tried = (0..1_000)
            .filter(|i| {
                let buckets = [Bucket::Account(i.to_string()), source("2001:db8::1")];
                attempts.begin(&buckets, now).is_ok()
            })
            .count();
        assert_eq!(tried, 40);
        // Another address of the same network is the same client; another network is not.
        assert!(attempts.begin(&[source("2001:db8::2")], now).is_err());
        assert!(attempts.begin(&[source("2001:db8:0:1::1")], now).is_ok());
        // An own account does not open the door for guesses at others.
        let own = [Bucket::Account("own".into()), source("192.0.2.1")];
        let mut guessed = 0;
        for i in 0..200 {
            let buckets = [Bucket::Account(i.to_string()), source("192.0.2.1")];
            guessed += usize::from(attempts.begin(&buckets, now).is_ok());
            if attempts.begin(&own, now).is_ok() {
                attempts.succeeded(&own);
            }
        }
        assert_eq!(guessed, 40);
    }

    /// However the flood and the guesses take turns, no more guesses pass than without it.
    #[test]
    fn u11_a_flood_of_names_does_not_free_the_one_that_is_guessed_at() {
        let attempts = Attempts::default();
        let (mut now, mut passed) = (Duration::from_secs(1), 0);
        let mut names = 0..;
        for _ in 0..60 {
            let guesses = (0..10).filter(|_| attempts.begin(&account("victim"), now).is_ok());
            passed += guesses.count();
            for name in names.by_ref().take(3_000) {
                let _ = attempts.begin(&account(&format!("{name}")), now);
            }
            now += Duration::from_secs(1);
        }
        // Five, then one after 1, 2, 4, 8 and 16 seconds each.
        assert_eq!(passed, 5 + 5);
        // Somebody new waits with the flood; a known browser does not.
        assert!(attempts.begin(&account("new"), now).is_err());
        let known = [Bucket::Device("known".into())];
        assert!(attempts.begin(&known, now).is_ok());
        // Once what was counted is old, there is room again.
        let later = now + FORGET;
        assert!(attempts.begin(&account("new"), later).is_ok());
        assert!(attempts.begin(&account("newer"), later).is_ok());
        let kept = attempts.tries.lock().unwrap().counts.len();
        assert!(kept < 10, "{kept}");
    }
}
