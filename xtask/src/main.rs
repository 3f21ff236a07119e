#![doc = include_str!("../README.md")]
#![expect(
    unreachable_pub,
    reason = "a binary has no outside: `pub` here marks what a module offers the others"
)]

mod bench;
mod build;
mod canary;
mod children;
mod command;
mod counts;
mod demo;
mod failures;
mod generate;
mod http;
mod launch;
mod measure;
mod needs;
mod postgres;
mod prove;
mod report;
mod shots;
mod test;
mod tidy;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Commands of the Tenon repository.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and starts Tenon with sandbox providers and sample mail.
    ///
    /// Example: cargo xtask demo --port 8081
    Demo {
        /// Port on loopback.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Do not open the browser.
        #[arg(long)]
        no_open: bool,
    },
    /// Runs all that CI runs, or the parts and crates named; ends with `N passed, N failed`.
    ///
    /// Example: cargo xtask test store web
    Test {
        /// Parts (fmt tidy web clippy build rust gen deny google emulator corpora browser proofs) or crates.
        parts: Vec<String>,
    },
    /// Measures against peers and limits run beside it; fails when a goal does not hold.
    ///
    /// Example: cargo xtask bench first-sync --json
    Bench {
        /// One benchmark; all without it.
        name: Option<String>,
        #[command(flatten)]
        options: bench::Options,
    },
    /// Runs the proofs: longer than tests, on the real binary; fails when a goal does not hold.
    ///
    /// Example: cargo xtask prove kill-sync --runs 20 --seed 7
    Prove {
        /// One proof; all without it.
        name: Option<String>,
        #[command(flatten)]
        options: prove::Options,
    },
    /// Regenerates the OpenAPI document, the API client and the reference pages.
    Gen {
        /// Fail when anything changed by it.
        #[arg(long)]
        check: bool,
    },
    /// Checks the rules of the house: arrows between crates, where SQL is, lengths, leftovers.
    Tidy,
    /// Screenshots of every screen, light and dark, wide and narrow.
    Shots {
        /// Where to put them.
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = children::handle_interrupts().and_then(|()| match cli.command {
        Command::Demo { port, no_open } => demo::run(port, no_open),
        Command::Test { parts } => test::run(&parts),
        Command::Bench { name, options } => bench::run(name.as_deref(), &options),
        Command::Prove { name, options } => prove::run(name.as_deref(), &options),
        Command::Gen { check } => generate::run(check).map(|counts| counts.failed == 0),
        Command::Tidy => tidy::run().map(|counts| counts.failed == 0),
        Command::Shots { dir } => shots::run(&dir),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
