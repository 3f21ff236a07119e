//! Time, randomness and ids: the only door to what the program cannot decide by itself.
//!
//! Production code receives a [`World`]; tests hold its clock and its seed in their hands.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A moment: microseconds since the Unix epoch, UTC. Stored as `BIGINT`, shown as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    /// The moment `seconds` after the Unix epoch.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The moment `millis` after the Unix epoch (Gmail's `internalDate`).
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Whole seconds since the Unix epoch.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Time that has passed since `earlier`, zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with microseconds cut to what is needed, for example `2026-11-22T01:02:03Z`.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map_or_else(|_| self.0.to_string(), |t| t.to_string())
    }

    /// Reads an RFC 3339 time; `None` when it is not one.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|t| Self(t.as_microsecond()))
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Self;
    fn add(self, d: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)),
        )
    }
}

impl std::ops::Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, d: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)),
        )
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

/// Whether `name` is a time zone of the IANA database.
pub fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

/// A clock: wall time for what is stored, monotonic time for deadlines.
pub trait Clock: Send + Sync {
    /// Wall time.
    fn now(&self) -> Time;
    /// Monotonic time since an arbitrary start; unaffected by changes of the wall clock (fault N7).
    fn monotonic(&self) -> Duration;
    /// A wait of this length on a clock that is held; `None` where time passes by itself, and the
    /// caller's runtime has the timers.
    fn sleep(&self, _by: Duration) -> Option<Sleep> {
        None
    }
}

/// A wait on a clock that is held.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the system"
    )]
    fn now(&self) -> Time {
        Time(jiff::Timestamp::now().as_microsecond())
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct ManualClock {
    start: i64,
    hands: Arc<Hands>,
    hasty: bool,
}

/// What waits share with their clock.
#[derive(Debug)]
struct Hands {
    now: AtomicI64,
    waiting: Mutex<Vec<Waker>>,
}

impl Hands {
    fn now(&self) -> Time {
        Time(self.now.load(Ordering::SeqCst))
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.now.fetch_add(by, Ordering::SeqCst);
        let woken = std::mem::take(&mut *self.waiting());
        woken.into_iter().for_each(Waker::wake);
    }
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Time) -> Self {
        Self {
            start: start.0,
            hands: Arc::new(Hands {
                now: AtomicI64::new(start.0),
                waiting: Mutex::default(),
            }),
            hasty: false,
        }
    }

    /// The same, and who waits on it moves it: for simulations in which one thing happens at a time.
    #[must_use]
    pub fn hasty(self) -> Self {
        Self {
            hasty: true,
            ..self
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.hands.advance(by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        self.hands.now()
    }

    fn monotonic(&self) -> Duration {
        self.now().since(Time(self.start))
    }

    fn sleep(&self, by: Duration) -> Option<Sleep> {
        if self.hasty {
            self.advance(by);
            return Some(Box::pin(std::future::ready(())));
        }
        let (hands, until) = (self.hands.clone(), self.now() + by);
        Some(Box::pin(std::future::poll_fn(move |cx| {
            let mut waiting = hands.waiting();
            if hands.now() >= until {
                return Poll::Ready(());
            }
            waiting.push(cx.waker().clone());
            Poll::Pending
        })))
    }
}

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `buffer`. The system's source does not fail on supported platforms.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's cryptographic generator.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::expect_used,
        reason = "without randomness nothing may go on: no keys, no tokens"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer).expect("the operating system gives random bytes");
    }
}

/// SplitMix64 from a seed, for simulations. Never for keys of a real server.
#[derive(Debug)]
pub struct SeededRandom {
    state: Mutex<u64>,
}

impl SeededRandom {
    /// The generator of `seed`; the same seed gives the same bytes.
    pub const fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Time, randomness and ids, handed down and never global.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl World {
    /// A world from its parts.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }

    /// The machine's clock and generator.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock::default()), Arc::new(SystemRandom))
    }

    /// A world whose clock stands at 2026-11-22T09:00:00Z and whose bytes follow from `seed`.
    pub fn simulated(seed: u64) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_795_338_000)));
        (
            Self::new(clock.clone(), Arc::new(SeededRandom::new(seed))),
            clock,
        )
    }

    /// Wall time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Monotonic time, for deadlines.
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// A wait on a clock that is held; `None` on the machine's, see [`Clock::sleep`].
    pub fn sleep(&self, by: Duration) -> Option<Sleep> {
        self.clock.sleep(by)
    }

    /// The clock itself, for parts that keep it.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.random.fill(&mut out);
        out
    }

    /// A random number below `bound` (0 when `bound` is 0), for jitter.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            u64::from_le_bytes(self.bytes::<8>()) % bound
        }
    }

    /// A fresh UUIDv7 (RFC 9562, 5.7): milliseconds of wall time, then 74 random bits.
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().0 / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }

    /// A fresh id of any kind.
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.uuid())
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let (a, _) = World::simulated(7);
        let (b, _) = World::simulated(7);
        assert_eq!(a.uuid(), b.uuid());
        let _: [u8; 4] = a.bytes();
        assert_ne!(a.uuid(), b.uuid(), "one of them has moved on");
    }

    #[test]
    fn time_survives_text_and_arithmetic_saturates() {
        let t = Time::from_secs(1_795_338_000);
        assert_eq!(t.to_rfc3339(), "2026-11-22T09:00:00Z");
        assert_eq!(Time::parse_rfc3339("2026-11-22T10:00:00+01:00"), Some(t));
        assert_eq!(Time(i64::MAX) + Duration::from_secs(1), Time(i64::MAX));
        assert_eq!(t.since(t + Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let (world, clock) = World::simulated(1);
        let before = world.now();
        clock.advance(Duration::from_mins(1));
        assert_eq!(world.now().since(before), Duration::from_mins(1));
        assert_eq!(world.monotonic(), Duration::from_mins(1));
    }

    #[test]
    fn who_waits_on_a_held_clock_goes_on_when_it_has_moved_far_enough() {
        let (world, clock) = World::simulated(1);
        let mut sleep = world.sleep(Duration::from_secs(15)).unwrap();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
        clock.advance(Duration::from_secs(14));
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
        clock.advance(Duration::from_secs(1));
        assert!(sleep.as_mut().poll(&mut cx).is_ready());
        assert!(World::system().sleep(Duration::ZERO).is_none());
    }

    #[test]
    fn a_hasty_clock_is_moved_by_who_waits() {
        let clock = ManualClock::new(Time::from_secs(100)).hasty();
        let mut sleep = clock.sleep(Duration::from_secs(5)).unwrap();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(sleep.as_mut().poll(&mut cx).is_ready());
        assert_eq!(clock.now(), Time::from_secs(105));
    }
}
