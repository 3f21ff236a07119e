//! How much one client may begin without having said who it is: a sign-in by passkey or at an issuer
//! leaves a row until it is answered or expires, so strangers could fill the disk. Apart from the limits
//! of guessing, because beginning is no guess: every open sign-in page begins something.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::attempts::Bucket;
use crate::{Error, Result};

/// Counts begin anew after this long.
const WINDOW: Duration = Duration::from_mins(10);
/// What one client may begin meanwhile: a whole office behind one address signs in.
const MOST: u32 = 200;
/// Enough for any deployment; clients beyond are let by, because none of them begins much.
const MAX_SOURCES: usize = 20_000;

/// What clients have begun lately. Addresses are not kept.
#[derive(Default)]
pub struct Beginnings {
    hasher: RandomState,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    since: Duration,
    counts: HashMap<u64, u32>,
}

impl Beginnings {
    /// Counts one; refuses when it was one too many. A client whose address tells nothing is not
    /// counted. `now` is monotonic.
    pub(crate) fn one_more(&self, source: Option<IpAddr>, now: Duration) -> Result<()> {
        let Some(source) = source else {
            return Ok(());
        };
        let key = self.hasher.hash_one(Bucket::source(source));
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= window.since + WINDOW {
            window.since = now;
            window.counts.clear();
        }
        if window.counts.len() >= MAX_SOURCES && !window.counts.contains_key(&key) {
            return Ok(());
        }
        let wait = (window.since + WINDOW).saturating_sub(now);
        let count = window.counts.entry(key).or_default();
        if *count >= MOST {
            return Err(Error::TooManyAttempts(wait));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u11_one_client_begins_so_much_and_no_more() {
        let beginnings = Beginnings::default();
        let from = |text: &str| Some(text.parse().unwrap());
        let now = Duration::from_mins(30);
        let passed = |source: &str, now| {
            (0..1_000)
                .filter(|_| beginnings.one_more(from(source), now).is_ok())
                .count()
        };
        assert_eq!(passed("2001:db8::1", now), 200);
        assert_eq!(passed("2001:db8::2", now), 0, "the same network");
        assert_eq!(passed("192.0.2.1", now), 200, "others are let by");
        let late = now + Duration::from_secs(591);
        let outcome = beginnings.one_more(from("192.0.2.1"), late);
        let Err(Error::TooManyAttempts(wait)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(wait, Duration::from_secs(9));
        assert_eq!(passed("192.0.2.1", now + WINDOW), 200);
        assert!((0..1_000).all(|_| beginnings.one_more(None, now).is_ok()));
    }

    #[test]
    fn it_takes_no_more_memory_than_it_may() {
        let beginnings = Beginnings::default();
        for n in 0..30_000_u32 {
            let source = IpAddr::V4((0x0a00_0000 + n).into());
            beginnings
                .one_more(Some(source), Duration::from_secs(1))
                .unwrap();
        }
        assert_eq!(beginnings.window.lock().unwrap().counts.len(), MAX_SOURCES);
    }
}
