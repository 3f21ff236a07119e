//! The daily purge: small steps, each a transaction, so that nobody waits for it and a kill loses at
//! most one.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::event::EventKind;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, WorkspaceId};

use super::{DAY, horizon};
use crate::sync::job_error;
use crate::{Ctx, Result};

/// Messages deleted in one transaction.
const STEP: u32 = 200;
/// Time between two steps, for others who write.
const PAUSE: Duration = Duration::from_millis(5);

/// Once a day: has every mailbox purged.
#[derive(Serialize, Deserialize)]
pub(crate) struct PurgeDaily {}

impl PurgeDaily {
    async fn enqueue(ctx: &Ctx) -> Result<()> {
        let now = ctx.world.now();
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let workspaces = tx.retention().workspaces().await?;
        drop(tx);
        for workspace in workspaces {
            let mut tx = ctx.store.begin(&Scope::job(workspace)).await?;
            let jobs: Vec<PurgeMail> = tx
                .retention()
                .mailboxes()
                .await?
                .into_iter()
                .map(|connection| PurgeMail {
                    workspace,
                    connection,
                })
                .collect();
            tenon_jobs::enqueue_all(&mut tx, &jobs, now).await?;
            tx.commit().await?;
        }
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        tenon_jobs::enqueue(&mut tx, &Self {}, now + DAY).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Job for PurgeDaily {
    const KIND: &'static str = "purge_daily";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("purge_daily".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        Self::enqueue(ctx).await.map_err(job_error)
    }
}

/// Deletes what a mailbox has from before its workspace's time box.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PurgeMail {
    pub(crate) workspace: WorkspaceId,
    pub(crate) connection: ConnectionId,
}

impl PurgeMail {
    async fn purge(&self, ctx: &Ctx, lease: &Lease) -> Result<()> {
        let scope = Scope::job(self.workspace);
        loop {
            let now = ctx.world.now();
            let mut tx = ctx.store.begin(&scope).await?;
            let Some(row) = tx.connections().get(self.connection).await? else {
                return Ok(());
            };
            tx.visits().prune(self.connection, now).await?;
            let since = horizon(ctx, &mut tx).await?;
            let Some(since) = since.filter(|_| !sabotage::on(Saboteur::BoxIgnored)) else {
                tx.commit().await?;
                return Ok(());
            };
            let step = tx.boxes().purge(self.connection, since, now, STEP).await?;
            if step > 0 {
                // With each step: whoever goes on after a kill knows nothing of those before.
                let subject = self.connection.to_string();
                for kind in [EventKind::ThreadsChanged, EventKind::MailboxChanged] {
                    tx.events()
                        .append(kind, Some(row.member_id), subject.clone())
                        .await?;
                }
                tenon_jobs::enqueue(&mut tx, &crate::schedule::Compact {}, now).await?;
            }
            let done = step < u64::from(STEP);
            if done {
                tx.boxes().purged(self.connection, since, now).await?;
            }
            if !lease.still_ours() {
                return Ok(()); // somebody else goes on with it
            }
            tx.commit().await?;
            if done {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[async_trait]
impl Job for PurgeMail {
    const KIND: &'static str = "purge_mail";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("purge_mail:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, lease: &Lease) -> std::result::Result<(), JobError> {
        self.purge(ctx, lease).await.map_err(job_error)
    }
}
