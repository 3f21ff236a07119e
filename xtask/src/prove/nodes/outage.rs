//! PostgreSQL goes away while people work and a mailbox comes in, and comes back; and all its connections are taken.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::rolling::People;
use super::{Deployment, Options, PATIENCE, Size, until};
use crate::http::Client;
use crate::launch::ACCOUNT;
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

/// How long it is away.
const AWAY: Duration = Duration::from_secs(4);

pub(super) fn run(options: &Options, report: &mut Report, size: Size) -> Result<()> {
    let mut deployment = Deployment::new(options, size.messages, 100, 2)?;
    let servers = deployment.start()?;
    let mut person = servers[0].sign_in()?;
    let connection = person.connect()?;
    let cookie = person.client().cookie().context("no session")?.to_owned();
    deployment.wait_syncing(PATIENCE, |_| true)?;
    let (mut failed, mut took) = (Vec::new(), Vec::new());
    let (mut answered, mut slowest) = (0, 0.0_f64);
    for _ in 0..size.turns {
        let people = People::start(&deployment.nodes[0].url(), &cookie)?;
        std::thread::sleep(Duration::from_millis(500));
        let postgres = deployment.databases.postgres_mut()?;
        postgres.stop()?;
        std::thread::sleep(AWAY);
        postgres.start_again()?;
        for node in &deployment.nodes {
            let mut client = Client::new(&node.url())?;
            let back = until(
                Duration::from_secs(30),
                "requests are answered again",
                || {
                    let answer =
                        client.send("GET", "/api/v1/connections", &[("cookie", &cookie)], &[])?;
                    Ok(answer.status == 200)
                },
            )?;
            slowest = slowest.max(back.as_secs_f64());
        }
        std::thread::sleep(Duration::from_millis(500));
        let (good, bad, times) = people.stop();
        answered += good;
        failed.extend(bad);
        took.extend(times);
    }
    let clear =
        |text: &&String| text.starts_with("HTTP 503") && text.contains("\"database_unavailable\"");
    let unclear: Vec<&String> = failed.iter().filter(|f| !clear(f)).collect();
    for failure in unclear.iter().take(5) {
        say(format!("outage: {failure}"));
    }
    report.tell(
        "PostgreSQL away: requests answered around it",
        answered,
        "one node, four clients",
    );
    report.at_least(
        "PostgreSQL away: requests answered 503 with a problem",
        (failed.len() - unclear.len()) as f64,
        1.0,
        "code database_unavailable",
    );
    report.exactly(
        "PostgreSQL away: requests that failed otherwise",
        unclear.len() as u64,
        0,
        "no answer, or another code",
    );
    report.at_most(
        "PostgreSQL away: s of the slowest request",
        percentile(&sorted(&took), 1.0) / 1000.0,
        12.0,
        "waiting for a connection ends after 5 s, twice in a request at most",
    );
    report.at_most(
        "PostgreSQL back: s until both nodes answer",
        slowest,
        3.0,
        "GET /connections after it accepts connections",
    );
    // For a moment it may say that it stalled.
    until(PATIENCE, "the mailbox is live", || {
        Ok(person.mailbox(&connection)?["state"] == "live")
    })?;
    report.exactly(
        "PostgreSQL back: mailboxes that differ from the provider's",
        deployment.differences(&[ACCOUNT])?,
        0,
        "a first sync that ran meanwhile and went on by itself",
    );
    exhausted(&deployment, &cookie, report)?;
    report.exactly("outage: panics", deployment.panics(), 0, "the nodes' logs");
    for server in servers {
        server.stop()?;
    }
    Ok(())
}

/// More requests than connections, all of which wait for one lock.
fn exhausted(deployment: &Deployment, cookie: &str, report: &mut Report) -> Result<()> {
    const REQUESTS: usize = 40;
    const HELD: u64 = 9;
    let url = deployment.nodes[0].url();
    let asked = std::thread::scope(|scope| -> Result<Vec<(u16, String, f64)>> {
        let lock = format!(
            "BEGIN; LOCK TABLE connections IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({HELD}); COMMIT"
        );
        let holder = scope.spawn(move || deployment.sql(&lock));
        std::thread::sleep(Duration::from_millis(500));
        let clients: Vec<_> = (0..REQUESTS)
            .map(|_| {
                let url = url.clone();
                scope.spawn(move || -> Result<(u16, String, f64)> {
                    let mut client = Client::new(&url)?.timeout(Duration::from_secs(90));
                    let start = Instant::now();
                    let answer =
                        client.send("GET", "/api/v1/connections", &[("cookie", cookie)], &[])?;
                    Ok((answer.status, answer.text(), start.elapsed().as_secs_f64()))
                })
            })
            .collect();
        let asked = clients
            .into_iter()
            .map(|c| c.join().map_err(|_| anyhow::anyhow!("a client broke"))?)
            .collect::<Result<Vec<_>>>()?;
        holder
            .join()
            .map_err(|_| anyhow::anyhow!("the lock was not held"))??;
        Ok(asked)
    })?;
    let refused: Vec<_> = asked.iter().filter(|(status, ..)| *status != 200).collect();
    let clear = refused
        .iter()
        .filter(|(status, text, _)| *status == 503 && text.contains("\"database_unavailable\""))
        .count();
    report.at_least(
        "all connections taken: requests refused",
        refused.len() as f64,
        1.0,
        "40 requests while a table is locked for 9 s; a node has 16 connections",
    );
    report.exactly(
        "all connections taken: refusals without a clear problem",
        (refused.len() - clear) as u64,
        0,
        "503 database_unavailable",
    );
    let slowest = refused.iter().map(|(_, _, took)| *took).fold(0.0, f64::max);
    report.at_most(
        "all connections taken: s until refused, the slowest",
        slowest,
        11.0,
        "waiting for a connection ends after 5 s, twice in a request at most",
    );
    Ok(())
}
