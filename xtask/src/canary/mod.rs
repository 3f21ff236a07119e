//! The canary kit: secrets that look like nothing else, and a scan that finds them in any form they may leak in.

mod encodings;
mod scan;
mod views;

pub use encodings::{ENCODINGS, encode};
pub use scan::{Hit, Scanner};

/// A planted text and the name of the place it was planted in.
#[derive(Clone, Debug)]
pub struct Canary {
    /// Place and field, so that a hit says what leaked.
    pub name: String,
    /// The text: letters and digits only, so that encodings differ from it only by their own rules.
    pub text: String,
}

impl Canary {
    /// A new canary of 24 characters.
    pub fn new(name: &str, random: &mut Random) -> Self {
        const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let text = (0..24)
            .map(|_| char::from(LETTERS[random.below(LETTERS.len() as u64) as usize]))
            .collect();
        Self {
            name: name.to_owned(),
            text,
        }
    }

    /// A secret that somebody else made up: a token, a session.
    pub fn known(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// Repeatable randomness (splitmix64): the same seed gives the same run.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed that a report can name.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// A number from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() {
            return None;
        }
        items.get(self.below(items.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canaries_repeat_by_seed_and_differ_from_each_other() {
        let mut random = Random::new(7);
        let (a, b) = (Canary::new("a", &mut random), Canary::new("b", &mut random));
        assert_ne!(a.text, b.text);
        assert_eq!(a.text.len(), 24);
        assert_eq!(Canary::new("a", &mut Random::new(7)).text, a.text);
    }

    #[test]
    fn random_numbers_stay_in_range() {
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| random.below(7) < 7));
        assert!((0..1000).all(|_| (0.0..1.0).contains(&random.share())));
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
