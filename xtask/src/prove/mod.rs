//! `cargo xtask prove`: what must hold under kills, expired cursors and curious eyes, shown on the real binary.

mod browser;
mod canary;
mod compare;
mod corpora;
mod day;
mod emulator;
mod faults;
mod hostile;
mod isolation;
mod kill_sync;
mod nodes;
mod outbox;
mod resync;
mod rotation;
mod rotation_load;
pub mod saboteurs;
mod sharing;
mod simulate;
mod writing;

use anyhow::{Result, bail};
use clap::Args;

use crate::build;
use crate::canary::Random;
use crate::counts::Counts;
use crate::failures;
use crate::launch::DATABASES;
use crate::needs::debian_packages;
use crate::report::{Figure, Report, say};

/// How often and from which seed.
#[derive(Args, Clone)]
pub struct Options {
    /// Repetitions of what is repeated at random; each proof has its own default.
    #[arg(long)]
    runs: Option<u64>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One database only: sqlite or postgres.
    #[arg(long, value_parser = DATABASES)]
    database: Option<String>,
    /// Prove the release build.
    #[arg(long)]
    release: bool,
    /// Prove this binary, built elsewhere.
    #[arg(long, value_name = "PATH")]
    binary: Option<std::path::PathBuf>,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Options {
    fn databases(&self) -> Vec<&'static str> {
        DATABASES
            .into_iter()
            .filter(|name| self.database.as_deref().is_none_or(|only| only == *name))
            .collect()
    }

    fn random(&self) -> Random {
        Random::new(self.seed)
    }

    fn runs(&self, default: u64) -> u64 {
        self.runs.unwrap_or(default)
    }

    fn tenon(&self) -> Result<std::path::PathBuf> {
        match &self.binary {
            Some(path) => Ok(path.canonicalize()?),
            None => build::tenon(self.release),
        }
    }
}

type Proof = fn(&Options, &mut Report) -> Result<()>;

/// Name, proof, repetitions of its short form.
const PROOFS: [(&str, Proof, u64); 15] = [
    ("main-job", browser::run, 1),
    ("emulator", emulator::run, 1),
    ("corpora", corpora::run, 1),
    ("kill-sync", kill_sync::run, 2),
    ("resync", resync::run, 2),
    ("canary", canary::run, 1),
    ("outbox", outbox::run, 4),
    ("two-nodes", nodes::run, 1),
    ("rotation", rotation::run, 4),
    ("hostile-mail", hostile::run, 1),
    ("saboteurs", saboteurs::run, 1),
    ("faults", faults::run, 1),
    ("simulate", simulate::run, 20),
    ("isolation", isolation::run, 2),
    ("sharing", sharing::run, 200),
];

/// Runs one proof or all.
pub fn run(name: Option<&str>, options: &Options) -> Result<bool> {
    debian_packages()?;
    let chosen: Vec<_> = PROOFS
        .iter()
        .filter(|(known, ..)| name.is_none_or(|name| name == *known))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = PROOFS.iter().map(|(name, ..)| *name).collect();
        bail!(
            "there is no proof `{}`; there are: {}",
            name.unwrap_or_default(),
            names.join(" ")
        );
    }
    let mut all = true;
    for (name, proof, _) in chosen {
        let report = prove(name, *proof, options);
        report.print(options.json);
        all &= report.holds();
    }
    Ok(all)
}

/// The short form that is part of the tests.
pub fn short(name: &str) -> Result<Counts> {
    let Some((name, proof, runs)) = PROOFS.iter().find(|(known, ..)| *known == name) else {
        bail!("there is no proof `{name}`");
    };
    let options = Options {
        runs: Some(*runs),
        seed: 1,
        database: None,
        release: false,
        binary: None,
        json: false,
    };
    let report = prove(name, *proof, &options);
    report.print(false);
    for figure in report.figures.iter().filter(|figure| !figure.holds) {
        let Figure {
            what, value, goal, ..
        } = figure;
        failures::keep(
            name,
            &format!("FAIL prove {name}: {what}: {value}, not {goal}"),
        );
    }
    Ok(report.counts())
}

/// A proof that breaks off keeps the figures it had and fails.
fn prove(name: &str, proof: Proof, options: &Options) -> Report {
    say(format!("prove {name}, seed {}", options.seed));
    let mut report = Report::new(name);
    if let Err(error) = proof(options, &mut report) {
        say(format!("{name}: {error:#}"));
        report.exactly("broke off", 1, 0, &format!("{error:#}"));
    }
    report
}
