//! What records are found by, made anew where a program of the version before has written (decision 0050),
//! and words that no record has any more.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::{RecordId, Scope, WorkspaceId};
use tenon_store::RecordWrite;

use super::view::shape;
use crate::sync::job_error;
use crate::{Ctx, Result};

/// How often it is looked for what to mend.
const DAY: Duration = Duration::from_hours(24);

/// Records and words of one turn.
const TURN: u32 = 200;

/// Mends what records are found by. What was looked at is not looked at again in the same run.
pub async fn mend_keys(ctx: &Ctx) -> Result<()> {
    let mut after = None;
    loop {
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let found = tx.records().without_signs(after, TURN).await?;
        drop(tx);
        let Some((_, last)) = found.last() else { break };
        after = Some(*last);
        for of_one in found.chunk_by(|a, b| a.0 == b.0) {
            let ids: Vec<RecordId> = of_one.iter().map(|(_, id)| *id).collect();
            renew(ctx, of_one[0].0, &ids).await?;
        }
    }
    loop {
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let stray = tx.records().stray_words(TURN).await?;
        drop(tx);
        let last = stray.len() < TURN as usize;
        if !stray.is_empty() {
            let mut tx = ctx.store.begin(&Scope::system()).await?;
            tx.records().forget_stray(stray).await?;
            tx.commit().await?;
        }
        if last {
            return Ok(());
        }
    }
}

async fn renew(ctx: &Ctx, workspace: WorkspaceId, ids: &[RecordId]) -> Result<()> {
    let mut tx = ctx.store.begin(&Scope::job(workspace)).await?;
    for id in ids {
        if let Some(row) = tx.records().hold(*id).await? {
            let shape = shape(&mut tx, row.kind).await?;
            let write = RecordWrite::new(&shape, row);
            tx.records().renew_keys(&write).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The same as a job, at the start of the program and once a day.
#[derive(Serialize, Deserialize)]
pub(crate) struct MendKeys {}

impl MendKeys {
    async fn mend(&self, ctx: &Ctx) -> Result<()> {
        mend_keys(ctx).await?;
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        tenon_jobs::enqueue(&mut tx, self, ctx.world.now() + DAY).await?;
        Ok(tx.commit().await?)
    }
}

#[async_trait]
impl Job for MendKeys {
    const KIND: &'static str = "mend_keys";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("mend_keys".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.mend(ctx).await.map_err(job_error)
    }
}
