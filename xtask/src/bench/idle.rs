//! `bench idle`: how soon a server is ready, and what it uses when nobody asks anything.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::Options;
use crate::launch::{Databases, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::Report;

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let watched = Duration::from_secs(options.seconds.unwrap_or(20));
    let mut databases = Databases::default();
    let sandbox = Sandbox::start(tenon, SandboxOptions::of(options.sizes(&[1_000])[0], 1))?;
    for kind in options.databases() {
        let setup = databases.setup(kind, tenon, sandbox.environment())?;
        let mut starts = Vec::new();
        for _ in 0..7 {
            let server = setup.start()?;
            starts.push(server.ready_after.as_secs_f64());
            server.stop()?;
        }
        report.at_most(
            &format!("{kind}: seconds to ready, median of 7"),
            percentile(&sorted(&starts), 0.5),
            0.3,
            "from exec to the first answer of /readyz",
        );
        let server = setup.start()?;
        std::thread::sleep(Duration::from_secs(2));
        report.at_most(
            &format!("{kind}: idle MiB, nothing connected"),
            server.usage()?.rss_kib as f64 / 1024.0,
            30.0,
            "VmRSS two seconds after the start",
        );
        let mut person = server.sign_in()?;
        let connection = person.connect()?;
        person.wait_until_live(&connection, Duration::from_mins(2))?;
        server.stop()?;
        // A fresh start: what the first sync once needed is not idle memory.
        let server = setup.start()?;
        std::thread::sleep(Duration::from_secs(2));
        let before = server.usage()?;
        std::thread::sleep(watched);
        let after = server.usage()?;
        report.at_most(
            &format!("{kind}: idle MiB, one mailbox connected"),
            after.rss_kib as f64 / 1024.0,
            30.0,
            "VmRSS after a restart",
        );
        let share = (after.cpu.saturating_sub(before.cpu)).as_secs_f64() / watched.as_secs_f64();
        report.at_most(
            &format!("{kind}: idle share of one core"),
            share,
            0.01,
            "/proc/PID/stat, one mailbox connected and polled",
        );
        server.stop()?;
    }
    Ok(())
}
