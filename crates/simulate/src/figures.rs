//! What was simulated, counted.

use std::collections::BTreeMap;

/// The counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) seconds: u64,
    pub(crate) calls: u64,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) kills: u64,
    pub(crate) commits: u64,
    pub(crate) jobs: u64,
    pub(crate) acts: u64,
    pub(crate) sent: u64,
    pub(crate) reauthorizations: u64,
    pub(crate) resyncs: u64,
    pub(crate) comparisons: u64,
}

impl Figures {
    pub(crate) fn fault(&mut self, row: &str) {
        *self.faults.entry(row.to_owned()).or_default() += 1;
    }

    /// Adds those of another simulation.
    pub(crate) fn add(&mut self, other: &Self) {
        for (row, n) in &other.faults {
            *self.faults.entry(row.clone()).or_default() += n;
        }
        let pairs = [
            (&mut self.seconds, other.seconds),
            (&mut self.calls, other.calls),
            (&mut self.kills, other.kills),
            (&mut self.commits, other.commits),
            (&mut self.jobs, other.jobs),
            (&mut self.acts, other.acts),
            (&mut self.sent, other.sent),
            (&mut self.reauthorizations, other.reauthorizations),
            (&mut self.resyncs, other.resyncs),
            (&mut self.comparisons, other.comparisons),
        ];
        for (sum, more) in pairs {
            *sum += more;
        }
    }

    /// Days of the simulated clock.
    pub(crate) const fn days(&self) -> u64 {
        self.seconds / 86_400
    }
}
