//! Checkpoints: signed statements of how long a chain is and how it ends, written outside the database. A
//! chain by itself does not show that its tail was cut; a checkpoint kept elsewhere does.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::{Scope, Time, WorkspaceId};
use tenon_store::{AuditHead, Tx};
use tenon_vault::{Checkpoint, CheckpointFile, PublicKey};

use super::list::administrator;
use crate::sync::job_error;
use crate::{Actor, Ctx, Error, Result};

/// Signs the end of every chain that has grown since its last checkpoint, and writes it to the file and to
/// the log; how many. The file comes first: a crash before the note only writes a checkpoint twice.
pub async fn write_checkpoints(ctx: &Ctx) -> Result<usize> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let heads = tx.audit().heads().await?;
    drop(tx);
    let grown: Vec<AuditHead> = heads
        .into_iter()
        .filter(|head| head.count > head.signed_count)
        .collect();
    if grown.is_empty() {
        return Ok(0);
    }
    let key = ctx.keys.deployment().checkpoint_key()?;
    let now = ctx.world.now();
    let signed: Vec<Checkpoint> = grown
        .iter()
        .map(|head| key.sign(head.workspace, head.count, head.head, now))
        .collect();
    if let Some(path) = ctx.config.audit_checkpoints.clone() {
        let (file, lines) = (CheckpointFile::new(path), signed.clone());
        // Synced to the disk: not on a thread that serves requests.
        let written = tokio::task::spawn_blocking(move || file.append(&lines)).await;
        written.map_err(|_| Error::Internal("checkpoint_task".into()))??;
    }
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    for checkpoint in &signed {
        let line = checkpoint.to_string();
        tx.audit()
            .signed(checkpoint.workspace, checkpoint.count, &line)
            .await?;
    }
    tx.commit().await?;
    for checkpoint in &signed {
        tracing::info!(target: "audit", %checkpoint, "checkpoint");
    }
    Ok(signed.len())
}

/// Has checkpoints written when there are entries that none covers; looked at once a minute.
pub(crate) async fn enqueue_unsigned(tx: &mut Tx, now: Time) -> Result<()> {
    let heads = tx.audit().heads().await?;
    if heads.iter().any(|head| head.count > head.signed_count) {
        tenon_jobs::enqueue(tx, &WriteCheckpoints {}, now).await?;
    }
    Ok(())
}

/// Writes checkpoints.
#[derive(Serialize, Deserialize)]
pub(crate) struct WriteCheckpoints {}

#[async_trait]
impl Job for WriteCheckpoints {
    const KIND: &'static str = "write_checkpoints";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some("write_checkpoints".into())
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        write_checkpoints(ctx).await.map(drop).map_err(job_error)
    }
}

/// Where the workspace's chain ends, and what was signed of it.
#[derive(Debug, Clone)]
pub struct LogView {
    /// How many entries there are.
    pub count: u64,
    /// Seal of the newest, in hexadecimal digits.
    pub head: Option<String>,
    /// Its time.
    pub at: Option<Time>,
    /// The last checkpoint.
    pub checkpoint: Option<CheckpointView>,
    /// What signatures are checked with.
    pub public_key: PublicKey,
}

/// A checkpoint that was written.
#[derive(Debug, Clone)]
pub struct CheckpointView {
    /// How many entries it covers.
    pub count: u64,
    /// Seal of the last of them, in hexadecimal digits.
    pub head: String,
    /// When it was signed.
    pub at: Time,
    /// The whole line.
    pub line: String,
}

impl From<Checkpoint> for CheckpointView {
    fn from(checkpoint: Checkpoint) -> Self {
        Self {
            count: checkpoint.count,
            head: checkpoint.head_text(),
            at: checkpoint.at,
            line: checkpoint.to_string(),
        }
    }
}

/// Where the workspace's chain ends; for owners and administrators.
pub async fn checkpoint(ctx: &Ctx, actor: &Actor) -> Result<LogView> {
    administrator(actor)?;
    let public_key = ctx.keys.deployment().checkpoint_key()?.public_key();
    let workspace = Some(actor.workspace);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let head = tx.audit().head(workspace).await?;
    let Some(head) = head.filter(|h| h.count > 0) else {
        return Ok(LogView {
            count: 0,
            head: None,
            at: None,
            checkpoint: None,
            public_key,
        });
    };
    let newest = tx.audit().after(workspace, head.count - 1, 1).await?;
    let checkpoint = head.checkpoint.and_then(|line| line.parse().ok());
    Ok(LogView {
        count: head.count,
        head: Some(tenon_vault::mac_text(&head.head)),
        at: newest.first().map(|e| e.entry.at),
        checkpoint: checkpoint.map(|c: Checkpoint| c.into()),
        public_key,
    })
}
