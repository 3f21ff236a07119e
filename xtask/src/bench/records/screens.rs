//! `bench board` and `bench table`: what a person waits for in Chromium, on a server with many records.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{bring_in, contacts};
use crate::bench::Options;
use crate::build;
use crate::launch::{Databases, OWNER, Person, browser_script};
use crate::report::{Report, say};

type Fill = fn(&mut Person, u64) -> Result<()>;

/// A board of two thousand boxes.
pub(in crate::bench) fn board(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let how = "from the address to the first cards of every column that is in view, a frame later; median of 5";
    each(options, tenon, 2_000, deals, |kind, size, said| {
        report.at_most(
            &format!("{kind}, {size} boxes: ms to the board"),
            number(said, "open")?,
            1_000.0,
            how,
        );
        report.tell(
            &format!("{kind}, {size} boxes: ms to the board, loaded before"),
            number(said, "again")?,
            "from the link in the rail, the app being there",
        );
        frames(report, kind, size, said)
    })
}

/// A table of a hundred thousand rows.
pub(in crate::bench) fn table(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    each(options, tenon, 100_000, people, |kind, size, said| {
        report.tell(
            &format!("{kind}, {size} rows: ms to the first rows"),
            number(said, "open")?,
            "from the address to the first rows",
        );
        report.tell(
            &format!("{kind}, {size} rows: s until all were loaded"),
            number(said, "seconds")?,
            "scrolled to its end as fast as pages come",
        );
        frames(report, kind, size, said)
    })
}

fn frames(report: &mut Report, kind: &str, size: u64, said: &Value) -> Result<()> {
    let how = "scrolled through from end to end, time between frames";
    report.at_most(
        &format!("{kind}, {size}: ms a frame, median"),
        number(said, "median")?,
        20.0,
        how,
    );
    report.tell(
        &format!("{kind}, {size}: ms a frame, p95"),
        number(said, "p95")?,
        how,
    );
    Ok(())
}

fn number(said: &Value, key: &str) -> Result<f64> {
    let value = said[key].as_f64().with_context(|| format!("no {key}"))?;
    Ok((value * 10.0).round() / 10.0)
}

fn each(
    options: &Options,
    tenon: &Path,
    size: u64,
    fill: Fill,
    mut tell: impl FnMut(&str, u64, &Value) -> Result<()>,
) -> Result<()> {
    let node = build::web_packages()?;
    let mut databases = Databases::default();
    let what = if size > 50_000 { "--table" } else { "--board" };
    for kind in options.databases() {
        for size in options.sizes(&[size]) {
            let setup = databases.setup(kind, tenon, Vec::new())?;
            let server = setup.start()?;
            say(format!("{kind}: {size} records come in"));
            fill(&mut server.sign_in()?, size)?;
            let script = browser_script(&node, "web/e2e/many.mjs", &setup.url(), OWNER.0, OWNER.1);
            let said = script.args([what, &size.to_string()]).quiet().must()?.text;
            let line = said.lines().rev().find(|line| line.starts_with('{'));
            tell(
                kind,
                size,
                &serde_json::from_str(line.context("no figures")?)?,
            )?;
            server.stop()?;
        }
    }
    Ok(())
}

fn people(person: &mut Person, size: u64) -> Result<()> {
    bring_in(person, "contact", &contacts(0..size), &json!({})).map(drop)
}

/// Deals over all open stages of the first pipeline.
fn deals(person: &mut Person, size: u64) -> Result<()> {
    let pipelines = person.get("/pipelines")?;
    let pipeline = pipelines["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|p| p["kind"] == "deals")
        .context("no pipeline of deals")?;
    let stages: Vec<&str> = pipeline["stages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|stage| stage["outcome"] == "open" || stage["outcome"].is_null())
        .filter_map(|stage| stage["name"].as_str())
        .collect();
    let mut csv = String::from("Name,Amount,Stage,Close date\n");
    for n in 0..size {
        let stage = stages[n as usize % stages.len()];
        let _ = writeln!(
            csv,
            "Offer {n},{}.50 EUR,{stage},2026-12-{:02}",
            n * 37 % 90_000,
            n % 28 + 1
        );
    }
    let options = json!({ "pipeline": pipeline["id"] });
    bring_in(person, "deal", &csv, &options).map(drop)
}
