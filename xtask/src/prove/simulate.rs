//! `prove simulate`: Tenon, its provider and a person in one process on one simulated clock, by seed. What is
//! simulated is in `crates/simulate`.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Options;
use crate::build;
use crate::command::Run;
use crate::postgres::{Durability, Postgres};
use crate::report::{Report, say};
use crate::workspace;

/// Seeds on SQLite, days of each, and how many seeds on PostgreSQL there are for one on SQLite.
const SEEDS: u64 = 30;
const DAYS: u64 = 20;
const SHARE: u64 = 10;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    say("building the simulation");
    build::debug(&["build", "--quiet", "--bin", "simulate"])
        .quiet()
        .must()
        .context("the simulation does not build")?;
    let seeds = options.runs(SEEDS);
    for kind in options.databases() {
        let postgres = match kind {
            "postgres" => Some(Postgres::start(Durability::Off)?),
            _ => None,
        };
        // Asked for by name, a database gets all of them.
        let only = options.database.is_some();
        let seeds = if postgres.is_some() && !only {
            seeds.div_ceil(SHARE)
        } else {
            seeds
        };
        simulate(options, kind, seeds, postgres.as_ref(), report)?;
    }
    Ok(())
}

fn simulate(
    options: &Options,
    kind: &str,
    seeds: u64,
    postgres: Option<&Postgres>,
    report: &mut Report,
) -> Result<()> {
    let mut run = Run::new(workspace::target().join("debug/simulate"))
        .args(["--json", "--runs", &seeds.to_string()])
        .args(["--seed", &options.seed.to_string()])
        .args(["--days", &DAYS.to_string()]);
    if let Some(postgres) = postgres {
        run = run.args(["--postgres", &postgres.url("postgres")]);
    }
    let outcome = run.run()?;
    let last = outcome
        .text
        .lines()
        .rev()
        .find(|line| line.starts_with('{'));
    let said: Value = serde_json::from_str(last.context("the simulation said nothing")?)?;
    let count = |name: &str| said[name].as_u64().unwrap_or(0);
    report.exactly(
        &format!("{kind}: seeds that broke a rule"),
        count("failed"),
        0,
        "every evening: messages, labels, threads and counts equal the provider's, each message sent once or its \
         person asked, no cursor back, no grant asked for without cause; at the end nothing left in any table",
    );
    report.exactly(
        &format!("{kind}: seeds whose second run differed"),
        count("strayed"),
        0,
        "acts, calls with their faults, commits and jobs, line by line, hashed; each seed run twice",
    );
    report.at_least(
        &format!("{kind}: simulated days"),
        count("days") as f64,
        (seeds * DAYS) as f64,
        "both runs of each seed, by the simulated clock",
    );
    report.tell(&format!("{kind}: seeds"), seeds, "from `--seed` on");
    for (name, how) in [
        (
            "acts",
            "of the person in Tenon, and of others at the provider",
        ),
        ("calls", "to the provider; each part of a batch is one"),
        (
            "faults",
            "that hit a call, drawn from the rows of the table of faults",
        ),
        (
            "kills",
            "the process dropped before or after a commit, before a call or its answer",
        ),
        ("sent", "messages that arrived, each once"),
        ("reauthorizations", "each after a fault that took the grant"),
        ("comparisons", "evenings at which everything was compared"),
    ] {
        report.tell(&format!("{kind}: {name}"), count(name), how);
    }
    let rows = said["rows"].as_object().map_or(0, serde_json::Map::len);
    report.tell(
        &format!("{kind}: rows of faults met"),
        rows,
        "of `provider-faults`, with their variants",
    );
    Ok(())
}
