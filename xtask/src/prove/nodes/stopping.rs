//! What a person stops at one node stops at the node that does the work: pause, and disconnect.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::{Deployment, Options, PATIENCE, until};
use crate::report::Report;

/// Small enough to be in the middle of the first sync with slow answers.
const MESSAGES: u64 = 2_000;
const LATENCY: u64 = 250;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let mut deployment = Deployment::new(options, MESSAGES, LATENCY, 2)?;
    let worker = deployment.nodes[0].start()?;
    let mut person = worker.sign_in()?;
    let connection = person.connect()?;
    let owner = deployment.wait_syncing(PATIENCE, |_| true)?;
    let other = deployment.nodes[1].start()?;
    let mut person = other.sign_in()?;
    until(
        PATIENCE,
        "the first node syncs and has stored something",
        || Ok(stored(&deployment)? > 0 && deployment.syncing()?.as_deref() == Some(&owner)),
    )?;

    person.post(&format!("/connections/{connection}/pause"), &json!({}))?;
    let at_pause = stored(&deployment)?;
    let start = Instant::now();
    let mut grown = 0;
    while start.elapsed() < Duration::from_secs(5) {
        grown = grown.max(stored(&deployment)?.saturating_sub(at_pause));
        std::thread::sleep(Duration::from_millis(100));
    }
    report.exactly(
        "paused at B: messages stored by A afterwards",
        grown,
        0,
        "rows, for 5 s after the answer of pause",
    );
    deployment.sandbox.reset_log()?;
    std::thread::sleep(Duration::from_secs(5));
    report.exactly(
        "paused at B: calls of the provider from 5 s on",
        mail_calls(&mut deployment)?,
        0,
        "the sandbox's log, for 5 s",
    );

    person.post(&format!("/connections/{connection}/resume"), &json!({}))?;
    until(PATIENCE, "the sync goes on", || {
        Ok(stored(&deployment)? > at_pause)
    })?;
    person.disconnect(&connection)?;
    deployment.sandbox.reset_log()?;
    let start = Instant::now();
    let mut left = 0;
    while start.elapsed() < Duration::from_secs(5) {
        left = stored(&deployment)?;
        std::thread::sleep(Duration::from_millis(100));
    }
    report.exactly(
        "disconnected at B: messages left 5 s later",
        left,
        0,
        "rows, while A was syncing",
    );
    deployment.sandbox.reset_log()?;
    std::thread::sleep(Duration::from_secs(5));
    report.exactly(
        "disconnected at B: calls of the provider from 5 s on",
        mail_calls(&mut deployment)?,
        0,
        "the sandbox's log, for 5 s",
    );
    worker.stop()?;
    other.stop()
}

fn stored(deployment: &Deployment) -> Result<u64> {
    let rows = deployment.query(&["count(*)::text"], "FROM messages")?;
    Ok(rows.concat().concat().parse()?)
}

fn mail_calls(deployment: &mut Deployment) -> Result<u64> {
    let answer = deployment.sandbox.ask("requests")?;
    let calls = answer["requests"].as_array().into_iter().flatten();
    let of_mail = calls.filter(|c| c["path"].as_str().unwrap_or_default().contains("/gmail/"));
    Ok(of_mail.count() as u64)
}
