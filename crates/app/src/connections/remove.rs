//! The rows of connections that are gone, batch by batch (`docs/decisions/0014`). Their key is
//! destroyed and nothing leads to them; so this may take its time, and a crash does no harm.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::event::EventKind;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, Time, WorkspaceId};
use tenon_store::{DbKind, LARGE_TABLES, LargeTable, Purge};
use tokio::time::Instant;

use crate::schedule::Compact;
use crate::sync::job_error;
use crate::{Ctx, Result};

/// How long a batch may keep SQLite's only writer.
const BATCH: Duration = Duration::from_millis(20);
const FIRST_ROWS: u32 = 200;
const FEWEST_ROWS: u32 = 50;
const MOST_ROWS: u32 = 10_000;
/// PostgreSQL's writers do not wait for each other, but each batch passes the dead rows of those before
/// it; so there are few and large ones.
const POSTGRES_ROWS: u32 = 20_000;
/// How long the request itself removes rows; what is left then goes as a job.
const PATIENCE: Duration = Duration::from_secs(10);
/// When the job takes over from a request that was cut off.
pub(super) const TAKE_OVER: Duration = Duration::from_secs(30);

/// Removes the rows of one connection that is gone, for as long as a request may take; when the last
/// one was gone.
pub(super) async fn remove_now(ctx: &Ctx, connection: ConnectionId) -> Result<Option<Time>> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mut waiting = tx.purges().list(u32::MAX).await?;
    drop(tx);
    waiting.retain(|p| p.connection == connection);
    let Some(purge) = waiting.pop() else {
        return Ok(None); // a job was faster
    };
    let until = Instant::now() + PATIENCE;
    if let Some(at) = remove(ctx, &purge, || Instant::now() < until).await? {
        return Ok(Some(at));
    }
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tenon_jobs::enqueue(&mut tx, &RemoveRows {}, ctx.world.now()).await?;
    tx.commit().await?;
    Ok(None)
}

/// Removes batch after batch while `go_on` holds; when the last row was gone.
async fn remove(ctx: &Ctx, purge: &Purge, go_on: impl Fn() -> bool) -> Result<Option<Time>> {
    for table in LARGE_TABLES {
        if sabotage::on(Saboteur::RowsStay) {
            break;
        }
        let mut rows = match ctx.store.kind() {
            DbKind::Sqlite => FIRST_ROWS,
            DbKind::Postgres => POSTGRES_ROWS,
        };
        loop {
            if !go_on() {
                return Ok(None);
            }
            let (removed, took) = batch(ctx, purge.connection, *table, rows).await?;
            if removed < u64::from(rows) {
                break;
            }
            if ctx.store.kind() == DbKind::Sqlite {
                rows = paced(rows, took);
            }
        }
    }
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tx.purges().finish(purge, now).await?;
    tenon_jobs::enqueue(&mut tx, &Compact {}, now).await?;
    tx.commit().await?;
    announce(ctx, purge).await?;
    Ok(Some(now))
}

/// One batch, how many rows it removed, and how long the writer was taken.
async fn batch(
    ctx: &Ctx,
    connection: ConnectionId,
    table: LargeTable,
    rows: u32,
) -> Result<(u64, Duration)> {
    // However many are disconnected at once, others find at most one batch before them.
    let _turn = ctx.removing.lock().await;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let began = Instant::now();
    let removed = tx.purges().step(connection, table, rows).await?;
    tx.commit().await?;
    Ok((removed, began.elapsed()))
}

fn paced(rows: u32, took: Duration) -> u32 {
    let next = if took > BATCH {
        rows / 2
    } else if took * 3 < BATCH {
        rows * 2
    } else {
        rows
    };
    next.clamp(FEWEST_ROWS, MOST_ROWS)
}

/// The receipt has changed.
async fn announce(ctx: &Ctx, purge: &Purge) -> Result<()> {
    let Some(receipt) = purge.receipt else {
        return Ok(());
    };
    let mut tx = ctx.store.begin(&Scope::job(purge.workspace)).await?;
    if let Some(row) = tx.receipts().get(receipt).await? {
        tx.events()
            .append(
                EventKind::ReceiptAdded,
                Some(row.member_id),
                receipt.to_string(),
            )
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes what is left of all connections that are gone: of large mailboxes, and after a crash.
#[derive(Serialize, Deserialize)]
pub struct RemoveRows {}

impl RemoveRows {
    async fn remove_all(ctx: &Ctx, lease: &Lease) -> Result<()> {
        loop {
            let mut tx = ctx.store.read(&Scope::system()).await?;
            let next = tx.purges().list(1).await?.pop();
            drop(tx);
            let Some(purge) = next else {
                return Ok(());
            };
            if remove(ctx, &purge, || lease.still_ours()).await?.is_none() {
                return Ok(()); // another runs this job now
            }
        }
    }
}

#[async_trait]
impl Job for RemoveRows {
    const KIND: &'static str = "remove_rows";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("remove_rows".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, lease: &Lease) -> std::result::Result<(), JobError> {
        Self::remove_all(ctx, lease).await.map_err(job_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_paced_by_the_time_they_take() {
        for (rows, took, next) in [
            (200, 1, 400),
            (200, 15, 200),
            (200, 80, 100),
            (FEWEST_ROWS, 900, FEWEST_ROWS),
            (MOST_ROWS, 0, MOST_ROWS),
        ] {
            assert_eq!(
                paced(rows, Duration::from_millis(took)),
                next,
                "{rows} {took}"
            );
        }
    }
}
