//! `prove saboteurs`: each promise is broken on purpose, and its check has to turn red. A check that has never
//! failed proves little.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Options, canary};
use crate::canary::Hit;
use crate::command::Run;
use crate::report::{Report, say};
use crate::test;
use crate::workspace;

/// The checks as `cargo xtask gen` writes them from the code.
pub const CHECKS: &str = "docs/book/src/reference/checks.json";

/// A check of the privacy page.
#[derive(Deserialize)]
pub struct Check {
    /// Its id in the catalogue.
    pub id: String,
    /// What it consists of.
    pub runs: Vec<Way>,
    /// Ways to break what it looks for.
    pub saboteurs: Vec<Saboteur>,
}

/// A way to break one promise.
#[derive(Deserialize)]
pub struct Saboteur {
    /// What chooses it.
    pub word: String,
    /// What has to turn red.
    pub run: Way,
}

/// Where a check runs.
#[derive(Deserialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Way {
    /// A test of a package.
    Test {
        /// Package.
        package: String,
        /// Function.
        name: String,
    },
    /// A proof.
    Proof {
        /// Its name.
        name: String,
    },
    /// A script of `web/e2e`.
    Browser {
        /// File.
        name: String,
    },
}

/// All checks.
pub fn checks() -> Result<Vec<Check>> {
    let path = workspace::root().join(CHECKS);
    let text = std::fs::read_to_string(&path).with_context(|| CHECKS.to_owned())?;
    Ok(serde_json::from_str(&text)?)
}

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let checks = checks()?;
    let all: Vec<(&str, &Saboteur)> = checks
        .iter()
        .flat_map(|c| c.saboteurs.iter().map(|s| (c.id.as_str(), s)))
        .collect();
    report.at_least(
        "saboteurs",
        all.len() as f64,
        40.0,
        "ways to break a promise, each of which one check has to catch",
    );
    let mut by_test = Vec::new();
    let mut by_canary = Vec::new();
    for (id, saboteur) in all {
        match &saboteur.run {
            Way::Test { package, name } => {
                by_test.push((id, saboteur.word.as_str(), package.as_str(), name.as_str()));
            }
            Way::Proof { name } if name == "canary" => by_canary.push(saboteur.word.as_str()),
            _ => anyhow::bail!(
                "{id}: nobody knows how to run what catches {}",
                saboteur.word
            ),
        }
    }
    control(&by_test, report)?;
    let caught = Mutex::new(0);
    let work = Mutex::new(by_test.iter());
    std::thread::scope(|scope| -> Result<()> {
        let turn = || -> Result<()> {
            loop {
                let next = work.lock().ok().and_then(|mut w| w.next());
                let Some((id, word, package, name)) = next else {
                    return Ok(());
                };
                let counts = tests(package, &BTreeSet::from([*name]), Some(word))?;
                if counts.failed > 0 {
                    if let Ok(mut caught) = caught.lock() {
                        *caught += 1;
                    }
                } else {
                    say(format!("{word} was not caught by {id}: {package} {name}"));
                }
            }
        };
        let other = scope.spawn(turn);
        turn()?;
        other
            .join()
            .map_err(|_| anyhow::anyhow!("a thread broke"))?
    })?;
    let caught = caught.into_inner().unwrap_or_default();
    report.exactly(
        "caught by their tests",
        caught,
        by_test.len() as u64,
        "each test once more with its saboteur on: it must fail",
    );
    let hits = canary::sabotaged(options, &by_canary.join(","))?;
    let missed: Vec<&&str> = by_canary.iter().filter(|w| !found(w, &hits)).collect();
    for word in &missed {
        say(format!("{word} was not caught by the canary day"));
    }
    report.exactly(
        "caught by the canary day",
        (by_canary.len() - missed.len()) as u64,
        by_canary.len() as u64,
        "a day with all of them on: each leak is found in its place",
    );
    Ok(())
}

/// What catches them is green without them.
fn control(by_test: &[(&str, &str, &str, &str)], report: &mut Report) -> Result<()> {
    let mut packages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, _, package, name) in by_test {
        packages.entry(package).or_default().insert(name);
    }
    let (mut passed, mut failed, mut wanted) = (0, 0, 0);
    for (package, names) in &packages {
        let counts = tests(package, names, None)?;
        passed += counts.passed;
        failed += counts.failed;
        wanted += names.len();
    }
    report.exactly("tests that fail without a saboteur", failed, 0, "control");
    report.at_least(
        "tests that pass without a saboteur",
        passed as f64,
        wanted as f64,
        "control: those that have to catch them",
    );
    Ok(())
}

/// Runs tests by the names of their functions, on SQLite.
fn tests(
    package: &str,
    names: &BTreeSet<&str>,
    saboteur: Option<&str>,
) -> Result<crate::counts::Counts> {
    let any = names.iter().copied().collect::<Vec<_>>().join("|");
    let filter = test::of_packages(&[package], &format!("test(/(^|::)({any})($|::sqlite$)/)"));
    let mut run = Run::new(test::nextest()?)
        .args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--show-progress=none", "--status-level=fail"])
        .args(["--final-status-level=fail", "--workspace", "-E", &filter])
        .env("TENON_TEST_SQLITE_ONLY", "1");
    run = match saboteur {
        Some(word) => run.env("TENON_SABOTEUR", word).silent(),
        None => run.quiet(),
    };
    let outcome = run.run()?;
    let counts = crate::counts::nextest(&outcome.text);
    ensure!(
        !counts.none(),
        "no test of {package} is named {any}: {}",
        outcome.text
    );
    Ok(counts)
}

/// Whether the day shows what this saboteur does.
fn found(word: &str, hits: &BTreeSet<Hit>) -> bool {
    let (place, canary) = match word {
        "body-in-log" => ("server.log", "html text"),
        "subject-in-log" => ("server.log", "subject"),
        "address-in-log" => ("server.log", "sender address"),
        "token-in-log" => ("server.log", "token"),
        "body-in-file" => ("tmp", "html text"),
        "sealed-in-clear" => ("tenon.db", "subject"),
        _ => return false,
    };
    hits.iter()
        .any(|hit| hit.place.contains(place) && hit.canary.contains(canary))
}
