//! `/reports`: pictures of the work. In bodies, because who asks for what is nobody's business on the way.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use tenon_app::reports::{self, Days, Of};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::records::Record;
use crate::session::SignedIn;
use crate::wire::Page;

mod table;
mod wire;

use wire::{
    ActivityInput, ActivityReport, FunnelInput, FunnelReport, PickInput, ResponseInput,
    ResponseReport, RowsInput, ValueBucket, ValueInput, ValueReport, Waits,
};

problems!(Problems: "unauthenticated", "not_found", "validation", "malformed");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(funnel_report))
        .routes(routes!(funnel_rows))
        .routes(routes!(value_report))
        .routes(routes!(value_rows))
        .routes(routes!(activity_report))
        .routes(routes!(activity_rows))
        .routes(routes!(response_report))
}

/// JSON, or the table as CSV when that is asked for.
fn shown<T: Serialize + table::Table>(headers: &HeaderMap, name: &str, report: T) -> Response {
    let wants = headers.get(ACCEPT).and_then(|v| v.to_str().ok());
    if wants.is_some_and(|text| text.trim_start().starts_with("text/csv")) {
        let file = format!("attachment; filename=\"{name}.csv\"");
        let headers = [
            (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, file),
        ];
        (headers, table::csv(&report)).into_response()
    } else {
        Json(report).into_response()
    }
}

/// How far boxes came
///
/// Of the boxes of a pipeline that were made in these days and that the member sees. With `Accept: text/csv` as a table.
#[utoipa::path(post, path = "/reports/funnel", tag = "reports", request_body = FunnelInput, responses((status = 200, body = FunnelReport), Problems))]
async fn funnel_report(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    extract::Json(input): extract::Json<FunnelInput>,
) -> Answer<Response> {
    let asked = input.read()?;
    let funnel = reports::funnel(&api.ctx, &actor, &asked).await?;
    Ok(shown(&headers, "funnel", FunnelReport::of(&asked, funnel)))
}

/// Records behind a figure of the funnel
#[utoipa::path(post, path = "/reports/funnel/rows", tag = "reports", request_body = RowsInput<FunnelInput>, responses((status = 200, body = Page<Record>), Problems))]
async fn funnel_rows(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RowsInput<FunnelInput>>,
) -> Answer<Json<Page<Record>>> {
    let of = Of::Funnel(input.of.read()?);
    rows(&api, &actor, of, input.pick, input.limit, input.after).await
}

/// What a pipeline was worth
///
/// Week by week or month by month, up to now. With `Accept: text/csv` as a table.
#[utoipa::path(post, path = "/reports/value", tag = "reports", request_body = ValueInput, responses((status = 200, body = ValueReport), Problems))]
async fn value_report(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    extract::Json(input): extract::Json<ValueInput>,
) -> Answer<Response> {
    let (asked, every) = input.read()?;
    let buckets = reports::value(&api.ctx, &actor, &asked, every).await?;
    let report = ValueReport {
        pipeline: asked.pipeline.into(),
        buckets: buckets
            .into_iter()
            .map(|(start, end, bucket)| ValueBucket::of(start, end, &bucket))
            .collect(),
    };
    Ok(shown(&headers, "value", report))
}

/// Records behind a figure of the worth
#[utoipa::path(post, path = "/reports/value/rows", tag = "reports", request_body = RowsInput<ValueInput>, responses((status = 200, body = Page<Record>), Problems))]
async fn value_rows(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RowsInput<ValueInput>>,
) -> Answer<Json<Page<Record>>> {
    let (boxes, every) = input.of.read()?;
    let of = Of::Value(boxes, every);
    rows(&api, &actor, of, input.pick, input.limit, input.after).await
}

/// Who did what
///
/// Calls, meetings, notes, tasks and boxes won, as far as the member sees them. With `Accept: text/csv` as a table.
#[utoipa::path(post, path = "/reports/activity", tag = "reports", request_body = ActivityInput, responses((status = 200, body = ActivityReport), Problems))]
async fn activity_report(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    extract::Json(input): extract::Json<ActivityInput>,
) -> Answer<Response> {
    let days = Days::read(&input.from, &input.to)?;
    let members = reports::activity(&api.ctx, &actor, &days).await?;
    let members = members.into_iter().map(Into::into).collect();
    Ok(shown(&headers, "activity", ActivityReport { members }))
}

/// Records behind a figure of activity
#[utoipa::path(post, path = "/reports/activity/rows", tag = "reports", request_body = RowsInput<ActivityInput>, responses((status = 200, body = Page<Record>), Problems))]
async fn activity_rows(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RowsInput<ActivityInput>>,
) -> Answer<Json<Page<Record>>> {
    let of = Of::Activity(Days::read(&input.of.from, &input.of.to)?);
    rows(&api, &actor, of, input.pick, input.limit, input.after).await
}

/// How long people wait for an answer
///
/// In the member's own mailboxes; nobody else's are looked at. With `Accept: text/csv` as a table.
#[utoipa::path(post, path = "/reports/responses", tag = "reports", request_body = ResponseInput, responses((status = 200, body = ResponseReport), Problems))]
async fn response_report(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    extract::Json(input): extract::Json<ResponseInput>,
) -> Answer<Response> {
    let days = Days::read(&input.from, &input.to)?;
    let (columns, whole) = reports::responses(&api.ctx, &actor, &days, input.by.into()).await?;
    let report = ResponseReport {
        buckets: columns
            .into_iter()
            .map(|(start, end, waits)| Waits::of(start, end, waits))
            .collect(),
        whole: Waits::of(days.from(), days.to(), whole),
    };
    Ok(shown(&headers, "responses", report))
}

async fn rows(
    api: &Api,
    actor: &tenon_app::Actor,
    of: Of,
    pick: PickInput,
    limit: u32,
    after: Option<String>,
) -> Answer<Json<Page<Record>>> {
    let pick = pick.read()?;
    let page = reports::rows(&api.ctx, actor, &of, &pick, limit, after.as_deref()).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}
