//! `bench list-threads`: fifty threads of a large, sealed mailbox, newest first and page by page.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{Options, exponent};
use crate::http::encode;
use crate::launch::{Databases, Person, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

const ROUNDS: usize = 300;

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut medians = Vec::new();
        for size in options.sizes(&[10_000, 1_000_000]) {
            let sandbox = Sandbox::start(tenon, SandboxOptions::of(size, 1))?;
            let setup = databases.setup(kind, tenon, sandbox.environment())?;
            let server = setup.start()?;
            let mut person = server.sign_in()?;
            let connection = person.connect()?;
            say(format!("{kind}: {size} messages come in"));
            person.wait_until_live(&connection, Duration::from_hours(1))?;
            let inbox = inbox(&mut person, &connection)?;
            let view = format!("/api/v1/threads?connection={connection}&limit=50");
            let newest = rounds(&mut person, &view, false)?;
            let paged = rounds(&mut person, &view, true)?;
            let label = rounds(&mut person, &format!("{view}&label={inbox}"), false)?;
            server.stop()?;
            let how = "GET /threads?limit=50 over loopback, kept connection, seals opened";
            medians.push((size, percentile(&newest, 0.5)));
            for (name, times) in [
                ("newest", newest),
                ("a later page", paged),
                ("inbox", label),
            ] {
                report.at_most(
                    &format!("{kind}, {size}: ms median, {name}"),
                    percentile(&times, 0.5),
                    10.0,
                    how,
                );
                report.tell(
                    &format!("{kind}, {size}: ms p95, {name}"),
                    (percentile(&times, 0.95) * 100.0).round() / 100.0,
                    how,
                );
            }
        }
        if let (Some(first), Some(last)) = (medians.first(), medians.last())
            && last.0 > first.0
        {
            report.at_most(
                &format!("{kind}: exponent of growth"),
                exponent(*first, *last),
                1.1,
                "medians of the newest page",
            );
        }
    }
    Ok(())
}

fn inbox(person: &mut Person, connection: &str) -> Result<String> {
    let labels = person.get(&format!("/connections/{connection}/labels"))?;
    let inbox = labels["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|label| label["role"] == "inbox")
        .context("no inbox label")?;
    Ok(inbox["id"].as_str().unwrap_or_default().to_owned())
}

/// Times of many requests; with `walk`, each asks for the page after the one before.
fn rounds(person: &mut Person, view: &str, walk: bool) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    let mut after = String::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let answer = person.client().get(&format!("{view}{after}"))?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        let page = answer.json()?;
        let items = page["items"].as_array().context("no items")?;
        ensure!(!items.is_empty(), "an empty page");
        after = match page["next"].as_str() {
            Some(next) if walk => format!("&after={}", encode(next)),
            _ => String::new(),
        };
    }
    Ok(sorted(&times))
}
