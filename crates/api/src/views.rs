//! `/views`: lists and boards of records that members keep.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::views::{
    self, ChangeView, Definition, Direction, NewView, SavedView, ShownColumn, SortBy,
};
use tenon_model::records::{Kind, Layout};
use tenon_model::{PipelineId, ViewId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::{RecordKind, ViewLayout};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated", "validation");
problems!(KeepProblems: "unauthenticated", "forbidden", "validation", "malformed");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");
problems!(ForgetProblems: "unauthenticated", "forbidden", "not_found");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_views, keep_view))
        .routes(routes!(change_view, forget_view))
}

/// A kept view.
#[derive(Serialize, ToSchema)]
struct RecordView {
    id: Id,
    #[schema(value_type = RecordKind)]
    kind: Kind,
    name: String,
    #[schema(value_type = ViewLayout)]
    layout: Layout,
    /// Whether colleagues see it.
    shared: bool,
    /// Whether it is one's own.
    mine: bool,
    /// The pipeline that it shows.
    #[schema(required)]
    pipeline: Option<Id>,
    definition: ViewDefinition,
    created_at: Timestamp,
}

/// Which records a view shows, in which order, and what of each.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewDefinition {
    /// As in a query of records; `me` stands for whoever looks. Null shows all.
    #[serde(default)]
    #[schema(value_type = Option<Object>, required)]
    filter: Option<serde_json::Value>,
    /// The first counts most; at most 3.
    #[serde(default)]
    sort: Vec<ViewSort>,
    /// At most 100; the usual ones when empty.
    #[serde(default)]
    columns: Vec<ViewColumn>,
    /// By which field the records are grouped.
    #[serde(default)]
    #[schema(required)]
    group: Option<String>,
}

/// A field that records are ordered by.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewSort {
    field: String,
    direction: SortDirection,
}

/// Which end of an order comes first.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SortDirection {
    Asc,
    Desc,
}

/// A field that is shown.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewColumn {
    field: String,
    /// Pixels, 20 to 2,000.
    #[serde(default)]
    #[schema(required, minimum = 20, maximum = 2000)]
    width: Option<u16>,
}

impl From<Definition> for ViewDefinition {
    fn from(d: Definition) -> Self {
        let sort = |s: SortBy| ViewSort {
            field: s.field,
            direction: match s.direction {
                Direction::Asc => SortDirection::Asc,
                Direction::Desc => SortDirection::Desc,
            },
        };
        let column = |c: ShownColumn| ViewColumn {
            field: c.field,
            width: c.width,
        };
        Self {
            filter: d.filter,
            sort: d.sort.into_iter().map(sort).collect(),
            columns: d.columns.into_iter().map(column).collect(),
            group: d.group,
        }
    }
}

impl From<ViewDefinition> for Definition {
    fn from(d: ViewDefinition) -> Self {
        let sort = |s: ViewSort| SortBy {
            field: s.field,
            direction: match s.direction {
                SortDirection::Asc => Direction::Asc,
                SortDirection::Desc => Direction::Desc,
            },
        };
        let column = |c: ViewColumn| ShownColumn {
            field: c.field,
            width: c.width,
        };
        Self {
            filter: d.filter,
            sort: d.sort.into_iter().map(sort).collect(),
            columns: d.columns.into_iter().map(column).collect(),
            group: d.group,
        }
    }
}

impl From<SavedView> for RecordView {
    fn from(v: SavedView) -> Self {
        Self {
            id: v.row.id.into(),
            kind: v.row.kind,
            name: v.row.name,
            layout: v.row.layout,
            shared: v.row.shared,
            mine: v.mine,
            pipeline: v.row.pipeline_id.map(Into::into),
            definition: v.definition.into(),
            created_at: v.row.created_at.into(),
        }
    }
}

/// A view to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewInput {
    #[schema(value_type = RecordKind)]
    kind: Kind,
    name: String,
    #[schema(value_type = ViewLayout)]
    layout: Layout,
    #[serde(default)]
    shared: bool,
    /// One whose boxes are of this kind.
    #[serde(default)]
    pipeline: Option<String>,
    definition: ViewDefinition,
}

/// What changes of a view; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewChangeInput {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<ViewLayout>)]
    layout: Option<Layout>,
    #[serde(default)]
    shared: Option<bool>,
    /// Null shows all pipelines.
    #[expect(clippy::option_option, reason = "left out, null, or a pipeline")]
    #[serde(default, deserialize_with = "extract::given")]
    #[schema(value_type = Option<String>)]
    pipeline: Option<Option<String>>,
    /// All of it.
    #[serde(default)]
    definition: Option<ViewDefinition>,
}

fn pipeline(id: &str) -> Answer<PipelineId> {
    id.parse()
        .map_err(|_| Problem::invalid("pipeline", "is no pipeline of this kind"))
}

/// Of which records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewsQuery {
    kind: Option<Kind>,
}

/// The views
///
/// One's own and those that colleagues share, oldest first.
#[utoipa::path(get, path = "/views", tag = "records", params(("kind" = Option<RecordKind>, Query, description = "Of these records only")), responses((status = 200, body = List<RecordView>), ListProblems))]
async fn list_views(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Query(query): extract::Query<ViewsQuery>,
) -> Answer<Json<List<RecordView>>> {
    Ok(List::of(views::views(&api.ctx, &actor, query.kind).await?))
}

/// Keeps a view
///
/// At most 200 of one's own.
#[utoipa::path(post, path = "/views", tag = "records", request_body = ViewInput, responses((status = 201, body = RecordView), KeepProblems))]
async fn keep_view(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<ViewInput>,
) -> Answer<(StatusCode, Json<RecordView>)> {
    let new = NewView {
        kind: input.kind,
        name: input.name,
        layout: input.layout,
        pipeline: input.pipeline.as_deref().map(pipeline).transpose()?,
        shared: input.shared,
        definition: input.definition.into(),
    };
    let view = views::keep_view(&api.ctx, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Changes a view
///
/// Its author may; owners and administrators may change those that are shared.
#[utoipa::path(patch, path = "/views/{id}", tag = "records", params(("id" = Id, Path, description = "View")), request_body = ViewChangeInput, responses((status = 200, body = RecordView), ChangeProblems))]
async fn change_view(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ViewId>,
    extract::Json(input): extract::Json<ViewChangeInput>,
) -> Answer<Json<RecordView>> {
    let pipeline = match input.pipeline {
        Some(Some(id)) => Some(Some(pipeline(&id)?)),
        Some(None) => Some(None),
        None => None,
    };
    let change = ChangeView {
        name: input.name,
        layout: input.layout,
        pipeline,
        shared: input.shared,
        definition: input.definition.map(Into::into),
    };
    let view = views::change_view(&api.ctx, &actor, id, change).await?;
    Ok(Json(view.into()))
}

/// Forgets a view
///
/// Its author may; owners and administrators may forget those that are shared.
#[utoipa::path(delete, path = "/views/{id}", tag = "records", params(("id" = Id, Path, description = "View")), responses((status = 204), ForgetProblems))]
async fn forget_view(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ViewId>,
) -> Answer<StatusCode> {
    views::forget_view(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
