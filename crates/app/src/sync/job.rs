//! The job that keeps one mailbox in step.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, WorkspaceId};

use super::engine;
use crate::Ctx;

/// One turn of a mailbox's sync: goes on with a snapshot or asks for changes, then sets the time of
/// the next turn. At most one waits for each connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncMailbox {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
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
        engine::turn(ctx, lease, &self).await
    }
}
