//! What runs by itself: job kinds, and the nets under them.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease, Runner};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{Scope, WorkspaceId};

use crate::acting::RunMailAction;
use crate::audit::{WriteCheckpoints, enqueue_unsigned};
use crate::compose::{LookForDraft, SendDraft, look_for_drafts};
use crate::connections::{
    FinishDisconnect, KeepGrant, PurgeConnection, RefreshProfile, RemoveRows, RevokeGrant,
    end_old_alarms, keep_idle_grants,
};
use crate::conversations::JoinMail;
use crate::mail_merge::RunMailMerge;
use crate::push::WatchMailbox;
use crate::records::exchange::RunImport;
use crate::records::{FollowFiles, MendKeys, enqueue_files};
use crate::responses::ReadResponses;
use crate::retention::{PurgeDaily, PurgeMail};
use crate::sync::{SyncMailbox, job_error};
use crate::{Ctx, Result};

/// How often the nets look: mailboxes whose turn was lost, expired flows, old events.
const HOUSEKEEPING: Duration = Duration::from_mins(1);
const KEEP_EVENTS: Duration = Duration::from_hours(1);
const KEEP_JOBS: Duration = Duration::from_hours(168);
/// Actions and what they did stay this long, for the list and for undoing.
const KEEP_ACTIONS: Duration = Duration::from_hours(168);
/// Rows of what they did that go in one turn: nobody waits long for the writer.
const PRUNE: u32 = 2_000;
/// What became of messages stays this long.
const KEEP_SENDS: Duration = Duration::from_hours(720);
/// A message that should have moved by now has lost its job.
const OVERDUE: Duration = Duration::from_mins(20);
const SWEEP: Duration = Duration::from_secs(30);

/// Registers every job kind.
pub fn register_jobs(runner: Runner<Ctx>) -> Runner<Ctx> {
    runner
        .register_bulk::<SyncMailbox>()
        .register_bulk::<WatchMailbox>()
        .register_bulk::<JoinMail>()
        .register_bulk::<ReadResponses>()
        .register_bulk::<PurgeMail>()
        .register_bulk::<RefreshProfile>()
        .register_bulk::<KeepGrant>()
        .register::<PurgeDaily>()
        .register_bulk::<LookForDraft>()
        .register::<PurgeConnection>()
        .register::<FinishDisconnect>()
        .register::<RevokeGrant>()
        .register::<RunMailAction>()
        .register_bulk::<RunImport>()
        .register::<SendDraft>()
        .register_bulk::<RunMailMerge>()
        .register::<RemoveRows>()
        .register::<Compact>()
        .register_bulk::<FollowFiles>()
        .register::<Housekeeping>()
        .register_bulk::<MendKeys>()
        .register::<WriteCheckpoints>()
}

/// Gives workspaces from before there were pipelines their first ones, then starts what repeats: housekeeping as a job; the sweep of opened messages, and forgetting what other
/// nodes have ended, as tasks of this process, whose memory they concern.
pub async fn start_schedules(ctx: &Ctx) -> Result<()> {
    crate::pipelines::make_missing_defaults(ctx).await?;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tenon_jobs::enqueue(&mut tx, &Housekeeping {}, ctx.world.now()).await?;
    tenon_jobs::enqueue(&mut tx, &PurgeDaily {}, ctx.world.now()).await?;
    tenon_jobs::enqueue(&mut tx, &MendKeys {}, ctx.world.now()).await?;
    crate::push::enqueue_all(ctx, &mut tx).await?;
    tx.commit().await?;
    tokio::spawn(crate::forget::follow(ctx.clone()));
    tokio::spawn(crate::audit::follow(ctx.clone()));
    let (bodies, world) = (std::sync::Arc::downgrade(&ctx.bodies), ctx.world.clone());
    let images = std::sync::Arc::downgrade(&ctx.images);
    let uploads = ctx.uploads.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP).await;
            let Some(bodies) = bodies.upgrade() else {
                return;
            };
            bodies.sweep(world.monotonic());
            if let Some(images) = images.upgrade() {
                images.sweep(world.monotonic());
            }
            uploads.sweep(world.monotonic());
        }
    });
    Ok(())
}

/// The nets, once a minute.
#[derive(Serialize, Deserialize)]
pub(crate) struct Housekeeping {}

impl Housekeeping {
    async fn sweep(ctx: &Ctx) -> Result<()> {
        let now = ctx.world.now();
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        for mailbox in tx.mailboxes().list_due(now - HOUSEKEEPING, 500).await? {
            let job = SyncMailbox {
                workspace: mailbox.workspace_id,
                connection: mailbox.connection_id,
            };
            tenon_jobs::enqueue(&mut tx, &job, now).await?;
        }
        for row in tx.connections().list_due_for_purge(now).await? {
            tenon_jobs::enqueue(
                &mut tx,
                &PurgeConnection {
                    workspace: row.workspace_id,
                    connection: row.id,
                },
                now,
            )
            .await?;
        }
        crate::push::enqueue_overdue(ctx, &mut tx).await?;
        if !tx.purges().list(1).await?.is_empty() {
            tenon_jobs::enqueue(&mut tx, &RemoveRows {}, now).await?;
        }
        keep_idle_grants(&mut tx, now).await?;
        end_old_alarms(&mut tx, now).await?;
        tx.flows().purge(now).await?;
        tx.sessions().purge(now).await?;
        for (send, workspace, connection) in tx.sends().overdue(now - OVERDUE, 500).await? {
            let job = SendDraft {
                workspace,
                connection,
                send,
            };
            tenon_jobs::enqueue(&mut tx, &job, now).await?;
        }
        crate::mail_merge::enqueue_overdue(&mut tx, now).await?;
        enqueue_files(ctx, &mut tx).await?;
        look_for_drafts(&mut tx, now).await?;
        enqueue_unsigned(&mut tx, now).await?;
        if !sabotage::on(Saboteur::ActionsKept) {
            tx.sends().prune(now - KEEP_SENDS).await?;
            tx.drafts().prune(now - KEEP_SENDS).await?;
            tx.mail_actions().prune(now - KEEP_ACTIONS, PRUNE).await?;
        }
        tx.invitations().purge(now).await?;
        tx.resets().purge(now).await?;
        tx.events().prune(now - KEEP_EVENTS).await?;
        tx.jobs().delete_done_before(now - KEEP_JOBS).await?;
        tenon_jobs::enqueue(&mut tx, &Self {}, now + HOUSEKEEPING).await?;
        tx.commit().await?;
        while crate::records::empty_bins(ctx).await? {}
        while crate::records::exchange::purge_imports(ctx).await? {}
        purge_begun(ctx).await
    }
}

/// Deletes sign-ins that nobody went on with. Strangers begin them, so there may be very many: batch by
/// batch, because other writers wait.
async fn purge_begun(ctx: &Ctx) -> Result<()> {
    const BATCH: u32 = 1_000;
    let now = ctx.world.now();
    loop {
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        let flows = tx.sign_in_flows().purge(now, BATCH).await?;
        let challenges = tx.challenges().purge(now, BATCH).await?;
        tx.commit().await?;
        if flows.max(challenges) < u64::from(BATCH) {
            return Ok(());
        }
    }
}

#[async_trait]
impl Job for Housekeeping {
    const KIND: &'static str = "housekeeping";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("housekeeping".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        Self::sweep(ctx).await.map_err(job_error)
    }
}

/// Compacts the database after a purge, so that its files keep nothing of what was deleted.
#[derive(Serialize, Deserialize)]
pub(crate) struct Compact {}

#[async_trait]
impl Job for Compact {
    const KIND: &'static str = "compact";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("compact".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        ctx.store.compact().await.map_err(|e| job_error(e.into()))
    }
}
