//! What this process holds in memory of connections that another process has ended.

use std::time::Duration;

use tenon_model::event::EventKind;
use tenon_model::{ConnectionId, KeyId, Scope};

use crate::{Ctx, Result};

/// The net under the notifications, which a broken line may lose.
const NET: Duration = Duration::from_mins(1);
/// Notifications closer together than this are looked at together.
const TOGETHER: Duration = Duration::from_millis(50);
const BATCH: u32 = 500;

impl Ctx {
    /// Drops keys, opened messages and progress of a connection that is gone.
    pub(crate) fn forget(&self, connection: ConnectionId) {
        self.keys.forget_connection(connection);
        self.bodies.forget(connection);
        self.progress.forget(connection);
    }
}

/// Follows what is committed anywhere, until the store is closed, and forgets at once what was
/// ended elsewhere: a destroyed key must not live on in the memory of another node.
pub(crate) async fn follow(ctx: Ctx) {
    let mut committed = ctx.store.subscribe();
    let mut seen = *committed.borrow_and_update();
    while !ctx.store.is_closed() {
        match catch_up(&ctx, seen).await {
            Ok(newest) => seen = newest,
            Err(error) => {
                tracing::warn!(%error, "following other nodes failed");
                tokio::time::sleep(NET / 60).await;
                continue;
            }
        }
        tokio::time::sleep(TOGETHER).await;
        tokio::select! {
            changed = committed.changed() => if changed.is_err() {
                return; // the store is gone
            },
            () = tokio::time::sleep(NET) => {
                if let Err(error) = sweep(&ctx).await {
                    tracing::warn!(%error, "looking for destroyed keys failed");
                }
            }
        }
    }
}

/// Looks at what was committed after `seen`; the newest number.
async fn catch_up(ctx: &Ctx, mut seen: i64) -> Result<i64> {
    loop {
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let events = tx.events().tail(seen, BATCH).await?;
        let Some(last) = events.last() else {
            return Ok(seen);
        };
        seen = last.seq;
        let mut changed: Vec<ConnectionId> = events
            .iter()
            .filter(|e| e.kind == EventKind::ConnectionChanged)
            .filter_map(|e| e.subject.parse().ok())
            .collect();
        changed.sort_unstable();
        changed.dedup();
        if !changed.is_empty() {
            let there = tx.connections().existing(&changed).await?;
            changed.retain(|id| !there.contains(id));
            for gone in changed {
                ctx.forget(gone);
            }
        }
    }
}

/// Compares all opened keys with those that are stored.
async fn sweep(ctx: &Ctx) -> Result<()> {
    let held = ctx.keys.held();
    let ids: Vec<KeyId> = held.iter().map(|(id, _)| *id).collect();
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let there = tx.keys().existing(&ids).await?;
    drop(tx);
    let mut suspects = Vec::new();
    for (id, connection) in held {
        if !there.contains(&id) {
            // One whose transaction has not committed yet is opened again when it is needed.
            ctx.keys.drop_opened(id);
            suspects.extend(connection);
        }
    }
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let there = tx.connections().existing(&suspects).await?;
    drop(tx);
    // A connection that is being made may have a key and no row yet; it holds nothing else.
    for gone in suspects.iter().filter(|id| !there.contains(id)) {
        ctx.bodies.drop_of(*gone);
        ctx.progress.forget(*gone);
    }
    Ok(())
}
