//! `/imports`: files of records that come in.

use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenon_app::records::exchange::{self, ImportView, MOST_BYTES, RowOutcome, RowView, Upload};
use tenon_model::ImportId;
use tenon_model::records::exchange::Target;
use utoipa::{IntoParams, ToSchema};

use super::exports::attachment;
use super::{LinkedRecord, kind};
use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(CreateProblems: "unauthenticated", "forbidden", "validation", "malformed", "too_large");
problems!(ListProblems: "unauthenticated", "validation");
problems!(GetProblems: "unauthenticated", "not_found");
problems!(RowsProblems: "unauthenticated", "not_found", "validation");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "too_late");
problems!(GoProblems: "unauthenticated", "forbidden", "not_found", "validation", "too_late");
problems!(UndoProblems: "unauthenticated", "forbidden", "not_found", "not_undoable");
problems!(DeleteProblems: "unauthenticated", "not_found", "too_late");

/// A file, and a little more, so that the sentence about 64 MiB is ours.
pub(super) const FILE_BYTES: usize = MOST_BYTES + (1 << 20);

/// What is said of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportInput {
    /// What its rows are to become: a kind of record.
    kind: String,
    /// File name.
    #[serde(default)]
    name: String,
    /// What parts its columns (`,`, `;`, `|` or a tab), when that cannot be found out.
    #[serde(default)]
    delimiter: Option<String>,
}

/// What a column becomes.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportTarget {
    /// A field of the kind, `full_name` (of a contact, split into its names), or `id` (for finding what is there).
    field: String,
    /// The label of addresses and numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    label: Option<String>,
    /// The line of a postal address: `street`, `city`, `region`, `postal_code`, `country`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    part: Option<String>,
    /// How a link finds its record: `title` (usual), `email` or `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by: Option<String>,
    /// The currency of amounts without one (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    currency: Option<String>,
}

impl From<Target> for ImportTarget {
    fn from(t: Target) -> Self {
        Self {
            field: t.field,
            label: t.label,
            part: t.part,
            by: t.by,
            currency: t.currency,
        }
    }
}

/// A column and what it becomes.
#[derive(Serialize, ToSchema)]
struct ImportMapping {
    /// Its index.
    column: u32,
    /// Null: it is left out.
    #[schema(required)]
    target: Option<ImportTarget>,
}

/// A member or a team that imported records are shared with.
#[derive(Serialize, ToSchema)]
struct ImportShare {
    /// A member (`mem_…`), or null.
    #[schema(required)]
    member: Option<Id>,
    /// A team (`team_…`), or null.
    #[schema(required)]
    team: Option<Id>,
    /// `view` or `edit`.
    access: String,
}

/// Who sees imported records beside their owner.
#[derive(Serialize, ToSchema)]
struct ImportSharing {
    /// `private`, `shared`, `workspace` or `parent`.
    scope: String,
    /// With whom, when it is `shared`.
    shares: Vec<ImportShare>,
}

/// What is to become of a file.
#[derive(Serialize, ToSchema)]
struct ImportOptions {
    /// Whether the first row names the columns.
    header: bool,
    /// What parts the columns. Told; for another one the file is sent again with `?delimiter=`.
    #[schema(required)]
    delimiter: Option<String>,
    /// What each column becomes.
    mapping: Vec<ImportMapping>,
    /// How days are written: `ymd`, `dmy` or `mdy`; 2026-11-22 is always read.
    date_order: String,
    /// `.` or `,` before decimals.
    decimal: String,
    /// Rows whose record is there already: `skip`, `update` or `create`.
    duplicates: String,
    /// Fields by which that is found; also `id` and `title` (what the record is called).
    match_on: Vec<String>,
    /// Whether companies and contacts that links name are made when they are not there.
    create_missing: bool,
    /// The owner of records without one; null is who imports.
    #[schema(required)]
    owner: Option<Id>,
    /// Null is as usual for the kind.
    #[schema(required)]
    sharing: Option<ImportSharing>,
    /// Where boxes stand that name no pipeline.
    #[schema(required)]
    pipeline: Option<Id>,
    /// Where boxes stand that name no stage.
    #[schema(required)]
    stage: Option<Id>,
}

/// What changes of an import.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportChange {
    /// Another kind; columns are guessed anew.
    #[serde(default)]
    #[schema(value_type = Option<RecordKind>)]
    kind: Option<String>,
    /// Any of the options, as they are in an import; the others stay.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    options: Option<Map<String, Value>>,
}

/// A column of a file.
#[derive(Serialize, ToSchema)]
struct ImportColumn {
    /// From 0.
    index: u32,
    name: String,
    /// Its first values, at most 3; none of a colleague's import.
    samples: Vec<String>,
    /// What it probably means.
    #[schema(required)]
    suggested: Option<ImportTarget>,
}

/// How far an import is.
#[derive(Serialize, ToSchema)]
struct ImportProgress {
    rows_done: i64,
    rows: i64,
}

/// What the rows became, or would.
#[derive(Serialize, ToSchema)]
struct ImportCounts {
    create: i64,
    update: i64,
    skip: i64,
    fail: i64,
}

/// Why an import stopped.
#[derive(Serialize, ToSchema)]
struct ImportError {
    code: String,
    detail: String,
}

/// A file of records that comes in.
#[derive(Serialize, ToSchema)]
pub(super) struct Import {
    id: Id,
    #[schema(value_type = RecordKind)]
    kind: &'static str,
    /// `csv`, `vcard` or `icalendar`.
    format: String,
    /// The file's name.
    name: String,
    /// `draft`, `checking` (a dry run goes on), `checked`, `running`, `done`, `cancelled`, `failed`, `undoing`, `undone`.
    state: &'static str,
    /// `utf-8`, `utf-16` or `windows-1252`.
    encoding: String,
    #[schema(required)]
    delimiter: Option<String>,
    header: bool,
    /// Without the one that names the columns.
    rows: i64,
    columns: Vec<ImportColumn>,
    #[schema(value_type = ImportOptions)]
    options: Value,
    progress: ImportProgress,
    #[schema(required)]
    counts: Option<ImportCounts>,
    /// Records that taking it back left as they are, because somebody went on with them.
    left: i64,
    #[schema(required)]
    error: Option<ImportError>,
    created_at: Timestamp,
    created_by: Id,
    #[schema(required)]
    finished_at: Option<Timestamp>,
    /// Until when it can be taken back.
    #[schema(required)]
    undo_until: Option<Timestamp>,
}

impl From<ImportView> for Import {
    fn from(v: ImportView) -> Self {
        let column = |c: exchange::ColumnView| ImportColumn {
            index: c.index as u32,
            name: c.name,
            samples: c.samples,
            suggested: c.suggested.map(Into::into),
        };
        let detail = |code: &str| match code {
            "forbidden" => "whose import it is may no longer import",
            _ => {
                "fields, stages or people that it needs are no longer there; look at its columns again"
            }
        };
        Self {
            id: v.id.into(),
            kind: v.kind.as_str(),
            format: v.format,
            name: v.name,
            state: v.state.as_str(),
            encoding: v.encoding,
            delimiter: v.delimiter,
            header: v.header,
            rows: v.rows,
            columns: v.columns.into_iter().map(column).collect(),
            options: serde_json::to_value(&v.options).unwrap_or_default(),
            progress: ImportProgress {
                rows_done: v.rows_done,
                rows: v.rows,
            },
            counts: v.counts.map(|c| ImportCounts {
                create: c.created,
                update: c.updated,
                skip: c.skipped,
                fail: c.failed,
            }),
            left: v.left,
            error: v.error.map(|code| ImportError {
                detail: detail(&code).to_owned(),
                code,
            }),
            created_at: v.created_at.into(),
            created_by: v.created_by.into(),
            finished_at: v.finished_at.map(Into::into),
            undo_until: v.undo_until.map(Into::into),
        }
    }
}

/// Sends a file of records
///
/// The body is the file itself: CSV of any program, vCards (kind `contact`) or a calendar (kind `activity` or `task`), at
/// most 64 MiB, 500,000 rows, 300 columns. Nothing is made of it before it is started.
#[utoipa::path(
    post, path = "/imports", tag = "records", params(ImportInput),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 201, body = Import), CreateProblems)
)]
pub(super) async fn create_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<ImportInput>,
    request: Request,
) -> Answer<(StatusCode, Json<Import>)> {
    let kind = kind(&input.kind)?;
    let delimiter = match input.delimiter.as_deref() {
        None => None,
        Some(text) => match text.chars().next().filter(|c| ",;\t|".contains(*c)) {
            Some(c) if text.len() == 1 => Some(c),
            _ => return Err(Problem::invalid("delimiter", "must be , ; | or a tab")),
        },
    };
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| Problem::of_status(rejection.status()))?;
    let upload = Upload {
        kind,
        name: input.name,
        delimiter,
        bytes,
    };
    let view = exchange::upload(&api.ctx, &actor, upload).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportsPage {
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    limit: u32,
    /// `next` of the last page.
    after: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

/// Imports, newest first
///
/// One's own; owners and administrators see that of all, without what is in the files.
#[utoipa::path(get, path = "/imports", tag = "records", params(ImportsPage), responses((status = 200, body = Page<Import>), ListProblems))]
pub(super) async fn list_imports(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(page): Query<ImportsPage>,
) -> Answer<Json<Page<Import>>> {
    let page = exchange::imports(&api.ctx, &actor, page.limit, page.after.as_deref()).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// One import
#[utoipa::path(get, path = "/imports/{id}", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 200, body = Import), GetProblems))]
pub(super) async fn get_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<Json<Import>> {
    Ok(Json(exchange::import(&api.ctx, &actor, id).await?.into()))
}

/// Changes what is to become of a file
///
/// Before it is started.
#[utoipa::path(patch, path = "/imports/{id}", tag = "records", request_body = ImportChange, params(("id" = Id, Path, description = "Import")), responses((status = 200, body = Import), ChangeProblems))]
pub(super) async fn change_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
    extract::Json(input): extract::Json<ImportChange>,
) -> Answer<Json<Import>> {
    let kind = input.kind.as_deref().map(kind).transpose()?;
    let view = exchange::patch(&api.ctx, &actor, id, kind, input.options.as_ref()).await?;
    Ok(Json(view.into()))
}

/// Looks what would become of each row
///
/// A dry run by the same rules, with nothing made.
#[utoipa::path(post, path = "/imports/{id}/check", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 202, body = Import), GoProblems))]
pub(super) async fn check_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<(StatusCode, Json<Import>)> {
    let view = exchange::check(&api.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(view.into())))
}

/// Makes the records
///
/// After a failure it goes on where it stopped.
#[utoipa::path(post, path = "/imports/{id}/start", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 202, body = Import), GoProblems))]
pub(super) async fn start_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<(StatusCode, Json<Import>)> {
    let view = exchange::start(&api.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(view.into())))
}

/// Stops an import
///
/// Between two batches; what is in stays, and can be taken back.
#[utoipa::path(post, path = "/imports/{id}/cancel", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 202, body = Import), GoProblems))]
pub(super) async fn cancel_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<(StatusCode, Json<Import>)> {
    let view = exchange::cancel(&api.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(view.into())))
}

/// Takes an import back
///
/// Up to 30 days after its end. Records that it made and nobody went on with are removed for good; what it changed
/// becomes what it was, where nobody has changed the same fields since.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 202, body = Import), UndoProblems))]
pub(super) async fn undo_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<(StatusCode, Json<Import>)> {
    let view = exchange::undo(&api.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(view.into())))
}

/// Forgets an import and its file
///
/// What it made stays.
#[utoipa::path(delete, path = "/imports/{id}", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 204), DeleteProblems))]
pub(super) async fn delete_import(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<StatusCode> {
    exchange::delete(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportRowsPage {
    /// Only these: `create`, `update`, `skip` or `fail`.
    outcome: Option<String>,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    limit: u32,
    /// `next` of the last page.
    after: Option<String>,
}

/// What is wrong with a row.
#[derive(Serialize, ToSchema)]
struct ImportProblem {
    /// The column, from 0.
    #[schema(required)]
    column: Option<u32>,
    #[schema(required)]
    field: Option<String>,
    detail: String,
}

/// A row of a file.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportRow {
    /// Its place in the file, from 1, as programs of tables count.
    number: i64,
    /// `create`, `update`, `skip` or `fail`; null before the first run.
    #[schema(required)]
    outcome: Option<&'static str>,
    /// What became of it.
    #[schema(required)]
    record: Option<LinkedRecord>,
    problems: Vec<ImportProblem>,
    /// As they came.
    cells: Vec<String>,
}

impl From<RowView> for ImportRow {
    fn from(v: RowView) -> Self {
        let problem = |p: exchange::ProblemView| ImportProblem {
            column: p.column.map(|c| c as u32),
            field: p.field,
            detail: p.detail,
        };
        Self {
            number: v.number,
            outcome: v.outcome.map(RowOutcome::as_str),
            record: v.record.map(Into::into),
            problems: v.problems.into_iter().map(problem).collect(),
            cells: v.cells,
        }
    }
}

/// The rows of one's own import
#[utoipa::path(get, path = "/imports/{id}/rows", tag = "records", params(("id" = Id, Path, description = "Import"), ImportRowsPage), responses((status = 200, body = Page<ImportRow>), RowsProblems))]
pub(super) async fn list_import_rows(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
    Query(page): Query<ImportRowsPage>,
) -> Answer<Json<Page<ImportRow>>> {
    let read = |text: &str| {
        RowOutcome::parse(text)
            .ok_or_else(|| Problem::invalid("outcome", "must be create, update, skip or fail"))
    };
    let outcome = page.outcome.as_deref().map(read).transpose()?;
    let after = page.after.as_deref();
    let page = exchange::rows(&api.ctx, &actor, id, outcome, page.limit, after).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// The rows with problems, as they came
///
/// A CSV file with one more column, `problem`.
#[utoipa::path(get, path = "/imports/{id}/failures.csv", tag = "records", params(("id" = Id, Path, description = "Import")), responses((status = 200, description = "The file", content_type = "text/csv", body = String), GetProblems))]
pub(super) async fn get_import_failures(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ImportId>,
) -> Answer<Response> {
    let (name, stream) = exchange::failures(&api.ctx, &actor, id).await?;
    Ok(attachment(&name, "text/csv; charset=utf-8", stream))
}
