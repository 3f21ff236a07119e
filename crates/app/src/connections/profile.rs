//! The account's profile, refreshed in the background: labels, aliases, signatures (C9).

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::Reaction;
use tenon_connectors::ports::Priority;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::connection::{FeatureState, feature_state};
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, Scope, WorkspaceId};
use tenon_vault::Context;

use super::start::may_run;
use crate::sync::{job_error, provider_job_error, store_labels, take_off_vanished};
use crate::{Ctx, Error, Result};

const EVERY: Duration = Duration::from_hours(24);

/// Refreshes labels and aliases of a connection, then waits a day.
#[derive(Serialize, Deserialize)]
pub struct RefreshProfile {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
}

impl RefreshProfile {
    async fn refresh(&self, ctx: &Ctx) -> std::result::Result<(), JobError> {
        let scope = Scope::job(self.workspace);
        let mut tx = ctx
            .store
            .read(&scope)
            .await
            .map_err(|e| job_error(e.into()))?;
        let Some(row) = tx
            .connections()
            .get(self.connection)
            .await
            .map_err(|e| job_error(e.into()))?
        else {
            return Ok(());
        };
        let runs = may_run(&mut tx, &row).await.map_err(job_error)?;
        drop(tx);
        let on = feature_state(Feature::Mail, &row.features, &row.scopes, row.status)
            == FeatureState::On;
        if !runs || !on {
            return Ok(());
        }
        let port = ctx
            .mail_port(&row, Priority::Background)
            .await
            .map_err(job_error)?;
        let labels = port.labels().await.map_err(provider_job_error)?;
        let aliases = match port.aliases().await {
            Ok(aliases) => Some(aliases),
            Err(e) if matches!(e.reaction, Reaction::Stop | Reaction::Skip) => None, // not readable with this grant
            Err(e) => return Err(provider_job_error(e)),
        };
        self.store(ctx, &row, &labels, aliases)
            .await
            .map_err(job_error)
    }

    async fn store(
        &self,
        ctx: &Ctx,
        row: &tenon_store::ConnectionRow,
        labels: &[tenon_model::mail::RemoteLabel],
        aliases: Option<Vec<tenon_model::connection::Alias>>,
    ) -> Result<()> {
        let scope = Scope::job(self.workspace);
        ctx.keys.warm(&scope, row.key_id).await?;
        take_off_vanished(ctx, &scope, row, labels).await?;
        let mut tx = ctx.store.begin(&scope).await?;
        if tx.connections().fence(row.id).await? != Some(row.fence) {
            return Ok(()); // paused or disconnected meanwhile
        }
        store_labels(ctx, &mut tx, row, labels).await?;
        crate::push::enqueue_missing(ctx, &mut tx, row).await?;
        if let Some(aliases) = aliases {
            let key = ctx.keys.get(&mut tx, row.key_id).await?;
            let mut account = super::view::open_account(&key, row)?;
            account.aliases = aliases;
            let json = serde_json::to_vec(&account).map_err(|_| Error::Internal("json".into()))?;
            let sealed = key.seal(
                &ctx.world,
                &Context::new("connections", "account", row.id.0),
                &json,
            )?;
            tx.connections().set_account(row.id, sealed).await?;
        }
        let next = Self {
            workspace: self.workspace,
            connection: self.connection,
        };
        tenon_jobs::enqueue(&mut tx, &next, ctx.world.now() + EVERY).await?;
        tx.events()
            .append(
                EventKind::ConnectionChanged,
                Some(row.member_id),
                row.id.to_string(),
            )
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Job for RefreshProfile {
    const KIND: &'static str = "refresh_profile";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("profile:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.refresh(ctx).await
    }
}
