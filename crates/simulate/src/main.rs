//! Tenon, its provider and a person in one process on one simulated clock, by seed.

mod days;
mod figures;
mod gate;
mod judge;
mod machine;
mod person;
mod provider;
mod random;
mod sim;
mod trace;
mod weather;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use clap::Parser;
use serde_json::json;
use tenon_store::StoreUrl;
use tenon_testkit::store::Database;

use figures::Figures;
use sim::{Plan, Sim};

/// Lines of a trace that a failure shows.
const SHOWN: usize = 40;

/// Simulates days of a mailbox with faults and kills, each seed twice, and says what broke.
#[derive(Parser, Clone)]
struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days of each seed.
    #[arg(long, default_value_t = 10)]
    days: u64,
    /// How many of a thousand calls meet a fault.
    #[arg(long, default_value_t = 50)]
    faults: u64,
    /// How many of a thousand steps a kill may come in.
    #[arg(long, default_value_t = 30)]
    kills: u64,
    /// Address of a PostgreSQL superuser; without it, SQLite.
    #[arg(long)]
    postgres: Option<String>,
    /// How many seeds at the same time.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Each seed once only: nothing is said about the same trace.
    #[arg(long)]
    once: bool,
    /// Print the whole trace of each seed.
    #[arg(long)]
    trace: bool,
    /// Print one line of JSON at the end.
    #[arg(long)]
    json: bool,
}

/// What one run of a seed came to.
struct Outcome {
    failure: Option<String>,
    hash: u64,
    lines: Vec<String>,
    figures: Figures,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let next = AtomicU64::new(0);
    let total = Mutex::new((Figures::default(), 0_u64, 0_u64));
    std::thread::scope(|scope| {
        for _ in 0..args.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= args.runs {
                        return;
                    }
                    let (figures, failed, strayed) = seed(&args, args.seed + n);
                    let mut total = total
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    total.0.add(&figures);
                    total.1 += u64::from(failed);
                    total.2 += u64::from(strayed);
                }
            });
        }
    });
    let (figures, failed, strayed) = total.into_inner().unwrap_or_default();
    report(&args, &figures, failed, strayed);
    if failed + strayed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A seed, twice: its figures, whether it failed, and whether the two runs differ.
fn seed(args: &Args, seed: u64) -> (Figures, bool, bool) {
    let first = once(args, seed);
    if args.trace {
        say(&first.lines.join("\n"));
    }
    let mut figures = first.figures.clone();
    if let Some(failure) = &first.failure {
        say(&failed(args, seed, failure, &first.lines));
    }
    let mut strayed = false;
    if !args.once {
        let second = once(args, seed);
        figures.add(&second.figures);
        strayed = first.hash != second.hash;
        if strayed {
            say(&parted(seed, &first.lines, &second.lines));
        }
    }
    (figures, first.failure.is_some(), strayed)
}

fn once(args: &Args, seed: u64) -> Outcome {
    let plan = Plan {
        seed,
        days: args.days,
        faults_per_mille: args.faults,
        kills_per_mille: args.kills,
    };
    match begun(args, plan) {
        Ok((mut sim, _database)) => {
            let failure = days::run(&mut sim).err().map(|e| format!("{e:#}"));
            Outcome {
                failure,
                hash: sim.trace.hash(),
                lines: sim.trace.lines().to_vec(),
                figures: sim.figures.clone(),
            }
        }
        Err(error) => Outcome {
            failure: Some(format!("could not begin: {error:#}")),
            hash: 0,
            lines: Vec::new(),
            figures: Figures::default(),
        },
    }
}

fn begun(args: &Args, plan: Plan) -> Result<(Sim, Option<Database>)> {
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let database = args.postgres.as_deref().map(Database::create);
    let url = match &database {
        Some(database) => database.url.clone(),
        None => StoreUrl::Sqlite(folder.path().join("tenon.db")),
    };
    Ok((Sim::new(plan, url, folder)?, database))
}

fn failed(args: &Args, seed: u64, failure: &str, lines: &[String]) -> String {
    let from = lines.len().saturating_sub(SHOWN);
    format!(
        "{}\n\nseed {seed} failed: {failure}\nAgain: cargo xtask prove simulate --runs 1 --seed {seed}{}\n",
        lines[from..].join("\n"),
        if args.postgres.is_some() {
            " --database postgres"
        } else {
            " --database sqlite"
        }
    )
}

/// Where two runs of a seed part.
fn parted(seed: u64, first: &[String], second: &[String]) -> String {
    let same = first.iter().zip(second).take_while(|(a, b)| a == b).count();
    let end = |lines: &[String]| {
        lines
            .get(same)
            .cloned()
            .unwrap_or_else(|| "(the end)".into())
    };
    let from = same.saturating_sub(6);
    format!(
        "{}\n\nseed {seed}: two runs part at line {same}:\n  {}\n  {}\n",
        first[from..same].join("\n"),
        end(first),
        end(second)
    )
}

fn report(args: &Args, figures: &Figures, failed: u64, strayed: u64) {
    let hits: u64 = figures.faults.values().sum();
    if args.json {
        let rows: BTreeMap<&str, u64> = figures
            .faults
            .iter()
            .map(|(k, v)| (k.as_str(), *v))
            .collect();
        say(&json!({
            "failed": failed, "strayed": strayed, "days": figures.days(), "calls": figures.calls,
            "faults": hits, "rows": rows, "kills": figures.kills, "commits": figures.commits, "jobs": figures.jobs,
            "acts": figures.acts, "sent": figures.sent, "reauthorizations": figures.reauthorizations,
            "comparisons": figures.comparisons,
        })
        .to_string());
        return;
    }
    say(&format!(
        "{} seeds, {} days: {failed} failed, {strayed} strayed; {} acts, {} calls, {hits} faults of {} rows, {} kills, \
         {} commits, {} jobs, {} sent, {} reauthorizations, {} comparisons",
        args.runs,
        figures.days(),
        figures.acts,
        figures.calls,
        figures.faults.len(),
        figures.kills,
        figures.commits,
        figures.jobs,
        figures.sent,
        figures.reauthorizations,
        figures.comparisons
    ));
}

#[expect(clippy::print_stdout, reason = "this is what the program is for")]
fn say(text: &str) {
    println!("{text}");
}
