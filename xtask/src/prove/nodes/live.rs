//! Live updates: a change made through one node is heard at another, also after its line was cut and after
//! PostgreSQL was away; and a session that was ended at one node is refused at the other.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::{Deployment, Options, PATIENCE, Size, until};
use crate::launch::{Person, Stream, Told};
use crate::measure::{percentile, sorted};
use crate::report::Report;

pub(super) fn run(options: &Options, report: &mut Report, size: Size) -> Result<()> {
    let mut deployment = Deployment::new(options, 60, 0, 2)?;
    let servers = deployment.start()?;
    let mut person = servers[0].sign_in()?;
    let connection = person.connect()?;
    person.wait_until_live(&connection, PATIENCE)?;
    let cookie = person.client().cookie().context("no session")?.to_owned();
    let mut ear = Stream::open(&deployment.nodes[1].url(), &cookie)?;
    // Only now: a sync that has just ended says so while the stream is being opened.
    let from = rows(&deployment, 0)?.len();

    toggle(
        &mut person,
        &connection,
        size.changes,
        Duration::from_millis(20),
    )?;
    let undisturbed = newest(&deployment)?;
    let heard_all = ear.wait_for(&undisturbed, Duration::from_secs(5));
    let after: Vec<f64> = ear.all().iter().map(|h| h.after_ms).collect();
    let after = sorted(&after);
    report.tell(
        "live: events of the other node heard",
        after.len(),
        "a stream at node B, changes through node A",
    );
    report.tell(
        "live: ms from commit to the stream, p50",
        rounded(percentile(&after, 0.5)),
        "the event's own time",
    );
    report.at_most(
        "live: ms from commit to the stream, p99",
        percentile(&after, 0.99),
        1000.0,
        "the event's own time",
    );
    report.exactly(
        "live: the newest event was not heard",
        u64::from(!heard_all),
        0,
        "within 5 s",
    );

    // The connections that listen are ended by the server, some changes before, some after.
    for _ in 0..size.turns {
        toggle(&mut person, &connection, 5, Duration::from_millis(20))?;
        deployment.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
        )?;
        toggle(&mut person, &connection, 5, Duration::from_millis(20))?;
        std::thread::sleep(Duration::from_millis(500));
    }
    let cut = newest(&deployment)?;
    let start = Instant::now();
    let caught_up = ear.wait_for(&cut, Duration::from_secs(10));
    report.exactly(
        "live, line cut: the newest event was not heard",
        u64::from(!caught_up),
        0,
        "pg_terminate_backend of the listening connections, nothing after it",
    );
    report.at_most(
        "live, line cut: s until caught up",
        start.elapsed().as_secs_f64(),
        1.0,
        "after the last change and half a second",
    );

    for _ in 0..size.turns {
        toggle(&mut person, &connection, 4, Duration::from_millis(20))?;
        let postgres = deployment.databases.postgres_mut()?;
        postgres.stop()?;
        postgres.start_again()?;
        until(Duration::from_secs(20), "changes are taken again", || {
            Ok(toggle(&mut person, &connection, 1, Duration::ZERO).is_ok())
        })?;
    }
    let restarted = newest(&deployment)?;
    let start = Instant::now();
    let caught_up = ear.wait_for(&restarted, Duration::from_secs(20));
    report.exactly(
        "live, PostgreSQL restarted: the newest event was not heard",
        u64::from(!caught_up),
        0,
        "fast shutdown and start",
    );
    report.at_most(
        "live, PostgreSQL restarted: s until caught up",
        start.elapsed().as_secs_f64(),
        3.0,
        "after the first change that was taken again",
    );

    let heard: Vec<Told> = ear.all().iter().map(|h| h.event.clone()).collect();
    let once: BTreeSet<Told> = heard.iter().cloned().collect();
    let committed: BTreeSet<Told> = rows(&deployment, from)?.into_iter().collect();
    report.exactly(
        "live: events missed over all of it",
        committed.difference(&once).count() as u64,
        0,
        "what was heard against the event table, streams resumed by Last-Event-ID",
    );
    report.exactly(
        "live: events heard twice",
        (heard.len() - once.len()) as u64,
        0,
        "the same",
    );
    report.tell(
        "live: times the stream was opened",
        ear.opened(),
        "as a browser does when it ends",
    );
    drop(ear);
    sessions(&deployment, &mut person, report, size)?;
    report.exactly("live: panics", deployment.panics(), 0, "the nodes' logs");
    for server in servers {
        server.stop()?;
    }
    Ok(())
}

/// A session is ended at A; from when on does B refuse it?
fn sessions(
    deployment: &Deployment,
    person: &mut Person,
    report: &mut Report,
    size: Size,
) -> Result<()> {
    let (mut slowest, mut told) = (0.0_f64, 0);
    for _ in 0..size.turns * 3 {
        let mut other = crate::launch::Person::sign_in(
            &deployment.nodes[0].url(),
            crate::launch::OWNER.0,
            crate::launch::OWNER.1,
        )?;
        let cookie = other.client().cookie().context("no session")?.to_owned();
        let mut ear = Stream::open(&deployment.nodes[1].url(), &cookie)?;
        let answer = other.client().send(
            "DELETE",
            "/api/v1/session",
            &[("x-tenon-request", "1")],
            &[],
        )?;
        anyhow::ensure!(
            answer.status == 204,
            "signing out answered {}",
            answer.status
        );
        let ended = newest(deployment)?;
        let mut there = crate::http::Client::new(&deployment.nodes[1].url())?;
        let took = until(Duration::from_secs(30), "the session is refused", || {
            let answer = there.send("GET", "/api/v1/session", &[("cookie", &cookie)], &[])?;
            Ok(answer.status == 401)
        })?;
        slowest = slowest.max(took.as_secs_f64());
        let id = person.get("/connections")?["items"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        toggle(person, &id, 2, Duration::ZERO)?;
        std::thread::sleep(Duration::from_secs(1));
        told += ear.all().iter().filter(|h| h.event.at > ended.at).count() as u64;
    }
    report.at_most(
        "session ended at A: s until B refuses it",
        slowest,
        1.0,
        "the slowest; DELETE /session at A, GET /session at B",
    );
    report.exactly(
        "session ended at A: events still told by B",
        told,
        0,
        "an open stream at B, changes after the end",
    );
    Ok(())
}

/// Pauses and resumes in turn, through the person's node: each is one change.
fn toggle(person: &mut Person, connection: &str, times: u64, pause: Duration) -> Result<()> {
    for n in 0..times {
        let paused = person.get(&format!("/connections/{connection}"))?["status"] == "paused";
        let what = if paused { "resume" } else { "pause" };
        person
            .post(&format!("/connections/{connection}/{what}"), &json!({}))
            .with_context(|| format!("change {n}"))?;
        std::thread::sleep(pause);
    }
    Ok(())
}

/// The events of the table after the first ones, in the order of their commits.
fn rows(deployment: &Deployment, after: usize) -> Result<Vec<Told>> {
    let columns = ["(at % 86400000000)::text", "kind", "subject"];
    let rows = deployment.query(
        &columns,
        &format!("FROM events ORDER BY seq OFFSET {after}"),
    )?;
    rows.into_iter()
        .map(|row| {
            let [at, kind, subject]: [String; 3] = row.try_into().ok().context("three columns")?;
            let at = at.parse()?;
            Ok(Told { at, kind, subject })
        })
        .collect()
}

fn newest(deployment: &Deployment) -> Result<Told> {
    Ok(rows(deployment, 0)?.pop().unwrap_or_default())
}

fn rounded(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
