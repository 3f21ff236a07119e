//! `bench first-sync`: a whole mailbox without quota, stored and sealed, beside Google's Python client which stores
//! nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::peer::{Peer, batch_loop};
use super::{Options, exponent};
use crate::launch::{Databases, Sandbox, SandboxOptions};
use crate::measure;
use crate::report::{Report, say};

struct Ours {
    wall: Duration,
    cpu: Duration,
    peak_kib: u64,
    database_cpu: Option<Duration>,
}

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let mut databases = Databases::default();
    let mut costs: Vec<(&str, u64, f64)> = Vec::new();
    for size in options.sizes(&[10_000, 100_000]) {
        let sandbox = Sandbox::start(tenon, SandboxOptions::of(size, 1))?;
        say(format!("{size} messages: google-api-python-client"));
        let peer = batch_loop(&sandbox, "documented")?;
        let tuned = batch_loop(&sandbox, "tuned")?;
        for (name, peer) in [("peer", &peer), ("tuned peer", &tuned)] {
            ensure!(
                peer.messages == size,
                "the {name} fetched {} of {size}",
                peer.messages
            );
            tell_peer(report, name, size, peer);
        }
        for kind in options.databases() {
            say(format!("{size} messages: Tenon on {kind}"));
            let ours = sync(&mut databases, kind, tenon, &sandbox, size)?;
            let per_thousand = ours.cpu.as_secs_f64() * 1e6 / size as f64;
            costs.push((kind, size, per_thousand * size as f64));
            judge(report, kind, size, &ours, &peer);
        }
    }
    for kind in options.databases() {
        let points: Vec<_> = costs.iter().filter(|(k, ..)| *k == kind).collect();
        if let (Some(first), Some(last)) = (points.first(), points.last())
            && last.1 > first.1
        {
            report.at_most(
                &format!("{kind}: exponent of CPU growth"),
                exponent((first.1, first.2), (last.1, last.2)),
                1.1,
                "between the smallest and the largest size",
            );
        }
    }
    Ok(())
}

fn sync(
    databases: &mut Databases,
    kind: &str,
    tenon: &Path,
    sandbox: &Sandbox,
    size: u64,
) -> Result<Ours> {
    let setup = databases.setup(kind, tenon, sandbox.environment())?;
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let postgres = databases.postgres().filter(|_| kind == "postgres");
    let database_before = postgres.map(|p| measure::tree_cpu(p.pid()));
    let before = server.usage()?;
    let start = Instant::now();
    let connection = person.connect()?;
    person.wait_until_live(&connection, Duration::from_hours(1))?;
    let wall = start.elapsed();
    let after = server.usage()?;
    let database_after = postgres.map(|p| measure::tree_cpu(p.pid()));
    let stored = person.mailbox(&connection)?["messages"].as_u64();
    ensure!(stored == Some(size), "Tenon stored {stored:?} of {size}");
    server.stop()?;
    Ok(Ours {
        wall,
        cpu: after.cpu.saturating_sub(before.cpu),
        peak_kib: after.peak_kib,
        database_cpu: database_after
            .zip(database_before)
            .map(|(after, before)| after.saturating_sub(before)),
    })
}

fn tell_peer(report: &mut Report, name: &str, size: u64, peer: &Peer) {
    let how = "google-api-python-client, batches of 100, metadata format, nothing stored; same sandbox, same run";
    let rate = size as f64 / peer.wall.as_secs_f64();
    report.tell(
        &format!("{name}, {size}: messages a second"),
        rate.round(),
        how,
    );
    let cpu = peer.cpu.as_secs_f64() * 1e6 / size as f64;
    report.tell(
        &format!("{name}, {size}: CPU-ms per 1,000"),
        cpu.round(),
        how,
    );
    report.tell(
        &format!("{name}, {size}: peak MiB"),
        peer.peak_kib / 1024,
        how,
    );
}

fn judge(report: &mut Report, kind: &str, size: u64, ours: &Ours, peer: &Peer) {
    let durable = if kind == "sqlite" {
        "SQLite, WAL, synchronous=NORMAL, sealed"
    } else {
        "PostgreSQL as installed (fsync on), sealed"
    };
    let rate = size as f64 / ours.wall.as_secs_f64();
    report.tell(
        &format!("{kind}, {size}: messages a second"),
        rate.round(),
        durable,
    );
    report.at_least(
        &format!("{kind}, {size}: times the peer's messages a second"),
        peer.wall.as_secs_f64() / ours.wall.as_secs_f64(),
        10.0,
        "wall time from the consent to a live mailbox, both beside the same sandbox",
    );
    report.at_least(
        &format!("{kind}, {size}: times less CPU than the peer"),
        peer.cpu.as_secs_f64() / ours.cpu.as_secs_f64(),
        20.0,
        "/proc/PID/stat of both",
    );
    report.at_most(
        &format!("{kind}, {size}: CPU-ms per 1,000 messages"),
        ours.cpu.as_secs_f64() * 1e6 / size as f64,
        80.0,
        "/proc/PID/stat of the server",
    );
    report.at_most(
        &format!("{kind}, {size}: peak resident MiB"),
        ours.peak_kib as f64 / 1024.0,
        100.0,
        "VmHWM of the server",
    );
    if let Some(cpu) = ours.database_cpu {
        report.tell(
            &format!("{kind}, {size}: CPU-ms per 1,000 of PostgreSQL itself"),
            (cpu.as_secs_f64() * 1e6 / size as f64).round(),
            "/proc/PID/stat of the server's processes",
        );
    }
}
