//! Faults at random, by a seed: for simulations.

use super::{Armed, Fault};
use crate::config::SandboxError;
use crate::generate::rng::Rng;

/// Faults that hit calls at random. The same seed and the same calls give the same faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weather {
    /// What is drawn follows from it.
    pub seed: u64,
    /// How many calls of a thousand are hit. Each part of a batch is a call.
    pub per_mille: u64,
    /// Which rows there are, see [`Fault::rows`]; each hits only where it happens in real life. One
    /// that lasts hits a single call.
    pub rows: Vec<String>,
}

/// Weather in force.
pub(super) struct Storm {
    random: Rng,
    per_mille: u64,
    rows: Vec<Armed>,
}

impl Storm {
    pub(super) fn new(weather: &Weather) -> Result<Self, SandboxError> {
        let armed = |row: &String| Armed::new(Fault::new(row).always());
        Ok(Self {
            random: Rng::new(weather.seed, 0x7765_6174_6865_7221),
            per_mille: weather.per_mille,
            rows: weather.rows.iter().map(armed).collect::<Result<_, _>>()?,
        })
    }

    /// The fault that hits this call, if it is hit.
    pub(super) fn strikes(&mut self, verb: &str, target: &str) -> Option<&mut Armed> {
        if self.random.below(1_000) >= self.per_mille {
            return None;
        }
        let fits = |armed: &Armed| {
            let method = armed.fault.method.as_ref();
            method.is_none_or(|m| m.eq_ignore_ascii_case(verb)) && armed.pattern.is_match(target)
        };
        let count = self.rows.iter().filter(|armed| fits(armed)).count();
        let drawn = self.random.below(count as u64) as usize;
        let found = self
            .rows
            .iter_mut()
            .filter(|armed| fits(armed))
            .nth(drawn)?;
        found.until = None; // the hour that an earlier one named has nothing to do with this one
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Faults;

    fn hits(seed: u64) -> Vec<(usize, String)> {
        let mut faults = Faults::default();
        let weather = Weather {
            seed,
            per_mille: 50,
            rows: ["G5", "G13", "N3", "A17:lost"].map(String::from).to_vec(),
        };
        faults.set_weather(Some(&weather)).unwrap();
        let mut hit = Vec::new();
        for n in 0..4_000 {
            let now = tenon_model::Time::from_secs(n as i64);
            if let Some((row, _)) = faults.meet("GET", "/gmail/v1/users/me/history?x=1", None, now)
            {
                hit.push((n, row.to_string()));
            }
        }
        hit
    }

    #[test]
    fn about_as_many_calls_are_hit_as_asked_for_and_the_same_ones_for_a_seed() {
        let first = hits(3);
        assert_eq!(first, hits(3));
        assert_ne!(first, hits(4));
        assert!((150..250).contains(&first.len()), "{}", first.len());
        let rows: std::collections::BTreeSet<&str> =
            first.iter().map(|(_, r)| r.as_str()).collect();
        assert_eq!(
            rows,
            ["G13", "N3"].into(),
            "where they happen in real life only"
        );
    }
}
