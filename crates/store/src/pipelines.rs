//! Pipelines with their stages.

use tenon_model::records::{PipelineKind, Stage};
use tenon_model::{PipelineId, StageId, Time, WorkspaceId};

use crate::sql::{Builder, Row, Sql, Value, sql};
use crate::{DbKind, StoreError};

/// What boxes move through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Id.
    pub id: PipelineId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// What moves through it.
    pub kind: PipelineKind,
    /// What people read.
    pub name: String,
    /// Counts its changes, those of its stages included; from 1.
    pub version: u64,
    /// Since when it is put away.
    pub archived_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

const COLUMNS: &str = "id, workspace_id, kind, name, version, archived_at, created_at";
const STAGES: &str = "SELECT s.id, s.pipeline_id, p.kind, s.name, s.color, s.outcome, s.probability, s.rules \
                      FROM stages s JOIN pipelines p ON p.id = s.pipeline_id";

fn read(row: &Row) -> Result<Pipeline, StoreError> {
    let mut r = row.reader();
    Ok(Pipeline {
        id: r.take()?,
        workspace_id: r.take()?,
        kind: r.take()?,
        name: r.take()?,
        version: r.take()?,
        archived_at: r.opt()?,
        created_at: r.take()?,
    })
}

fn read_stage(row: &Row) -> Result<Stage, StoreError> {
    let mut r = row.reader();
    Ok(Stage {
        id: r.take()?,
        pipeline_id: r.take()?,
        pipeline_kind: r.take()?,
        name: r.take()?,
        color: r.take()?,
        outcome: r.take()?,
        probability: r.opt()?,
        rules: r.take()?,
    })
}

aggregate!(
    /// The workspace's pipelines.
    Pipelines,
    pipelines
);

impl Pipelines<'_> {
    /// All pipelines, oldest first; those that were put away are among them.
    pub async fn list(&mut self) -> Result<Vec<Pipeline>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM pipelines WHERE workspace_id = $1 ORDER BY created_at, id"
        ))
        .bind(self.tx.workspace()?);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A pipeline by id.
    pub async fn get(&mut self, id: PipelineId) -> Result<Option<Pipeline>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM pipelines WHERE workspace_id = $1 AND id = $2"
        ))
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The stages of a pipeline in their order; none if it is not the workspace's.
    pub async fn stages(&mut self, pipeline: PipelineId) -> Result<Vec<Stage>, StoreError> {
        let query = sql(format!(
            "{STAGES} WHERE s.pipeline_id = $2 AND p.workspace_id = $1 ORDER BY s.position, s.id"
        ))
        .bind(self.tx.workspace()?)
        .bind(pipeline);
        self.tx.all(query).await?.iter().map(read_stage).collect()
    }

    /// The stages of all pipelines, each pipeline's together and in their order.
    pub async fn all_stages(&mut self) -> Result<Vec<Stage>, StoreError> {
        let query = sql(format!(
            "{STAGES} WHERE p.workspace_id = $1 ORDER BY p.created_at, p.id, s.position, s.id"
        ))
        .bind(self.tx.workspace()?);
        self.tx.all(query).await?.iter().map(read_stage).collect()
    }

    /// A stage by id. A transaction that writes holds it until its end: a box that is put there and
    /// the removal of the stage take turns.
    pub async fn stage(&mut self, id: StageId) -> Result<Option<Stage>, StoreError> {
        let lock = match self.tx.kind() {
            DbKind::Postgres if !self.tx.reads_only() => " FOR SHARE OF s",
            DbKind::Postgres | DbKind::Sqlite => "",
        };
        let query = sql(format!(
            "{STAGES} WHERE s.id = $2 AND p.workspace_id = $1{lock}"
        ))
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx
            .opt(query)
            .await?
            .map(|r| read_stage(&r))
            .transpose()
    }

    /// Adds a pipeline without stages. *System: any workspace.*
    pub async fn insert(&mut self, row: &Pipeline) -> Result<(), StoreError> {
        self.own(row)?;
        let insert = sql(format!(
            "INSERT INTO pipelines ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.kind)
        .bind(row.name.as_str())
        .bind(row.version.cast_signed())
        .bind(row.archived_at)
        .bind(row.created_at);
        self.tx.exec(insert).await.map(drop)
    }

    fn own(&self, row: &Pipeline) -> Result<(), StoreError> {
        match self.tx.workspace_or_all()? {
            Some(own) if own != row.workspace_id => {
                Err(StoreError::Scope("the pipeline's workspace"))
            }
            _ => Ok(()),
        }
    }

    /// Keeps name, version and whether it is put away; `false` if its version is no longer `seen`.
    pub async fn save(&mut self, row: &Pipeline, seen: u64) -> Result<bool, StoreError> {
        let update = sql(
            "UPDATE pipelines SET name = $4, version = $5, archived_at = $6 \
             WHERE workspace_id = $1 AND id = $2 AND version = $3",
        )
        .bind(self.tx.workspace()?)
        .bind(row.id)
        .bind(seen.cast_signed())
        .bind(row.name.as_str())
        .bind(row.version.cast_signed())
        .bind(row.archived_at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Adds stages of a pipeline, or changes those that it has; they stand in the given order. Ids come
    /// once each. *System: any workspace.*
    pub async fn put_stages(
        &mut self,
        pipeline: &Pipeline,
        stages: &[Stage],
    ) -> Result<(), StoreError> {
        self.own(pipeline)?;
        if stages.is_empty() {
            return Ok(());
        }
        let rows = stages.iter().zip(0_i64..).map(|(s, position)| {
            vec![
                Value::from(s.id),
                pipeline.id.into(),
                pipeline.workspace_id.into(),
                position.into(),
                s.name.as_str().into(),
                i64::from(s.color).into(),
                s.outcome.into(),
                s.probability.into(),
                (&s.rules).into(),
            ]
        });
        let mut b = Builder::new(
            self.tx.kind(),
            "INSERT INTO stages (id, pipeline_id, workspace_id, position, name, color, outcome, \
             probability, rules) VALUES ",
        );
        b.rows(rows).push(
            " ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name, \
             color = excluded.color, outcome = excluded.outcome, probability = excluded.probability, \
             rules = excluded.rules WHERE stages.pipeline_id = excluded.pipeline_id",
        );
        match self.tx.exec(b.build(stages.len())).await? {
            n if n == stages.len() as u64 => Ok(()),
            _ => Err(StoreError::NotFound("stage")),
        }
    }

    /// Removes stages of a pipeline; those that hold boxes, in the bin or not, are answered, and then
    /// the transaction must not be committed. Removed first and counted then, so that a box that is
    /// just being put there is waited for.
    pub async fn remove_stages(
        &mut self,
        pipeline: PipelineId,
        stages: &[StageId],
    ) -> Result<Vec<StageId>, StoreError> {
        let mut delete = self.among("DELETE FROM stages WHERE workspace_id = ", "id", stages)?;
        delete.push(" AND pipeline_id = ").value(pipeline);
        self.tx.exec(delete.build(stages.len())).await?;
        let mut query = self.among(
            "SELECT DISTINCT stage_id FROM records WHERE workspace_id = ",
            "stage_id",
            stages,
        )?;
        query.push(" ORDER BY stage_id");
        let rows = self.tx.all(query.build(stages.len())).await?;
        rows.iter().map(Row::only).collect()
    }

    fn among(&self, text: &str, column: &str, ids: &[StageId]) -> Result<Builder, StoreError> {
        let mut b = Builder::new(self.tx.kind(), text);
        b.value(self.tx.workspace()?)
            .push(" AND ")
            .push(column)
            .push(" IN ")
            .list(ids.iter().copied());
        Ok(b)
    }

    /// Workspaces that never had a pipeline of a kind. System only.
    pub async fn without(&mut self, kind: PipelineKind) -> Result<Vec<WorkspaceId>, StoreError> {
        self.tx.system()?;
        let query: Sql = sql("SELECT w.id FROM workspaces w WHERE NOT EXISTS \
             (SELECT 1 FROM pipelines p WHERE p.workspace_id = w.id AND p.kind = $1) ORDER BY w.id")
        .bind(kind);
        self.tx.all(query).await?.iter().map(Row::only).collect()
    }
}
