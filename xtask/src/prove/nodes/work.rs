//! Work that nodes share: done once, and taken over from a node that dies or hangs.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::{ACCOUNTS, Deployment, LEASE, Options, PATIENCE, Size, until};
use crate::launch::{ACCOUNT, Person, Server};
use crate::report::{Report, say};

/// Messages that a chunk of the sync has, times the chunks that are fetched at the same time: what a dead node may
/// have fetched and not stored.
const IN_FLIGHT: u64 = 4 * 200;

/// Two mailboxes come in over three nodes, and over one node for comparison.
pub(super) fn shared(options: &Options, report: &mut Report, size: Size) -> Result<()> {
    let mut alone = first_sync(options, size, 1)?;
    let mut all = first_sync(options, size, 3)?;
    report.at_least(
        "three nodes: runners that had turns of a sync",
        all.runners as f64,
        2.0,
        "owners of the running jobs, sampled",
    );
    report.exactly(
        "three nodes: mailboxes that differ from the provider's",
        all.deployment.differences(&ACCOUNTS)?,
        0,
        "rows compared with the sandbox's listing",
    );
    let (fetched, again) = all.deployment.fetched()?;
    let (_, again_alone) = alone.deployment.fetched()?;
    report.exactly(
        "three nodes: messages or threads fetched twice, more than one node does",
        again.saturating_sub(again_alone),
        0,
        "the sandbox's log, the same two mailboxes over one node beside it",
    );
    report.tell(
        "three nodes: messages and threads fetched",
        fetched,
        "the sandbox's log",
    );
    report.tell(
        "three nodes: seconds for both mailboxes",
        seconds(all.took),
        "HTTP",
    );
    report.tell(
        "one node: seconds for both mailboxes",
        seconds(alone.took),
        "HTTP",
    );
    polls(&mut all, report)
}

struct Synced {
    deployment: Deployment,
    servers: Vec<Server>,
    runners: usize,
    took: Duration,
}

fn first_sync(options: &Options, size: Size, nodes: usize) -> Result<Synced> {
    let deployment = Deployment::new(options, size.messages, 100, nodes)?;
    let servers = deployment.start()?;
    let start = Instant::now();
    let mut connections = Vec::new();
    for (account, server) in ACCOUNTS.iter().zip(servers.iter().rev().cycle()) {
        connections.push(server.sign_in()?.connect_account(account)?);
    }
    let mut person = servers[0].sign_in()?;
    let mut runners = BTreeSet::new();
    until(PATIENCE, "both mailboxes are live", || {
        let rows = deployment.query(
            &["lease_owner::text"],
            "FROM jobs WHERE kind = 'sync_mailbox' AND state = 'running'",
        )?;
        runners.extend(rows.into_iter().flatten());
        both_live(&mut person, &connections)
    })?;
    Ok(Synced {
        took: start.elapsed(),
        deployment,
        servers,
        runners: runners.len(),
    })
}

fn both_live(person: &mut Person, connections: &[String]) -> Result<bool> {
    for connection in connections {
        if person.mailbox(connection)?["state"] != "live" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Mailboxes are polled every five seconds by all nodes together, not by each.
fn polls(synced: &mut Synced, report: &mut Report) -> Result<()> {
    const WATCHED: Duration = Duration::from_secs(30);
    synced.deployment.sandbox.reset_log()?;
    std::thread::sleep(WATCHED);
    let answer = synced.deployment.sandbox.ask("requests")?;
    let calls = answer["requests"].as_array();
    let calls = calls.context("the sandbox has no log")?.iter();
    let polls = calls
        .filter(|c| c["path"].as_str().unwrap_or_default().contains("/history"))
        .count();
    // One more for each mailbox, for the edges of the window.
    report.at_most(
        "three nodes: polls of two mailboxes in 30 s, every 5 s",
        polls as f64,
        14.0,
        "calls of history.list in the sandbox's log",
    );
    let sweeps = synced.deployment.query(
        &["count(*)::text"],
        "FROM jobs WHERE kind = 'housekeeping' AND state IN ('queued', 'running')",
    )?;
    let sweeps: u64 = sweeps.concat().concat().parse()?;
    report.exactly(
        "three nodes: housekeeping jobs that wait or run",
        sweeps,
        1,
        "rows of the jobs table",
    );
    for server in std::mem::take(&mut synced.servers) {
        server.stop()?;
    }
    Ok(())
}

/// The node that syncs is killed, or stopped for longer than its lease: another goes on.
pub(super) fn lost_node(options: &Options, report: &mut Report, size: Size) -> Result<()> {
    let mut random = options.random();
    let (mut wrong, mut again, mut slowest) = (0, 0, 0.0_f64);
    for _ in 0..size.kills {
        let lost = lose(options, size, Loss::Killed, random.share())?;
        wrong += lost.wrong;
        again = again.max(lost.again);
        slowest = slowest.max(lost.taken_over.as_secs_f64());
    }
    report.tell(
        "node killed: times",
        size.kills,
        "SIGKILL of the node that syncs",
    );
    report.at_most(
        "node killed: s until another syncs, the slowest",
        slowest,
        LEASE.as_secs_f64() + 6.0,
        "owner of the running job; a lease is 30 s, jobs are looked for every 5 s",
    );
    report.exactly(
        "node killed: mailboxes that differ from the provider's",
        wrong,
        0,
        "rows compared with the sandbox's listing",
    );
    report.at_most(
        "node killed: messages and threads fetched twice, the most",
        again as f64,
        IN_FLIGHT as f64,
        "the sandbox's log; the chunks that were in flight",
    );
    let lost = lose(options, size, Loss::Frozen, random.share())?;
    report.at_most(
        "node frozen: s until another syncs",
        lost.taken_over.as_secs_f64(),
        LEASE.as_secs_f64() + 6.0,
        "SIGSTOP in a transaction that holds locks; owner of the running job",
    );
    report.exactly(
        "node frozen past its lease: mailboxes that differ after it woke",
        lost.wrong,
        0,
        "SIGCONT while the other syncs; rows compared with the sandbox's listing, also after more mail",
    );
    report.exactly(
        "node frozen: pages the mailbox counted twice",
        lost.surplus_listed,
        0,
        "messages listed by the mailbox's own count, against the provider's",
    );
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    Killed,
    Frozen,
}

struct Lost {
    taken_over: Duration,
    wrong: u64,
    again: u64,
    surplus_listed: u64,
}

fn lose(options: &Options, size: Size, loss: Loss, moment: f64) -> Result<Lost> {
    // Slow answers, so that the loss falls into the sync, and the woken node into the other's.
    let latency = if loss == Loss::Killed { 100 } else { 300 };
    let mut deployment = Deployment::new(options, size.messages, latency, 2)?;
    let first = deployment.nodes[0].start()?;
    let mut person = first.sign_in()?;
    let connection = person.connect()?;
    let owner = deployment.wait_syncing(PATIENCE, |_| true)?;
    // The other node comes when the sync runs, so that it is known who is who.
    let second = deployment.nodes[1].start()?;
    std::thread::sleep(Duration::from_secs(1).mul_f64(moment));
    let owner_now = deployment.wait_syncing(PATIENCE, |_| true)?;
    let (victim, other) = if owner_now == owner {
        (first, second)
    } else {
        (second, first)
    };
    let lost_at = Instant::now();
    let frozen = if loss == Loss::Killed {
        victim.kill()?;
        None
    } else {
        freeze_in_transaction(&deployment, &victim)?;
        Some(victim)
    };
    let mut person = other.sign_in()?;
    deployment.wait_syncing(LEASE * 2, |o| o != owner_now)?;
    let taken_over = lost_at.elapsed();
    if let Some(victim) = &frozen {
        victim.freeze(false);
    }
    person.wait_until_live(&connection, PATIENCE)?;
    let listed = deployment.query(&["listed::text"], "FROM mailboxes")?;
    let listed: u64 = listed.concat().concat().parse()?;
    let mut wrong = deployment.differences(&[ACCOUNT])?;
    let (_, again) = deployment.fetched()?;
    deployment.sandbox.deliver(5)?;
    std::thread::sleep(Duration::from_secs(8));
    wrong += deployment.differences(&[ACCOUNT])?;
    say(format!(
        "taken over after {:.1} s, {again} fetched again",
        taken_over.as_secs_f64()
    ));
    other.stop()?;
    if let Some(victim) = frozen {
        victim.stop()?;
    }
    Ok(Lost {
        taken_over,
        wrong,
        again,
        surplus_listed: listed.saturating_sub(size.messages),
    })
}

/// Freezes a node in the middle of a transaction in which it holds locks: its statement waits for one of ours when
/// it is frozen, and has its answer afterwards, which nobody reads.
fn freeze_in_transaction(deployment: &Deployment, victim: &Server) -> Result<()> {
    const HELD: &str = "BEGIN; LOCK TABLE messages IN EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT";
    std::thread::scope(|scope| {
        let holder = scope.spawn(|| deployment.sql(HELD));
        std::thread::sleep(Duration::from_secs(2));
        victim.freeze(true);
        holder
            .join()
            .map_err(|_| anyhow::anyhow!("the lock was not held"))?
    })?;
    let rows = deployment.query(
        &["count(*)::text"],
        "FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = 'tenon'",
    )?;
    let open: u64 = rows.concat().concat().parse()?;
    anyhow::ensure!(open > 0, "the frozen node was in no transaction");
    Ok(())
}

fn seconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 10.0).round() / 10.0
}
