//! `cargo xtask bench`: ratios against a peer or a limit measured in the same run.

mod first_sync;
mod idle;
mod list_threads;
mod merge;
mod open_message;
mod peer;
mod push;
mod quota;
mod records;

use anyhow::{Result, bail};
use clap::Args;

use crate::build;
use crate::launch::DATABASES;
use crate::needs::debian_packages;
use crate::report::{Report, say};

/// What to measure on.
#[derive(Args, Clone)]
pub struct Options {
    /// Sizes in messages, comma separated; each benchmark has its own default.
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<u64>,
    /// One database only: sqlite or postgres.
    #[arg(long, value_parser = DATABASES)]
    database: Option<String>,
    /// Seconds, for benchmarks that run for a time.
    #[arg(long)]
    seconds: Option<u64>,
    /// Measure this binary, built elsewhere.
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

    fn sizes(&self, default: &[u64]) -> Vec<u64> {
        if self.sizes.is_empty() {
            default.to_vec()
        } else {
            self.sizes.clone()
        }
    }
}

type Bench = fn(&Options, &std::path::Path, &mut Report) -> Result<()>;

const BENCHES: [(&str, Bench); 11] = [
    ("first-sync", first_sync::run),
    ("quota", quota::run),
    ("open-message", open_message::run),
    ("list-threads", list_threads::run),
    ("idle", idle::run),
    ("push", push::run),
    ("merge", merge::run),
    ("import", records::import::run),
    ("lookup", records::lookup::run),
    ("board", records::screens::board),
    ("table", records::screens::table),
];

/// Runs one benchmark or all, on the release build.
pub fn run(name: Option<&str>, options: &Options) -> Result<bool> {
    let chosen: Vec<_> = BENCHES
        .iter()
        .filter(|(known, _)| name.is_none_or(|name| name == *known))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no benchmark `{}`; there are: {}",
            name.unwrap_or_default(),
            names.join(" ")
        );
    }
    debian_packages()?;
    let tenon = match &options.binary {
        Some(path) => path.canonicalize()?,
        None => build::tenon(true)?,
    };
    let mut all = true;
    for (name, bench) in chosen {
        say(format!("bench {name}"));
        let mut report = Report::new(name);
        if let Err(error) = bench(options, &tenon, &mut report) {
            say(format!("{name}: {error:#}"));
            report.exactly("broke off", 1, 0, &format!("{error:#}"));
        }
        report.print(options.json);
        all &= report.holds();
    }
    Ok(all)
}

/// The exponent of growth between two sizes: 1 is linear.
fn exponent(small: (u64, f64), large: (u64, f64)) -> f64 {
    (large.1 / small.1).ln() / (large.0 as f64 / small.0 as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents() {
        assert!((exponent((10, 1.0), (100, 10.0)) - 1.0).abs() < 1e-9);
        assert!((exponent((10, 1.0), (100, 100.0)) - 2.0).abs() < 1e-9);
    }
}
