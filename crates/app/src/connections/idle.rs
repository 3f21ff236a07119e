//! Grants that nobody uses: a provider ends a token that was not used for six months (fault A4), and
//! a paused connection would not come back. So it is refreshed once a month.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::AccessTokens as _;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::connection::ConnectionStatus;
use tenon_model::{ConnectionId, Scope, Time, WorkspaceId};
use tenon_store::Tx;

use super::disconnect::holds_grant;
use super::tokens::ConnectionTokens;
use crate::sync::{job_error, provider_job_error};
use crate::{Ctx, Result};

/// How long a grant may be unused. Six months are the limit; a server that was switched off for some
/// of them still has time.
const UNUSED: Duration = Duration::from_hours(30 * 24);
/// At most so many at a look; the next look is a minute later.
const AT_ONCE: u32 = 100;

/// Refreshes the token of a connection that nobody uses. Nothing of the account is read.
#[derive(Serialize, Deserialize)]
pub struct KeepGrant {
    workspace: WorkspaceId,
    connection: ConnectionId,
}

/// Enqueues it for those whose month is over. *System* transaction.
pub(crate) async fn keep_idle_grants(tx: &mut Tx, now: Time) -> Result<()> {
    for row in tx.connections().list_idle(now - UNUSED, AT_ONCE).await? {
        if holds_grant(&row) {
            let job = KeepGrant {
                workspace: row.workspace_id,
                connection: row.id,
            };
            tenon_jobs::enqueue(tx, &job, now).await?;
        }
    }
    Ok(())
}

impl KeepGrant {
    async fn tokens(&self, ctx: &Ctx) -> Result<Option<ConnectionTokens>> {
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(None);
        };
        if row.status == ConnectionStatus::Revoked || !holds_grant(&row) {
            return Ok(None);
        }
        let key = ctx.keys.get(&mut tx, row.key_id).await?;
        Ok(Some(ConnectionTokens::new(ctx, &row, key)))
    }
}

#[async_trait]
impl Job for KeepGrant {
    const KIND: &'static str = "keep_grant";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("keep:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        let Some(tokens) = self.tokens(ctx).await.map_err(job_error)? else {
            return Ok(());
        };
        let token = tokens.access_token(None).await;
        token.map(drop).map_err(provider_job_error)
    }
}
