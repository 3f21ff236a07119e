//! `/suppressions`: whom nothing goes to any more that goes to many.

use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::suppressions::{self, Imported, SuppressionView};
use tenon_model::SuppressionId;
use tenon_model::delivery::SuppressionCause as Cause;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, Problem, problems};
use crate::records::attachment;
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp, words};

problems!(ListProblems: "unauthenticated", "forbidden", "validation");
problems!(AddProblems: "unauthenticated", "forbidden", "validation", "malformed");
problems!(RemoveProblems: "unauthenticated", "forbidden", "not_found");
problems!(ImportProblems: "unauthenticated", "forbidden", "validation", "malformed", "too_large");
problems!(ExportProblems: "unauthenticated", "forbidden");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_suppressions, add_suppression))
        .routes(routes!(search_suppressions))
        .routes(routes!(remove_suppression))
        .routes(routes!(import_suppressions, export_suppressions))
}

words! {
    /// Why nobody writes to an address: `unsubscribed` (they said so, by the link of a message), `bounced` (there is no
    /// such mailbox), `complained` (they told their provider that it is spam), `by_hand` (a member wrote it down),
    /// `imported` (it stood in a list of another program).
    SuppressionCause = Cause::ALL.map(Cause::as_str);
}

/// An entry of the suppression list.
#[derive(Serialize, ToSchema)]
struct Suppression {
    id: Id,
    /// An address, or a domain with its `@` in front.
    #[schema(example = "@example.com")]
    address: String,
    #[schema(value_type = SuppressionCause)]
    cause: &'static str,
    /// What somebody wrote to it; may be empty.
    note: String,
    /// The member who wrote it down; null when it came by itself.
    #[schema(required)]
    member_id: Option<Id>,
    created_at: Timestamp,
}

impl From<SuppressionView> for Suppression {
    fn from(v: SuppressionView) -> Self {
        Self {
            id: v.id.into(),
            address: v.what,
            cause: v.cause.as_str(),
            note: v.note,
            member_id: v.by.map(Into::into),
            created_at: v.created_at.into(),
        }
    }
}

/// A page of the suppression list.
#[derive(Serialize, ToSchema)]
struct SuppressionList {
    items: Vec<Suppression>,
    /// For the next request's `after`; null at the end.
    #[schema(required)]
    next: Option<String>,
    /// How many there are in all.
    total: u64,
}

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuppressionsPage {
    /// `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    limit: u32,
}

const fn default_limit() -> u32 {
    50
}

/// The suppression list, newest first
///
/// What goes to many (mail merges) goes to nobody in it; what a member writes to one person does.
#[utoipa::path(get, path = "/suppressions", tag = "compose", params(SuppressionsPage), responses((status = 200, body = SuppressionList), ListProblems))]
async fn list_suppressions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(page): Query<SuppressionsPage>,
) -> Answer<Json<SuppressionList>> {
    listed(&api, &actor, None, page.after.as_deref(), page.limit).await
}

async fn listed(
    api: &Api,
    actor: &tenon_app::Actor,
    sought: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Answer<Json<SuppressionList>> {
    let (page, total) = suppressions::suppressions(&api.ctx, actor, sought, after, limit).await?;
    Ok(Json(SuppressionList {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
        total,
    }))
}

/// Whom to look for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuppressionSought {
    /// A whole address, or a domain.
    address: String,
}

/// What stands against an address: its own entry, and its domain's
#[utoipa::path(post, path = "/suppressions/search", tag = "compose", request_body = SuppressionSought, responses((status = 200, body = SuppressionList), AddProblems))]
async fn search_suppressions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<SuppressionSought>,
) -> Answer<Json<SuppressionList>> {
    listed(&api, &actor, Some(&input.address), None, 10).await
}

/// An address or a domain.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuppressionInput {
    /// An address, or a domain.
    #[schema(example = "zoe@example.com")]
    address: String,
    /// At most 500 characters.
    #[serde(default)]
    note: String,
}

/// Writes an address or a domain down
///
/// One that is in the list already stays as it is.
#[utoipa::path(post, path = "/suppressions", tag = "compose", request_body = SuppressionInput, responses((status = 200, body = Suppression), AddProblems))]
async fn add_suppression(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<SuppressionInput>,
) -> Answer<Json<Suppression>> {
    let view = suppressions::add_suppression(&api.ctx, &actor, &input.address, &input.note).await?;
    Ok(Json(view.into()))
}

/// Takes an entry out: it can be written to again
///
/// For owners and administrators. Whoever has unsubscribed wants no more: ask them first.
#[utoipa::path(delete, path = "/suppressions/{id}", tag = "compose", params(("id" = Id, Path, description = "Entry")), responses((status = 204), RemoveProblems))]
async fn remove_suppression(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SuppressionId>,
) -> Answer<StatusCode> {
    suppressions::remove_suppression(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What came of taking a file in.
#[derive(Serialize, ToSchema)]
struct SuppressionsImported {
    added: u64,
    /// There already, or twice in the file.
    known: u64,
    /// Rows without an address or a domain.
    unreadable: u64,
}

impl From<Imported> for SuppressionsImported {
    fn from(i: Imported) -> Self {
        Self {
            added: i.added,
            known: i.known,
            unreadable: i.unreadable,
        }
    }
}

/// Takes the suppression list of another program in
///
/// The body is the file itself: CSV, an address in each row wherever it stands, or a domain by itself or as `*@domain`, at most 32 MiB and 100,000 rows.
#[utoipa::path(
    post, path = "/suppressions/file", tag = "compose",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, body = SuppressionsImported), ImportProblems)
)]
async fn import_suppressions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    request: Request,
) -> Answer<Json<SuppressionsImported>> {
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| Problem::of_status(rejection.status()))?;
    let ctx = api.ctx.clone();
    let done =
        tokio::spawn(async move { suppressions::import_suppressions(&ctx, &actor, bytes).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}

/// The whole suppression list, as a file
///
/// For owners and administrators. CSV with address, cause, since and note.
#[utoipa::path(
    get, path = "/suppressions/file", tag = "compose",
    responses((status = 200, description = "The file, as an attachment", content_type = "text/csv", body = Vec<u8>), ExportProblems)
)]
async fn export_suppressions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Response> {
    let file = suppressions::export_suppressions(&api.ctx, &actor).await?;
    let whole = futures::stream::once(async move { Ok(Bytes::from(file)) });
    Ok(attachment(
        "suppressions.csv",
        "text/csv; charset=utf-8",
        whole,
    ))
}
