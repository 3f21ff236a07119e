//! `bench quota`: a first sync under Google's limits of 2026: how much of the allowance is used, how much refused,
//! what a message costs, and whether a person waits behind it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Options;
use crate::launch::{Databases, Quota, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

/// Units a minute and user of a project made since May 2026.
const ALLOWED: f64 = 6_000.0;

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let seconds = options.seconds.unwrap_or(180);
    let size = options.sizes(&[10_000])[0];
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut sandbox = Sandbox::start(
            tenon,
            SandboxOptions {
                messages: size,
                seed: 1,
                quota: Quota::Y2026,
                auto_consent: true,
                latency: 0,
            },
        )?;
        let setup = databases.setup(kind, tenon, sandbox.environment())?;
        let server = setup.start()?;
        let mut person = server.sign_in()?;
        sandbox.reset_log()?;
        let start = Instant::now();
        let connection = person.connect()?;
        let mut waits = Vec::new();
        let mut failed = 0_u64;
        say(format!("{kind}: {seconds} s of backfill"));
        while start.elapsed() < Duration::from_secs(seconds) {
            std::thread::sleep(Duration::from_secs(2));
            // A person opens the newest message every two seconds.
            let threads = person.get(&format!("/threads?connection={connection}&limit=1"))?;
            let Some(id) = threads["items"][0]["id"].as_str().map(str::to_owned) else {
                continue;
            };
            let detail = person.get(&format!("/threads/{id}"))?;
            let Some(message) = detail["messages"][0]["id"].as_str().map(str::to_owned) else {
                continue;
            };
            let asked = Instant::now();
            match person.get(&format!("/messages/{message}")) {
                Ok(_) => waits.push(asked.elapsed().as_secs_f64() * 1_000.0),
                Err(_) => failed += 1,
            }
        }
        let minutes = start.elapsed().as_secs_f64() / 60.0;
        let mailbox = person.mailbox(&connection)?;
        let stored = mailbox["messages"].as_u64().context("no count")?;
        let log = sandbox.log()?;
        server.stop()?;
        let waits = sorted(&waits);
        let how = "the sandbox's own ledger of units, 2026 table";
        report.at_least(
            &format!("{kind}: share of allowed units used"),
            log.units as f64 / (ALLOWED * minutes),
            0.95,
            how,
        );
        report.at_most(
            &format!("{kind}: share of calls refused"),
            log.refused as f64 / log.calls.max(1) as f64,
            0.01,
            how,
        );
        report.at_most(
            &format!("{kind}: units a message"),
            log.backfill() as f64 / stored.max(1) as f64,
            12.5,
            "units of the backfill over messages stored",
        );
        report.tell(
            &format!("{kind}: messages a second"),
            (stored as f64 / minutes / 6.0).round() / 10.0,
            "stored and sealed",
        );
        report.at_most(
            &format!("{kind}: ms p95 to open a message meanwhile"),
            percentile(&waits, 0.95),
            500.0,
            "one open every two seconds during the backfill",
        );
        report.exactly(
            &format!("{kind}: opens refused"),
            failed,
            0,
            "the same opens",
        );
        if stored >= size {
            report.tell(
                "the mailbox was too small for the time",
                true,
                "use --sizes",
            );
        }
    }
    Ok(())
}
