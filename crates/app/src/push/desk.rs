//! Where pushes are written down: many at once in one transaction, so that a flood of them costs the
//! database a few commits a second, and each is durable before it is answered.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tenon_connectors::google::is_later;
use tenon_model::mail::Cursor;
use tenon_model::{ConnectionId, Scope, WorkspaceId};
use tenon_vault::BlindIndex;
use tokio::sync::oneshot;

use crate::sync::SyncMailbox;
use crate::{Ctx, Error, Result};

/// Mailboxes whose last push is remembered.
const REMEMBERED: usize = 50_000;

/// A push that is news to a mailbox.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) connection: ConnectionId,
    pub(super) workspace: WorkspaceId,
    /// The place in the mailbox's history that it named.
    pub(super) place: Option<Cursor>,
}

type Waiting = Vec<(Hit, oneshot::Sender<bool>)>;

/// The pushes of this process.
#[derive(Default)]
pub(crate) struct Desk {
    waiting: Mutex<Waiting>,
    /// Who writes; the others wait, and mostly find that they have been taken along.
    turn: tokio::sync::Mutex<()>,
    /// The last place that was written down, by address.
    last: Mutex<HashMap<BlindIndex, Cursor>>,
}

impl Desk {
    /// Whether this or a later push has been written down already. Its job waits or has run after it.
    pub(super) fn knows(&self, address: BlindIndex, place: Option<&Cursor>) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match (place, last.get(&address)) {
            (Some(place), Some(last)) => place == last || is_later(last, place),
            _ => false,
        }
    }

    pub(super) fn remember(&self, address: BlindIndex, place: Option<&Cursor>) {
        let Some(place) = place else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= REMEMBERED && !last.contains_key(&address) {
            last.clear(); // a repeated push is looked up in the database then
        }
        last.insert(address, place.clone());
    }

    /// Enqueues the sync of a mailbox; returns when that is durable.
    pub(super) async fn write(&self, ctx: &Ctx, hit: Hit) -> Result<()> {
        let (done, mut outcome) = oneshot::channel();
        self.waiting().push((hit, done));
        let turn = self.turn.lock().await;
        if let Ok(written) = outcome.try_recv() {
            return if written { Ok(()) } else { Err(failed()) };
        }
        let batch = std::mem::take(&mut *self.waiting());
        if batch.is_empty() {
            return Err(failed()); // whoever had taken it along was cut off
        }
        let result = commit(ctx, &batch).await;
        drop(turn);
        for (_, done) in batch {
            let _ = done.send(result.is_ok()); // nobody waits any more: the sender gave up
        }
        result
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed() -> Error {
    Error::Internal("push_not_written".into())
}

async fn commit(ctx: &Ctx, batch: &Waiting) -> Result<()> {
    let mut hits: Vec<&Hit> = Vec::new();
    for (hit, _) in batch {
        match hits.iter_mut().find(|h| h.connection == hit.connection) {
            Some(known) if later(hit, known) => *known = hit,
            Some(_) => {}
            None => hits.push(hit),
        }
    }
    // Always in the same order, so that two nodes never wait for each other.
    hits.sort_unstable_by_key(|h| h.connection);
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    for hit in hits {
        // A mailbox that was disconnected meanwhile gets no job.
        if tx
            .watches()
            .pushed(hit.connection, hit.place.as_ref(), now)
            .await?
        {
            let job = SyncMailbox {
                workspace: hit.workspace,
                connection: hit.connection,
            };
            tenon_jobs::enqueue(&mut tx, &job, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn later(one: &Hit, other: &Hit) -> bool {
    match (&one.place, &other.place) {
        (Some(one), Some(other)) => is_later(one, other),
        (one, _) => one.is_some(),
    }
}
