//! `prove resync`: the cursor expires while mail comes and goes; the one resync procedure ends with the
//! provider's state, also when killed in the middle, and its brake keeps rows when too much seems gone.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{Options, compare};
use crate::canary::Random;
use crate::launch::{Databases, Person, Sandbox, SandboxOptions, Setup};
use crate::report::{Report, say};

const PATIENCE: Duration = Duration::from_mins(2);
const MESSAGES: u64 = 400;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let runs = options.runs(10);
    let mut random = options.random();
    let mut databases = Databases::default();
    for kind in options.databases() {
        let (mut wrong, mut operations) = (0, 0);
        for run in 0..runs {
            let mut sandbox = sandbox(&tenon, options.seed + run)?;
            let setup = databases.setup(kind, &tenon, sandbox.environment())?;
            let kill = run % 2 == 1;
            operations += history(&setup, &mut sandbox, &mut random, kill)?;
            if let Err(error) = settle(&setup, &databases, &mut sandbox) {
                wrong += 1;
                say(format!("{kind}, run {run}: {error:#}"));
            }
        }
        report.exactly(
            &format!("{kind}: mailboxes that differ from the provider's"),
            wrong,
            0,
            "messages, threads and labels compared with the sandbox's listing after a resync; every second run killed in it",
        );
        report.tell(
            &format!("{kind}: histories"),
            runs,
            "arrivals, deletions, label changes around an expired cursor",
        );
        report.tell(
            &format!("{kind}: changes made"),
            operations,
            "by the sandbox's control",
        );
        let (kept, after) = brake(&tenon, kind, &mut databases, &mut random)?;
        report.exactly(
            &format!("{kind}: rows kept by the deletion brake"),
            kept,
            MESSAGES,
            "40 % deleted while the cursor expired: parked, nothing removed, the person asked",
        );
        report.exactly(
            &format!("{kind}: rows after the person decided to remove"),
            after,
            MESSAGES * 6 / 10,
            "unpark with `remove`",
        );
    }
    Ok(())
}

fn sandbox(tenon: &std::path::Path, seed: u64) -> Result<Sandbox> {
    Sandbox::start(tenon, SandboxOptions::of(MESSAGES, seed))
}

/// Connects, then changes the mailbox while the server is down, expires the cursor, and goes on changing while the
/// server catches up. Gives the number of changes.
fn history(setup: &Setup, sandbox: &mut Sandbox, random: &mut Random, kill: bool) -> Result<u64> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let connection = person.connect()?;
    person.wait_until_live(&connection, PATIENCE)?;
    server.stop()?;
    // Below the brake of max(20, 5 %): deletions stay under 20 altogether.
    let mut deletions = 18;
    let mut made = 0;
    for _ in 0..40 + random.below(40) {
        made += change(sandbox, random, &mut deletions)?;
    }
    sandbox.expire_history()?;
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    person.post(&format!("/connections/{connection}/sync"), &json!({}))?;
    for _ in 0..10 {
        made += change(sandbox, random, &mut deletions)?;
        std::thread::sleep(Duration::from_millis(random.below(20)));
    }
    if kill {
        server.kill()?;
    } else {
        server.stop()?;
    }
    Ok(made)
}

/// One random change of the mailbox.
fn change(sandbox: &mut Sandbox, random: &mut Random, deletions: &mut u32) -> Result<u64> {
    let ids: Vec<String> = sandbox.messages()?.into_iter().map(|(id, ..)| id).collect();
    let id = random.pick(&ids).context("the mailbox is empty")?.clone();
    match random.below(4) {
        0 if *deletions > 0 => {
            *deletions -= 1;
            sandbox.delete(&id)?;
        }
        1 => sandbox.relabel(&id, &["STARRED"], &["UNREAD"])?,
        2 => sandbox.relabel(&id, &["UNREAD"], &["STARRED", "INBOX"])?,
        _ => sandbox.deliver(1 + random.below(3))?,
    }
    Ok(1)
}

/// Waits until our rows equal the provider's.
fn settle(setup: &Setup, databases: &Databases, sandbox: &mut Sandbox) -> Result<()> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let connection = only_connection(&mut person)?;
    let start = Instant::now();
    loop {
        person.post(&format!("/connections/{connection}/sync"), &json!({}))?;
        let found = compare::stored_and_shown(setup, databases, sandbox, &mut person, &connection)?;
        if found.none() {
            break;
        }
        let mailbox = person.mailbox(&connection)?;
        if mailbox["state"] == "parked" || start.elapsed() > PATIENCE {
            bail!(
                "{}: {} {}",
                found.shown(),
                mailbox["state"],
                mailbox["reason"]
            );
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    // The history must have made a resync, or this proved only polling.
    let resyncs = setup.query(databases, &["resyncs"], "FROM mailboxes")?;
    if resyncs.iter().all(|row| row[0] == "[]") {
        bail!("equal, but no resync took place");
    }
    server.stop()
}

fn only_connection(person: &mut Person) -> Result<String> {
    let list = person.get("/connections")?;
    let id = list["items"][0]["id"].as_str();
    Ok(id.context("the connection is gone")?.to_owned())
}

/// 40 % of the mailbox vanishes while the cursor expires: rows kept before, rows left after the decision.
fn brake(
    tenon: &std::path::Path,
    kind: &str,
    databases: &mut Databases,
    random: &mut Random,
) -> Result<(u64, u64)> {
    let mut sandbox = sandbox(tenon, random.next() % 1_000)?;
    let setup = databases.setup(kind, tenon, sandbox.environment())?;
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let connection = person.connect()?;
    person.wait_until_live(&connection, PATIENCE)?;
    let ids: Vec<String> = sandbox.messages()?.into_iter().map(|(id, ..)| id).collect();
    for id in ids.iter().take(ids.len() * 4 / 10) {
        sandbox.delete(id)?;
    }
    sandbox.expire_history()?;
    person.post(&format!("/connections/{connection}/sync"), &json!({}))?;
    wait_for_state(&mut person, &connection, "parked")?;
    let count = |databases: &Databases| -> Result<u64> {
        let rows = setup.query(databases, &["CAST(count(*) AS TEXT)"], "FROM messages")?;
        Ok(rows[0][0].parse()?)
    };
    let kept = count(databases)?;
    let path = format!("/connections/{connection}/unpark");
    person.post(&path, &json!({"decision": "remove"}))?;
    wait_for_state(&mut person, &connection, "live")?;
    let after = count(databases)?;
    server.stop()?;
    Ok((kept, after))
}

fn wait_for_state(person: &mut Person, connection: &str, state: &str) -> Result<()> {
    let start = Instant::now();
    loop {
        let mailbox = person.mailbox(connection)?;
        if mailbox["state"] == state {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            bail!("the mailbox stays {} instead of {state}", mailbox["state"]);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
