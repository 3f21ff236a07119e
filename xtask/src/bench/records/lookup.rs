//! `bench lookup`: ten addresses among a million contacts, by somebody who sees half of them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{FILE, address, bring_in, contacts};
use crate::bench::{Options, exponent};
use crate::command::Run;
use crate::http::Client;
use crate::launch::{Databases, Person};
use crate::measure::{percentile, sorted};
use crate::needs::postgres_bin;
use crate::postgres::{Durability, Postgres};
use crate::report::{Report, say};

/// A member who is not the owner of any of them.
const COLLEAGUE: (&str, &str) = ("colleague@example.org", "another long passphrase 8");
/// Requests of one person, one after the other.
const ROUNDS: u64 = 4_000;
/// As many at once as pgbench is given clients.
const AT_ONCE: usize = 8;

pub(in crate::bench) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let mut databases = Databases::default();
    let seconds = options.seconds.unwrap_or(10);
    for kind in options.databases() {
        let mut medians = Vec::new();
        for size in options.sizes(&[10_000, 100_000, 1_000_000]) {
            let setup = databases.setup(kind, tenon, Vec::new())?;
            setup.create_member(COLLEAGUE, "Coll League", "member")?;
            let server = setup.start()?;
            fill(&mut server.sign_in()?, kind, size)?;
            let mut person = Person::sign_in(&setup.url(), COLLEAGUE.0, COLLEAGUE.1)?;
            let cookie = person.client().cookie().context("no session")?.to_owned();
            check(&mut person, size)?;
            one_by_one(&mut person, size, ROUNDS / 4)?;
            let before = server.usage()?.cpu;
            let times = one_by_one(&mut person, size, ROUNDS)?;
            let spent = server.usage()?.cpu.saturating_sub(before);
            report.tell(
                &format!("{kind}, {size}: CPU-ms of the server for one"),
                (spent.as_secs_f64() * 1e6 / ROUNDS as f64).round() / 1e3,
                "user and system time, which others on the machine change little",
            );
            medians.push((size, percentile(&times, 0.5)));
            let how = "POST /lookup with 10 addresses, one after the other, kept connection; half of the contacts are private to somebody else";
            let (p50, p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
            let largest = size >= 1_000_000;
            goal(
                report,
                &format!("{kind}, {size}: ms p50"),
                p50,
                (largest && kind == "sqlite").then_some(0.5),
                how,
            );
            let limit = if kind == "sqlite" { 5.0 } else { 10.0 };
            goal(
                report,
                &format!("{kind}, {size}: ms p99"),
                p99,
                largest.then_some(limit),
                how,
            );
            let rate = together(&setup.url(), &cookie, size, seconds)?;
            let what = format!("{kind}, {size}: look-ups a second");
            let how = "eight persons at once, on the same cores as the server";
            if largest && kind == "sqlite" {
                report.at_least(&what, rate, 7_000.0, how);
            } else {
                report.tell(&what, rate.round(), how);
            }
            server.stop()?;
        }
        if let (Some(first), Some(last)) = (medians.first(), medians.last())
            && last.0 > first.0
        {
            report.at_most(
                &format!("{kind}: exponent of growth"),
                exponent(*first, *last),
                1.1,
                "medians, from the fewest contacts to the most",
            );
        }
    }
    drop(databases);
    peer(report, seconds)
}

fn goal(report: &mut Report, what: &str, value: f64, limit: Option<f64>, how: &str) {
    match limit {
        Some(limit) => report.at_most(what, value, limit, how),
        None => report.tell(what, (value * 1_000.0).round() / 1_000.0, how),
    }
}

/// Every other file is private, so that sharing decides.
fn fill(owner: &mut Person, kind: &str, size: u64) -> Result<()> {
    let half = FILE.min(size / 2);
    for (file, from) in (0..size).step_by(half as usize).enumerate() {
        let to = size.min(from + half);
        say(format!("{kind}: contacts {from} to {to} come in"));
        let scope = if file % 2 == 0 {
            "workspace"
        } else {
            "private"
        };
        let options = json!({ "sharing": { "scope": scope, "shares": [] } });
        bring_in(owner, "contact", &contacts(from..to), &options)?;
    }
    Ok(())
}

/// The ten addresses of one request: spread over everything.
fn ten(round: u64, size: u64) -> Vec<String> {
    (0..10)
        .map(|n| address((round * 7_919 + n * (size / 10) + n) % size))
        .collect()
}

fn path(round: u64, size: u64) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(
        &json!({ "addresses": ten(round, size) }),
    )?)
}

const HEADERS: [(&str, &str); 2] = [
    ("content-type", "application/json"),
    ("x-tenon-request", "1"),
];

/// Half of what is asked for is found: the work is really done.
fn check(person: &mut Person, size: u64) -> Result<()> {
    let mut found = 0;
    for round in 0..20 {
        let answer = person.post("/lookup", &json!({ "addresses": ten(round, size) }))?;
        let items = answer["items"].as_array().context("no items")?;
        ensure!(items.len() == 10, "{} results", items.len());
        found += items.iter().filter(|i| !i["contact"].is_null()).count();
    }
    ensure!((80..=120).contains(&found), "{found} of 200 were found");
    Ok(())
}

fn one_by_one(person: &mut Person, size: u64, rounds: u64) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for round in 0..rounds {
        let body = path(round, size)?;
        let start = Instant::now();
        let answer = person
            .client()
            .send("POST", "/api/v1/lookup", &HEADERS, &body)?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        ensure!(answer.status == 200, "{}", answer.text());
    }
    Ok(sorted(&times))
}

/// Look-ups a second of several clients at once.
fn together(url: &str, cookie: &str, size: u64, seconds: u64) -> Result<f64> {
    let start = Instant::now();
    let threads: Vec<_> = (0..AT_ONCE as u64)
        .map(|number| {
            let (url, cookie) = (url.to_owned(), cookie.to_owned());
            std::thread::spawn(move || -> Result<u64> {
                let mut client = Client::new(&url)?;
                let headers = [HEADERS[0], HEADERS[1], ("cookie", cookie.as_str())];
                let mut done = 0;
                while start.elapsed() < Duration::from_secs(seconds) {
                    let body = path(number * 1_000_003 + done, size)?;
                    let answer = client.send("POST", "/api/v1/lookup", &headers, &body)?;
                    ensure!(answer.status == 200, "{}", answer.text());
                    done += 1;
                }
                Ok(done)
            })
        })
        .collect();
    let mut done = 0;
    for thread in threads {
        done += thread
            .join()
            .map_err(|_| anyhow::anyhow!("a client broke"))??;
    }
    Ok(done as f64 / start.elapsed().as_secs_f64())
}

/// pgbench's own look-up of one row among a million: no HTTP, no session, no sharing.
fn peer(report: &mut Report, seconds: u64) -> Result<()> {
    let Some(pgbench) = postgres_bin()
        .map(|bin| bin.join("pgbench"))
        .filter(|p| p.exists())
    else {
        say("pgbench is not installed: nothing beside");
        return Ok(());
    };
    let postgres = Postgres::start(Durability::AsInstalled)?;
    let url = postgres.create_database("peer")?;
    let run = |args: &[&str]| Run::new(&pgbench).args(args).arg(&url).read();
    run(&["--initialize", "--quiet", "--scale=10"])?;
    let seconds = format!("--time={seconds}");
    run(&["--select-only", "--client=8", "--jobs=2", "--time=3"])?;
    let said = run(&["--select-only", "--client=8", "--jobs=2", &seconds])?;
    let number = |key: &str| -> Result<f64> {
        let line = said.lines().find_map(|line| line.strip_prefix(key));
        let word = line.and_then(|rest| rest.split_whitespace().next());
        Ok(word.context("pgbench's figures")?.parse()?)
    };
    let how =
        "one row by its key among 1,000,000, eight clients: no HTTP, session, sharing or JSON";
    report.tell("pgbench: rows a second", number("tps = ")?.round(), how);
    report.tell("pgbench: ms", number("latency average = ")?, how);
    Ok(())
}
