//! `cargo xtask test`: all that CI runs, on a fresh Debian machine too, in one command.

mod judges;
mod rust;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::build;
use crate::command::Run;
use crate::counts::{self, Counts};
use crate::failures;
use crate::generate;
use crate::needs::debian_packages;
use crate::tidy;

pub use judges::PROOFS;
pub use rust::{nextest, of_faults, of_packages, refreshes, some};

/// A step of the whole test.
struct Part {
    name: &'static str,
    /// Whether it starts databases, browsers or Python programs.
    needs_debian: bool,
    run: fn() -> Result<Counts>,
}

const PARTS: [Part; 14] = [
    part("fmt", false, rust::fmt),
    part("tidy", false, tidy::run),
    part("web", false, web),
    part("clippy", false, rust::clippy),
    part("build", false, rust::build),
    part("rust", true, rust::all),
    part("gen", false, || generate::run(true)),
    part("deny", true, rust::deny),
    part("google", true, judges::google),
    part("emulator", true, judges::emulator),
    part("corpora", true, judges::corpora),
    part("browser", true, judges::browser),
    part("signin", true, judges::signin),
    part("proofs", true, judges::proofs),
];

const fn part(name: &'static str, needs_debian: bool, run: fn() -> Result<Counts>) -> Part {
    Part {
        name,
        needs_debian,
        run,
    }
}

/// Runs all parts, or those named; a name that is no part is a crate.
pub fn run(names: &[String]) -> Result<bool> {
    let (parts, crates) = choose(names)?;
    let mut results: Vec<(String, Counts)> = Vec::new();
    let start = Instant::now();
    if parts.iter().any(|p| p.needs_debian) || !crates.is_empty() {
        println!("== needs");
        debian_packages()?;
    }
    for part in &parts {
        results.push((part.name.to_owned(), timed(part.name, part.run)));
    }
    for name in &crates {
        let counts = timed(name, || rust::crates(std::slice::from_ref(name)));
        results.push((name.clone(), counts));
    }
    println!("== all in {} s", start.elapsed().as_secs());
    for (name, counts) in &results {
        println!(
            "   {name:<10} {:>6} passed {:>4} failed",
            counts.passed, counts.failed
        );
    }
    for line in failures::all() {
        println!("   {line}");
    }
    let total: Counts = results.iter().map(|(_, counts)| *counts).sum();
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}

/// One part: an error inside is a failure, and so is a part that ran nothing.
fn timed(name: &str, run: impl FnOnce() -> Result<Counts>) -> Counts {
    println!("== {name}");
    let start = Instant::now();
    let counts = match run() {
        Ok(counts) if counts.none() => {
            println!("   {name} ran nothing");
            Counts::one(false)
        }
        Ok(counts) => counts,
        Err(error) => {
            println!("   {name}: {error:#}");
            Counts::one(false)
        }
    };
    println!(
        "   {name}: {} passed, {} failed in {:.1} s",
        counts.passed,
        counts.failed,
        start.elapsed().as_secs_f32()
    );
    counts
}

fn choose(names: &[String]) -> Result<(Vec<&'static Part>, Vec<String>)> {
    if names.is_empty() {
        return Ok((PARTS.iter().collect(), Vec::new()));
    }
    let mut parts = Vec::new();
    let mut crates = Vec::new();
    for name in names {
        if let Some(part) = PARTS.iter().find(|p| p.name == name) {
            parts.push(part);
        } else if rust::is_crate(name) {
            crates.push(name.clone());
        } else {
            let known: Vec<&str> = PARTS.iter().map(|p| p.name).collect();
            bail!(
                "there is no part or crate `{name}`; parts: {}",
                known.join(" ")
            );
        }
    }
    Ok((parts, crates))
}

/// Types, format, bundle budget and tests of the web workspaces.
fn web() -> Result<Counts> {
    let node = build::web_packages()?;
    let script = |name: &str| -> Result<Counts> {
        let outcome = node.npm("web").args(["run", "--silent", name]).run()?;
        Ok(Counts::one(outcome.ok))
    };
    // `build` ends with the budget of the bundle.
    let checks = script("check")? + script("build")?;
    let tests = node
        .npm("web")
        .args(["run", "--silent", "test", "--", "--reporter=dot"])
        .env("CI", "1")
        .run()?;
    let counted = counts::vitest(&tests.text);
    if counted.none() {
        bail!("vitest ran nothing");
    }
    Ok(checks + counted.with_exit(tests.ok))
}

/// Runs a script that ends with `N passed, N failed`.
fn counted_script(run: Run) -> Result<Counts> {
    let outcome = run.run()?;
    let counts = counts::script(&outcome.text);
    if counts.none() {
        bail!("the script counted nothing");
    }
    Ok(counts.with_exit(outcome.ok))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn parts_and_crates_are_told_apart() {
        let (parts, crates) = choose(&names(&["store", "web", "server"])).unwrap();
        assert_eq!(parts.iter().map(|p| p.name).collect::<Vec<_>>(), ["web"]);
        assert_eq!(crates, ["store", "server"]);
        assert_eq!(choose(&[]).unwrap().0.len(), PARTS.len());
        assert!(choose(&names(&["nonsense"])).is_err());
    }

    #[test]
    fn a_part_that_ran_nothing_or_broke_failed() {
        assert_eq!(timed("x", || Ok(Counts::default())), Counts::one(false));
        assert_eq!(timed("x", || bail!("broken")), Counts::one(false));
        assert_eq!(timed("x", || Ok(Counts::one(true))), Counts::one(true));
    }

    #[test]
    fn scripts_must_count() {
        assert!(counted_script(Run::new("true")).is_err());
        let run = Run::new("sh").args(["-c", "echo 3 passed, 0 failed; exit 1"]);
        assert_eq!(
            counted_script(run).unwrap(),
            Counts {
                passed: 3,
                failed: 1
            }
        );
    }
}
