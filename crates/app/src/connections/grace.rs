//! The end of the grace period after the grant was withdrawn elsewhere (requirement C7).

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::audit::AuditActor;
use tenon_model::connection::ConnectionStatus;
use tenon_model::{ConnectionId, Scope, WorkspaceId};
use tenon_store::ConnectionRow;

use super::disconnect::{End, purge};
use crate::sync::job_error;
use crate::{Ctx, Result};

/// Purges a connection whose grace period is over, unless it was reconnected meanwhile.
#[derive(Serialize, Deserialize)]
pub struct PurgeConnection {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
}

impl PurgeConnection {
    async fn purge(&self, ctx: &Ctx) -> Result<()> {
        let scope = Scope::job(self.workspace);
        let mut tx = ctx.store.read(&scope).await?;
        let row = tx.connections().get(self.connection).await?;
        drop(tx);
        let now = ctx.world.now();
        let over = |r: &ConnectionRow| {
            r.status == ConnectionStatus::Revoked && r.purge_at.is_some_and(|at| now >= at)
        };
        if let Some(row) = row.filter(over) {
            let end = End {
                by: AuditActor::Server,
                reason: "grace_over",
                grant: "already_revoked",
                pending: None,
            };
            purge(ctx, &scope, &row, end, over).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Job for PurgeConnection {
    const KIND: &'static str = "purge_connection";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("purge:{}", self.connection))
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.purge(ctx).await.map_err(job_error)
    }
}
