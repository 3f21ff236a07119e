//! `bench import`: contacts of a file, matched by their addresses, written with history and search, and taken back.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;

use super::{bring_in, contacts, wait};
use crate::bench::{Options, exponent};
use crate::command::Run;
use crate::launch::Databases;
use crate::report::{Report, say};
use crate::workspace::TempDir;

/// The same rows by a script: one table with an index on the address, one durable transaction, nothing else.
const SCRIPT: &str = "
import csv, sqlite3, sys, time
start = time.perf_counter()
db = sqlite3.connect(sys.argv[2])
db.execute('PRAGMA journal_mode = WAL')
db.execute('PRAGMA synchronous = FULL')
db.execute('CREATE TABLE c (id INTEGER PRIMARY KEY, first TEXT, last TEXT, mail TEXT, phone TEXT, title TEXT)')
db.execute('CREATE INDEX by_mail ON c (mail)')
with open(sys.argv[1], newline='') as file:
    rows = csv.reader(file)
    next(rows)
    db.executemany('INSERT INTO c (first, last, mail, phone, title) VALUES (?, ?, ?, ?, ?)', rows)
db.commit()
print(db.execute('SELECT count(*) FROM c').fetchone()[0], time.perf_counter() - start)
";

pub(in crate::bench) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut times = Vec::new();
        for size in options.sizes(&[1_000, 10_000, 100_000]) {
            let csv = contacts(0..size);
            let script = limit(&csv, size)?;
            let setup = databases.setup(kind, tenon, Vec::new())?;
            let server = setup.start()?;
            let mut person = server.sign_in()?;
            say(format!("{kind}: {size} contacts come in"));
            let before = server.usage()?;
            let import = bring_in(&mut person, "contact", &csv, &json!({}))?;
            let after = server.usage()?;
            let took = import.took.as_secs_f64();
            times.push((size, took));
            let how = "from the request to start until the last row is written: matched by address, history, search";
            let what = format!("{kind}, {size}: s");
            if kind == "sqlite" && size == 100_000 {
                report.at_most(&what, took, 60.0, how);
            } else {
                report.tell(&what, took, how);
            }
            report.tell(
                &format!("{kind}, {size}: CPU-s"),
                after.cpu.saturating_sub(before.cpu).as_secs_f64(),
                "of the server",
            );
            report.tell(
                &format!("{kind}, {size}: peak MiB"),
                after.peak_kib / 1024,
                "of the server, the file in memory",
            );
            report.tell(
                &format!("{kind}, {size}: times as long as a script"),
                took / script,
                "Python's csv into one SQLite table with one index: no history, no search, nobody else at work",
            );
            let start = Instant::now();
            person.post(&format!("/imports/{}/undo", import.id), &json!({}))?;
            wait(&mut person, &import.id, &["undone"])?;
            report.tell(
                &format!("{kind}, {size}: s to take it back"),
                start.elapsed().as_secs_f64(),
                "until the last record is gone",
            );
            server.stop()?;
        }
        if let (Some(first), Some(last)) = (times.first(), times.last())
            && last.0 > first.0
        {
            report.at_most(
                &format!("{kind}: exponent of growth"),
                exponent(*first, *last),
                1.1,
                "from the smallest to the largest file",
            );
        }
    }
    Ok(())
}

/// Seconds of the script.
fn limit(csv: &str, rows: u64) -> Result<f64> {
    let dir = TempDir::new("import")?;
    let file = dir.path().join("rows.csv");
    std::fs::write(&file, csv)?;
    let said = Run::new("python3")
        .args(["-c", SCRIPT])
        .args([&file, &dir.path().join("rows.db")])
        .read()?;
    let (count, seconds) = said
        .trim()
        .split_once(' ')
        .context("the script's figures")?;
    anyhow::ensure!(count.parse::<u64>()? == rows, "the script wrote {count}");
    Ok(seconds.parse()?)
}
