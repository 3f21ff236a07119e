//! `/pipelines`, each with its stages as a whole list.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::pipelines::{self, ChangePipeline, NewPipeline, NewStage, PipelineView};
use tenon_model::PipelineId;
use tenon_model::records::{Outcome, PipelineKind, Stage, StageRules, StageTask};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::{PipelineKindWord, StageOutcome};
use crate::session::SignedIn;
use crate::wire::{Id, List, tagged};

problems!(ListProblems: "unauthenticated");
problems!(MakeProblems: "unauthenticated", "forbidden", "validation", "malformed");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "pipeline_changed", "stage_not_empty", "validation", "malformed");
problems!(ArchiveProblems: "unauthenticated", "forbidden", "not_found");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_pipelines, make_pipeline))
        .routes(routes!(change_pipeline, archive_pipeline))
}

/// A pipeline.
#[derive(Serialize, ToSchema)]
#[schema(as = Pipeline)]
struct PipelineAnswer {
    id: Id,
    #[schema(value_type = PipelineKindWord)]
    kind: PipelineKind,
    name: String,
    /// For `If-Match`.
    version: u64,
    /// Put away: its boxes stay as they are.
    archived: bool,
    /// In their order.
    stages: Vec<PipelineStage>,
}

/// A stage of a pipeline.
#[derive(Serialize, ToSchema)]
struct PipelineStage {
    id: Id,
    name: String,
    /// A number of the palette, 0 to 15.
    color: u8,
    #[schema(value_type = StageOutcome)]
    outcome: Outcome,
    /// How likely a box in it is won, 0 to 100.
    #[schema(required)]
    probability: Option<i64>,
    /// Keys of fields that a box must have to come here.
    required: Vec<String>,
    /// Made when a box comes here.
    #[schema(required)]
    task: Option<StageTaskWords>,
}

/// A task that a stage brings.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StageTask)]
struct StageTaskWords {
    name: String,
    /// Days until it is due, 0 to 1,000.
    #[schema(maximum = 1000)]
    due_days: u16,
}

impl From<Stage> for PipelineStage {
    fn from(s: Stage) -> Self {
        Self {
            id: s.id.into(),
            name: s.name,
            color: s.color,
            outcome: s.outcome,
            probability: s.probability,
            required: s.rules.required,
            task: s.rules.task.map(|t| StageTaskWords {
                name: t.name,
                due_days: t.due_days,
            }),
        }
    }
}

impl From<PipelineView> for PipelineAnswer {
    fn from(v: PipelineView) -> Self {
        Self {
            id: v.row.id.into(),
            kind: v.row.kind,
            name: v.row.name,
            version: v.row.version,
            archived: v.row.archived_at.is_some(),
            stages: v.stages.into_iter().map(Into::into).collect(),
        }
    }
}

/// A stage as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StageInput {
    /// Of a stage that there is; a new one when left out.
    #[serde(default)]
    id: Option<String>,
    name: String,
    /// A number of the palette; it stays, or is that of the place, when left out.
    #[serde(default)]
    #[schema(maximum = 15)]
    color: Option<u8>,
    #[serde(default = "open")]
    #[schema(value_type = StageOutcome, default = "open")]
    outcome: Outcome,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    probability: Option<i64>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    task: Option<StageTaskWords>,
}

const fn open() -> Outcome {
    Outcome::Open
}

impl StageInput {
    fn read(self, place: usize) -> Answer<NewStage> {
        let id = self.id.map(|id| {
            id.parse().map_err(|_| {
                Problem::invalid(
                    format!("stages[{place}].id"),
                    "is no stage of this pipeline",
                )
            })
        });
        Ok(NewStage {
            id: id.transpose()?,
            name: self.name,
            color: self.color,
            outcome: self.outcome,
            probability: self.probability,
            rules: StageRules {
                required: self.required,
                task: self.task.map(|t| StageTask {
                    name: t.name,
                    due_days: t.due_days,
                }),
            },
        })
    }
}

fn stages(input: Option<Vec<StageInput>>) -> Answer<Option<Vec<NewStage>>> {
    let read = |all: Vec<StageInput>| {
        let each = all.into_iter().enumerate();
        each.map(|(place, s)| s.read(place)).collect()
    };
    input.map(read).transpose()
}

/// A pipeline to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PipelineInput {
    #[schema(value_type = PipelineKindWord)]
    kind: PipelineKind,
    name: String,
    /// 1 to 100; the usual ones of the kind when left out.
    #[serde(default)]
    stages: Option<Vec<StageInput>>,
}

/// What changes of a pipeline; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PipelineChangeInput {
    #[serde(default)]
    name: Option<String>,
    /// All of them in their order. One that holds boxes cannot be left out.
    #[serde(default)]
    stages: Option<Vec<StageInput>>,
    /// False brings a pipeline back that was put away.
    #[serde(default)]
    archived: Option<bool>,
}

fn answer(status: StatusCode, view: PipelineView) -> Response {
    tagged(status, view.row.version, PipelineAnswer::from(view))
}

/// The pipelines with their stages
///
/// Oldest first; those that were put away are among them.
#[utoipa::path(get, path = "/pipelines", tag = "records", responses((status = 200, body = List<PipelineAnswer>), ListProblems))]
async fn list_pipelines(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<PipelineAnswer>>> {
    Ok(List::of(pipelines::pipelines(&api.ctx, &actor).await?))
}

/// Makes a pipeline
///
/// By owners and administrators; boards by members too.
#[utoipa::path(post, path = "/pipelines", tag = "records", request_body = PipelineInput, responses((status = 201, body = PipelineAnswer), MakeProblems))]
async fn make_pipeline(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<PipelineInput>,
) -> Answer<Response> {
    let new = NewPipeline {
        kind: input.kind,
        name: input.name,
        stages: stages(input.stages)?,
    };
    let view = pipelines::make_pipeline(&api.ctx, &actor, new).await?;
    Ok(answer(StatusCode::CREATED, view))
}

/// Changes a pipeline
///
/// By owners and administrators; boards by members too. The fields of `stage_not_empty` name the stages.
#[utoipa::path(
    patch, path = "/pipelines/{id}", tag = "records", request_body = PipelineChangeInput,
    params(("id" = Id, Path, description = "Pipeline"), ("If-Match" = String, Header, description = "The version that the change began from, such as `\"3\"`: refuses when there is a newer one")),
    responses((status = 200, body = PipelineAnswer), ChangeProblems)
)]
async fn change_pipeline(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<PipelineId>,
    extract::Version(seen): extract::Version,
    extract::Json(input): extract::Json<PipelineChangeInput>,
) -> Answer<Response> {
    let change = ChangePipeline {
        name: input.name,
        stages: stages(input.stages)?,
        archived: input.archived,
    };
    let view = pipelines::change_pipeline(&api.ctx, &actor, id, seen, change).await?;
    Ok(answer(StatusCode::OK, view))
}

/// Puts a pipeline away
///
/// Its boxes stay as they are, and it can be brought back.
#[utoipa::path(delete, path = "/pipelines/{id}", tag = "records", params(("id" = Id, Path, description = "Pipeline")), responses((status = 204), ArchiveProblems))]
async fn archive_pipeline(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<PipelineId>,
) -> Answer<StatusCode> {
    pipelines::archive_pipeline(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
