//! The outbox: a confirmed draft waits, is sent by its id, and is looked for when the answer is
//! lost (`provider-faults` section 13). What may happen when is decided in
//! [`tenon_model::outbox`]; here are the calls and the rows.

mod drive;
mod later;
mod ready;
mod send;
mod view;

pub(super) use drive::refusal;
pub use drive::{SendDraft, drive_send, drive_send_until};
pub(crate) use later::chosen as chosen_moment;
pub use later::{SendTimes, check_time, reschedule, send_now, send_times};
pub use send::{StartSend, cancel_send, resolve, send};
pub(super) use send::{enqueue, message};
pub use view::{KnownView, SendView, SendsWanted, send_by_id, sends};

use serde::{Deserialize, Serialize};
use tenon_model::mail::Address;
use tenon_model::outbox::{Finding, Outbox};
use tenon_model::{KeyId, SendId, Time};
use tenon_store::{SendRow, Tx};
use tenon_vault::{Context, Sealed};

use crate::{Ctx, Error, Result};

/// Recipients and subject of a message on its way, sealed as one value.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Envelope {
    #[serde(default)]
    pub(super) to: Vec<Address>,
    #[serde(default)]
    pub(super) cc: Vec<Address>,
    #[serde(default)]
    pub(super) bcc: Vec<Address>,
    #[serde(default)]
    pub(super) subject: String,
}

impl Envelope {
    pub(super) async fn seal(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        key: KeyId,
        send: SendId,
    ) -> Result<Sealed> {
        let key = ctx.keys.get(tx, key).await?;
        let json = serde_json::to_vec(self).map_err(|_| Error::Internal("envelope_json".into()))?;
        Ok(key.seal(
            &ctx.world,
            &Context::new("sends", "envelope", send.0),
            &json,
        )?)
    }

    async fn open(ctx: &Ctx, tx: &mut Tx, key: KeyId, row: &SendRow) -> Result<Self> {
        let key = ctx.keys.get(tx, key).await?;
        let json = key.open(&Context::new("sends", "envelope", row.id.0), &row.envelope)?;
        serde_json::from_slice(&json).map_err(|_| Error::Internal("envelope_json".into()))
    }
}

/// One thing that is known of a message whose fate is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    code: String,
    at: Time,
}

/// The newest things known are kept.
const KNOWN: usize = 12;

fn known(row: &SendRow) -> Vec<Known> {
    serde_json::from_str(&row.known).unwrap_or_default()
}

fn learn(row: &mut SendRow, codes: &[&str], at: Time) {
    let mut all = known(row);
    all.extend(codes.iter().map(|code| Known {
        code: (*code).to_owned(),
        at,
    }));
    if all.len() > KNOWN {
        all.drain(..all.len() - KNOWN);
    }
    row.known = serde_json::to_string(&all).unwrap_or_else(|_| "[]".to_owned());
}

/// What the last look found, from what is known.
fn last_finding(row: &SendRow) -> Option<Finding> {
    known(row).iter().rev().find_map(|k| match k.code.as_str() {
        "draft_present" => Some(Finding::DraftThere),
        "sent_copy_present" => Some(Finding::SentCopy),
        "sent_copy_absent" => Some(Finding::Neither),
        "lookup_failed" => Some(Finding::Failed),
        _ => None,
    })
}

/// The row as the state machine sees it.
fn outbox(row: &SendRow) -> Outbox {
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Outbox {
        state: row.state,
        attempts: count(row.attempts),
        lookups: count(row.lookups),
        last: last_finding(row),
    }
}

/// The row after a step.
fn apply(row: &mut SendRow, next: Outbox) {
    row.state = next.state;
    row.attempts = i64::from(next.attempts);
    row.lookups = i64::from(next.lookups);
}
