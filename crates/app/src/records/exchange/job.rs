//! The job behind an import: dry run, run and undo, batch by batch. Each batch stores its place with what it did, so that
//! one that was killed goes on where it was.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::records::exchange::ImportOptions;
use tenon_model::{ImportId, MemberId, Scope, WorkspaceId};
use tenon_store::{ImportRow, ImportState, ImportedRow, RowOutcome};

use super::apply::{apply, moved};
use super::book::Book;
use super::draft::{columns, valid};
use super::plan::{Memory, Planner};
use super::shared::Shared;
use super::undo;
use crate::access::acting_for;
use crate::records::view::shape;
use crate::sync::job_error;
use crate::{Actor, Ctx, Error, Result};

/// Rows of one transaction: nobody waits long for the writer.
const BATCH: u32 = 500;

/// Goes on with an import until it has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunImport {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Whose it is.
    pub member: MemberId,
    /// The import.
    pub import: ImportId,
}

#[async_trait]
impl Job for RunImport {
    const KIND: &'static str = "import";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("import:{}", self.import))
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        drive(ctx, &self).await.map_err(job_error)
    }
}

async fn drive(ctx: &Ctx, job: &RunImport) -> Result<()> {
    let Some(actor) = acting_for(ctx, job.workspace, job.member).await? else {
        return refuse(ctx, job, "forbidden").await;
    };
    let mut memory = Memory::default();
    let mut first = true;
    loop {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let Some(row) = tx.imports().get(job.import).await? else {
            return Ok(());
        };
        drop(tx);
        let more = match row.state {
            ImportState::Checking if first && row.place > 0 => {
                // A dry run remembers rows from the beginning on.
                from_the_beginning(ctx, &actor, row).await?
            }
            ImportState::Checking | ImportState::Running => {
                if row.state == ImportState::Running {
                    memory = Memory::default();
                }
                match batch(ctx, &actor, row, &mut memory).await {
                    Err(Error::Validation(_)) => return refuse(ctx, job, "validation").await,
                    other => other?,
                }
            }
            ImportState::Undoing => undo::batch(ctx, &actor, row).await?,
            _ => false,
        };
        first = false;
        if !more {
            return Ok(());
        }
    }
}

async fn from_the_beginning(ctx: &Ctx, actor: &Actor, mut row: ImportRow) -> Result<bool> {
    let seen = (row.state, row.place);
    row.place = 0;
    row.counts = tenon_store::ImportCounts::default();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.imports().save(seen, &row).await?;
    tx.commit().await?;
    Ok(true)
}

/// It cannot go on by itself.
async fn refuse(ctx: &Ctx, job: &RunImport, code: &str) -> Result<()> {
    let mut tx = ctx.store.begin(&Scope::job(job.workspace)).await?;
    let Some(mut row) = tx.imports().get(job.import).await? else {
        return Ok(());
    };
    let seen = (row.state, row.place);
    let active = matches!(
        row.state,
        ImportState::Checking | ImportState::Running | ImportState::Undoing
    );
    if active {
        row.state = ImportState::Failed;
        row.error = Some(code.to_owned());
        tx.imports().save(seen, &row).await?;
        let kind = tenon_model::event::EventKind::ImportChanged;
        tx.events()
            .append(kind, Some(job.member), job.import.to_string())
            .await?;
    }
    Ok(tx.commit().await?)
}

/// The next rows; whether there are more.
async fn batch(
    ctx: &Ctx,
    actor: &Actor,
    mut import: ImportRow,
    memory: &mut Memory,
) -> Result<bool> {
    let seen = (import.state, import.place);
    let dry = import.state == ImportState::Checking;
    let options: ImportOptions = serde_json::from_str(&import.options)
        .map_err(|_| Error::Internal("import_options".into()))?;
    // A dry run keeps no writer waiting while it looks.
    let mut tx = if dry {
        ctx.store.read(&actor.scope()).await?
    } else {
        ctx.store.begin(&actor.scope()).await?
    };
    let after = import.place.max(i64::from(options.header));
    let rows = tx
        .imports()
        .rows(import.id, None, (after, i64::MAX), BATCH)
        .await?;
    let last = rows.last().map(|r| r.number);
    let mut done: Vec<ImportedRow> = Vec::new();
    if last.is_some() {
        let shape = shape(&mut tx, import.kind).await?;
        let book = Book::open(&mut tx, import.kind, &options).await?;
        valid(&shape, &book, &options, columns(&import)?.len())?;
        let shared = Shared::open(&mut tx, import.kind, options.sharing.as_ref()).await?;
        let planner = Planner {
            ctx,
            actor,
            shape,
            options: &options,
            columns: columns(&import)?.len(),
            book,
            shared,
        };
        let mut plan = planner.plan(&mut tx, rows, memory).await?;
        if !dry {
            apply(ctx, &mut tx, actor, import.id, &mut plan).await?;
        }
        done = plan.rows;
    }
    if dry {
        drop(tx);
        tx = ctx.store.begin(&actor.scope()).await?;
    }
    for row in &mut done {
        match row.outcome {
            Some(RowOutcome::Create) => import.counts.created += 1,
            Some(RowOutcome::Update) => import.counts.updated += 1,
            Some(RowOutcome::Skip) => import.counts.skipped += 1,
            _ => import.counts.failed += 1,
        }
        if dry && row.outcome == Some(RowOutcome::Create) {
            row.record = None;
        }
    }
    tx.imports().put_rows(import.id, &done).await?;
    if let Some(last) = last {
        import.place = last;
    } else {
        import.state = if dry {
            ImportState::Checked
        } else {
            ImportState::Done
        };
        import.finished_at = (!dry).then(|| ctx.world.now());
    }
    let more = last.is_some();
    if !tx.imports().save(seen, &import).await? {
        // Stopped, or somebody else's turn: what this one did goes with the transaction.
        return Ok(true);
    }
    moved(&mut tx, actor, import.id).await?;
    tx.commit().await?;
    Ok(more)
}
