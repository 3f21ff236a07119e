//! The peer of mailbox benchmarks: Google's own Python client in the loop its guide recommends, nothing stored.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::Run;
use crate::launch::{ACCOUNT, Sandbox};
use crate::needs::python;

/// What the loop did and cost.
pub(super) struct Peer {
    pub(super) messages: u64,
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    pub(super) peak_kib: u64,
}

/// Fetches the metadata of all messages in batches of 100. `documented` builds calls as the guide's samples do,
/// `tuned` spares the client what can be spared.
pub(super) fn batch_loop(sandbox: &Sandbox, style: &str) -> Result<Peer> {
    let python = python("tools/google/requirements.txt")?;
    let text = Run::new(python)
        .arg("tools/bench/gmail_batch_loop.py")
        .args([sandbox.url(), ACCOUNT])
        .args(["tenon-demo", "tenon-demo-secret", style])
        .read()?;
    let value: Value = serde_json::from_str(text.trim()).context("the peer printed no JSON")?;
    let number = |key: &str| {
        value[key]
            .as_f64()
            .context("the peer's figures are incomplete")
    };
    Ok(Peer {
        messages: number("messages")? as u64,
        wall: Duration::from_secs_f64(number("wall_seconds")?),
        cpu: Duration::from_secs_f64(number("cpu_seconds")?),
        peak_kib: number("peak_kib")? as u64,
    })
}
