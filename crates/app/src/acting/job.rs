//! The job behind an action: the net under a quick one, the worker of a long one.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::{ConnectionId, MailActionId, Scope, WorkspaceId};

use super::run::{Driven, Until, drive};
use crate::Ctx;
use crate::sync::job_error;

/// Goes on with an action until it has ended. It stops between two groups when the process stops,
/// and goes on from there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunMailAction {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
    /// Action.
    pub action: MailActionId,
}

#[async_trait]
impl Job for RunMailAction {
    const KIND: &'static str = "mail_action";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("action:{}", self.action))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> Result<(), JobError> {
        let scope = Scope::job(self.workspace);
        match drive(ctx, &scope, self.action, Until::End).await {
            Ok(Driven::Ended) => Ok(()),
            Ok(Driven::Wait(wait, code)) => Err(JobError::Backoff(wait, code)),
            Err(e) => Err(job_error(e)),
        }
    }
}
