//! The subscription of a mailbox: asked for when it is connected, renewed daily, ended with it.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::Priority;
use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::connection::{ConnectionStatus, FeatureState, feature_state};
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, Time, WorkspaceId};
use tenon_store::{ConnectionRow, Tx};

use super::RENEW;
use super::receive::address_index;
use crate::connections::view::account;
use crate::sync::{job_error, provider_job_error};
use crate::{Ctx, Result};

/// A refused subscription is asked for again so soon: the operator mends topics by hand.
const AFTER_REFUSAL: Duration = Duration::from_mins(15);
/// Renewals are spread over this, so that a restart does not make them all come at once for ever.
const SPREAD: u64 = 2 * 3_600;
/// A disconnect waits so long for the provider to end the subscription.
const STOP_DEADLINE: Duration = Duration::from_secs(4);
/// The renewing job has this long before the net looks after it.
const NET: Duration = Duration::from_mins(5);

/// Asks for the subscription of a mailbox, or renews it; then waits a day.
#[derive(Serialize, Deserialize)]
pub(crate) struct WatchMailbox {
    pub(crate) workspace: WorkspaceId,
    pub(crate) connection: ConnectionId,
}

/// Enqueues the job of a connection that has no subscription yet, if push is on.
pub(crate) async fn enqueue_missing(ctx: &Ctx, tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    if ctx.config.google_push.is_none() || tx.watches().get(row.id).await?.is_some() {
        return Ok(());
    }
    let job = WatchMailbox {
        workspace: row.workspace_id,
        connection: row.id,
    };
    tenon_jobs::enqueue(tx, &job, ctx.world.now()).await?;
    Ok(())
}

/// Enqueues the jobs of all connections at a start: push may have been switched on since the last.
pub(crate) async fn enqueue_all(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    if ctx.config.google_push.is_none() {
        return Ok(());
    }
    for (connection, workspace) in tx.connections().ids_active().await? {
        let job = WatchMailbox {
            workspace,
            connection,
        };
        let soon = ctx.world.now() + Duration::from_secs(ctx.world.below(60));
        tenon_jobs::enqueue(tx, &job, soon).await?;
    }
    Ok(())
}

/// Enqueues again what should have been renewed and was not: the job was lost.
pub(crate) async fn enqueue_overdue(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    if ctx.config.google_push.is_none() {
        return Ok(());
    }
    let now = ctx.world.now();
    for (connection, workspace) in tx.watches().list_due(now - NET, 500).await? {
        let job = WatchMailbox {
            workspace,
            connection,
        };
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    Ok(())
}

impl WatchMailbox {
    async fn renew(&self, ctx: &Ctx) -> std::result::Result<(), JobError> {
        let Some(push) = &ctx.config.google_push else {
            return Ok(());
        };
        let Some((row, address)) = self.due(ctx).await.map_err(job_error)? else {
            return Ok(());
        };
        let port = ctx
            .mail_port(&row, Priority::Background)
            .await
            .map_err(job_error)?;
        // Pushes name the mailbox by the address in its profile, which may be spelled differently
        // from that of the account.
        let outcome = match port.state().await {
            Ok(state) => port.watch(&push.topic).await.map(|w| (state.address, w)),
            Err(error) => Err(error),
        };
        match outcome {
            Ok((said, watch)) => {
                let address = if said.is_empty() { address } else { said };
                self.agreed(ctx, &row, &address, watch.expires_at)
                    .await
                    .map_err(job_error)
            }
            Err(error) => {
                self.refused(ctx, &row, &error).await.map_err(job_error)?;
                Err(provider_job_error(error))
            }
        }
    }

    /// The connection and its address, if it is time; else the job waits until then, or ends.
    async fn due(&self, ctx: &Ctx) -> Result<Option<(ConnectionRow, String)>> {
        let now = ctx.world.now();
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(None);
        };
        let on = feature_state(Feature::Mail, &row.features, &row.scopes, row.status)
            == FeatureState::On;
        if row.status != ConnectionStatus::Active || !on {
            return Ok(None); // resuming begins again
        }
        let watch = tx.watches().get(row.id).await?;
        let address = account(ctx, &mut tx, &row).await?.address;
        drop(tx);
        // A time that a clock ahead of ours has set is not waited for.
        let is_soon = |at: Time| at > now && at <= now + RENEW;
        match watch.filter(|w| is_soon(w.next_at) && w.reason.is_none()) {
            Some(watch) => {
                let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
                tenon_jobs::enqueue(&mut tx, self, watch.next_at).await?;
                tx.commit().await?;
                Ok(None)
            }
            None => Ok(Some((row, address))),
        }
    }

    async fn agreed(
        &self,
        ctx: &Ctx,
        row: &ConnectionRow,
        address: &str,
        expires_at: Time,
    ) -> Result<()> {
        let now = ctx.world.now();
        // A provider that gives less than two days is asked again at half time.
        let half = expires_at.since(now) / 2;
        let earlier = Duration::from_secs(ctx.world.below(SPREAD));
        let next_at = now
            + RENEW
                .saturating_sub(earlier)
                .min(half)
                .max(Duration::from_mins(1));
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        if tx.connections().fence(row.id).await? != Some(row.fence) {
            return Ok(()); // paused or disconnected meanwhile
        }
        let index = address_index(ctx.keys.deployment(), address);
        tx.watches()
            .renewed(row.id, index, now, expires_at, next_at)
            .await?;
        tenon_jobs::enqueue(&mut tx, self, next_at).await?;
        announce(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Fault G26: polling goes on, the health page says so. A passing failure says nothing yet.
    async fn refused(&self, ctx: &Ctx, row: &ConnectionRow, error: &ProviderError) -> Result<()> {
        if !matches!(error.reaction, Reaction::Alarm | Reaction::Stop) {
            return Ok(());
        }
        tracing::error!(code = error.code, connection = %row.id, "the provider refuses to push; polling goes on");
        let now = ctx.world.now();
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        if tx.connections().fence(row.id).await? != Some(row.fence) {
            return Ok(());
        }
        tx.watches()
            .refused(row.id, &error.code, now, now + AFTER_REFUSAL)
            .await?;
        announce(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn announce(tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    let subject = row.id.to_string();
    Ok(tx
        .events()
        .append(EventKind::MailboxChanged, Some(row.member_id), subject)
        .await?)
}

/// Ends the subscription of a connection that is about to end, unless `shared` with another that
/// needs it: there is one for each account. Best effort: without renewal it ends by itself.
pub(crate) async fn stop(ctx: &Ctx, row: &ConnectionRow, shared: bool) -> Result<()> {
    let mut tx = ctx.store.read(&Scope::job(row.workspace_id)).await?;
    let watch = tx.watches().get(row.id).await?;
    drop(tx);
    let lives = watch.is_some_and(|w| w.expires_at.is_some_and(|end| end > ctx.world.now()));
    if shared || !lives || sabotage::on(Saboteur::SubscriptionStays) {
        return Ok(());
    }
    let port = ctx.mail_port(row, Priority::Interactive).await?;
    match tokio::time::timeout(STOP_DEADLINE, port.stop_watch()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a push subscription was not ended"),
        Err(_) => tracing::warn!("a push subscription was not ended in time"),
    }
    Ok(())
}

#[async_trait]
impl Job for WatchMailbox {
    const KIND: &'static str = "watch_mailbox";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("watch:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.renew(ctx).await
    }
}
