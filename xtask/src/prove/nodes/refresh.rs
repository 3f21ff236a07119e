//! One refresh for each expiry, whoever asks: the tests of the use cases, with more rounds. They run two nodes in one
//! process, so that thousands of rounds take minutes.

use anyhow::Result;

use crate::report::Report;
use crate::test;

/// In the short form the tests themselves have run already.
const WORTH_IT: u64 = 100;

pub(super) fn run(rounds: u64, report: &mut Report) -> Result<()> {
    if rounds < WORTH_IT {
        return Ok(());
    }
    let outcome = test::refreshes(rounds)?;
    for line in outcome.text.lines() {
        let Some((_, figures)) = line.split_once("refreshed: ") else {
            continue;
        };
        let nodes = figure(figures, "nodes=");
        report.tell(
            &format!("refreshes, {nodes} nodes: expiries with 64 callers"),
            figure(figures, "rounds="),
            "by time and by refusal in turn, half of them with refresh tokens for one use",
        );
        report.exactly(
            &format!("refreshes, {nodes} nodes: expiries without exactly one refresh"),
            figure(figures, "wrong="),
            0,
            "requests at the sandbox; all callers get the one new token",
        );
    }
    report.exactly(
        "refreshes: tests that failed",
        u64::from(!outcome.ok),
        0,
        "PostgreSQL with two nodes, SQLite with one, and two nodes without any lease",
    );
    Ok(())
}

fn figure(text: &str, key: &str) -> u64 {
    let rest = text.split(key).nth(1).unwrap_or_default();
    let number = rest.split(' ').next().unwrap_or_default();
    number.parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_a_test_prints() {
        let line = "rounds=200 callers=64 nodes=2 wrong=0";
        assert_eq!(figure(line, "rounds="), 200);
        assert_eq!(figure(line, "wrong="), 0);
        assert_eq!(figure(line, "other="), u64::MAX);
    }
}
