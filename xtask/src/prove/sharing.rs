//! `prove sharing`: who sees and who may change a record inside a workspace (T3). Members share, move, give away and
//! take back records at random, and whatever each of them reads is compared with a model that has no database.

use anyhow::{Context, Result};

use super::Options;
use crate::postgres::{Durability, Postgres};
use crate::report::{Report, say};
use crate::test;

const TEST: &str = "test(t3_who_sees_what_is_what_the_model_says)";
/// What the control breaks: teams are no longer looked at.
const HOLE: &str = "teams-open";
/// Workspaces in which the hole has to be found.
const CONTROL: u64 = 30;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let runs = options.runs(2_000);
    let postgres = Postgres::start(Durability::Off)?;
    for database in options.databases() {
        let ask = |runs: u64, saboteur: &str| {
            let environment = [
                ("TENON_TEST_POSTGRES", postgres.url("postgres")),
                ("TENON_SABOTEUR", saboteur.to_owned()),
                ("TENON_TEST_SHARING_SEED", options.seed.to_string()),
                ("TENON_TEST_SHARING_RUNS", runs.to_string()),
            ];
            let filter = format!("{TEST} & test(/::{database}$/)");
            let tests = test::some(&["tenon-app"], &filter, &environment)?;
            if saboteur.is_empty() {
                tests
            } else {
                tests.silent()
            }
            .run()
        };
        say(format!("{database}: {runs} workspaces"));
        let outcome = ask(runs, "")?;
        let told = Told::read(&outcome.text)
            .with_context(|| format!("no figures of {database}: {}", outcome.text))?;
        report.exactly(
            &format!("{database}: random workspaces"),
            told.graphs,
            runs,
            &format!("{} records, {} a second", told.records, told.rate),
        );
        report.at_least(
            &format!("{database}: comparisons"),
            told.comparisons as f64,
            (runs * 50) as f64,
            "answers, refusals and live updates",
        );
        report.exactly(
            &format!("{database}: differences"),
            told.differences,
            0,
            "from the model of who sees and who may change what",
        );
        let holed = ask(CONTROL, HOLE)?;
        let holed = Told::read(&holed.text)
            .with_context(|| format!("no figures of the control: {}", holed.text))?;
        report.at_least(
            &format!("{database}: differences with a hole (control)"),
            holed.differences as f64,
            1.0,
            HOLE,
        );
    }
    Ok(())
}

/// The line of figures that the test prints.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    graphs: u64,
    records: u64,
    comparisons: u64,
    differences: u64,
    rate: String,
}

impl Told {
    fn read(text: &str) -> Option<Self> {
        let line = text
            .lines()
            .find_map(|l| l.trim().strip_prefix("sharing: "))?;
        let mut numbers = line
            .split(", ")
            .filter_map(|part| part.split(' ').next())
            .map(str::to_owned);
        let mut next = || numbers.next()?.parse().ok();
        Some(Self {
            graphs: next()?,
            records: next()?,
            comparisons: next()?,
            differences: next()?,
            rate: numbers.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let line = "x\nsharing: 60 graphs, 427 records, 9001 comparisons, 0 differences, 14.1 graphs a second\n";
        let told = Told {
            graphs: 60,
            records: 427,
            comparisons: 9_001,
            differences: 0,
            rate: "14.1".to_owned(),
        };
        assert_eq!(Told::read(line), Some(told));
        assert_eq!(Told::read("nothing"), None);
    }
}
