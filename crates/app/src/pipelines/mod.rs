//! Pipelines with their stages. Owners and admins manage all of them, members make boards of their own.

mod defaults;
mod stages;

use tenon_model::PipelineId;
use tenon_model::member::Role;
use tenon_model::records::{PipelineKind, Shape, Stage};
use tenon_store::{Pipeline, Tx};

pub(crate) use defaults::{make_defaults, make_missing_defaults};
pub use stages::NewStage;

use crate::record_setup::{begin, managers_only, name, no_viewers, tell, unlike};
use crate::{Actor, Ctx, Error, Result};

/// Pipelines of a workspace that are in use.
const MOST: usize = 100;
/// The same with those that were put away.
const MOST_EVER: usize = 500;

/// A pipeline with its stages in their order.
#[derive(Debug, Clone)]
pub struct PipelineView {
    /// The pipeline.
    pub row: Pipeline,
    /// Its stages.
    pub stages: Vec<Stage>,
}

/// A pipeline to make.
#[derive(Debug, Clone)]
pub struct NewPipeline {
    /// What moves through it, for good.
    pub kind: PipelineKind,
    /// What people read.
    pub name: String,
    /// Its stages; those that new workspaces have without them.
    pub stages: Option<Vec<NewStage>>,
}

/// A change of a pipeline; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ChangePipeline {
    /// What people read.
    pub name: Option<String>,
    /// All its stages: those that it has with their ids, new ones without.
    pub stages: Option<Vec<NewStage>>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

fn may(role: Role, kind: PipelineKind) -> Result<()> {
    match kind {
        PipelineKind::Board => no_viewers(role),
        _ => managers_only(role),
    }
}

/// All pipelines, oldest first; those that were put away are among them.
pub async fn pipelines(ctx: &Ctx, actor: &Actor) -> Result<Vec<PipelineView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.pipelines().list().await?;
    let mut all = tx.pipelines().all_stages().await?.into_iter().peekable();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let mut stages = Vec::new();
        while let Some(stage) = all.next_if(|s| s.pipeline_id == row.id) {
            stages.push(stage);
        }
        views.push(PipelineView { row, stages });
    }
    Ok(views)
}

/// Makes a pipeline.
pub async fn make_pipeline(ctx: &Ctx, actor: &Actor, new: NewPipeline) -> Result<PipelineView> {
    let (mut tx, role) = begin(ctx, actor).await?;
    may(role, new.kind)?;
    let name = name("name", &new.name)?;
    let others = tx.pipelines().list().await?;
    room(&others)?;
    free(&name, new.kind, &others)?;
    let row = Pipeline {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        kind: new.kind,
        name,
        version: 1,
        archived_at: None,
        created_at: ctx.world.now(),
    };
    let stages = match &new.stages {
        Some(stages) => {
            let shape = shape(&mut tx, new.kind).await?;
            stages::check(ctx, &row, &shape, stages, &[])?
        }
        None => defaults::stages(ctx, &row, actor.locale),
    };
    tx.pipelines().insert(&row).await?;
    tx.pipelines().put_stages(&row, &stages).await?;
    tell(&mut tx, actor, None).await?;
    tx.commit().await?;
    Ok(PipelineView { row, stages })
}

/// Changes a pipeline, unless it has changed since the version that the person saw. A stage that holds
/// boxes, in the bin or not, stays.
pub async fn change_pipeline(
    ctx: &Ctx,
    actor: &Actor,
    id: PipelineId,
    seen: Option<u64>,
    change: ChangePipeline,
) -> Result<PipelineView> {
    let (mut tx, role) = begin(ctx, actor).await?;
    let row = tx.pipelines().get(id).await?;
    let mut row = row.ok_or(Error::NotFound("pipeline"))?;
    may(role, row.kind)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(Error::PipelineChanged);
    }
    let (before, had) = (row.clone(), tx.pipelines().stages(id).await?);
    let mut others = tx.pipelines().list().await?;
    others.retain(|p| p.id != id);
    if let Some(text) = &change.name {
        row.name = name("name", text)?;
    }
    match change.archived {
        Some(true) => row.archived_at = row.archived_at.or(Some(ctx.world.now())),
        Some(false) => row.archived_at = None,
        None => {}
    }
    let back = before.archived_at.is_some() && row.archived_at.is_none();
    if back {
        room(&others)?;
    }
    if row.archived_at.is_none() && (back || row.name != before.name) {
        free(&row.name, row.kind, &others)?;
    }
    let stages = match &change.stages {
        Some(stages) => {
            let shape = shape(&mut tx, row.kind).await?;
            stages::check(ctx, &row, &shape, stages, &had)?
        }
        None => had.clone(),
    };
    if row == before && stages == had {
        return Ok(PipelineView { row, stages });
    }
    row.version += 1;
    if !tx.pipelines().save(&row, before.version).await? {
        return Err(Error::PipelineChanged);
    }
    if stages != had {
        stages::replace(&mut tx, &row, &stages, &had).await?;
    }
    tell(&mut tx, actor, None).await?;
    tx.commit().await?;
    Ok(PipelineView { row, stages })
}

/// Puts a pipeline away. Its boxes stay as they are.
pub async fn archive_pipeline(ctx: &Ctx, actor: &Actor, id: PipelineId) -> Result<()> {
    let change = ChangePipeline {
        archived: Some(true),
        ..ChangePipeline::default()
    };
    change_pipeline(ctx, actor, id, None, change)
        .await
        .map(drop)
}

async fn shape(tx: &mut Tx, kind: PipelineKind) -> Result<Shape> {
    let custom = tx.fields().list(Some(kind.boxes())).await?;
    Ok(Shape::new(kind.boxes(), &custom))
}

fn room(others: &[Pipeline]) -> Result<()> {
    if others.iter().filter(|p| p.archived_at.is_none()).count() >= MOST {
        return Err(Error::field(
            "name",
            "would be one pipeline too many: 100 are in use; put one away first",
        ));
    }
    if others.len() >= MOST_EVER {
        return Err(Error::field(
            "name",
            "would be one pipeline too many: 500 were made; bring one back instead",
        ));
    }
    Ok(())
}

fn free(name: &str, kind: PipelineKind, others: &[Pipeline]) -> Result<()> {
    let used = others
        .iter()
        .filter(|p| p.kind == kind && p.archived_at.is_none());
    unlike("name", name, used.map(|p| p.name.as_str()))
}
