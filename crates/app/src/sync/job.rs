//! The job that keeps one mailbox in step.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::Priority;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, WorkspaceId};

use super::engine;
use crate::Ctx;
use crate::acting::writer;

/// One turn of a mailbox's sync: goes on with a snapshot or asks for changes, then sets the time of
/// the next turn. At most one waits for each connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncMailbox {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
}

impl SyncMailbox {
    /// What the saboteur of Q5 does.
    async fn star_something(&self, ctx: &Ctx) -> crate::Result<()> {
        let scope = Scope::job(self.workspace);
        let mut tx = ctx.store.read(&scope).await?;
        let row = tx.connections().get(self.connection).await?;
        let some = tx.messages().provider_ids(self.connection, None, 1).await?;
        drop(tx);
        let (Some(row), Some(id)) = (row, some.into_iter().next()) else {
            return Ok(());
        };
        let port = writer(ctx, &row, Priority::Background).await?;
        let _ = port.modify(&[id], &["STARRED".to_owned()], &[]).await;
        Ok(())
    }
}

#[async_trait]
impl Job for SyncMailbox {
    const KIND: &'static str = "sync_mailbox";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        if sabotage::on(Saboteur::PushesUncoalesced) {
            return None;
        }
        Some(format!("sync:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, lease: &Lease) -> Result<(), JobError> {
        let outcome = engine::turn(ctx, lease, &self).await;
        if sabotage::on(Saboteur::ActsUnasked) {
            let _ = self.star_something(ctx).await;
        }
        outcome
    }
}
