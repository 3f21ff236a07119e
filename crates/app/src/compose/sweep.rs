//! Drafts of which it is not known whether they exist, or exist twice: the answer to making them was
//! lost, or the process ended before it came. They are looked for by our own header, so that none
//! lies in the mailbox that its person would send a second time.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::Reaction;
use tenon_connectors::ports::{DraftRef, MailWritePort, Priority, WriteError};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, DraftId, Scope, Time, WorkspaceId};
use tenon_store::{ConnectionRow, DraftRow, Tx};

use super::HEADER;
use super::drafts::announce;
use super::turn::Turn;
use crate::acting::{usable, writer};
use crate::sync::job_error;
use crate::{Ctx, Result};

/// When a draft is looked for first: whoever made it has gone by then.
pub(super) const FIRST_LOOK: Duration = Duration::from_mins(15);
/// By then a request that was under way has come or will not (`provider-faults` section 13).
pub(super) const LAST_LOOK: Duration = Duration::from_hours(24);
/// When a look that failed is tried again.
const LOOK_AGAIN: Duration = Duration::from_hours(1);
/// At most so many at a look of the housekeeping; the next one is a minute later.
const AT_ONCE: u32 = 100;
/// More copies of one draft are not expected; the next look finds what is left.
const COPIES: usize = 10;

/// Looks for one draft at the provider.
#[derive(Serialize, Deserialize)]
pub(crate) struct LookForDraft {
    workspace: WorkspaceId,
    connection: ConnectionId,
    draft: DraftId,
}

/// Enqueues it for the drafts whose time has come. *System* transaction.
pub(crate) async fn look_for_drafts(tx: &mut Tx, now: Time) -> Result<()> {
    for row in tx.drafts().in_doubt(now, AT_ONCE).await? {
        let job = LookForDraft {
            workspace: row.workspace_id,
            connection: row.connection_id,
            draft: row.id,
        };
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    Ok(())
}

impl LookForDraft {
    async fn look(&self, ctx: &Ctx) -> Result<()> {
        let scope = Scope::job(self.workspace);
        let now = ctx.world.now();
        let mut tx = ctx.store.begin(&scope).await?;
        let Some(row) = tx.drafts().get(self.draft).await? else {
            return Ok(());
        };
        let Some(connection) = tx.connections().get(row.connection_id).await? else {
            return Ok(());
        };
        // Before anything else, so that a look that fails does not come every minute.
        tx.drafts().look_at(row.id, Some(now + LOOK_AGAIN)).await?;
        tx.commit().await?;
        if usable(&connection, Feature::Sending).is_err() {
            return Ok(()); // the next look may find it usable
        }
        let turn = Turn::take(ctx, &scope, row.id).await?;
        let done = self.compare(ctx, &scope, &row, &connection).await;
        turn.end().await;
        done
    }

    /// Compares what is known here with what the provider has.
    async fn compare(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        row: &DraftRow,
        connection: &ConnectionRow,
    ) -> Result<()> {
        let now = ctx.world.now();
        let port = writer(ctx, connection, Priority::Background).await?;
        let mark = row.id.to_string();
        let found = port.drafts_with_header(HEADER, &mark, COPIES).await?;
        let known = match &row.provider_id {
            Some(id) => there(port.as_ref(), id).await?,
            None => false,
        };
        let mut tx = ctx.store.begin(scope).await?;
        let Some(mut row) = tx.drafts().get(self.draft).await? else {
            return Ok(());
        };
        let last = row.created_at + LAST_LOOK;
        // Nobody knows of it yet, or the one that was known is gone and this is what is left.
        if row.state != "gone"
            && !known
            && let Some(at) = found.first()
        {
            tx.drafts()
                .saved(row.id, &at.draft_id, &at.message_id, now)
                .await?;
            announce(ctx, &mut tx, &row).await?;
            row.provider_id = Some(at.draft_id.clone());
            "open".clone_into(&mut row.state);
        } else if row.state == "creating" && now >= last {
            tx.drafts().forget(row.id).await?; // it was never made
            tx.commit().await?;
            return Ok(());
        }
        tx.drafts().look_at(row.id, Some(last.max(now))).await?;
        tx.commit().await?;
        if now >= last {
            remove_copies(ctx, scope, port.as_ref(), &row, &found).await?;
        }
        Ok(())
    }
}

async fn there(port: &dyn MailWritePort, id: &str) -> Result<bool> {
    match port.draft(id).await {
        Ok(_) => Ok(true),
        Err(e) if e.reaction == Reaction::Skip && e.code == "not_found" => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Discards what bears the header of a draft that is another one, or was sent or discarded. Nobody
/// has touched it: a draft that is changed elsewhere loses the header.
async fn remove_copies(
    ctx: &Ctx,
    scope: &Scope,
    port: &dyn MailWritePort,
    row: &DraftRow,
    found: &[DraftRef],
) -> Result<()> {
    let mut removed = 0;
    for at in found {
        if row.state == "open" && row.provider_id.as_ref() == Some(&at.draft_id) {
            continue;
        }
        match port.delete_draft(&at.draft_id).await {
            Ok(()) => removed += 1,
            Err(WriteError::Refused(e)) if e.code == "not_found" => {}
            Err(WriteError::Refused(e) | WriteError::Unknown(e)) => return Err(e.into()),
        }
    }
    let mut tx = ctx.store.begin(scope).await?;
    tx.drafts().look_at(row.id, None).await?;
    if removed > 0 {
        tracing::info!(draft = %row.id, removed, "copies of a draft discarded");
        announce(ctx, &mut tx, row).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[async_trait]
impl Job for LookForDraft {
    const KIND: &'static str = "look_for_draft";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("draft:{}", self.draft))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.look(ctx).await.map_err(job_error)
    }
}
