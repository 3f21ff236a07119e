//! Benchmarks of records: made by imports of files, as a person would bring them.

pub(super) mod import;
pub(super) mod lookup;
pub(super) mod screens;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::launch::Person;

/// Rows of one file; an import takes at most 500,000.
const FILE: u64 = 250_000;

/// What the address of a contact is.
fn address(number: u64) -> String {
    format!("p{number}@company{}.example", number % 5_000)
}

/// Contacts as a table, by their numbers; one of five thousand companies each.
fn contacts(numbers: std::ops::Range<u64>) -> String {
    let mut csv = String::from("First name,Last name,E-mail,Phone,Title\n");
    for n in numbers {
        let _ = writeln!(
            csv,
            "First{},Last{},{},+49 30 {n:09},Buyer",
            n % 1_009,
            n % 20_011,
            address(n)
        );
    }
    csv
}

/// An import from the file to its end.
struct Imported {
    id: String,
    /// From the request to start until all rows are written.
    took: Duration,
}

/// Brings a file in; `options` are those of `PATCH /imports/{id}`.
fn bring_in(person: &mut Person, kind: &str, csv: &str, options: &Value) -> Result<Imported> {
    let path = format!("/api/v1/imports?kind={kind}&name=bench.csv");
    let headers = [
        ("content-type", "application/octet-stream"),
        ("x-tenon-request", "1"),
    ];
    let answer = person
        .client()
        .send("POST", &path, &headers, csv.as_bytes())?;
    ensure!(answer.status == 201, "the file: {}", answer.text());
    let id = answer.json()?["id"]
        .as_str()
        .context("no import")?
        .to_owned();
    if options != &json!({}) {
        let headers = [
            ("content-type", "application/json"),
            ("x-tenon-request", "1"),
        ];
        let path = format!("/api/v1/imports/{id}");
        let body = serde_json::to_vec(&json!({ "options": options }))?;
        let answer = person.client().send("PATCH", &path, &headers, &body)?;
        ensure!(answer.status == 200, "the options: {}", answer.text());
    }
    let start = Instant::now();
    person.post(&format!("/imports/{id}/start"), &json!({}))?;
    let done = wait(person, &id, &["done"])?;
    let took = start.elapsed();
    let rows = csv.lines().count() as u64 - 1;
    if done["counts"]["create"] != rows {
        let failed = person.get(&format!("/imports/{id}/rows?outcome=fail&limit=1"))?;
        let why = &failed["items"][0]["problems"];
        bail!("{rows} rows, but {}: {why}", done["counts"]);
    }
    Ok(Imported { id, took })
}

/// Waits until an import is in one of these states.
fn wait(person: &mut Person, id: &str, states: &[&str]) -> Result<Value> {
    let start = Instant::now();
    loop {
        let import = person.get(&format!("/imports/{id}"))?;
        let state = import["state"].as_str().unwrap_or_default();
        if states.contains(&state) {
            return Ok(import);
        }
        if ["failed", "cancelled"].contains(&state) || start.elapsed() > Duration::from_hours(1) {
            bail!("the import is {state}: {}", import["error"]);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
